import type { Queries, Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { depositById, depositsOf, lotsOwingAlone, type DepositAccount } from '../../db/deposits.ts';
import { recordEvent } from '../../db/events.ts';
import { notFound, procurementById, type Procurement } from '../../db/procurements.ts';
import { groupOf, type RefundDuty } from '../../domain/deposits/refund-duty.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import { interestOwed, type Refund } from '../../domain/deposits/settlement.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { withPrincipals, type SettledDeposit } from '../../domain/deposits/principal.ts';
import type { DepositTerms } from '../../domain/deposits/standing.ts';
import { depositTermsOf } from '../../domain/deposits/terms.ts';
import { lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { heldDeposits } from './held.ts';
import { refundDutyOf } from './refund-duties.ts';

/** A deposit that is about to be given back or kept. */
export interface Settling {
  readonly account: DepositAccount & SettledDeposit;
  /** All deposits of its bidder for the lot. */
  readonly own: readonly DepositAccount[];
  /** Null: the lot requires none. */
  readonly terms: DepositTerms | null;
  readonly tender: Procurement;
  readonly duty: RefundDuty;
}

/** The state of a deposit after it was given back or kept. */
export interface Settled {
  readonly depositId: string;
  /** Neither given back nor kept. */
  readonly leftFen: number;
  /** Whether it was the last of its group, which fulfils the duty. */
  readonly fulfilled: boolean;
}

/**
 * Before the opening only the centre gives back, and only what is owed by then: bidders are confidential.
 * @throws DomainError `not-found`
 */
export async function depositToSettle(tx: Tx, actor: Actor, depositId: string): Promise<Settling> {
  const settling = await settlingOf(tx.q, tx.calendar, depositId);
  const { tender, duty } = settling;
  const returnedUnopened = actor.role === 'centre' && (duty.why === 'withdrawn' || duty.why === 'terminated');
  if (tender.openedAt === null && !returnedUnopened) throw notFound('deposit', depositId);
  return settling;
}

async function settlingOf(q: Queries, calendar: Calendar, depositId: string): Promise<Settling> {
  const found = await depositById(q, depositId);
  const { procurementId, lotNo, supplierId } = found;
  const tender = await procurementById(q, procurementId);
  const duty = await refundDutyOf(q, calendar, found);
  const own = await depositsOf(q, { procurementId, lotNo, supplierId });
  const terms = depositTermsOf(tender, lotNo);
  const account = withPrincipals(own, terms).find(({ id }) => id === depositId);
  if (!account) throw notFound('deposit', depositId);
  return { account, own, terms, tender, duty };
}

/**
 * The interest that is owed if so much of a deposit goes back at an instant, in fen.
 * @throws DomainError `not-found`, `rates-missing`
 */
export async function interestDue(
  q: Queries,
  calendar: Calendar,
  depositId: string,
  refund: Pick<Refund, 'amountFen' | 'at'>,
  rates: DepositRates | null,
): Promise<number> {
  const { account, tender, duty } = await settlingOf(q, calendar, depositId);
  return interestOwed(procedureOf(tender).deposits, account, duty, refund, rates)?.interest.fen ?? 0;
}

/** What is left after `amountFen` of it was settled; the last deposit of its group fulfils the duty. */
export async function settled(
  tx: Tx,
  actor: Actor,
  { account, tender, duty }: Settling,
  amountFen: number,
): Promise<Settled> {
  const { id: depositId, procurementId, lotNo, leftFen } = account;
  const ofWhole = tender.stage === 'terminated' && !(await lotsOwingAlone(tx.q, procurementId)).has(lotNo);
  const place = { procurementId, lotNo: ofWhole ? 0 : lotNo };
  const group = groupOf(duty.why);
  const c = await loadCase(tx, procurementId);
  const open = c.milestone(place.lotNo, group)?.state === 'planned';
  const fulfilled = open && (await heldDeposits(tx.q, place, group)).length === 0;
  if (fulfilled) {
    c.timeline.complete(place.lotNo, group, { by: actor.role });
    const subject = place.lotNo === 0 ? procurementSubject(procurementId) : lotSubject(procurementId, lotNo);
    recordEvent(tx, { kind: 'duty.done', ...place, subject, detail: { key: group } });
    await saveCases(tx, [c]);
  }
  return { depositId, leftFen: leftFen - amountFen, fulfilled };
}
