import { yuan } from './catalogue.ts';
import { isTenderRegime } from '../procedures/regimes.ts';
import { DEPOSIT_FORMS, type LotFacts, type ProcurementFacts, type TenderRegime } from './facts.ts';
import { findProcedure, procedureOf, rulebookOf, tenderOf } from '../procedures/index.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { amountFenOf, amountOf } from './limits.ts';
import { citeEn, citeZh } from './rule.ts';
import { boundBy, getRule, ruleInForce, type RuleId } from './rulebook.ts';
import { breachOf, logicViolation, severityOf, type Violation } from './violation.ts';

const PERMILLE_PER_PERCENT = 10;

function isMoney(fen: number): boolean {
  return Number.isSafeInteger(fen) && fen >= 0;
}

function notMoney(field: string, fen: number): Violation {
  return logicViolation('amount', 'block', {
    field,
    given: Number.isFinite(fen) ? fen : null,
    limit: Number.MAX_SAFE_INTEGER,
    messageZh: `金额应为 0 至 2^53−1 之间的整数分：${String(fen)}`,
    messageEn: `Money must be whole fen from 0 to 2^53−1: ${String(fen)}`,
  });
}

/** `percent` of an amount, rounded down to the fen; exact beyond 2^53. */
function shareOf(fen: number, percent: number): number {
  return Number((BigInt(fen) * BigInt(percent)) / 100n);
}

/** Of a procedure that is not run, the caps of the regime's open tender. */
const definitionOf = (facts: ProcurementFacts & { readonly regime: TenderRegime }): Procedure =>
  findProcedure(facts) ? procedureOf(facts) : tenderOf(facts.regime);

/** Caps on the amount of a bid bond (投标保证金) besides its share of the budget, by what is bought. */
function bondCaps(facts: ProcurementFacts & { readonly regime: TenderRegime }): RuleId[] {
  const cap = definitionOf(facts).deposits.caps?.[facts.kind];
  return cap ? [cap] : [];
}

/** What is left where several rules limit one amount: the same for each, so that following one hint meets them all. */
function rangeOf(limits: readonly (readonly [RuleId, number])[]): { limit: number; zh: string; en: string } {
  const limit = Math.min(...limits.map(([, each]) => each));
  if (limits.length < 2) return { limit, zh: '', en: '' };
  const rules = limits.map(([id]) => getRule(id));
  return {
    limit,
    zh: `；合并计算，不超过 ${yuan(limit)} 元（${rules.map(citeZh).join('、')}）`,
    en: `; taken together at most ${yuan(limit)} yuan (${rules.map(citeEn).join(', ')})`,
  };
}

/**
 * What is wrong with the amount of one bond, or with the sum of the bonds of all lots. The cap of surveys and designs
 * only warns, since the facts do not distinguish them from other services; so does the sum above a cap, which is for
 * one project (30号令 37): a bidder for every lot pays more.
 */
function bondTooHigh(
  facts: ProcurementFacts & { readonly regime: TenderRegime },
  bond: { readonly field: string; readonly fen: number; readonly budgetFen: number | undefined; readonly all?: true },
  confirmed: ReadonlySet<string> | undefined,
): Violation[] {
  const { field, fen, budgetFen, all } = bond;
  const { words, rules } = definitionOf(facts);
  const { bidBondShare } = rules;
  const limits: [RuleId, number][] = bondCaps(facts).map((id) => [id, amountFenOf(id)]);
  if (budgetFen !== undefined && isMoney(budgetFen)) {
    limits.unshift([bidBondShare, shareOf(budgetFen, amountOf(bidBondShare))]);
  }
  const exceeded = limits.filter(([, limit]) => fen > limit);
  const range = rangeOf(exceeded);
  return exceeded.map(([id, limit]) => {
    const rule = getRule(id);
    const share = id === bidBondShare;
    const warns = rule.id === 'design2-bond-cap' || (all && !share);
    return breachOf(rule, warns ? 'warn' : severityOf(rule, confirmed), {
      field,
      given: fen,
      limit: range.limit,
      messageZh: `${words.deposit}${all ? '之和' : ''} ${yuan(fen)} 元超过${share ? `预算（估算价）的 ${rule.amount}%，即` : '上限'} ${yuan(limit)} 元${range.zh}`,
      messageEn: `${all ? 'The sum of the bid bonds' : 'The bid bond'} of ${yuan(fen)} yuan exceeds ${share ? `${rule.amount} % of the budget,` : 'the cap of'} ${yuan(limit)} yuan${range.en}`,
    });
  });
}

/**
 * A bond may not be restricted to money: guarantees must be accepted.
 * @rule bond-kinds-four, gp-bond-noncash
 */
function checkBondForms(facts: ProcurementFacts, confirmed: ReadonlySet<string> | undefined): Violation[] {
  const { depositForms, regime, lots = [] } = facts;
  const { forms } = isTenderRegime(regime) ? definitionOf({ ...facts, regime }).deposits : {};
  if (forms === undefined) return [];
  const rule = getRule(forms);
  const depositRequired = lots.some(({ bidBondFen }) => (bidBondFen ?? 0) > 0);
  const inForce = ruleInForce(rule.id, facts.noticeAt) && boundBy(rule.id, rulebookOf(facts));
  if (depositForms === undefined || !depositRequired || !inForce) return [];
  if (depositForms.includes('guarantee')) return [];
  return [
    breachOf(rule, severityOf(rule, confirmed), {
      field: 'depositForms',
      given: depositForms.join(','),
      lawfulChoices: DEPOSIT_FORMS,
      messageZh: '投标保证金不得限定为现金（转账），应当接受保函',
      messageEn: 'A bid bond may not be restricted to money: guarantees must be taken',
    }),
  ];
}

/** Caps of each lot's bond, and of the sum of all: 估算价, 预算 are of the whole project (条例 26, 政府采购法实施条例 33). */
function checkBidBonds(facts: ProcurementFacts, confirmed: ReadonlySet<string> | undefined): Violation[] {
  const { regime, lots = [] } = facts;
  if (!isTenderRegime(regime)) return [];
  const tender = { ...facts, regime };
  const violations: Violation[] = [];
  const bonds: number[] = [];
  lots.forEach(({ bidBondFen: fen, budgetFen }, index) => {
    if (fen === undefined) return;
    const field = `lots[${index}].bidBondFen`;
    if (!isMoney(fen)) violations.push(notMoney(field, fen));
    else {
      bonds.push(fen);
      violations.push(...bondTooHigh(tender, { field, fen, budgetFen }, confirmed));
    }
  });
  const fen = bonds.reduce((sum, each) => sum + each, 0);
  if (bonds.length < 2) return violations;
  const { budgetFen } = facts;
  return [...violations, ...bondTooHigh(tender, { field: 'lots', fen, budgetFen, all: true }, confirmed)];
}

function checkPerformanceBond(
  facts: ProcurementFacts,
  lot: LotFacts,
  path: string,
  confirmed: ReadonlySet<string> | undefined,
): Violation[] {
  const { performanceBondPermille: permille } = lot;
  const { regime } = facts;
  if (permille === undefined || !isTenderRegime(regime)) return [];
  const field = `${path}.performanceBondPermille`;
  if (!Number.isFinite(permille) || permille < 0) {
    return [
      logicViolation('amount', 'block', {
        field,
        given: Number.isFinite(permille) ? permille : null,
        messageZh: `履约保证金比例（千分比）无效：${String(permille)}`,
        messageEn: `Not a valid share in thousandths: ${String(permille)}`,
      }),
    ];
  }
  const id = definitionOf({ ...facts, regime }).rules.performanceBond;
  const rule = getRule(id);
  const limit = amountOf(id) * PERMILLE_PER_PERCENT;
  if (permille <= limit) return [];
  return [
    breachOf(rule, severityOf(rule, confirmed), {
      field,
      given: permille,
      limit,
      messageZh: `履约保证金为合同价的 ${permille}‰，超过 ${limit}‰`,
      messageEn: `The performance bond is ${permille}‰ of the contract price, more than ${limit}‰`,
    }),
  ];
}

/** Impossible sums of money, and bonds above their caps (条例 26, 58; 30号令 37; 政府采购法实施条例 33, 48). */
export function checkMoney(facts: ProcurementFacts, confirmed: ReadonlySet<string> | undefined): Violation[] {
  const lots = facts.lots ?? [];
  const violations: Violation[] = [];
  const { budgetFen } = facts;
  if (budgetFen !== undefined && !isMoney(budgetFen)) violations.push(notMoney('budgetFen', budgetFen));
  else if (budgetFen === 0) violations.push(noBudget(facts, 'budgetFen', confirmed));
  lots.forEach((lot, index) => {
    const path = `lots[${index}]`;
    if (!isMoney(lot.budgetFen)) violations.push(notMoney(`${path}.budgetFen`, lot.budgetFen));
    else if (lot.budgetFen === 0) violations.push(noBudget(facts, `${path}.budgetFen`, confirmed));
    violations.push(...checkPerformanceBond(facts, lot, path, confirmed));
  });
  violations.push(...checkBidBonds(facts, confirmed), ...checkBondForms(facts, confirmed));
  const sound = budgetFen !== undefined && isMoney(budgetFen) && lots.every((lot) => isMoney(lot.budgetFen));
  const total = lots.reduce((sum, lot) => sum + (isMoney(lot.budgetFen) ? BigInt(lot.budgetFen) : 0n), 0n);
  if (sound && lots.length > 0) violations.push(...notDivided(facts, total, BigInt(budgetFen), confirmed));
  return violations;
}

/** Nothing is bought for nothing: where the law has the budget published, there is one; elsewhere a zero is worth a warning. */
function noBudget(facts: ProcurementFacts, field: string, confirmed: ReadonlySet<string> | undefined): Violation {
  const rule = budgetRuleOf(facts);
  const finding = {
    ...{ field, given: 0 },
    messageZh: '预算（估算价）为 0 元，应当大于 0',
    messageEn: 'A budget of 0 yuan: it is above 0',
  };
  if (rule === undefined) return logicViolation('amount', 'warn', finding);
  return breachOf(getRule(rule), severityOf(getRule(rule), confirmed), finding);
}

const budgetRuleOf = ({ regime, ...facts }: ProcurementFacts): RuleId | undefined =>
  isTenderRegime(regime) ? definitionOf({ ...facts, regime }).rules.lotBudgets : undefined;

/**
 * The lots are parts of the project: more than it is impossible. Where the law has its budget published, and bids above it are
 * invalid, it is divided whole; elsewhere a part may be left for what is not tendered, which is worth a warning.
 */
function notDivided(
  facts: ProcurementFacts,
  total: bigint,
  budgetFen: bigint,
  confirmed: ReadonlySet<string> | undefined,
): Violation[] {
  if (total === budgetFen) return [];
  const whole = budgetRuleOf(facts);
  const more = total > budgetFen;
  const finding = {
    field: 'lots',
    given: Number(total),
    limit: Number(budgetFen),
    messageZh: `各标段（包）预算之和 ${yuan(total)} 元${more ? '超过' : '少于'}项目预算 ${yuan(budgetFen)} 元`,
    messageEn: `The budgets of the lots, ${yuan(total)} yuan, are ${more ? 'more' : 'less'} than the budget of the project, ${yuan(budgetFen)} yuan`,
  };
  if (whole === undefined) return [logicViolation('amount', more ? 'block' : 'warn', finding)];
  return [breachOf(getRule(whole), severityOf(getRule(whole), confirmed), finding)];
}
