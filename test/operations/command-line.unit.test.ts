import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { judgeOffset } from '../../cli/doctor/clock.ts';
import { checkDataFolder } from '../../cli/doctor/data.ts';
import { judgeAccess, judgeDatabaseClock, judgeRoles, judgeStorage } from '../../cli/doctor/database.ts';
import { judgeBuilds, judgeWorkflows } from '../../cli/doctor/engine.ts';
import { checkDatabaseTls, checkPublicTls, checkTls } from '../../cli/doctor/network.ts';
import { checkNode, isSupportedNode } from '../../cli/doctor/node.ts';
import { checkPort } from '../../cli/doctor/ports.ts';
import { checkBankSecret, checkKeys, checkPayloadKey, checkSecrets } from '../../cli/doctor/secrets.ts';
import { checkRetention } from '../../cli/doctor/temporal.ts';
import type { Finding } from '../../cli/doctor/findings.ts';
import type { Found } from '../../engine/reconcile.ts';
import { withInstallLock } from '../../cli/servers/install-lock.ts';
import { readSettingFiles, readSigner, sessionKey } from '../../cli/settings/secrets.ts';
import { findInstalledTemporal } from '../../cli/servers/temporal-server.ts';
import { newSigningKey } from '../../proofs/signing.ts';
import { readTemporalConfig } from '../../temporal.config.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function kaibiao(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const program = join(import.meta.dirname, '../../cli/kaibiao.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('kaibiao', () => {
  it('lists its commands in both languages, and its version', async () => {
    const help = await kaibiao(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['serve', 'api', 'worker', 'demo', 'migrate', 'doctor', 'law', 'verify']) {
      expect(help.stdout).toMatch(new RegExp(`^ +${name} .*[一-龥].* / `, 'm'));
    }
    expect((await kaibiao(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('makes no installation at a first start that fails: the folder is not marked as a drill', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const dataDir = join(folder, 'first-start');
    const env = { KAIBIAO_DATA_DIR: dataDir, KAIBIAO_DRILL_DAY_MS: '2000', KAIBIAO_PORT: String(port) };
    const { code, stderr } = await kaibiao(['serve'], env);
    taken.close();
    expect(code).not.toBe(0);
    expect(stderr).toContain(String(port));
    expect(existsSync(join(dataDir, 'kaibiao.sqlite'))).toBe(false);
  });

  it('answers a wrong call with code 2 and one message, in both languages or as JSON', async () => {
    const unknown = await kaibiao(['tender']);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/^错误：没有这个命令.*\nerror: unknown command 'tender'/);
    const option = await kaibiao(['doctor', '--fast', '--json']);
    expect(option.code).toBe(2);
    expect(JSON.parse(option.stderr)).toMatchObject({
      error: { messageZh: expect.stringMatching(/^没有这个选项[^A-Z]*：--fast$/) as string },
    });
    expect(JSON.parse(option.stderr)).toMatchObject({ error: { code: 'usage' } });
  });

  it('doctor finds what is wrong, says how to mend it, and ends with code 1', async () => {
    const { code, stdout } = await kaibiao(['doctor', '--json'], {
      KAIBIAO_DATA_DIR: join(folder, 'data'),
      TEMPORAL_RETENTION_DAYS: 'for ever',
    });
    expect(code).toBe(1);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
    expect(ok).toBe(false);
    const settings = findings.find(({ name }) => name === 'settings');
    expect(settings).toMatchObject({
      ok: 'fail',
      detailEn: expect.stringContaining('TEMPORAL_RETENTION_DAYS') as string,
    });
    for (const { ok: verdict, detailZh, mend } of findings) {
      expect(detailZh).not.toBe('');
      if (verdict !== 'ok') expect(mend?.zh).toMatch(/[一-龥]|chmod/);
    }
  });
});

describe('what the doctor looks at', () => {
  it('the version of Node.js', () => {
    const range = '^20.19.0 || ^22.12.0 || >=24.0.0';
    for (const version of ['20.19.0', '20.20.2', '22.12.0', '24.0.0', '25.1.0']) {
      expect(isSupportedNode(version, range), version).toBe(true);
    }
    for (const version of ['18.20.0', '20.18.9', '21.7.0', '22.11.0', '23.9.0']) {
      expect(isSupportedNode(version, range), version).toBe(false);
    }
    expect(checkNode('18.0.0')).toMatchObject({ ok: 'fail' });
  });

  it('a clock that is out: two seconds warn, thirty stop, and doubt is in its favour', () => {
    expect([1_900, -1_900, 2_500, -40_000, 31_000].map((offset) => judgeOffset(offset, 0))).toEqual([
      'ok',
      'ok',
      'warn',
      'fail',
      'fail',
    ]);
    expect(judgeOffset(2_500, 600)).toBe('ok');
  });

  it('a data folder that is a file', () => {
    const file = join(folder, 'not-a-folder');
    writeFileSync(file, '');
    expect(checkDataFolder(join(file, 'data'))).toMatchObject({ ok: 'fail' });
    expect(checkDataFolder(join(folder, 'new', 'data')).ok).not.toBe('fail');
  });

  it('a port that another program has', async () => {
    const other = createServer((socket) => socket.destroy());
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    );
    expect(await checkPort(port, 'KAIBIAO_PORT', folder)).toMatchObject({
      ok: 'fail',
      mend: { en: expect.stringContaining('KAIBIAO_PORT') as string },
    });
    await new Promise((resolve) => other.close(resolve));
    expect(await checkPort(port, 'KAIBIAO_PORT', folder)).toMatchObject({ ok: 'ok' });
  });

  it.skipIf(process.platform === 'win32')('a key that others can read', () => {
    const key = join(folder, 'client.key');
    writeFileSync(key, 'x', { mode: 0o600 });
    expect(checkSecrets([key, join(folder, 'absent')]).ok).toBe('ok');
    chmodSync(key, 0o644);
    expect(checkSecrets([key])).toMatchObject({ ok: 'warn', mend: { en: `chmod -R go-rwx ${key}` } });
  });

  it('a connection in the clear to another machine, and a server that forgets soon', () => {
    const tls = (env: NodeJS.ProcessEnv) => checkTls(readTemporalConfig(env))?.ok;
    expect(tls({})).toBeUndefined();
    expect(tls({ TEMPORAL_ADDRESS: '127.0.0.1:7233' })).toBe('ok');
    expect(tls({ TEMPORAL_ADDRESS: '[::1]:7233' })).toBe('ok');
    expect(tls({ TEMPORAL_ADDRESS: 'temporal.example:7233' })).toBe('warn');
    expect(tls({ TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_TLS: 'true' })).toBe('ok');
    expect([1, 29, 30, 90].map((days) => checkRetention(days).ok)).toEqual(['warn', 'warn', 'ok', 'ok']);
  });

  it('the secret of the bank: missing where deposits are paid, short, guessed, or readable by others', () => {
    const made = randomBytes(32).toString('base64');
    const account = { KAIBIAO_DEPOSIT_ACCOUNT: '交易中心|某银行|6222' };
    expect(checkBankSecret({}).ok).toBe('ok');
    expect(checkBankSecret(account)).toMatchObject({
      ok: 'warn',
      mend: { en: expect.stringContaining('openssl') as string },
    });
    expect(checkBankSecret({ ...account, KAIBIAO_BANK_SECRET: made }).ok).toBe('ok');
    expect(checkBankSecret({ KAIBIAO_BANK_SECRET: made.slice(0, 31) }).ok).toBe('fail');
    expect(checkKeys({ KAIBIAO_BANK_SECRET: 'bank'.repeat(10) })).toMatchObject({
      ok: 'warn',
      detailEn: expect.stringContaining('KAIBIAO_BANK_SECRET') as string,
    });
    const file = join(folder, 'bank-secret');
    writeFileSync(file, made, { mode: 0o644 });
    const env: NodeJS.ProcessEnv = { KAIBIAO_BANK_SECRET_FILE: file };
    expect(() => readSettingFiles(env, join(folder, 'no-settings'))).toThrow(/chmod 600/);
    chmodSync(file, 0o600);
    readSettingFiles(env, join(folder, 'no-settings'));
    expect(env.KAIBIAO_BANK_SECRET).toBe(made);
  });

  it('a key or a password that anybody would try, and stops for it in production', () => {
    const guessed = (env: NodeJS.ProcessEnv) => {
      const { ok, detailEn } = checkKeys(env);
      return [ok, / (\S+)$/.exec(detailEn)?.[1]];
    };
    const url = (password: string) => `postgres://kaibiao:${password}@db.example:5432/kaibiao`;
    expect(guessed({ KAIBIAO_SESSION_KEY: '0123456789'.repeat(4) })).toEqual(['warn', 'KAIBIAO_SESSION_KEY']);
    expect(guessed({ KAIBIAO_PAYLOAD_KEYS: `k1:${'A'.repeat(43)}=` })).toEqual(['warn', 'KAIBIAO_PAYLOAD_KEYS']);
    for (const password of ['kaibiao', 'password', 'postgres', 'ChangeMe', '12345678', 'short', '%6baibiao']) {
      expect(guessed({ DATABASE_URL: url(password) }), password).toEqual(['warn', 'DATABASE_URL']);
    }
    expect(guessed({ DATABASE_URL: url('password'), NODE_ENV: 'production' })[0]).toBe('fail');
    const printed = { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' };
    expect(guessed({ KAIBIAO_SIGNING_KEY: JSON.stringify(printed) })).toEqual(['warn', 'KAIBIAO_SIGNING_KEY']);
    const fit = {
      KAIBIAO_SESSION_KEY: randomBytes(32).toString('hex'),
      KAIBIAO_PAYLOAD_KEYS: `k1:${Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64')}`,
      DATABASE_URL: url('r4ther-long-4nd-odd'),
    };
    expect(checkKeys(fit).ok).toBe('ok');
    expect(checkKeys({}).ok).toBe('ok');
  });

  it('a database and a public address in the clear', () => {
    const database = (text: string) => checkDatabaseTls({ DATABASE_URL: text })?.ok;
    expect(checkDatabaseTls({})).toBeUndefined();
    expect(database('postgres://a:b@127.0.0.1/kaibiao')).toBe('ok');
    expect(database('postgres://a:b@[::1]:5432/kaibiao')).toBe('ok');
    expect(database('postgres:///kaibiao?host=/run/postgresql')).toBe('ok');
    expect(database('postgres://a:b@db.example/kaibiao')).toBe('warn');
    expect(database('postgres://a:b@db.example/kaibiao?sslmode=disable')).toBe('warn');
    expect(database('postgres://a:b@db.example/kaibiao?sslmode=no-verify')).toBe('warn');
    expect(database('postgres://a:b@db.example/kaibiao?sslmode=verify-full')).toBe('ok');
    expect(checkPublicTls({}).ok).toBe('ok');
    expect(checkPublicTls({ KAIBIAO_HOST: '0.0.0.0' }).ok).toBe('warn');
    expect(checkPublicTls({ KAIBIAO_PUBLIC_URL: 'http://tender.example.cn' }).ok).toBe('warn');
    expect(checkPublicTls({ KAIBIAO_HOST: '0.0.0.0', KAIBIAO_PUBLIC_URL: 'https://tender.example.cn' }).ok).toBe('ok');
  });

  it('a database that is damaged, of another version, or of a drill, and a database whose clock is out', () => {
    const state = { integrity: 'ok', mode: 'real', schema: 'present', altered: [] } as const;
    const sound = { place: 'x', exists: true, ...state, clock: null, openToAll: false, roles: null } as const;
    expect(judgeStorage(sound, true).ok).toBe('ok');
    expect(judgeStorage({ ...sound, exists: false, mode: null, schema: null }, true).ok).toBe('ok');
    expect(judgeStorage({ ...sound, integrity: 'row 3 missing from index' }, false).ok).toBe('fail');
    expect(judgeStorage({ ...sound, schema: 'later' }, false).ok).toBe('fail');
    const altered = [{ name: 'trigger planted', is: 'unknown' }] as const;
    expect(judgeStorage({ ...sound, altered }, false)).toMatchObject({
      ok: 'fail',
      detailEn: expect.stringContaining('trigger planted') as string,
    });
    expect(judgeStorage({ ...sound, mode: 'drill' }, true).ok).toBe('fail');
    expect(judgeStorage({ ...sound, mode: 'drill' }, false).ok).toBe('ok');
    expect(judgeStorage({ ...sound, schema: 'earlier' }, true)).toMatchObject({
      ok: 'warn',
      mend: { en: expect.stringContaining('kaibiao migrate') as string },
    });
    expect(judgeAccess(sound)).toBeUndefined();
    const rolesOf = (roles: 'one' | 'other' | 'separate' | null, env: NodeJS.ProcessEnv = {}) =>
      judgeRoles({ ...sound, roles }, env)?.ok;
    const production = { NODE_ENV: 'production' };
    expect([rolesOf(null), rolesOf('separate'), rolesOf('one'), rolesOf('one', production)]).toEqual([
      undefined,
      'ok',
      'warn',
      'fail',
    ]);
    expect(rolesOf('other')).toBe('fail');
    expect(rolesOf('separate', { KAIBIAO_MIGRATION_URL: 'postgres://owner@x/y' })).toBe('warn');
    expect(judgeAccess({ ...sound, openToAll: true })).toMatchObject({
      ok: 'fail',
      mend: { en: expect.stringContaining('REVOKE CONNECT') as string },
    });
    expect(judgeDatabaseClock(null)).toBeUndefined();
    expect(judgeDatabaseClock({ aheadMs: -1_000, withinMs: 3 })?.ok).toBe('ok');
    expect(judgeDatabaseClock({ aheadMs: -5_000, withinMs: 3 })?.ok).toBe('warn');
    expect(judgeDatabaseClock({ aheadMs: 60_000, withinMs: 3 })?.ok).toBe('fail');
  });

  it('workflows that are missing or stuck, and a Temporal that is not theirs, with what mends it', () => {
    const here = { address: '127.0.0.1:7233', namespaceId: 'b', before: 'b' };
    const found = (did: Found['did'], why: Found['why'] = null): Found => ({
      ...{ workflowId: 'procurement/1', stage: 'bidding', was: 'missing' },
      ...{ did, why },
    });
    expect(judgeWorkflows({ found: [found('nothing')], temporal: here })).toMatchObject({ ok: 'ok', mend: null });
    const missing = judgeWorkflows({ found: [found('nothing'), found('would-start')], temporal: here });
    expect(missing).toMatchObject({
      ok: 'fail',
      detailEn: expect.stringMatching(/^1 workflows .*procurement\/1/) as string,
    });
    expect(missing.mend?.zh).toMatch(/kaibiao rebuild/);
    const late = { zh: '已到期', en: 'its instant has passed' };
    expect(judgeWorkflows({ found: [found('nothing', late)], temporal: here }).ok).toBe('warn');
    expect(judgeWorkflows({ found: [found('left-to-a-person', late)], temporal: here }).ok).toBe('warn');
    const elsewhere = judgeWorkflows({ found: [found('would-start')], temporal: { ...here, before: 'a' } });
    expect(elsewhere.ok).toBe('fail');
    expect(elsewhere.mend?.en).toMatch(/rebuild --adopt/);
  });

  it('no worker at all, and workers of different builds', () => {
    expect(judgeBuilds(new Map()).ok).toBe('warn');
    expect(judgeBuilds(new Map([['0.1.0', 2]]))).toMatchObject({ ok: 'ok', mend: null });
    expect(
      judgeBuilds(
        new Map([
          ['0.1.0', 1],
          ['0.2.0', 1],
        ]),
      ),
    ).toMatchObject({
      ok: 'warn',
      detailEn: 'workers of different builds: 0.1.0 × 1, 0.2.0 × 1',
    });
  });

  it('payloads in the clear on an external server', () => {
    expect(checkPayloadKey(readTemporalConfig({})).ok).toBe('ok');
    expect(checkPayloadKey(readTemporalConfig({ TEMPORAL_ADDRESS: 'a.example:7233' })).ok).toBe('warn');
    const encrypted = { TEMPORAL_ADDRESS: 'a.example:7233', KAIBIAO_PAYLOAD_KEYS: `k1:${'A'.repeat(43)}=` };
    expect(checkPayloadKey(readTemporalConfig(encrypted)).ok).toBe('ok');
  });
});

describe.skipIf(process.platform === 'win32')('secrets in files', () => {
  const secret = join(folder, 'secret');
  const settings = join(folder, 'settings.env');
  const read = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
    readSettingFiles(env, settings);
    return env;
  };
  beforeEach(() => {
    rmSync(settings, { force: true });
    writeFileSync(secret, 'a-secret-of-many-characters\n');
    chmodSync(secret, 0o600);
  });

  it('are read for the setting that names them, and the environment goes before the file of settings', () => {
    writeFileSync(settings, 'KAIBIAO_PORT=1\nKAIBIAO_HOST=a # a remark\nKAIBIAO_SESSION_KEY=of-the-file\n', {
      mode: 0o600,
    });
    expect(read({ KAIBIAO_PORT: '2', TEMPORAL_API_KEY_FILE: secret })).toEqual({
      KAIBIAO_PORT: '2',
      KAIBIAO_HOST: 'a',
      KAIBIAO_SESSION_KEY: 'of-the-file',
      TEMPORAL_API_KEY: 'a-secret-of-many-characters',
    });
  });

  it('are refused where everybody can read them or their group can change them', () => {
    const refused = expect.objectContaining({ code: 'secret-file', exitCode: 2 }) as Error;
    for (const mode of [0o604, 0o644, 0o620, 0o602]) {
      chmodSync(secret, mode);
      expect(() => read({ DATABASE_URL_FILE: secret }), mode.toString(8)).toThrow(refused);
      expect(() => read({ TEMPORAL_TLS_KEY: secret })).toThrow(refused);
    }
    for (const mode of [0o600, 0o400, 0o440, 0o640]) {
      chmodSync(secret, mode);
      expect(read({ DATABASE_URL_FILE: secret }).DATABASE_URL).toBe('a-secret-of-many-characters');
    }
    // A file of settings without a secret is anybody's to read.
    writeFileSync(settings, 'KAIBIAO_PORT=1\n');
    chmodSync(settings, 0o644);
    expect(read({})).toEqual({ KAIBIAO_PORT: '1' });
    writeFileSync(settings, 'KAIBIAO_PAYLOAD_KEYS=k1:x\n');
    expect(() => read({})).toThrow(refused);
  });

  it('that are missing, empty or given twice are reported by the name of their setting, without their value', () => {
    writeFileSync(secret, ' \n');
    for (const env of [
      { DATABASE_URL_FILE: join(folder, 'absent') },
      { DATABASE_URL_FILE: secret },
      { DATABASE_URL_FILE: secret, DATABASE_URL: 'postgres://a:hidden@b/c' },
    ]) {
      const told = expect.objectContaining({
        code: 'bad-setting',
        message: expect.stringContaining('DATABASE_URL_FILE') as string,
      }) as Error;
      expect(() => read({ ...env })).toThrow(told);
    }
  });

  it('stop a command before it does anything, in both languages', async () => {
    chmodSync(secret, 0o644);
    const { code, stdout, stderr } = await kaibiao(['law', 'show', 'TND-001', '--json'], { DATABASE_URL_FILE: secret });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'secret-file', messageZh: expect.stringMatching(/chmod 600/) as string },
    });
  });

  it('the session key that was made at the first start is not used once it is open to everybody', () => {
    const key = sessionKey(folder);
    expect(key.length).toBeGreaterThanOrEqual(32);
    expect(sessionKey(folder)).toBe(key);
    chmodSync(join(folder, 'session.key'), 0o644);
    expect(() => sessionKey(folder)).toThrow(expect.objectContaining({ code: 'secret-file' }) as Error);
  });

  it('the signing key is created once, by the first process, and is not used once it is open to everybody', async () => {
    const place = join(folder, 'signing');
    mkdirSync(place);
    const signers = await Promise.all([1, 2, 3].map(() => readSigner({}, place)));
    expect(new Set(signers.map(({ kid }) => kid)).size).toBe(1);
    expect(readdirSync(place)).toEqual(['signing.key']);
    expect(statSync(join(place, 'signing.key')).mode & 0o777).toBe(0o600);
    const given = JSON.stringify(await newSigningKey());
    expect((await readSigner({ KAIBIAO_SIGNING_KEY: given }, place)).kid).not.toBe(signers[0]?.kid);
    const unfit = readSigner({ KAIBIAO_SIGNING_KEY: '{"kty":"oct","k":"a-secret"}' }, place);
    await expect(unfit).rejects.toMatchObject({ code: 'bad-setting' });
    await expect(unfit).rejects.not.toThrow(/a-secret/);
    chmodSync(join(place, 'signing.key'), 0o644);
    await expect(readSigner({}, place)).rejects.toMatchObject({ code: 'secret-file' });
  });
});

describe('finding a Temporal server', () => {
  const none = { KAIBIAO_CACHE_DIR: join(folder, 'cache'), PATH: join(folder, 'bin') };

  it('prefers an address, and then one on the PATH that really is one', async () => {
    expect(await findInstalledTemporal({ ...none, TEMPORAL_ADDRESS: 'a.example:7233' })).toEqual({
      kind: 'address',
      address: 'a.example:7233',
    });
    expect(await findInstalledTemporal(none)).toBeUndefined();
    const script = (name: string, says: string) => {
      const dir = mkdtempSync(join(folder, name));
      writeFileSync(join(dir, 'temporal'), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
      return dir;
    };
    const [impostor, real] = [
      script('impostor', 'a calendar'),
      script('real', 'temporal version 1.9.9 (Server 1.30.0)'),
    ];
    expect(await findInstalledTemporal({ ...none, PATH: impostor })).toBeUndefined();
    expect(await findInstalledTemporal({ ...none, PATH: `${impostor}:${real}` })).toEqual({
      kind: 'binary',
      path: join(real, 'temporal'),
      version: '1.9.9 (Server 1.30.0)',
      from: 'path',
    });
  });

  it('installs once at a time, and takes over from one that died', async () => {
    const dir = join(folder, 'lock');
    const order: string[] = [];
    const install = (name: string) =>
      withInstallLock(dir, { title: 'waiting', log: () => order.push(`${name} waits`) }, async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 100));
        order.push(`${name} ends`);
      });
    await Promise.all([install('first'), install('second')]);
    const waited = ['second waits', 'first ends', 'second waits'];
    expect(order).toEqual(['first begins', ...waited, 'second begins', 'second ends']);
    // No process has this id: it is above what any system hands out.
    writeFileSync(join(dir, 'install.lock'), '2147483646');
    await install('third');
    expect(order.slice(-2)).toEqual(['third begins', 'third ends']);
  });
});
