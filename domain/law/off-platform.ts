import { REGIME_DEFINITIONS } from '../procedures/regimes.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { Kind, Regime } from './facts.ts';
import { amountFenOf } from './limits.ts';
import { WORKS_THRESHOLD } from '../procedures/choice/open-duty.ts';
import type { RuleId } from './rulebook.ts';

export interface TradeFacts {
  readonly regime: Regime;
  readonly kind: Kind | null;
  readonly amountFen: number;
}

/** Whether a trade was required on the platform: by the catalogue of its day, else by the four kinds of 39号令 8. */
export interface PlatformDuty {
  /** Null: cannot be decided. */
  readonly mustTradeOnPlatform: boolean | null;
  readonly rules: readonly RuleId[];
  readonly reasonZh: string;
  readonly reasonEn: string;
}

/**
 * @param entry of the catalogue in force on the day of the trade; null where its code is unknown or there is none
 */
export function platformDuty({ regime, kind, amountFen }: TradeFacts, entry: CatalogueEntry | null): PlatformDuty {
  if (entry !== null) {
    const must = entry.mustTradeOnPlatform;
    return {
      mustTradeOnPlatform: must,
      rules: ['plat-scope'],
      reasonZh: `当日有效的目录：${entry.code} ${entry.nameZh}${must ? '应当' : '可以不'}进场交易（${entry.source}）`,
      reasonEn: `The catalogue of that day: ${entry.code} ${entry.nameZh} ${must ? 'must' : 'need not'} trade on the platform (${entry.source})`,
    };
  }
  const { tradesOnPlatform } = REGIME_DEFINITIONS[regime];
  if (tradesOnPlatform === 'always') {
    return {
      mustTradeOnPlatform: true,
      rules: ['plat-scope'],
      reasonZh: '国有土地使用权、国有产权交易应当纳入平台',
      reasonEn: 'Land use rights and state-owned property rights trade on the platform',
    };
  }
  if (tradesOnPlatform === 'from-national-figure' && kind !== null) {
    const must = amountFen >= amountFenOf(WORKS_THRESHOLD[kind]);
    return {
      mustTradeOnPlatform: must ? true : null,
      rules: ['plat-scope', WORKS_THRESHOLD[kind]],
      reasonZh: must
        ? '金额达到必须招标的标准；属于 16号令 2–4 范围的，应当纳入平台'
        : '目录没有该品目，金额未达到必须招标的标准，无法判断',
      reasonEn: must
        ? 'The amount is one that must be tendered; within 16号令 art. 2–4 it trades on the platform'
        : 'The catalogue has no such item and the amount need not be tendered: this cannot be decided',
    };
  }
  return {
    mustTradeOnPlatform: null,
    rules: ['plat-scope', 'gp-scope'],
    reasonZh: '目录没有该品目；政府采购应当纳入平台，但是否属于政府采购取决于集中采购目录和采购限额标准',
    reasonEn:
      'The catalogue has no such item; government procurement trades on the platform, but whether it is any depends on the centralised catalogue and the procurement limit',
  };
}
