import type { Database } from '../db/access/database.ts';
import { importedYears } from '../db/calendar.ts';
import { bidsAwaitingRefund } from '../db/deposits.ts';
import { drawsIn } from '../db/committees/draws.ts';
import { UNSETTLED_DRAWS } from '../domain/committees/state.ts';
import {
  behindCalendar,
  runningAmong,
  runningTenders,
  unansweredAmong,
  unansweredGrievances,
  type RunningTender,
} from '../db/engine/running.ts';
import {
  calendarSubject,
  committeeSubject,
  custodianNoticeSubject,
  grievanceSubject,
  lotSubject,
  openingSubject,
  parseSubject,
  procurementSubject,
  refundSubject,
  type Subject,
} from '../domain/subjects.ts';
import { askingDraws, awaitedCommittees } from '../services/committees/advance.ts';
import { recalculationName } from '../services/calendar/import.ts';
import { isNoticeDue, noticesDue } from '../services/custodians/notices.ts';

/** The workflows that must run, by the database. */
export interface Carried {
  readonly subject: string;
  /** Null for subjects without a stage. */
  readonly stage: string | null;
}

const PAGE = 500;

/** All of them, in pages. */
export async function* carriedSubjects(db: Database): AsyncGenerator<readonly Carried[]> {
  for await (const page of pages((after) => runningTenders(db.read, after, PAGE))) yield page.flatMap(ofTender);
  for await (const page of pages((after) => unansweredGrievances(db.read, after, PAGE))) {
    yield page.map(({ id, state }) => ({ subject: grievanceSubject(id), stage: state }));
  }
  for await (const page of pages((after) => noticesDue(db.read, db.now(), after, PAGE))) {
    yield page
      .filter(({ acknowledgements }) => acknowledgements.some(({ state }) => state !== 'acknowledged'))
      .map(({ id, version }) => ({ subject: custodianNoticeSubject(id, version), stage: null }));
  }
  yield await committees(db);
  yield await refunds(db);
  yield await calendarWalk(db);
}

/** Those of these subjects whose workflows must still run. */
export async function stillCarried(db: Database, subjects: readonly string[]): Promise<Map<string, Carried>> {
  const of = grouped(subjects);
  const tenders = [...of('procurement'), ...of('lot'), ...of('opening')].map(({ procurementId }) => procurementId);
  const grievances = of('grievance').map(({ grievanceId }) => grievanceId);
  const found = [
    ...(await runningAmong(db.read, [...new Set(tenders)])).flatMap(ofTender),
    ...(await unansweredAmong(db.read, grievances)).map(({ id, state }) => ({
      subject: grievanceSubject(id),
      stage: state,
    })),
    ...(of('committee').length > 0 ? await committees(db) : []),
    ...(of('refund').length > 0 ? await refunds(db) : []),
    ...(of('calendar').length > 0 ? await calendarWalk(db) : []),
  ];
  for (const { procurementId, version } of of('custodian-notice')) {
    if (await isNoticeDue(db.read, db.now(), { procurementId, version })) {
      found.push({ subject: custodianNoticeSubject(procurementId, version), stage: null });
    }
  }
  const wanted = new Set(subjects);
  return new Map(found.filter(({ subject }) => wanted.has(subject)).map((each) => [each.subject, each]));
}

function ofTender({ id, stage, lots }: RunningTender): Carried[] {
  return [
    { subject: procurementSubject(id), stage },
    ...(stage === 'opening' ? [{ subject: openingSubject(id), stage }] : []),
    ...lots.map((lot) => ({ subject: lotSubject(id, lot.no), stage: lot.stage })),
  ];
}

/** Lots that wait for a draw, draws that have not led to a committee yet, and committees that wait for an answer. */
async function committees(db: Database): Promise<Carried[]> {
  const draws = await drawsIn(db.read, UNSETTLED_DRAWS);
  const awaited = await awaitedCommittees(db.read);
  const asking = (await askingDraws(db.read)).map(({ draw }) => draw);
  return [...draws, ...asking, ...awaited.map((place) => ({ ...place, state: 'planned' }))].map(
    ({ procurementId, lotNo, state }) => ({ subject: committeeSubject(procurementId, lotNo), stage: state }),
  );
}

async function refunds(db: Database): Promise<Carried[]> {
  return (await bidsAwaitingRefund(db.read)).map((bidId) => ({ subject: refundSubject(bidId), stage: 'withdrawn' }));
}

/** While some running tender is not counted by the calendar in force: the workflow that recalculates them. */
async function calendarWalk(db: Database): Promise<Carried[]> {
  const calendar = await db.calendar();
  if (!(await behindCalendar(db.read, calendar.hash))) return [];
  const name = recalculationName((await importedYears(db.read)).at(-1)?.version ?? 0, calendar);
  return [{ subject: calendarSubject(name), stage: null }];
}

function grouped(subjects: readonly string[]) {
  const parsed = subjects.map(parseSubject);
  return <K extends Subject['kind']>(kind: K) =>
    parsed.filter((each): each is Extract<Subject, { kind: K }> => each.kind === kind);
}

async function* pages<T extends { readonly id: string }>(
  read: (after: string | undefined) => Promise<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  for (let after: string | undefined; ;) {
    const page = await read(after);
    yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}
