import type { Database, Queries, Tx } from '../../db/access/database.ts';
import type { CommitteeSafe } from '../../db/files/committee-safe.ts';
import { perhapsPassed, repliesDue, runningTenders } from '../../db/engine/running.ts';
import { openingStateOf } from '../../db/openings/openings.ts';
import { bidderSharesOf, bidsInOpening } from '../../db/openings/unsealings.ts';
import { procurementById } from '../../db/procurements.ts';
import { readCases, type CaseRows } from '../../db/tender/cases.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { nextOfLot, nextOfProcurement } from '../../domain/procedures/order.ts';
import {
  grievanceSubject,
  lotSubject,
  openingSubject,
  procurementSubject,
  refundSubject,
} from '../../domain/subjects.ts';
import { drawAppointments } from '../committees/advance.ts';
import { isRecordedOverdue, withdrawalRefunds } from '../deposits/refund-duties.ts';
import { bidderWindowOf } from '../openings/window.ts';
import { standingOf } from './advance.ts';

/** What the platform does by itself for a subject (domain/subjects.ts), at a civil instant (epoch ms). */
interface Appointment {
  readonly subject: string;
  readonly at: number;
}

/** Of a tender and its lots. */
function appointmentsOf(rows: CaseRows): Appointment[] {
  const { id } = rows.procurement;
  const standing = standingOf(rows);
  return [
    { subject: procurementSubject(id), next: nextOfProcurement(standing) },
    ...rows.lots.map(({ no }) => ({ subject: lotSubject(id, no), next: nextOfLot(standing, no) })),
  ].flatMap(({ subject, next: { at } }) => (at === null ? [] : [{ subject, at }]));
}

/** What follows from the passing of a last instant: of a draw, a reply, a refund. */
async function beyondTenders(q: Queries, committees: CommitteeSafe, calendar: Calendar): Promise<Appointment[]> {
  const draws = await drawAppointments({ q, committees, calendar });
  const replies = await repliesDue(q);
  const refunds = await withdrawalRefunds(q, calendar);
  return [
    ...draws,
    ...replies.map(({ id, replyDueAt }) => ({ subject: grievanceSubject(id), at: replyDueAt + 1 })),
    ...refunds.flatMap(({ bidId, account, duty: { dueAt } }) =>
      dueAt === null || isRecordedOverdue(account) ? [] : [{ subject: refundSubject(bidId), at: dueAt + 1 }],
    ),
  ];
}

/** Subjects for which an instant of the law came before `instant` (civil epoch ms) without an act. */
export async function subjectsPassed(db: Database, instant: number): Promise<string[]> {
  const [tenders, overdue] = await Promise.all([
    perhapsPassed(db.read, instant).then((ids) => readCases(db.read, ids)),
    db.calendar().then((calendar) => beyondTenders(db.read, db.committees, calendar)),
  ]);
  return [...tenders.flatMap(appointmentsOf), ...overdue]
    .filter(({ at }) => at < instant)
    .map(({ subject }) => subject);
}

/** Everything that the platform will do by itself, in all tenders. */
export interface Agenda {
  readonly appointments: readonly Appointment[];
  /** Openings that are being held, whatever the clock shows; not those that wait for people. */
  readonly openings: readonly string[];
}

const PAGE = 500;

/** @param now civil epoch ms */
export async function agendaOf(
  { q, committees, calendar }: Pick<Tx, 'q' | 'committees' | 'calendar'>,
  now: number,
): Promise<Agenda> {
  const appointments = await beyondTenders(q, committees, calendar);
  const openings: string[] = [];
  for (let after: string | undefined; ;) {
    const ids = (await runningTenders(q, after, PAGE)).map(({ id }) => id);
    for (const rows of await readCases(q, ids)) {
      appointments.push(...appointmentsOf(rows));
      const { id, stage, sealing } = rows.procurement;
      if (stage !== 'opening' || sealing === null) continue;
      const subject = openingSubject(id);
      const until = await waitsUntil(q, id, now);
      if (until === 'nothing') openings.push(subject);
      else if (until !== 'people') appointments.push({ subject, at: until });
    }
    after = ids.at(-1);
    if (ids.length < PAGE) return { appointments, openings };
  }
}

/** What an opening waits for: a supervisor who has paused it, or bidders who may still release their shares. */
async function waitsUntil(q: Queries, procurementId: string, now: number): Promise<'people' | 'nothing' | number> {
  if ((await openingStateOf(q, procurementId))?.isPaused) return 'people';
  const window = await bidderWindowOf(q, await procurementById(q, procurementId), now);
  if (window === null || window.until === null || window.until <= now) return 'nothing';
  const released = await bidderSharesOf(q, procurementId);
  const bids = await bidsInOpening(q, procurementId);
  return bids.every(({ id, unsealing }) => unsealing !== null || released.has(id)) ? 'nothing' : window.until;
}
