import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Administrator, ServicePart } from '../../../cli/commands/serve.ts';
import { projectRoot } from '../../../cli/settings/folders.ts';
import type { AnyPart, Json } from './service.ts';

export interface Installation {
  pidOf(part: AnyPart): number | undefined;
  stop(): Promise<void>;
}

/** `kaibiao serve` in a process of its own. */
export interface ServeProcess extends Installation {
  readonly pid: number;
  /** Everything that it printed on the standard output: the addresses, as JSON. */
  readonly addresses: Json;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Every process that it has started, directly or not, and that still lives. */
  descendants(): Promise<Listed[]>;
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

const PART_COMMANDS: Readonly<Record<ServicePart, RegExp>> = {
  worker: /kaibiao\.mjs worker$/,
  api: /kaibiao\.mjs api$/,
  temporal: /^\S*temporal\S* server start-dev/,
  custodians: /kaibiao\.mjs custodian( --as \w+)+$/,
};

export async function serveInProcess(
  env: NodeJS.ProcessEnv,
  log: string[],
  onAdministrator: (administrator: Administrator) => void,
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [join(projectRoot, 'cli/kaibiao.mjs'), 'serve', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  let username = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    username = / first administrator: (\S+)$/.exec(line)?.[1] ?? username;
    const password = / one-time password, shown this once: (\S+)$/.exec(line)?.[1];
    if (password !== undefined) onAdministrator({ username, password });
  });
  // The parts log to the same output, as they please; the addresses are the one line that is no part's.
  const said = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      if (line.startsWith('{"url":')) resolve(line);
    });
  });
  const first = await Promise.race([said, exited]);
  if (typeof first !== 'string') throw new Error(`serve ended at once:\n${log.join('\n')}`);
  const pid = child.pid as number;
  let family: readonly Listed[] = [];
  const look = async (): Promise<Listed[]> => {
    const every = await processes();
    // What a dead parent has left behind belongs to nobody in the list: it is remembered.
    const known = new Set([pid, ...family.map((each) => each.pid)]);
    for (let before = 0; before < known.size;) {
      before = known.size;
      for (const each of every) if (known.has(each.parent)) known.add(each.pid);
    }
    family = every.filter((each) => each.pid !== pid && known.has(each.pid));
    return [...family];
  };
  await look();
  return {
    pid,
    addresses: JSON.parse(first) as Json,
    exited,
    descendants: look,
    pidOf: (part) => family.find(({ command }) => PART_COMMANDS[part as ServicePart].test(command))?.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function processes(): Promise<Listed[]> {
  const { stdout: list } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return list.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command, as somebody types it. */
export function kaibiao(args: readonly string[], env: NodeJS.ProcessEnv, timeoutMs = 60_000): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL' as const, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [join(projectRoot, 'cli/kaibiao.mjs'), ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, signal: error?.signal ?? null, stdout, stderr });
    });
  });
}
