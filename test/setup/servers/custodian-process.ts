import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../../cli/settings/folders.ts';
import type { Custodian } from '../../../domain/bids/sealing.ts';

const PROGRAM = join(projectRoot, 'cli/kaibiao.mjs');

/** A command of a custodian's, as its own people type it; answers what it printed as JSON. */
export function custodianCommand(
  env: NodeJS.ProcessEnv,
  as: Custodian,
  ...args: readonly string[]
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const all = [PROGRAM, 'custodian', ...args, '--as', as, '--json'];
    execFile(process.execPath, all, { env }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr));
      else resolve(JSON.parse(stdout) as Record<string, unknown>);
    });
  });
}

/** `kaibiao custodian` in its own process, ready; it ends on request. */
export async function startCustodian(
  env: NodeJS.ProcessEnv,
  as: Custodian,
): Promise<{ readonly child: ChildProcess; readonly said: () => string }> {
  const child = spawn(process.execPath, [PROGRAM, 'custodian', '--as', as], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (first !== 'ready') throw new Error(`the custodian ended at once: ${said}`);
  return { child, said: () => said };
}
