import { format } from 'node:util';
import { vi } from 'vitest';
import { main } from '../../cli/main.ts';
import type { Ended } from './servers/serve-process.ts';

/**
 * The command as `kaibiao` of servers/serve-process.ts runs it, in this process: a process of its own takes a second of its
 * processor before it begins. One at a time; that it works as a program too, one call of the command shows.
 */
export async function command(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const { env: ownEnv, exitCode: ownCode } = process;
  const mask = process.umask();
  const said = { stdout: '', stderr: '' };
  const spies = [
    ...(['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text, ...rest: unknown[]) => {
        said[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
        const written = rest.find((each) => typeof each === 'function');
        written?.();
        return true;
      }),
    ),
    vi.spyOn(console, 'log').mockImplementation((...words) => void (said.stdout += `${format(...words)}\n`)),
    vi.spyOn(console, 'error').mockImplementation((...words) => void (said.stderr += `${format(...words)}\n`)),
  ];
  process.env = { ...env };
  process.exitCode = undefined;
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), signal: null, ...said };
  } finally {
    process.env = ownEnv;
    process.exitCode = ownCode;
    process.umask(mask);
    for (const spy of spies) spy.mockRestore();
  }
}
