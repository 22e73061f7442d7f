import { afterEach, beforeEach, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { openingsOf } from '../../db/openings.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { at, bid, draftOf, launch, people } from '../setup/tender.ts';

let now = at('2026-03-26T10:00+08:00');
let db: TestDatabase;
beforeEach(async () => {
  now = at('2026-03-26T10:00+08:00');
  db = await temporaryDatabase({ machineClock: () => now });
});
afterEach(() => db.close());

it('closes every tender of a herd at once; what follows each waits while others are still to be closed', async () => {
  const activities = createActivities({ db });
  const who = await people(db);
  const ids: string[] = [];
  for (const deadline of [
    '2026-04-20T09:00+08:00',
    '2026-04-20T09:00+08:00',
    '2026-04-20T09:00+08:00',
    '2026-04-21T09:00+08:00',
  ]) {
    const draft = draftOf('tendering', who.purchaser.id, { bidDeadline: at(deadline) });
    ids.push((await launch(db, who.asPurchaser, draft)).procurement.id);
  }
  now = at('2026-03-27T09:00+08:00');
  for (const procurementId of ids) {
    await activities.publishTender({ procurementId });
    for (const index of [0, 1, 2]) await bid(db, who, index, procurementId);
  }

  now = at('2026-04-20T09:00+08:00');
  const pauses: number[] = [];
  for (const procurementId of ids.slice(0, 3)) {
    const closed = await activities.closeAndOpen({ procurementId });
    if (closed.outcome !== 'done') throw new Error(closed.outcome);
    expect((await openingsOf(db.read, procurementId))[0]).toMatchObject({ opened: true, actualAt: now });
    pauses.push(closed.pauseMs);
  }
  expect(pauses).toEqual([80, 40, 0]);

  // One that is alone with its deadline waits for nobody.
  now = at('2026-04-21T09:00+08:00');
  expect(await activities.closeAndOpen({ procurementId: ids[3] as string })).toMatchObject({ lots: [1], pauseMs: 0 });
});
