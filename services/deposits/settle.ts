import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { depositById, lotsOwingAlone, type DepositAccount } from '../../db/deposits.ts';
import { recordEvent } from '../../db/events.ts';
import { notFound, procurementRow, type ProcurementRow } from '../../db/procurements.ts';
import { groupOf, type RefundDuty } from '../../domain/deposits/refund-duty.ts';
import { lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { heldDeposits } from './held.ts';
import { refundDutyOf } from './refund-duties.ts';

/** A deposit that is about to be given back or kept. */
export interface Settling {
  readonly account: DepositAccount;
  readonly tender: ProcurementRow;
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
  const account = await depositById(tx.q, depositId);
  const tender = await procurementRow(tx.q, account.procurementId);
  const duty = await refundDutyOf(tx.q, tx.calendar, account);
  const returnedUnopened = actor.role === 'centre' && (duty.why === 'withdrawn' || duty.why === 'terminated');
  if (tender.openedAt === null && !returnedUnopened) throw notFound('deposit', depositId);
  return { account, tender, duty };
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
