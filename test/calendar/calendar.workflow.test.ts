import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNATTENDED, auditAfter } from '../../db/audit.ts';
import { grievanceById } from '../../db/grievances.ts';
import type { CalendarYear } from '../../domain/law/calendar.ts';
import { calendarSubject, grievanceSubject, procurementSubject } from '../../domain/subjects.ts';
import { stateQuery, wakeSignal } from '../../workflows/messages.ts';
import { exampleYear } from '../setup/example-year.ts';
import { story } from '../setup/tenders/story.ts';
import { at, draftOf, launch, people } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';
import { importYear, recalculationName } from '../../services/calendar/import.ts';

const OVER_THE_HORIZON = {
  intentionAt: at('2026-11-20'),
  noticeAt: at('2026-12-29T09:00+08:00'),
  documentsFrom: at('2026-12-30T00:00+08:00'),
  documentsUntil: at('2027-01-08T17:00+08:00'),
  bidDeadline: at('2027-01-20T09:30+08:00'),
};

describe('a tender and a query whose limits cross the horizon (end of 2026), when the calendar of 2027 comes', () => {
  let time: SkippedTime;
  beforeEach(async () => {
    time = await skippedTime(at('2026-12-28T10:00+08:00'));
  });
  afterEach(() => time.close());

  const imports = async (year: CalendarYear, correct = false): Promise<string> => {
    const { version, calendar } = await time.db.transaction((tx) =>
      importYear(tx, UNATTENDED, { year, url: null, correct }),
    );
    const name = recalculationName(version, calendar);
    const walk = time.client.workflow.getHandle(calendarSubject(name));
    await time.deliver();
    // Woken once more, as by a worker that died before it could say that it had: it is one walk all the same.
    await walk.signal(wakeSignal).catch(() => undefined);
    await walk.result();
    return name;
  };

  /** How many runs a workflow took, each but the last continued as new. */
  const runsOf = async (workflowId: string): Promise<number> => {
    let runs = 0;
    for (let runId: string | undefined; runs === 0 || runId !== undefined;) {
      const { events } = await time.client.workflow.getHandle(workflowId, runId).fetchHistory();
      runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
      runs += 1;
    }
    return runs;
  };

  it('both continue by the new dates: what is a duty follows the law, what is a bidder’s is not shortened', async () => {
    const tender = await story(time, 'government', OVER_THE_HORIZON);
    await tender.until('2026-12-30T10:00+08:00');
    const query = await tender.file('documents', 0);
    // A prudent count must assume that a weekend is worked: 7 working days (财政部令94号 13).
    expect(query.replyDueAt).toBeLessThan(at('2027-01-11T23:59:59.999+08:00'));

    await imports(exampleYear());
    // 31 December, 4, 5, 6, 7, 8 and Monday 11 January.
    expect((await grievanceById(time.db.read, query.id)).replyDueAt).toBe(at('2027-01-11T23:59:59.999+08:00'));
    expect((await time.history(grievanceSubject(query.id)).query(stateQuery))?.until).toBe(
      at('2027-01-12T00:00+08:00'),
    );
    await tender.until('2027-01-11T23:00+08:00');
    expect((await grievanceById(time.db.read, query.id)).state).toBe('filed');

    // A correction by which 1 to 10 January rest: the deadline still leaves its 20 days and stays.
    await imports(
      exampleYear((text) =>
        text.replace('1月1日（周五）至3日（周日）放假，共3天', '1月1日（周五）至10日（周日）放假，共10天'),
      ),
      true,
    );
    expect((await tender.procurement()).bidDeadline).toBe(at('2027-01-20T09:30+08:00'));
    expect((await time.history(procurementSubject(tender.id)).query(stateQuery))?.until).toBe(
      at('2027-01-20T09:30+08:00'),
    );
    // The reply, 7 working days: 31 December, 11, 12, 13, 14, 15 and Monday 18 January.
    expect((await grievanceById(time.db.read, query.id)).replyDueAt).toBe(at('2027-01-18T23:59:59.999+08:00'));
    await tender.until('2027-01-12T10:00+08:00');
    expect((await grievanceById(time.db.read, query.id)).state).toBe('filed');
    await tender.bids(1, [0, 1, 2]);
    await tender.until('2027-01-20T10:00+08:00');
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect((await grievanceById(time.db.read, query.id)).state).toBe('overdue');

    const recalculated = (await auditAfter(time.db.read, 0, 500)).filter(
      ({ action }) => action === 'procurement.recalculate',
    );
    expect(recalculated.map(({ procurementId }) => procurementId)).toEqual([tender.id, tender.id]);
  });

  it('a deadline that proves too near is put off: the closing waits for it, and one notice of change is out', async () => {
    const tender = await story(time, 'government', OVER_THE_HORIZON);
    await tender.until('2026-12-30T10:00+08:00');
    await imports(exampleYear());
    expect((await tender.notices()).map(({ kind }) => kind)).toEqual(['tender']);
    // As made up as the year itself: everything rests until 20 January.
    await imports(
      exampleYear((text) =>
        text.replace('1月1日（周五）至3日（周日）放假，共3天', '1月1日（周五）至20日（周三）放假，共20天'),
      ),
      true,
    );
    const changes = (await tender.notices()).filter(({ kind }) => kind === 'amendment');
    expect(changes.length).toBe(1);
    // 5 working days after 30 December (财政部令87号 18): 31 December, 21, 22, 25, 26 January.
    const { documentsUntil, bidDeadline } = await tender.procurement();
    expect(documentsUntil).toBe(at('2027-01-26T17:00+08:00'));
    expect(bidDeadline).toBeGreaterThanOrEqual(documentsUntil ?? Infinity);
    await tender.until('2027-01-20T10:00+08:00');
    expect((await tender.procurement()).stage).toBe('bidding');
    await tender.bids(1, [0, 1, 2]);
    await time.until((bidDeadline ?? 0) + 600_000);
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect((await tender.notices()).filter(({ kind }) => kind === 'amendment').length).toBe(1);
  });

  it('a walk over more tenders than one run takes continues in the next: each is recalculated once, and gets a wake', async () => {
    const who = await people(time.db, 0);
    const launched: string[] = [];
    // Two full runs of 50 and one more.
    for (let n = 0; n < 101; n += 1) {
      const { procurement } = await launch(
        time.db,
        who.asPurchaser,
        draftOf('government', who.purchaser.id, OVER_THE_HORIZON),
      );
      launched.push(procurement.id);
    }
    launched.sort();
    await time.deliver();
    // Those on either side of where a run ends and the next begins.
    const waiting = [0, 49, 50, 99, 100].map((index) => launched[index] as string);

    const name = await imports(exampleYear());
    const recalculated = (await auditAfter(time.db.read, 0, 2_000)).filter(({ action }) =>
      action.includes('recalculat'),
    );
    expect(recalculated.map(({ action }) => action)).toEqual(launched.map(() => 'procurement.recalculate'));
    expect(recalculated.map(({ procurementId }) => procurementId)).toEqual(launched);
    expect(await runsOf(calendarSubject(name))).toBe(3);
    for (const id of waiting) {
      const { events } = await time.history(procurementSubject(id)).fetchHistory();
      // By its launch, and by the walk.
      expect(
        events?.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []),
      ).toEqual([wakeSignal.name, wakeSignal.name]);
    }
  });

  it('a walk that was lost with its server is started from the database, once', async () => {
    const tender = await story(time, 'government', OVER_THE_HORIZON);
    await tender.until('2026-12-30T10:00+08:00');
    const { calendar } = await time.db.transaction((tx) =>
      importYear(tx, UNATTENDED, { year: exampleYear(), url: null, correct: false }),
    );
    const workflowId = calendarSubject(recalculationName(1, calendar));
    expect(await time.reconcile()).toContainEqual(expect.objectContaining({ workflowId, did: 'started' }));
    await time.client.workflow.getHandle(workflowId).result();
    expect((await tender.procurement()).calendarHash).toBe(calendar.hash);
    expect((await time.reconcile()).map((each) => each.workflowId)).not.toContain(workflowId);
  });
});
