import { format } from 'node:util';
import { main } from '../../cli/main.ts';
import type { Ended } from './servers/serve-process.ts';

/**
 * The command as `kaibiao` of servers/serve-process.ts runs it, in this process: a process of its own takes a second of its
 * processor before it begins. One at a time; that it works as a program too, one call of the command shows.
 */
export async function command(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const { env: ownEnv, exitCode: ownCode } = process;
  const mask = process.umask();
  const outputs = ['stdout', 'stderr'] as const;
  const said = { stdout: '', stderr: '' };
  const own = outputs.map((name) => ({ name, write: process[name].write }));
  const { log, error } = console;
  for (const name of outputs) {
    process[name].write = ((text: string | Uint8Array, ...rest: unknown[]) => {
      said[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
      const written = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
      written?.();
      return true;
    }) as typeof process.stdout.write;
  }
  console.log = (...words: unknown[]) => void (said.stdout += `${format(...words)}\n`);
  console.error = (...words: unknown[]) => void (said.stderr += `${format(...words)}\n`);
  process.env = { ...env };
  process.exitCode = undefined;
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), signal: null, ...said };
  } finally {
    process.env = ownEnv;
    process.exitCode = ownCode;
    process.umask(mask);
    Object.assign(console, { log, error });
    for (const { name, write } of own) process[name].write = write;
  }
}
