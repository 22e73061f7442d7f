import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockAheadMs, outboxState, overdueMilestones, overdueReplies } from '../../db/gauges.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { settleWakes, waitingWakes } from '../../db/engine/outbox.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  decide,
  draftOf,
  handClock,
  launch,
  obtainDocuments,
  people,
  publishedTender,
  type People,
} from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

describe('what an operator watches', () => {
  it('the outbox is as old as its oldest wake that Temporal has not taken', async () => {
    const state = () => outboxState(db.read, db.clock, db.now());
    expect(await state()).toEqual({ count: 0, oldestMs: 0 });
    const first = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    const storedAt = clock.read();
    clock.set('2026-03-02');
    const second = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    expect(await state()).toEqual({ count: 2, oldestMs: clock.read() - storedAt });
    const taken = async (procurementId: string) =>
      (await waitingWakes(db.read, Date.now(), 9)).filter(({ subject }) => subject === `procurement/${procurementId}`);
    await settleWakes(db, await taken(first.procurement.id));
    expect(await state()).toEqual({ count: 1, oldestMs: 0 });
    await settleWakes(db, await taken(second.procurement.id));
    expect((await state()).count).toBe(0);
  });

  it('what is due and undone is counted, until it is done', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    expect(await overdueMilestones(db.read, procurement.noticeAt)).toEqual(new Map());
    expect(await overdueMilestones(db.read, procurement.noticeAt + 1)).toEqual(new Map([['notice', 1]]));
    clock.set(procurement.noticeAt);
    await advance(db, procurement.id);
    expect(await overdueMilestones(db.read, procurement.noticeAt + 1)).toEqual(new Map());
    // Windows close by themselves: between the notice and the deadline nothing can be overdue.
    const deadline = procurement.bidDeadline ?? 0;
    expect(await overdueMilestones(db.read, deadline)).toEqual(new Map());
    expect(await overdueMilestones(db.read, deadline + 1)).toEqual(
      new Map([
        ['bid-deadline', 1],
        ['opening', 1],
      ]),
    );
  });

  it('a clock that an objection suspends is not overdue; the reply that is owed is', async () => {
    const { id: procurementId } = await publishedTender(db, clock, who, 'tendering');
    await obtainDocuments(db, who, 0, procurementId);
    const grievance = await db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(0), {
        procurementId,
        lotNo: 0,
        target: 'documents',
        organisationId: String(who.suppliers[0]?.id),
        textZh: '资格条件过高',
      }),
    );
    const later = grievance.replyDueAt + 60 * DAY_MS;
    expect(await overdueMilestones(db.read, later)).toEqual(new Map());
    expect(await overdueReplies(db.read, grievance.replyDueAt)).toBe(0);
    expect(await overdueReplies(db.read, later)).toBe(1);
    await decide(db, who.asPurchaser, {
      procurementId,
      lotNo: 0,
      grievanceId: grievance.id,
      kind: 'reply',
      payload: { outcome: 'rejected', effect: 'none', textZh: '经核查，不成立。' },
    });
    expect(await overdueReplies(db.read, later)).toBe(0);
    expect((await overdueMilestones(db.read, later)).get('bid-deadline')).toBe(1);
  });

  it('a machine clock that was set back shows by how much', async () => {
    clock.set('2026-03-10');
    await db.transaction((tx) => createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id)));
    expect(await clockAheadMs(db.read, db.clock, db.now())).toBe(0);
    clock.set('2026-03-09');
    expect(await clockAheadMs(db.read, db.clock, db.now())).toBe(DAY_MS);
  });
});
