import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { projectRoot } from '../../cli/settings/folders.ts';
import { eventually } from '../setup/eventually.ts';
import '../setup/provide.ts';

const run = promisify(execFile);

// On the disk of the packages, which are linked and not copied.
mkdirSync(join(projectRoot, '.cache'), { recursive: true });
const folder = mkdtempSync(join(projectRoot, '.cache/production-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm ci --omit=dev` installs, by the lock file, and nothing else. */
async function installWithoutDev(root: string): Promise<void> {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  const there = new Set(readdirSync(join(projectRoot, 'node_modules')));
  const shipped = Object.entries(packages)
    .filter(([path, { dev }]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) && !dev)
    .map(([path]) => path)
    // Of packages for other platforms none is installed.
    .filter((path) => there.has(path.split('/')[1] ?? ''));
  mkdirSync(join(root, 'node_modules'));
  for (const scope of new Set(shipped.map((path) => dirname(path)))) {
    mkdirSync(join(root, scope), { recursive: true });
    const names = shipped.filter((path) => dirname(path) === scope);
    await run('sh', ['-c', 'for each; do [ ! -e "$each" ] || cp -al "$each" "$0"; done', join(root, scope), ...names], {
      cwd: projectRoot,
    });
  }
}

const checkout = join(folder, 'checkout');
const installed = join(folder, 'installed');

beforeAll(async () => {
  mkdirSync(checkout);
  const { stdout: files } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectRoot,
    maxBuffer: 16 * 1024 * 1024,
  });
  const product = files.split('\0').filter((file) => file !== '' && !/^(test|bench|browser)\//.test(file));
  await run('sh', ['-c', 'tar -cf - --ignore-failed-read "$@" | tar -xf - -C "$0"', checkout, ...product], {
    cwd: projectRoot,
  });
  await installWithoutDev(checkout);
});

it('a checkout without the packages of developers builds itself, ahead and at the first use', async () => {
  const env = { ...process.env, KAIBIAO_CACHE_DIR: join(folder, 'cache') };
  const { stdout } = await run(process.execPath, ['cli/kaibiao.mjs', 'law', 'show'], { cwd: checkout, env });
  expect(stdout).toContain('招标投标法');
  await run(process.execPath, ['cli/program/build.mjs'], { cwd: checkout, env });
  expect(readdirSync(join(checkout, 'dist'))).toEqual(
    expect.arrayContaining(['main.mjs', 'kaibiao.mjs', 'workflows.js', 'workflows-encrypted.js', 'inputs']),
  );
});

it('a package of it starts without sources, builds nothing, answers, and stops with all its parts', async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--offline'], {
    cwd: checkout,
    maxBuffer: 16 * 1024 * 1024,
  });
  const [{ filename } = { filename: '' }] = JSON.parse(stdout) as { filename: string }[];
  mkdirSync(installed);
  await run('tar', ['-xzf', join(checkout, filename), '-C', installed, '--strip-components=1']);
  symlinkSync(join(checkout, 'node_modules'), join(installed, 'node_modules'));
  expect(readdirSync(installed)).not.toContain('services');

  const programs = join(folder, 'programs');
  mkdirSync(programs);
  symlinkSync(inject('temporalExecutable'), join(programs, 'temporal'));
  const port = await freePort();
  const env = {
    ...process.env,
    PATH: `${programs}:${process.env.PATH}`,
    KAIBIAO_DATA_DIR: join(folder, 'data'),
    KAIBIAO_CACHE_DIR: join(folder, 'no-cache'),
    KAIBIAO_PORT: String(port),
    KAIBIAO_TEMPORAL_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_UI_PORT: String(await freePort()),
    KAIBIAO_PAYLOAD_KEYS: '',
    TEMPORAL_NAMESPACE: 'its-own',
  };
  // As `npm start`, whose shell is gone once the program runs.
  const npm = spawn('npm', ['start', '--silent', '--', '--json'], {
    cwd: installed,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(npm, 'exit');
  const said: string[] = [];
  createInterface({ input: npm.stderr }).on('line', (line) => said.push(line));
  const told = new Promise<string>((resolve) => {
    createInterface({ input: npm.stdout }).on('line', (line) => {
      if (line.startsWith('{"url":')) resolve(line);
    });
  });
  const addresses = await Promise.race([told, exited.then(() => '')]);
  expect(addresses, said.join('\n')).not.toBe('');
  const { url, temporalUiUrl } = JSON.parse(addresses) as { url: string; temporalUiUrl: string };
  expect((await fetch(`${url}/kaibiao.mjs.sha256`)).status).toBe(200);
  expect(await (await fetch(url)).text()).toContain('开标');
  const ui = await fetch(temporalUiUrl);
  expect([ui.status, new URL(temporalUiUrl).pathname]).toEqual([200, '/namespaces/its-own/workflows']);
  expect(existsSync(join(folder, 'no-cache')) ? readdirSync(join(folder, 'no-cache')) : []).toEqual([]);

  npm.kill('SIGTERM');
  await exited;
  await eventually('it has stopped', async () => said.some((line) => line.includes('stopped')));
  expect(said.filter((line) => / \/ stop/.test(line))).toEqual(['正在停止…… / stopping …', '已停止 / stopped']);
  await expect(fetch(url)).rejects.toThrow();
});
