import { describe, expect, it } from 'vitest';
import { depositInterest, lateFee, type DepositRates } from '../../domain/deposits/interest.ts';
import { ratesOf, type RecordedRate } from '../../domain/deposits/rates.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';

const at = parseInstant;
/** Figures made up for the test. */
const rates: DepositRates = {
  dayCount: 360,
  deposit: [
    { from: '2026-01-01', until: '2026-05-31', ratePpm: 1_000, source: '甲' },
    { from: '2026-06-01', until: null, ratePpm: 500, source: '乙' },
  ],
  loan: [{ from: '2026-01-01', until: null, ratePpm: 43_500, source: '丙' }],
};

describe('银行同期存款利息 (招标投标法实施条例 57), by hand', () => {
  it('800 000 yuan at 0.1 % from 20 April to 12 May: 22 days', () => {
    // 800000 × 0.001 × 22 / 360 = 48.888… yuan
    const owed = depositInterest(800_000_00, at('2026-04-20T08:00:00+08:00'), at('2026-05-12T16:00:00+08:00'), rates);
    expect(owed).toEqual({ fen: 4_889, days: 22, sources: ['甲'] });
  });

  it('over a change of the rate: each day by its own', () => {
    // 30 May, 31 May at 0.1 %; 1 June, 2 June, 3 June at 0.05 %: 800000 × (2 × 0.001 + 3 × 0.0005) / 360 = 7.777… yuan
    const owed = depositInterest(800_000_00, at('2026-05-30T08:00:00+08:00'), at('2026-06-04T08:00:00+08:00'), rates);
    expect(owed).toEqual({ fen: 778, days: 5, sources: ['甲', '乙'] });
  });

  it('by 365 days where that is configured; nothing for the same day', () => {
    // 800000 × 0.001 × 22 / 365 = 48.219… yuan
    const span = [at('2026-04-20T08:00:00+08:00'), at('2026-05-12T16:00:00+08:00')] as const;
    expect(depositInterest(800_000_00, ...span, { ...rates, dayCount: 365 }).fen).toBe(4_822);
    expect(depositInterest(800_000_00, span[0], span[0], null).fen).toBe(0);
  });

  it('a rate that nobody configured is not guessed', () => {
    const early = () => depositInterest(1, at('2025-12-31T08:00:00+08:00'), at('2026-01-02T08:00:00+08:00'), rates);
    const none = () => depositInterest(1, at('2026-04-01T08:00:00+08:00'), at('2026-04-02T08:00:00+08:00'), null);
    for (const reckon of [early, none]) {
      expect(reckon).toThrow(DomainError);
      expect(reckon).toThrow(/请管理办公室或交易中心登记.*\/api\/deposits\/rates/);
    }
  });
});

describe('rates that were recorded, with their history', () => {
  const rate = (from: string, ratePpm: number, change: Partial<RecordedRate> = {}): RecordedRate => ({
    ...{ kind: 'deposit', from, until: null, ratePpm, dayCount: 360, source: `${from} 挂牌` },
    ...change,
  });
  const inMay = (recorded: readonly RecordedRate[], others: DepositRates | null = null) =>
    depositInterest(
      800_000_00,
      at('2026-05-30T08:00:00+08:00'),
      at('2026-06-04T08:00:00+08:00'),
      ratesOf(recorded, others),
    );

  it('one applies until the next begins; a later record of the same first day corrects it; each day by its own count', () => {
    // 800000 × (2 × 0.001 + 3 × 0.0005) / 360 = 7.777… yuan
    expect(inMay([rate('2026-01-01', 1_000), rate('2026-06-01', 9_000), rate('2026-06-01', 500)])).toMatchObject({
      fen: 778,
      sources: ['2026-01-01 挂牌', '2026-06-01 挂牌'],
    });
    // 800000 × (2 × 0.001 / 360 + 3 × 0.0005 / 365) = 7.732… yuan
    expect(inMay([rate('2026-01-01', 1_000), rate('2026-06-01', 500, { dayCount: 365 })]).fen).toBe(773);
  });

  it('after the last day of one nothing is guessed; those of a file fill the days before', () => {
    const ended = [rate('2026-01-01', 1_000, { until: '2026-06-02' })];
    expect(() => inMay(ended)).toThrow(/2026-06-03/);
    expect(inMay([rate('2026-06-01', 500)], rates).fen).toBe(778);
  });
});

describe('超期资金占用费 (财政部令87号 38, gp-bond-late-interest): the benchmark loan rate and a fifth more', () => {
  it('three days late on 76 728 yuan', () => {
    // 76728 × 0.0435 × 1.2 × 3 / 360 = 33.37668 yuan
    const fee = lateFee(76_728_00, at('2026-05-09T23:59:59+08:00'), at('2026-05-12T10:00:00+08:00'), rates);
    expect(fee).toEqual({ fen: 3_338, days: 3, sources: ['丙'] });
  });

  it('nothing on the last day itself', () => {
    expect(lateFee(1, at('2026-05-09T23:59:59+08:00'), at('2026-05-09T10:00:00+08:00'), rates).fen).toBe(0);
  });
});
