import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../cli/commands/doctor.ts';
import { apiPlace, logLevel, readApiSettings } from '../../cli/settings/api.ts';
import type { CommandFailure } from '../../cli/settings/failure.ts';
import { refuseBadSettings } from '../../cli/settings/first-start.ts';

const KEY = { KAIBIAO_SESSION_KEY: 'a-session-key-of-more-than-32-characters' };

describe('what an operator sets', () => {
  it('listens on this machine only by default', () => {
    expect(apiPlace({})).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(apiPlace({ KAIBIAO_HOST: '0.0.0.0', KAIBIAO_PORT: '9000' })).toEqual({ host: '0.0.0.0', port: 9000 });
  });

  it('confirms RECALLED rules by their ids, spaces or not', () => {
    const settings = readApiSettings({ ...KEY, KAIBIAO_CONFIRMED_RULES: 'gp-intention-30d, tender-archive-15y' });
    expect([...settings.confirmedRules]).toEqual(['gp-intention-30d', 'tender-archive-15y']);
  });

  it.each([
    ['a rule that is misspelt', { KAIBIAO_CONFIRMED_RULES: 'gp-intention-30' }, /gp-intention-30d/],
    ['an address without a scheme', { KAIBIAO_PUBLIC_URL: 'tender.example.cn' }, /KAIBIAO_PUBLIC_URL/],
    ['a port that is no number', { KAIBIAO_PORT: 'http' }, /KAIBIAO_PORT/],
    ['a switch that is neither on nor off', { KAIBIAO_RATE_LIMIT: 'no' }, /KAIBIAO_RATE_LIMIT/],
    ['a flag that is neither true nor false', { KAIBIAO_PUBLIC_METRICS: 'yes' }, /KAIBIAO_PUBLIC_METRICS/],
    ['a secret of the bank that is too short', { KAIBIAO_BANK_SECRET: 'short' }, /KAIBIAO_BANK_SECRET/],
    ['an account without its bank', { KAIBIAO_DEPOSIT_ACCOUNT: '某中心|6222' }, /KAIBIAO_DEPOSIT_ACCOUNT/],
    ['rates that are not there', { KAIBIAO_DEPOSIT_RATES: '/nowhere.json' }, /KAIBIAO_DEPOSIT_RATES/],
    ['a session key that is too short', { KAIBIAO_SESSION_KEY: 'short' }, /KAIBIAO_SESSION_KEY/],
  ])('refuses %s, in both languages', (_what, env, names) => {
    try {
      readApiSettings({ ...KEY, ...env });
      expect.unreachable();
    } catch (error) {
      const { messageZh, messageEn } = error as { messageZh: string; messageEn: string };
      expect(messageZh).toMatch(names);
      expect(messageEn).toMatch(names);
      expect(messageZh).toMatch(/[一-龥]/);
    }
  });

  it('takes what concerns deposits: the bank’s secret, the account, the rates with their sources', () => {
    expect(readApiSettings(KEY)).toMatchObject({ bankSecret: null, depositAccount: null, depositRates: null });
    const dir = mkdtempSync(join(tmpdir(), 'kaibiao-rates-'));
    const file = join(dir, 'rates.json');
    const rate = { from: '2026-01-01', until: null, ratePpm: 500, source: '某银行 2026 年挂牌利率' };
    writeFileSync(file, JSON.stringify({ dayCount: 360, deposit: [rate] }));
    const env = { ...KEY, KAIBIAO_DEPOSIT_ACCOUNT: '某中心|某银行|6222', KAIBIAO_DEPOSIT_RATES: file };
    expect(readApiSettings(env)).toMatchObject({
      depositAccount: { holder: '某中心', bank: '某银行', number: '6222' },
      depositRates: { dayCount: 360, deposit: [rate], loan: [] },
    });
    writeFileSync(file, JSON.stringify({ dayCount: 360, deposit: [{ ...rate, source: '' }] }));
    expect(() => readApiSettings(env)).toThrow(/deposit\[0\]\.source/);
    rmSync(dir, { recursive: true });
  });

  it('reads an empty log level as the default, and refuses one that does not exist', () => {
    expect(logLevel({ KAIBIAO_LOG_LEVEL: '' })).toBe('info');
    expect(() => logLevel({ KAIBIAO_LOG_LEVEL: 'loud' })).toThrow(/KAIBIAO_LOG_LEVEL/);
  });
});

it('an address that is refused is told without what may be a password', async () => {
  for (const [name, value] of [
    ['KAIBIAO_TIME_SOURCES', 'https://u:hunter2@time.test'],
    ['KAIBIAO_WITNESSES', 'ftp://u:hunter2@witness.test'],
    ['KAIBIAO_PUBLIC_URL', 'https://u:hunter2@tender.test'],
    ['TEMPORAL_ADDRESS', 'u:hunter2@temporal.test:7233'],
  ] as const) {
    const told = await refuseBadSettings({ [name]: value }).then(
      () => 'taken',
      (error: unknown) => `${(error as CommandFailure).messageZh} ${(error as Error).message}`,
    );
    expect(told).toContain(name);
    expect(told).not.toMatch(/hunter2|taken/);
  }
});

it('the doctor reads every setting that a start reads', async () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', KAIBIAO_DATA_DIR: join(tmpdir(), `none-${process.pid}`) };
  for (const [name, value] of [
    ['KAIBIAO_MAX_FILE_BYTES', '200MB'],
    ['KAIBIAO_REGISTRATION', 'opn'],
    ['KAIBIAO_LOCAL_CUSTODIANS', '0'],
  ] as const) {
    const settings = (await examine({ ...env, [name]: value })).find((finding) => finding.name === 'settings');
    expect([settings?.ok, settings?.detailZh]).toEqual(['fail', expect.stringContaining(name)]);
  }
});
