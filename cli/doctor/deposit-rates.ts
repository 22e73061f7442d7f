import { RATE_NAMES, type RateKind } from '../../domain/deposits/interest.ts';
import { depositSettings } from '../settings/deposits.ts';
import { storageOf } from '../settings/folders.ts';
import { ok, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

/** Without a rate for the day no refund that owes interest can be recorded. */
export function judgeRates(missing: readonly RateKind[]): Verdict {
  if (missing.length === 0) return ok('保证金利率已登记', 'the rates for deposits are recorded');
  const of = (language: 0 | 1): string[] => missing.map((kind) => RATE_NAMES[kind][language]);
  return warn(
    `尚未登记今日的${of(0).join('、')}：应付利息的保证金退还无法登记`,
    `no ${of(1).join(', ')} for today: refunds that owe interest cannot be recorded`,
    '由管理办公室或交易中心登记，注明来源（POST /api/deposits/rates）',
    'the office or the centre records it with its source (POST /api/deposits/rates)',
  );
}

export async function checkRates(env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { depositRatesInForce } = await import('../../services/deposits/rates.ts');
  const { missingRates } = await import('../../domain/deposits/rates.ts');
  try {
    const db = await openDatabase(storageOf(env));
    try {
      const rates = await depositRatesInForce(db.read, depositSettings(env).depositRates);
      return judgeRates(missingRates(rates, db.now()));
    } finally {
      await db.close();
    }
  } catch (error) {
    return warn(
      `未能查看保证金利率：${reasonZh(error)}`,
      `the rates for deposits were not checked: ${reasonOf(error)}`,
      '稍后再试',
      'try again later',
    );
  }
}
