import { execFile } from 'node:child_process';
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
