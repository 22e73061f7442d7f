import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  checkDataFolder,
  checkNode,
  checkPayloadKey,
  checkPort,
  checkRetention,
  checkSecrets,
  checkTls,
  isSupportedNode,
  judgeOffset,
  judgeWorkflows,
  type Finding,
} from '../../cli/doctor.ts';
import type { Found } from '../../api/rebuild.ts';
import { withInstallLock } from '../../cli/install-lock.ts';
import { findInstalledTemporal } from '../../cli/temporal-server.ts';
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
  it('tells its commands in both languages, and its version', async () => {
    const help = await kaibiao(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['serve', 'api', 'worker', 'demo', 'migrate', 'doctor', 'law', 'verify']) {
      expect(help.stdout).toMatch(new RegExp(`^ +${name} .*[一-龥].* / `, 'm'));
    }
    expect((await kaibiao(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('answers a wrong call with code 2 and one message, in both languages or as JSON', async () => {
    const unknown = await kaibiao(['tender']);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/^错误：没有这个命令.*\nerror: unknown command 'tender'/);
    const option = await kaibiao(['doctor', '--fast', '--json']);
    expect(option.code).toBe(2);
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

  it('running tenders without a workflow, and a Temporal that is not theirs, with the command that mends it', () => {
    const here = { address: '127.0.0.1:7233', namespaceId: 'b', before: 'b' };
    const found = (did: Found['did']): Found => ({
      workflowId: 'procurement/1',
      stage: 'bidding',
      was: 'any',
      did,
      why: null,
    });
    expect(judgeWorkflows({ found: [found('nothing')], temporal: here })).toMatchObject({ ok: 'ok', mend: null });
    const missing = judgeWorkflows({ found: [found('nothing'), found('would-start')], temporal: here });
    expect(missing).toMatchObject({ ok: 'fail', detailEn: expect.stringMatching(/^1 running/) as string });
    expect(missing.mend?.zh).toMatch(/kaibiao rebuild/);
    expect(judgeWorkflows({ found: [found('left-to-a-person')], temporal: here }).ok).toBe('warn');
    const elsewhere = judgeWorkflows({ found: [found('would-start')], temporal: { ...here, before: 'a' } });
    expect(elsewhere.ok).toBe('fail');
    expect(elsewhere.mend?.en).toMatch(/rebuild --adopt/);
  });

  it('payloads in the clear on a server of somebody else', () => {
    expect(checkPayloadKey(readTemporalConfig({})).ok).toBe('ok');
    expect(checkPayloadKey(readTemporalConfig({ TEMPORAL_ADDRESS: 'a.example:7233' })).ok).toBe('warn');
    const encrypted = { TEMPORAL_ADDRESS: 'a.example:7233', KAIBIAO_PAYLOAD_KEYS: `k1:${'A'.repeat(43)}=` };
    expect(checkPayloadKey(readTemporalConfig(encrypted)).ok).toBe('ok');
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
      withInstallLock(
        dir,
        () => order.push(`${name} waits`),
        async () => {
          order.push(`${name} begins`);
          await new Promise((resolve) => setTimeout(resolve, 100));
          order.push(`${name} ends`);
        },
      );
    await Promise.all([install('first'), install('second')]);
    expect(order).toEqual(['first begins', 'second waits', 'first ends', 'second begins', 'second ends']);
    // No process has this id: it is above what any system hands out.
    writeFileSync(join(dir, 'install.lock'), '2147483646');
    await install('third');
    expect(order.slice(-2)).toEqual(['third begins', 'third ends']);
  });
});
