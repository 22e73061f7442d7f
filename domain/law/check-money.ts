import { DEPOSIT_FORMS } from '../deposits.ts';
import { isTenderRegime, type LotFacts, type ProcurementFacts } from './facts.ts';
import { amountFenOf, amountOf, REGIME_RULES } from './limits.ts';
import { getRule, ruleInForce, type RuleId } from './rulebook.ts';
import { breachOf, logicViolation, severityOf, type Severity, type Violation } from './violation.ts';

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

/** Caps on the amount of a bid bond (投标保证金) besides its share of the budget, by what is bought. */
function bondCaps(facts: ProcurementFacts): RuleId[] {
  if (facts.regime !== 'tendering') return [];
  if (facts.kind === 'works') return ['works-bid-bond-cap-construction'];
  return facts.kind === 'goods' ? ['goods27-bond-cap'] : ['design2-bond-cap'];
}

/** What the cap of surveys and designs says of other services is not known from the facts: it only warns. */
const capSeverity = (id: RuleId, confirmed: ReadonlySet<string> | undefined): Severity =>
  id === 'design2-bond-cap' ? 'warn' : severityOf(getRule(id), confirmed);

/**
 * What all lots ask for together: no more than the share of the whole project, which is the base of the law (条例 26,
 * 政府采购法实施条例 33); and where it passes the cap for one project (30号令 37), whoever bids for every lot pays more.
 */
function checkBondSum(facts: ProcurementFacts, confirmed: ReadonlySet<string> | undefined): Violation[] {
  const { budgetFen, regime } = facts;
  const bonds = (facts.lots ?? []).flatMap(({ bidBondFen }) => bidBondFen ?? []);
  if (!isTenderRegime(regime) || bonds.length < 2 || !bonds.every(isMoney)) return [];
  const sum = bonds.reduce((total, fen) => total + BigInt(fen), 0n);
  const violations: Violation[] = [];
  const { bidBondShare } = REGIME_RULES[regime];
  const share = getRule(bidBondShare);
  const sound = budgetFen !== undefined && isMoney(budgetFen);
  const shareFen = sound ? shareOf(budgetFen, amountOf(bidBondShare)) : undefined;
  if (shareFen !== undefined && sum > BigInt(shareFen)) {
    violations.push(
      breachOf(share, severityOf(share, confirmed), {
        field: 'lots',
        given: Number(sum),
        limit: shareFen,
        messageZh: `各标段（包）投标保证金之和 ${sum} 分超过项目预算（估算价）的 ${share.amount}%，即 ${shareFen} 分`,
        messageEn: `The bid bonds of all lots, ${sum} fen, exceed ${share.amount} % of the project's budget, ${shareFen} fen`,
      }),
    );
  }
  for (const id of bondCaps(facts)) {
    const limit = amountFenOf(id);
    if (sum <= BigInt(limit)) continue;
    violations.push(
      breachOf(getRule(id), 'warn', {
        field: 'lots',
        given: Number(sum),
        limit,
        messageZh: `同时投全部标段（包）须提交投标保证金 ${sum} 分，超过上限 ${limit} 分；各标段是否分别适用上限，请核实`,
        messageEn: `Whoever bids for all lots hands in ${sum} fen, more than the cap of ${limit} fen; make sure that it holds of each lot apart`,
      }),
    );
  }
  return violations;
}

/**
 * A bond may not be restricted to money: guarantees must be taken.
 * @rule bond-kinds-four
 */
function checkBondForms(facts: ProcurementFacts, confirmed: ReadonlySet<string> | undefined): Violation[] {
  const { depositForms, regime, lots = [] } = facts;
  const rule = getRule('bond-kinds-four');
  const asked = lots.some(({ bidBondFen }) => (bidBondFen ?? 0) > 0);
  const inForce = ruleInForce(rule.id, facts.noticeAt);
  if (depositForms === undefined || regime !== 'tendering' || !asked || !inForce) return [];
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

function checkBidBond(
  facts: ProcurementFacts,
  lot: LotFacts,
  path: string,
  confirmed: ReadonlySet<string> | undefined,
): Violation[] {
  const { bidBondFen, budgetFen } = lot;
  if (bidBondFen === undefined || !isTenderRegime(facts.regime)) return [];
  const field = `${path}.bidBondFen`;
  if (!isMoney(bidBondFen)) return [notMoney(field, bidBondFen)];
  const violations: Violation[] = [];
  const share = getRule(REGIME_RULES[facts.regime].bidBondShare);
  const shareFen = isMoney(budgetFen)
    ? shareOf(budgetFen, amountOf(REGIME_RULES[facts.regime].bidBondShare))
    : undefined;
  if (shareFen !== undefined && bidBondFen > shareFen) {
    violations.push(
      breachOf(share, severityOf(share, confirmed), {
        field,
        given: bidBondFen,
        limit: shareFen,
        messageZh: `投标保证金 ${bidBondFen} 分超过预算（估算价）的 ${share.amount}%，即 ${shareFen} 分`,
        messageEn: `The bid bond of ${bidBondFen} fen exceeds ${share.amount} % of the budget, ${shareFen} fen`,
      }),
    );
  }
  for (const id of bondCaps(facts)) {
    const cap = getRule(id);
    const limit = amountFenOf(id);
    if (bidBondFen <= limit) continue;
    violations.push(
      breachOf(cap, capSeverity(id, confirmed), {
        field,
        given: bidBondFen,
        limit,
        messageZh: `投标保证金 ${bidBondFen} 分超过上限 ${limit} 分`,
        messageEn: `The bid bond of ${bidBondFen} fen exceeds the cap of ${limit} fen`,
      }),
    );
  }
  return violations;
}

function checkPerformanceBond(
  facts: ProcurementFacts,
  lot: LotFacts,
  path: string,
  confirmed: ReadonlySet<string> | undefined,
): Violation[] {
  const { performanceBondPermille: permille } = lot;
  if (permille === undefined || !isTenderRegime(facts.regime)) return [];
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
  const id = REGIME_RULES[facts.regime].performanceBond;
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

/** Sums of money that cannot be, and bonds above their caps (条例 26, 58; 30号令 37; 政府采购法实施条例 33, 48). */
export function checkMoney(facts: ProcurementFacts, confirmed: ReadonlySet<string> | undefined): Violation[] {
  const lots = facts.lots ?? [];
  const violations: Violation[] = [];
  const { budgetFen } = facts;
  if (budgetFen !== undefined && !isMoney(budgetFen)) violations.push(notMoney('budgetFen', budgetFen));
  lots.forEach((lot, index) => {
    const path = `lots[${index}]`;
    if (!isMoney(lot.budgetFen)) violations.push(notMoney(`${path}.budgetFen`, lot.budgetFen));
    violations.push(...checkBidBond(facts, lot, path, confirmed), ...checkPerformanceBond(facts, lot, path, confirmed));
  });
  violations.push(...checkBondSum(facts, confirmed), ...checkBondForms(facts, confirmed));
  const sound = budgetFen !== undefined && isMoney(budgetFen) && lots.every((lot) => isMoney(lot.budgetFen));
  const total = lots.reduce((sum, lot) => sum + (isMoney(lot.budgetFen) ? BigInt(lot.budgetFen) : 0n), 0n);
  if (sound && total > BigInt(budgetFen)) {
    violations.push(
      logicViolation('amount', 'warn', {
        field: 'lots',
        given: Number(total),
        limit: budgetFen,
        messageZh: `各标段（包）预算之和 ${total} 分超过项目预算 ${budgetFen} 分`,
        messageEn: `The budgets of the lots, ${total} fen, exceed the budget of the project, ${budgetFen} fen`,
      }),
    );
  }
  return violations;
}
