import { readCases } from '../../db/tender/cases.ts';
import type { Database } from '../../db/access/database.ts';
import { perhapsPassed, repliesPassed } from '../../db/engine/running.ts';
import { nextOfLot, nextOfProcurement } from '../../domain/procedures/order.ts';
import { grievanceSubject, lotSubject, procurementSubject, refundSubject } from '../../domain/subjects.ts';
import { isRecordedOverdue, withdrawalRefunds } from '../deposits/refund-duties.ts';
import { standingOf } from './advance.ts';

/** Subjects for which an instant of the law came before `instant` (civil epoch ms) without an act. */
export async function subjectsPassed(db: Database, instant: number): Promise<string[]> {
  const [tenders, replies, refunds] = await Promise.all([
    perhapsPassed(db.read, instant).then((ids) => readCases(db.read, ids)),
    repliesPassed(db.read, instant),
    db.calendar().then((calendar) => withdrawalRefunds(db.read, calendar)),
  ]);
  return [
    ...tenders.flatMap((rows) => {
      const { id } = rows.procurement;
      const standing = standingOf(rows);
      const places = [
        { subject: procurementSubject(id), next: nextOfProcurement(standing) },
        ...rows.lots.map(({ no }) => ({ subject: lotSubject(id, no), next: nextOfLot(standing, no) })),
      ];
      return places.filter(({ next }) => next.at !== null && next.at < instant).map(({ subject }) => subject);
    }),
    ...replies.map(grievanceSubject),
    ...refunds
      .filter(({ account, duty }) => duty.dueAt !== null && duty.dueAt < instant && !isRecordedOverdue(account))
      .map(({ bidId }) => refundSubject(bidId)),
  ];
}
