import type { Calendar } from '../law/calendar.ts';
import { due } from '../law/due.ts';
import type { Procedure, TenderRegime } from '../law/facts.ts';
import { getRule } from '../law/rulebook.ts';
import { procedureOf, rulesInForce } from '../procedures/index.ts';
import type { LotStage, ProcurementStage } from '../stages.ts';

/** The bidders that a milestone of refunding deposits is about. */
export type RefundGroup = 'deposits-losers' | 'deposits-winner';

/** When a deposit must be refunded, and by which rule. */
export interface RefundDuty {
  readonly why: 'withdrawn' | 'terminated' | 'failed' | 'undecided' | 'lost' | 'won';
  /** Null: no rule covers it. */
  readonly rule: string | null;
  /** Null: the law sets no number of days, or what it counts from has not happened. */
  readonly dueAt: number | null;
}

/** What decides when the deposit of one bidder for one lot must be refunded. */
export interface RefundFacts {
  readonly regime: TenderRegime;
  readonly procedure: Procedure;
  readonly rulebookVersion?: string;
  readonly noticeAt: number;
  readonly stage: ProcurementStage;
  readonly lotStage: LotStage;
  /** When it withdrew its bid, if it did and has submitted no other (招标投标法 29). */
  readonly withdrawnAt: number | null;
  readonly winner: 'it' | 'another' | 'undecided';
  /** The entry of its group in the timeline; null while nothing is planned. */
  readonly planned: Readonly<Record<RefundGroup, Pick<RefundDuty, 'rule' | 'dueAt'> | null>>;
}

export function refundDuty(facts: RefundFacts, calendar: Calendar): RefundDuty {
  if (facts.withdrawnAt !== null) {
    const rule = rulesInForce(procedureOf(facts), facts.noticeAt).withdrawalRefund;
    if (rule === undefined) return { why: 'withdrawn', rule: null, dueAt: null };
    return { why: 'withdrawn', rule: getRule(rule).id, dueAt: due(rule, facts.withdrawnAt, calendar).due };
  }
  const why = reasonOf(facts);
  return { why, ...(facts.planned[groupOf(why)] ?? { rule: null, dueAt: null }) };
}

function reasonOf({ stage, lotStage, winner }: RefundFacts): RefundDuty['why'] {
  if (stage === 'terminated' || lotStage === 'terminated') return 'terminated';
  if (lotStage === 'failed') return 'failed';
  return winner === 'it' ? 'won' : winner === 'another' ? 'lost' : 'undecided';
}

export const groupOf = (why: RefundDuty['why']): RefundGroup => (why === 'won' ? 'deposits-winner' : 'deposits-losers');
