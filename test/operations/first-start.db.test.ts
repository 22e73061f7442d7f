import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openInstallation } from '../../cli/settings/installation.ts';
import { command } from '../setup/command.ts';

const COLUMNS = 'table,regime,code,nameZh,kind,level,mustTradeOnPlatform,centralised,open,limit,from,until,source';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaibiao-first-start-'));
  const row = '品目,政府采购,T01,教学终端,货物,区级,是,否,,,2026-01-01,,测试虚构〔0000〕0号';
  writeFileSync(join(folder, 'catalogue.csv'), `${COLUMNS}\n${row}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const newEnv = (settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  KAIBIAO_DATA_DIR: join(folder, `data-${(made += 1)}`),
  KAIBIAO_CACHE_DIR: join(folder, 'cache'),
  ...settings,
});
const leftIn = (env: NodeJS.ProcessEnv): string[] => {
  const dir = env.KAIBIAO_DATA_DIR ?? '';
  return existsSync(dir) ? readdirSync(dir) : [];
};

/** One of each part of the service, and one that none of the commands below reads itself. */
const BAD: readonly (readonly [setting: string, value: string])[] = [
  ['KAIBIAO_PORT', 'http'],
  ['KAIBIAO_PUBLIC_URL', 'tender.example.cn'],
  ['KAIBIAO_SESSION_KEY', 'short'],
  ['KAIBIAO_SEALING', 'sometimes'],
  ['KAIBIAO_DEPOSIT_ACCOUNT', '某中心|6222'],
  ['KAIBIAO_CENTRE_NAME', '某交易中心'],
  ['KAIBIAO_DRILL_DAY_MS', 'fast'],
  ['KAIBIAO_S3_BUCKET', 'bids'],
  ['KAIBIAO_CLOCK_JUMP_MS', '1'],
  ['KAIBIAO_WITNESSES', 'no address'],
  ['KAIBIAO_TIME_SOURCES', 'no address'],
  ['KAIBIAO_METRICS_PORT', '-1'],
  ['KAIBIAO_LOCAL_CUSTODIANS', 'yes'],
  ['KAIBIAO_LOG_LEVEL', 'loud'],
  ['KAIBIAO_SIGNING_KEY', '{}'],
  ['OTEL_TRACES_EXPORTER', 'carrier-pigeon'],
  ['KAIBIAO_CONFIRMED_RULES', 'gp-intention-30'],
];
const ALSO: Readonly<Record<string, NodeJS.ProcessEnv>> = { KAIBIAO_S3_BUCKET: { KAIBIAO_S3_ACCESS_KEY_ID: 'only' } };

describe('a first start on a port that another program has', () => {
  const other = createServer();
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    ({ port } = other.address() as AddressInfo);
  });
  afterAll(() => void other.close());

  it.each([
    ['api', 'KAIBIAO_PORT'],
    ['api', 'KAIBIAO_OWN_PORT'],
    ['serve', 'KAIBIAO_PORT'],
    ['serve', 'KAIBIAO_METRICS_PORT'],
    ['serve', 'KAIBIAO_TEMPORAL_PORT'],
  ])('%s makes nothing, and names %s', async (name, setting) => {
    const env = newEnv({ KAIBIAO_PORT: '0', [setting]: String(port) });
    const refused = await command([name], env);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`127.0.0.1:${port}`);
    expect(refused.stderr).toContain(setting);
    expect(leftIn(env)).toEqual([]);
    expect(existsSync(env.KAIBIAO_DATA_DIR ?? '')).toBe(false);
  });

  it('the worker, whose metrics have a port, makes nothing either', async () => {
    const env = newEnv({});
    const metrics = { host: '127.0.0.1', port, settings: 'KAIBIAO_METRICS_PORT' };
    await expect(openInstallation(env, [metrics])).rejects.toMatchObject({ code: 'port-taken' });
    expect(existsSync(env.KAIBIAO_DATA_DIR ?? '')).toBe(false);
  });
});

describe('a first start with a bad setting', () => {
  it.each(BAD)('%s=%s makes nothing', async (setting, value) => {
    const env = newEnv({ [setting]: value, ...ALSO[setting] });
    await expect(openInstallation(env)).rejects.toMatchObject({
      messageZh: expect.stringMatching(/[一-龥]/) as string,
    });
    expect(leftIn(env)).toEqual([]);
  });

  // Each reads it after it has opened the installation, or not at all.
  it.each(['api', 'worker', 'serve', 'migrate', 'catalogue'])('leaves nothing of `kaibiao %s`', async (name) => {
    const env = newEnv({ KAIBIAO_DEPOSIT_ACCOUNT: '某中心|6222' });
    const args = name === 'catalogue' ? [name, 'import', join(folder, 'catalogue.csv')] : [name];
    const { code, stderr } = await command([...args, '--json'], env);
    expect(code).not.toBe(0);
    expect(stderr).toContain('"code":"bad-setting"');
    expect(leftIn(env)).toEqual([]);
  });

  it.each([
    ['administrator', []],
    ['calendar', ['show']],
    ['clock', ['show']],
    ['rebuild', []],
    ['verify', []],
  ] as const)('`kaibiao %s` makes no installation at all', async (name, sub) => {
    const env = newEnv({});
    const { code, stderr } = await command([name, ...sub, '--json'], env);
    expect(code).not.toBe(0);
    expect(stderr).toContain('no-installation');
    expect(leftIn(env)).toEqual([]);
  });
});
