import { isTenderRegime, type LotFacts, type ProcurementFacts } from './facts.ts';
import { amountFenOf, amountOf, REGIME_RULES } from './limits.ts';
import { getRule, type RuleId } from './rulebook.ts';
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

/** Caps on the amount of a bid bond (投标保证金) besides its share of the budget, by what is bought. */
function bondCaps(facts: ProcurementFacts): RuleId[] {
  if (facts.regime !== 'tendering') return [];
  if (facts.kind === 'works') return ['works-bid-bond-cap-construction'];
  return facts.kind === 'goods' ? ['goods27-bond-cap'] : [];
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
      breachOf(cap, severityOf(cap, confirmed), {
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
