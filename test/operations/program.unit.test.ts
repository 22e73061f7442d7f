import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** A small product that is built as ours is. */
for (const path of ['cli/kaibiao.mjs', 'cli/program', 'web/builds.mjs', 'tsconfig.json', 'temporal.failures.cjs'])
  cpSync(join(projectRoot, path), join(folder, path), { recursive: true });
symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
for (const each of ['activities', 'api', 'db', 'domain', 'engine', 'imports', 'proofs', 'sealing', 'workflows'])
  mkdirSync(join(folder, each));
for (const path of [
  ...[
    'services/openings/unsealing/thread.ts',
    'web/browser/board.ts',
    'web/browser/draw.ts',
    'web/browser/invitation.ts',
    'web/browser/page.ts',
    'web/browser/sheet.ts',
    'web/browser/verify.ts',
    'web/browser/seal.ts',
    'web/browser/seal-worker.ts',
    'web/browser/setup.ts',
  ],
  ...['cli/tool/main.ts', 'temporal.config.ts', 'temporal.codec.ts'],
])
  write(path, 'export {};\n');
write('package.json', '{ "type": "module" }\n');
const main = (said: string): string => `export async function main(args: string[]): Promise<void> {
  if (args[0] === 'fail') throw new Error('failed');
  const { default: name, pino } = await import('pino');
  console.log('${said}', import.meta.dirname, typeof name === typeof pino);
}
`;
write('cli/main.ts', main('one'));

const run = async (...args: string[]): Promise<string> => {
  const env = { ...process.env, KAIBIAO_CACHE_DIR: '' };
  return (await promisify(execFile)(process.execPath, [join(folder, 'cli/kaibiao.mjs'), ...args], { env })).stdout;
};
const programs = (): string[] =>
  readdirSync(join(folder, '.cache')).filter((name) => /^program-\w{8}-\w{16}$/.test(name));

describe('the program of a checkout', () => {
  it('is built once, whoever uses it at the same time, and sees the folders of its sources and the names of its packages', async () => {
    const said = `one ${join(folder, 'cli')} true\n`;
    expect(await Promise.all([run(), run(), run()])).toEqual([said, said, said]);
    expect(programs()).toHaveLength(1);
    const [name = ''] = programs();
    const builtAt = statSync(join(folder, '.cache', name, 'main.mjs')).mtimeMs;
    await run();
    expect(statSync(join(folder, '.cache', name, 'main.mjs')).mtimeMs).toBe(builtAt);
  });

  it('is another once a source is, though it is as long and as old', async () => {
    const file = join(folder, 'cli/main.ts');
    const { atime, mtime } = statSync(file);
    write('cli/main.ts', main('two'));
    utimesSync(file, atime, mtime);
    expect(await run()).toMatch(/^two /);
    expect(programs()).toHaveLength(2);
  });

  it('names lines of the sources where it fails', async () => {
    await expect(run('fail')).rejects.toMatchObject({
      stderr: expect.stringMatching(/Error: failed\n.*at main \(.*cli\/main\.ts:2:/) as string,
    });
  });

  it('is not run where it was built ahead from other sources, and is where they are the same or there are none', async () => {
    const [name = ''] = programs();
    const dist = join(folder, 'dist');
    cpSync(join(folder, '.cache', name), dist, { recursive: true });
    rmSync(join(dist, 'main.mjs'));
    writeFileSync(join(dist, 'main.mjs'), "export const main = () => console.log('ahead');\n");
    writeFileSync(join(dist, 'inputs'), 'of other sources\n');
    expect(await run()).toMatch(/^two /);
    const { inputsHash } = await import('../../cli/program/inputs.mjs');
    writeFileSync(join(dist, 'inputs'), `${inputsHash(folder)}\n`);
    expect(await run()).toBe('ahead\n');
    rmSync(join(folder, 'cli/main.ts'));
    rmSync(join(dist, 'inputs'));
    expect(await run()).toBe('ahead\n');
  });
});
