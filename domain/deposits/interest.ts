import { civilDayOf, formatDay, type CivilDay } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { amountOf } from '../law/limits.ts';
import { getRule } from '../law/rulebook.ts';

/** A rate that a bank or the central bank has published. */
export interface PublishedRate {
  /** First day in force, and the last; null: still in force. */
  readonly from: string;
  readonly until: string | null;
  /** Per year, in millionths: 0.05 % is 500. */
  readonly ratePpm: number;
  readonly source: string;
}

/** How interest is calculated: configuration, since no law in the rulebook sets a rate or a day count. */
export interface DepositRates {
  /** Days of a year: banks use 360, which no law sets. */
  readonly dayCount: 360 | 365;
  /** 银行同期存款利率. */
  readonly deposit: readonly PublishedRate[];
  /** 中国人民银行同期贷款基准利率. */
  readonly loan: readonly PublishedRate[];
}

export interface Interest {
  readonly fen: number;
  readonly days: number;
  readonly sources: readonly string[];
}

const PPM = 1_000_000n;

/**
 * 银行同期存款利息 from the day the money arrived to the day before the refund.
 * @rule works-bond-refund-after-contract
 * @throws DomainError `rates-missing`
 */
export function depositInterest(amountFen: number, from: number, to: number, rates: DepositRates | null): Interest {
  return interest(amountFen, civilDayOf(from), civilDayOf(to), rates, 'deposit', 100);
}

/**
 * 超期资金占用费: for each day after the last day for a refund in time, the day of the refund included.
 * @rule gp-bond-late-interest
 * @throws DomainError `rates-missing`
 */
export function lateFee(amountFen: number, dueAt: number, to: number, rates: DepositRates | null): Interest {
  return interest(
    amountFen,
    civilDayOf(dueAt) + 1,
    civilDayOf(to) + 1,
    rates,
    'loan',
    amountOf('gp-bond-late-interest'),
  );
}

/** Rounded once to the fen, half up; exact for any size. */
function interest(
  amountFen: number,
  from: CivilDay,
  to: CivilDay,
  rates: DepositRates | null,
  kind: 'deposit' | 'loan',
  percent: number,
): Interest {
  const days = Math.max(0, to - from);
  let ppmDays = 0n;
  const sources = new Set<string>();
  for (let at = from; at < to; at += 1) {
    const day = formatDay(at);
    const rate = rates?.[kind].find((each) => each.from <= day && day <= (each.until ?? day));
    if (!rate) {
      const { id, law, article } = getRule(
        kind === 'deposit' ? 'works-bond-refund-after-contract' : 'gp-bond-late-interest',
      );
      throw new DomainError('rates-missing', {
        messageZh: `未配置 ${day} 的利率，不能计算应付利息（${law} ${article}）：KAIBIAO_DEPOSIT_RATES`,
        messageEn: `No rate is configured for ${day}: the interest due cannot be calculated (${law} ${article}): KAIBIAO_DEPOSIT_RATES`,
        details: { rule: id, law, article, kind, day },
      });
    }
    ppmDays += BigInt(rate.ratePpm);
    sources.add(rate.source);
  }
  const over = PPM * BigInt(rates?.dayCount ?? 1) * 100n;
  const exact = BigInt(amountFen) * ppmDays * BigInt(percent);
  return { fen: Number((2n * exact + over) / (2n * over)), days, sources: [...sources] };
}
