import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { auditAfter, type Actor } from '../../db/audit.ts';
import { importedYears } from '../../db/calendar.ts';
import type { Database } from '../../db/access/database.ts';
import { grievanceById } from '../../db/grievances.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { listNotices } from '../../db/notices.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { openDatabase } from '../../db/access/open.ts';
import { procurementById } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { milestoneOf, timelineOf } from '../../db/tender/timeline.ts';
import type { CalendarYear } from '../../domain/law/calendar.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { growCalendar, yearOfCalendar } from '../../domain/law/calendar-growth.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { importYear } from '../../services/calendar/import.ts';
import { previewImport } from '../../services/calendar/preview.ts';
import { recalculateTender } from '../../services/calendar/recalculate.ts';
import { calendarSubject, grievanceSubject, procurementSubject } from '../../domain/subjects.ts';
import { rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { EXAMPLE_SOURCE, exampleYear } from '../setup/example-year.ts';
import {
  addTenderDocument,
  advance,
  at,
  bid,
  decide,
  draftOf,
  handClock,
  obtainDocuments,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

const office: Actor = { accountId: 'office', organisationId: null, role: 'office', address: null, requestId: null };
const clock = handClock('2026-10-01');
let db: TestDatabase;
let who: People;
let act: ReturnType<typeof createActivities>;
beforeEach(async () => {
  clock.set('2026-10-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  act = createActivities({ db });
  who = await people(db, 4);
});
afterEach(() => db.close());

const imports = (year: CalendarYear = exampleYear(), correct = false, on: Database = db) =>
  on.transaction((tx) => importYear(tx, office, { year, url: 'https://example.test/notice', correct }));
const end = (day: string) => at(`${day}T23:59:59.999+08:00`);
/** The example year, New Year's rest drawn out to ten days: as made up as the rest of it. */
const longNewYear = () =>
  exampleYear((text) =>
    text.replace('1月1日（周五）至3日（周日）放假，共3天', '1月1日（周五）至10日（周日）放假，共10天'),
  );

/** A government tender whose document period runs over the New Year. */
const overNewYear = () =>
  publishedTender(db, clock, who, 'government', {
    intentionAt: at('2026-11-20'),
    noticeAt: at('2026-12-29T09:00+08:00'),
    documentsFrom: at('2026-12-30T00:00+08:00'),
    documentsUntil: at('2027-01-08T17:00+08:00'),
    bidDeadline: at('2027-01-22T09:30+08:00'),
  });

/** Whose days the expected dates below are counted by hand from. */
it.each([
  ['gp-notice-period', 5],
  ['gp-doc-provide-min', 5],
  ['gp-challenge-reply', 7],
  ['gp-bond-refund-losers', 5],
])('%s is of %i working days', (rule, amount) => {
  expect([getRule(rule).amount, getRule(rule).unit]).toEqual([amount, 'working_day']);
});

describe('importing a year', () => {
  it('is a fact in the database, with its source, once; every process counts by it from then on', async () => {
    const other = await openDatabase({ ...db.storage, machineClock: clock.read });
    try {
      expect((await other.calendar()).hash).toBe(chinaCalendar.hash);
      const done = await imports();
      const grown = growCalendar(chinaCalendar, [exampleYear()]);
      expect([done.outcome, done.version, done.calendar.hash]).toEqual(['new', 1, grown.hash]);
      for (const process of [db, other]) {
        expect((await process.calendar()).hash).toBe(grown.hash);
        expect(await process.transaction(async (tx) => tx.calendar.horizon.to, 'single-rows')).toBe('2027-12-31');
      }
      const woken = await waitingWakes(db.read, Date.now(), 9);
      expect(woken.map(({ subject }) => subject)).toEqual([calendarSubject(`1-${grown.hash}`)]);
      expect(await imports()).toMatchObject({ outcome: 'same', version: 1 });
      expect(await waitingWakes(db.read, Date.now(), 9)).toEqual(woken);
      expect(await importedYears(db.read)).toMatchObject([
        { version: 1, year: 2027, days: exampleYear(), correction: false, importedBy: { role: 'office' } },
      ]);
      const entries = (await auditAfter(db.read, 0, 100)).filter(({ action }) => action.startsWith('calendar.'));
      expect(entries).toMatchObject([{ action: 'calendar.import', detail: { sourceZh: EXAMPLE_SOURCE } }]);
    } finally {
      await other.close();
    }
  });

  it('of other days is refused unless it is said to correct; what was imported never changes', async () => {
    await imports();
    expect((await refusalOf(imports(longNewYear()))).code).toBe('calendar-conflict');
    expect(await imports(longNewYear(), true)).toMatchObject({ outcome: 'correction', version: 2 });
    const raw = await rawDatabase(db.storage);
    await expect(raw.behind('UPDATE calendar_years SET year = 2030')).rejects.toThrow(/immutable/);
    await expect(raw.behind('DELETE FROM calendar_years')).rejects.toThrow(/immutable/);
    await raw.close();
  });

  it('that is undone leaves the calendar as it was, also for who shares the commit', async () => {
    const undone = db.transaction(async (tx) => {
      await importYear(tx, office, { year: exampleYear(), url: null, correct: false });
      throw new Error('undone');
    });
    const after = db.transaction(async (tx) => tx.calendar.hash);
    await expect(undone).rejects.toThrow('undone');
    expect(await after).toBe(chinaCalendar.hash);
    const [, seen] = await Promise.all([imports(longNewYear()), db.transaction(async (tx) => tx.calendar.hash)]);
    expect(seen).toBe(growCalendar(chinaCalendar, [longNewYear()]).hash);
    expect((await db.calendar()).hash).toBe(seen);
  });

  it('while a tender is launched: whichever comes first, its timeline is counted by the new calendar', async () => {
    clock.set('2026-12-28T09:00+08:00');
    const other = await openDatabase({ ...db.storage, machineClock: clock.read });
    try {
      const draft = draftOf('government', who.purchaser.id, {
        intentionAt: at('2026-11-20'),
        noticeAt: at('2026-12-29T09:00+08:00'),
        documentsFrom: at('2026-12-30T00:00+08:00'),
        documentsUntil: null,
        bidDeadline: null,
      });
      const ids: string[] = [];
      for (let n = 0; n < 8; n += 1) {
        const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
        await addTenderDocument(db, who.asPurchaser, id);
        ids.push(id);
      }
      await Promise.all([
        ...ids
          .slice(0, 4)
          .map((id) => other.transaction((tx) => launchProcurement(tx, who.asPurchaser, id), { procurementId: id })),
        imports(),
        ...ids
          .slice(4)
          .map((id) => other.transaction((tx) => launchProcurement(tx, who.asPurchaser, id), { procurementId: id })),
      ]);
      const { ids: running } = await act.tendersToRecalculate({});
      expect(running.sort()).toEqual(ids.sort());
      for (const procurementId of running) await act.recalculateTender({ procurementId });
      const { hash } = await db.calendar();
      for (const id of ids) {
        expect((await procurementById(db.read, id)).calendarHash).toBe(hash);
        expect((await timelineOf(db.read, id)).filter(({ provisional }) => provisional)).toEqual([]);
      }
    } finally {
      await other.close();
    }
  });
});

describe('a day that becomes a day off', () => {
  // A bridge day on Monday 9 November 2026, made up: the purchaser had set the deadline on it.
  const bridge = (): CalendarYear => {
    const known = yearOfCalendar(chinaCalendar, 2026);
    if (!known) throw new Error('2026 is built in');
    const off = [...known.off, { nameZh: '示例纪念日', from: '2026-11-09', to: '2026-11-09' }];
    return { ...known, sourceZh: '示例：虚构的一次性放假', off };
  };

  const closing = (bidDeadline: string) =>
    publishedTender(db, clock, who, 'tendering', {
      noticeAt: at('2026-10-12T09:00+08:00'),
      documentsFrom: at('2026-10-12T09:00+08:00'),
      documentsUntil: at('2026-10-19T17:00+08:00'),
      bidDeadline: at(bidDeadline),
    });

  it('is warned of, with every running tender whose standing milestone is on it; nothing is moved', async () => {
    const on = await closing('2026-11-09T09:30+08:00');
    const elsewhere = await closing('2026-11-10T09:30+08:00');
    const before = await timelineOf(db.read, on.id);
    const { resting } = await previewImport(db, { year: bridge(), correct: true });
    const told = resting.find(({ procurementId }) => procurementId === on.id)?.milestones ?? [];
    expect(told.filter(({ key }) => key === 'bid-deadline' || key === 'opening')).toMatchObject([
      { key: 'bid-deadline', lotNo: 0, at: at('2026-11-09T09:30+08:00'), why: 'rest: 示例纪念日' },
      { key: 'opening', lotNo: 0, at: at('2026-11-09T09:30+08:00') },
    ]);
    expect(resting.some(({ procurementId }) => procurementId === elsewhere.id)).toBe(false);
    await imports(bridge(), true);
    await act.recalculateTender({ procurementId: on.id });
    const after = await timelineOf(db.read, on.id);
    const deadlineIn = (rows: typeof before) => rows.find(({ key }) => key === 'bid-deadline')?.dueAt;
    expect(deadlineIn(after)).toBe(deadlineIn(before));
    const [entry] = (await auditAfter(db.read, 0, 500)).filter(({ action }) => action === 'procurement.recalculate');
    expect(JSON.stringify(entry?.detail)).toContain('"resting":[');
  });

  it('a weekend was none before, and is not told again', async () => {
    const tender = await closing('2026-11-14T09:30+08:00');
    const { resting } = await previewImport(db, { year: bridge(), correct: true });
    expect(resting.find(({ procurementId }) => procurementId === tender.id)).toBeUndefined();
  });
});

describe('recalculating running tenders', () => {
  it('does what the preview said: provisional dates become final, bidders’ time stays, duties follow the law', async () => {
    const bidding = await overNewYear();
    await obtainDocuments(db, who, 0, bidding.id);
    clock.set('2026-12-30T10:00+08:00');
    const grievance = await db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(0), {
        procurementId: bidding.id,
        lotNo: 0,
        target: 'documents',
        organisationId: String(who.suppliers[0]?.id),
        textZh: '理由见附件',
      }),
    );
    const before = await timelineOf(db.read, bidding.id);
    const preview = await previewImport(db, { year: exampleYear(), correct: false });
    expect(await timelineOf(db.read, bidding.id)).toEqual(before);
    expect((await db.calendar()).hash).toBe(chinaCalendar.hash);

    await imports();
    const subjects = [grievanceSubject(grievance.id), procurementSubject(bidding.id)];
    const wakes = async () =>
      (await waitingWakes(db.read, Date.now(), 99))
        .filter(({ subject }) => subjects.includes(subject))
        .map(({ wanted }) => wanted);
    const woken = await wakes();
    await act.recalculateTender({ procurementId: bidding.id });
    expect(await wakes()).toEqual(woken.map((wanted) => wanted + 1));

    const [changing] = preview.changing;
    expect(changing?.procurementId).toBe(bidding.id);
    for (const { lotNo, key, after, grievanceId } of changing?.dates ?? []) {
      if (key === 'reply') {
        expect((await grievanceById(db.read, String(grievanceId))).replyDueAt).toBe(after.dueAt);
      } else expect(await milestoneOf(db.read, { procurementId: bidding.id, lotNo }, key)).toMatchObject(after);
    }
    const named = new Set(changing?.dates.map(({ key }) => key));
    for (const row of await timelineOf(db.read, bidding.id)) {
      if (!named.has(row.key)) expect(row).toEqual(before.find(({ key }) => key === row.key));
    }

    // 5 working days after Tue 29 December (gp-notice-period): 30, 31 December, 4, 5, 6 January.
    const noticeEnd = await milestoneOf(db.read, { procurementId: bidding.id, lotNo: 0 }, 'notice-end');
    expect([noticeEnd.dueAt, noticeEnd.provisional]).toEqual([end('2027-01-06'), false]);
    expect(before.find(({ key }) => key === 'notice-end')?.provisional).toBe(true);
    // The reply within 7 working days of Wed 30 December (财政部令94号 13): 31, 4, 5, 6, 7, 8 and Mon 11 January.
    expect((await grievanceById(db.read, grievance.id)).replyDueAt).toBe(end('2027-01-11'));
    expect((await listNotices(db.read, { procurementId: bidding.id, limit: 10 })).map(({ kind }) => kind)).toEqual([
      'tender',
    ]);
  });

  it('after the award: the window to query stays, the deposits follow the count; what is done does not change', async () => {
    const tender = await publishedTender(db, clock, who, 'government', {
      intentionAt: at('2026-10-20'),
      noticeAt: at('2026-11-24T09:00+08:00'),
      documentsFrom: at('2026-11-25T00:00+08:00'),
      documentsUntil: at('2026-12-03T17:00+08:00'),
      bidDeadline: at('2026-12-16T09:30+08:00'),
    });
    const place = { procurementId: tender.id, lotNo: 1 };
    const bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, tender.id));
    clock.set('2026-12-16T09:30+08:00');
    await advance(db, tender.id);
    clock.set('2026-12-17T10:00+08:00');
    await decide(db, who.asPurchaser, {
      ...place,
      kind: 'report',
      payload: reportOn(bids, at('2026-12-16T17:00+08:00')),
    });
    clock.set('2026-12-28T10:00+08:00');
    await advance(db, tender.id, 1);
    clock.set('2026-12-29T10:00+08:00');
    const done = (await timelineOf(db.read, tender.id)).filter(({ state }) => state === 'done' || state === 'deemed');
    expect((await milestoneOf(db.read, place, 'query-result-end')).provisional).toBe(true);
    const promised = (await milestoneOf(db.read, place, 'query-result-end')).dueAt;

    await imports();
    await act.recalculateTender({ procurementId: tender.id });
    const window = await milestoneOf(db.read, place, 'query-result-end');
    expect([window.dueAt, window.provisional]).toEqual([promised, false]);
    // Deposits of who did not win within 5 working days of Mon 28 December (政府采购法实施条例 33): 29, 30, 31, 4, 5 January.
    expect(await milestoneOf(db.read, place, 'deposits-losers')).toMatchObject({
      dueAt: end('2027-01-05'),
      provisional: false,
    });
    const after = await timelineOf(db.read, tender.id);
    for (const row of done) expect(after.find(({ key, lotNo }) => key === row.key && lotNo === row.lotNo)).toEqual(row);
  });

  it('a suspended clock is counted when it runs on, by the calendar then in force and not to a bidder’s loss', async () => {
    const tender = await publishedTender(db, clock, who, 'tendering', {
      noticeAt: at('2026-11-30T09:00+08:00'),
      documentsFrom: at('2026-12-01T09:00+08:00'),
      documentsUntil: at('2026-12-08T17:00+08:00'),
      bidDeadline: at('2026-12-28T09:00+08:00'),
    });
    const place = { procurementId: tender.id, lotNo: 1 };
    const bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, tender.id));
    clock.set('2026-12-28T09:00+08:00');
    await advance(db, tender.id);
    clock.set('2026-12-31T10:00+08:00');
    await decide(db, who.asPurchaser, {
      ...place,
      kind: 'report',
      payload: reportOn(bids, at('2026-12-30T17:00+08:00')),
    });
    // 3 days after Thu 31 December end on Sunday 3 January, and a minimum ends on no rest day: Monday 4 January.
    const promised = await milestoneOf(db.read, place, 'publicity-end');
    expect([promised.dueAt, promised.provisional]).toEqual([end('2027-01-04'), true]);
    clock.set('2026-12-31T15:00+08:00');
    const grievance = await db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(1), {
        ...place,
        target: 'result',
        organisationId: String(who.suppliers[1]?.id),
        textZh: '业绩不符',
      }),
    );
    const preview = await previewImport(db, { year: longNewYear(), correct: false });
    expect(preview.changing[0]?.suspended).toEqual([{ lotNo: 1, key: 'publicity-end' }]);
    await imports(longNewYear());
    await act.recalculateTender({ procurementId: tender.id });
    expect((await milestoneOf(db.read, place, 'publicity-end')).dueAt).toBe(promised.dueAt);
    clock.set('2027-01-01T10:00+08:00');
    await decide(db, who.asPurchaser, {
      ...place,
      kind: 'reply',
      grievanceId: grievance.id,
      payload: { outcome: 'rejected', effect: 'none', textZh: '经复核，答复如下' },
    });
    // It stood from 31 December to 1 January: 2, 3 and 4 January, which by the example rests: Monday the 11th.
    expect(await milestoneOf(db.read, place, 'publicity-end')).toMatchObject({
      dueAt: end('2027-01-11'),
      provisional: false,
    });
  });

  it('where bidders would get less than the law gives, puts the date off and publishes it, once', async () => {
    const tender = await overNewYear();
    await imports();
    await act.recalculateTender({ procurementId: tender.id });
    clock.set('2026-12-30T10:00+08:00');
    const preview = await previewImport(db, { year: longNewYear(), correct: true });
    expect(preview.changing[0]?.dates.filter(({ notice }) => notice)).toMatchObject([
      { key: 'documents-until', kept: false, moves: true },
    ]);
    await imports(longNewYear(), true);

    // Killed before the commit, then twice as a retry may have it.
    const killed = db.transaction(async (tx) => {
      await recalculateTender(tx, tender.id);
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    await act.recalculateTender({ procurementId: tender.id });
    await act.recalculateTender({ procurementId: tender.id });

    // 5 working days after Wed 30 December (财政部令87号 18): Thu 31, then Mon 11 to Thu 14 January.
    const place = { procurementId: tender.id, lotNo: 0 };
    expect((await milestoneOf(db.read, place, 'documents-until')).dueAt).toBe(at('2027-01-14T17:00+08:00'));
    expect((await procurementById(db.read, tender.id)).documentsUntil).toBe(at('2027-01-14T17:00+08:00'));
    expect((await procurementById(db.read, tender.id)).bidDeadline).toBe(tender.bidDeadline);
    const [change, ...earlier] = await listNotices(db.read, { procurementId: tender.id, limit: 10 });
    expect(earlier.map(({ kind }) => kind)).toEqual(['tender']);
    expect(change).toMatchObject({
      kind: 'amendment',
      corrects: earlier[0]?.id,
      content: {
        reasonZh: EXAMPLE_SOURCE,
        sourceUrl: 'https://example.test/notice',
        changes: [{ key: 'documents-until', before: '2027-01-08T17:00:00+08:00', after: '2027-01-14T17:00:00+08:00' }],
      },
    });
    const recalculations = (await auditAfter(db.read, 0, 200)).filter(
      ({ action }) => action === 'procurement.recalculate',
    );
    expect(recalculations.length).toBe(2);
    // 5 working days after Tue 29 December: 30, 31 December, 11, 12, 13 January.
    expect((await milestoneOf(db.read, place, 'notice-end')).dueAt).toBe(end('2027-01-13'));
    // Corrected back, nothing comes nearer again.
    await imports(exampleYear(), true);
    await act.recalculateTender({ procurementId: tender.id });
    expect((await milestoneOf(db.read, place, 'documents-until')).dueAt).toBe(at('2027-01-14T17:00+08:00'));
    const noticeEnd = await milestoneOf(db.read, place, 'notice-end');
    expect(noticeEnd.dueAt).toBe(end('2027-01-13'));
    expect(JSON.stringify(noticeEnd.trace)).toContain('it would end 2027-01-06 24:00');
    expect((await listNotices(db.read, { procurementId: tender.id, limit: 10 })).length).toBe(2);
  });
});
