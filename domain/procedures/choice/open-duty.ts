import { yuan, type CatalogueView } from '../../law/catalogue.ts';
import type { Kind, TenderRegime } from '../../law/facts.ts';
import { amountFenOf, amountOf } from '../../law/limits.ts';
import type { RuleId } from '../../law/rulebook.ts';

/** What decides which procedures are lawful. Money is fen. */
export interface MethodFacts {
  readonly regime: TenderRegime;
  readonly kind: Kind;
  /** Estimate or budget of the whole. */
  readonly amountFen: number;
  /** Of each contract (单项合同, a lot); default: the whole is one. */
  readonly contractsFen?: readonly number[];
  /** 依法必须招标, as the purchaser declares. */
  readonly mandatory?: boolean;
  /** 预算资金 in the project, and the project's whole investment (投资额): 16号令 2(一). */
  readonly fiscalFundsFen?: number;
  readonly investmentFen?: number;
  readonly catalogueCode?: string;
}

export interface Reason {
  readonly reasonZh: string;
  readonly reasonEn: string;
}

/** Whether the law itself requires an open tender (招标 in tendering, 公开招标 in government procurement). */
export interface OpenDuty extends Reason {
  readonly verdict: 'yes' | 'no' | 'unknown';
  readonly rules: readonly RuleId[];
  /** The figure it was compared with (fen); null where none is set. */
  readonly thresholdFen: number | null;
}

/** The estimate of one contract from which works, and the goods and services of works, must be tendered. */
export const WORKS_THRESHOLD = {
  works: 'works-mandatory-construction',
  goods: 'works-mandatory-goods',
  services: 'works-mandatory-services',
} as const satisfies Record<Kind, RuleId>;

const PERCENT = 100n;

/** 16号令 2(一): fiscal funds of at least this amount, and at least this share; undefined where it cannot be decided. */
function stateFunded({ fiscalFundsFen, investmentFen }: MethodFacts): boolean | undefined {
  if (fiscalFundsFen === undefined) return undefined;
  if (fiscalFundsFen < amountFenOf('works-state-fund-amount')) return false;
  if (investmentFen === undefined) return undefined;
  return BigInt(fiscalFundsFen) * PERCENT >= BigInt(investmentFen) * BigInt(amountOf('works-state-fund-share'));
}

/**
 * Whether a project must be tendered (16号令 5): one contract at or above the figure of its kind, or all together, since
 * what can be procured together counts together; 以上 includes the figure itself. A project is presumed to fall under
 * 16号令 2–4 unless its funds show otherwise.
 */
export function tenderDuty(facts: MethodFacts): OpenDuty {
  const rule = WORKS_THRESHOLD[facts.kind];
  const thresholdFen = amountFenOf(rule);
  const largest = Math.max(...(facts.contractsFen?.length ? facts.contractsFen : [facts.amountFen]));
  const total = Math.max(
    facts.amountFen,
    (facts.contractsFen ?? []).reduce((sum, fen) => sum + fen, 0),
  );
  if (total < thresholdFen) {
    return {
      verdict: 'no',
      rules: [rule],
      thresholdFen,
      reasonZh: `估算价 ${yuan(total)}元，未达到必须招标的 ${yuan(thresholdFen)}元`,
      reasonEn: `The estimate of ${yuan(total)} yuan is below the ${yuan(thresholdFen)} yuan from which it must be tendered`,
    };
  }
  const together = largest < thresholdFen;
  const rules: RuleId[] = [together ? 'works-mandatory-aggregation' : rule];
  const reachedZh = together
    ? `各单项合同合计 ${yuan(total)}元，达到必须招标的 ${yuan(thresholdFen)}元`
    : `单项合同估算价 ${yuan(largest)}元，达到必须招标的 ${yuan(thresholdFen)}元`;
  const reachedEn = together
    ? `The contracts together, ${yuan(total)} yuan, reach the ${yuan(thresholdFen)} yuan from which it must be tendered`
    : `A contract of ${yuan(largest)} yuan reaches the ${yuan(thresholdFen)} yuan from which it must be tendered`;
  if (stateFunded(facts) === false) {
    return {
      verdict: 'unknown',
      rules: [...rules, 'works-state-fund-amount', 'works-state-fund-share'],
      thresholdFen,
      reasonZh: `${reachedZh}；预算资金未同时达到 16号令 2(一) 的数额和比例，是否必须招标取决于其第2条(二)、第3条、第4条，须由招标人判断`,
      reasonEn: `${reachedEn}; the fiscal funds do not meet both tests of 16号令 art. 2(一), so that it depends on its art. 2(二), 3 and 4, which the tenderee must judge`,
    };
  }
  return {
    verdict: 'yes',
    rules: stateFunded(facts) ? [...rules, 'works-state-fund-amount', 'works-state-fund-share'] : rules,
    thresholdFen,
    reasonZh: reachedZh,
    reasonEn: reachedEn,
  };
}

export const UNSET = {
  zh: '未配置省级规定的数额，无法判断；请由管理办公室导入（kaibiao catalogue import，或 POST /api/catalogue），并注明文号',
  en: 'the figure that the province sets is not configured, so that nobody can tell; have the office import it with its source (kaibiao catalogue import, or POST /api/catalogue)',
};

/** Whether goods or services must be procured by open tender (政府采购法 27). 以上 includes the amount itself. */
export function openTenderDuty(facts: MethodFacts, { threshold }: CatalogueView): OpenDuty {
  const openFen = threshold?.openFen ?? null;
  if (openFen === null) {
    return {
      verdict: 'unknown',
      rules: ['gp-open-threshold-provincial', 'hubei-gp-thresholds'],
      thresholdFen: null,
      reasonZh: `公开招标数额标准：${UNSET.zh}`,
      reasonEn: `Open-tender threshold: ${UNSET.en}`,
    };
  }
  const reached = facts.amountFen >= openFen;
  const source = threshold?.source ?? '';
  return {
    verdict: reached ? 'yes' : 'no',
    rules: ['gp-open-threshold-provincial'],
    thresholdFen: openFen,
    reasonZh: `预算 ${yuan(facts.amountFen)}元${reached ? '达到' : '未达到'}公开招标数额标准 ${yuan(openFen)}元（${source}）`,
    reasonEn: `The budget of ${yuan(facts.amountFen)} yuan ${reached ? 'reaches' : 'is below'} the open-tender threshold of ${yuan(openFen)} yuan (${source})`,
  };
}
