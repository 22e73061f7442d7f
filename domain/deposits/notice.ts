import { formatInstant } from '../civil-time.ts';
import type { DepositForm } from '../law/facts.ts';
import { procedureOf, rulesInForce } from '../procedures/index.ts';
import { getRule } from '../law/rulebook.ts';
import { acceptedForms, depositTermsOf, type BankAccount, type DepositTender } from './terms.ts';

interface AnnouncedTender extends DepositTender {
  readonly noticeAt: number;
  readonly depositDecides: boolean;
  readonly depositForms: readonly DepositForm[] | null;
}

/** Whose deposit is refunded when, and by which article; several bidders under one rule are one duty. */
function refundDuties(tender: AnnouncedTender): Record<string, unknown>[] {
  const rules = rulesInForce(procedureOf(tender), tender.noticeAt);
  const duties = new Map<string, string[]>();
  for (const [whose, rule] of [
    ['withdrawn', rules.withdrawalRefund],
    ['lost', rules.depositsLosers],
    ['won', rules.depositsWinner],
    ['terminated', rules.termination],
  ] as const) {
    if (rule === undefined) continue;
    duties.set(rule, [...(duties.get(rule) ?? []), whose]);
  }
  return [...duties].map(([rule, whose]) => {
    const { fromEvent, amount, unit, law, article } = getRule(rule);
    return { whose, fromEvent: fromEvent ?? null, amount: amount ?? null, unit: unit ?? null, rule, law, article };
  });
}

/** What the notice of a tender states about its deposits besides their amounts; nothing where no lot requires one. */
export function depositNotice(tender: AnnouncedTender, account: BankAccount | null): Record<string, unknown> {
  const [terms] = tender.lots.flatMap(({ no }) => depositTermsOf(tender, no) ?? []);
  if (!terms) return {};
  return {
    deposit: {
      decides: tender.depositDecides,
      deadline: formatInstant(terms.deadline),
      forms: acceptedForms(tender),
      guaranteeUntil: terms.validUntil === null ? null : formatInstant(terms.validUntil),
      account,
      refunds: refundDuties(tender),
    },
  };
}
