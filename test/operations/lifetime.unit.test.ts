import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const lifetime = pathToFileURL(join(import.meta.dirname, '../../cli/servers/lifetime.ts')).href;

/** Runs a program that gives itself a time to end, and whatever else. */
async function ending(withinMs: number, rest: string): Promise<{ code: number; told: string }> {
  const program = `import { endWithin } from '${lifetime}'; endWithin(${withinMs}, () => console.log('overdue')); ${rest}`;
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  return run.then(
    ({ stdout }) => ({ code: 0, told: stdout.trim() }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, told: stdout.trim() }),
  );
}

it('a process that is to end and hangs is ended, with code 1 and a word', async () => {
  expect(await ending(100, 'setInterval(() => undefined, 1_000);')).toEqual({ code: 1, told: 'overdue' });
});

it('one that ends on its own is not waited for, and not reported', async () => {
  expect(await ending(60 * 60_000, '')).toEqual({ code: 0, told: '' });
});

/** Waits as a part does, started by a shell that `npm` might be; says when it waits and when it is to stop. */
async function waiting(signalled: (process: { pid: number; shell: number }) => void): Promise<string> {
  const program = `import { untilStopped } from '${lifetime}'; const until = untilStopped(); const hold = setInterval(() => undefined, 1_000);
    console.log(process.pid); await until; clearInterval(hold); console.log('stopped');`;
  const shell = spawn('sh', ['-c', `'${process.execPath}' --import tsx --input-type=module -e "$PROGRAM"; :`], {
    env: { ...process.env, PROGRAM: program, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of shell.stdout) {
    said += String(chunk);
    const [, pid] = /^(\d+)\n$/.exec(said) ?? [];
    if (pid !== undefined) signalled({ pid: Number(pid), shell: Number(shell.pid) });
  }
  return said.split('\n')[1] ?? '';
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s stops it in order', async (signal) => {
  expect(await waiting(({ pid }) => process.kill(pid, signal))).toBe('stopped');
});

it('npm that is killed, and so forwards nothing, stops it too', async () => {
  expect(await waiting(({ shell }) => process.kill(shell, 'SIGKILL'))).toBe('stopped');
});

it('npm forwards signals to its shell: in its place is what is started', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const name of ['start', 'cluster', 'demo']) expect(scripts[name]).toMatch(/^exec node /);
});
