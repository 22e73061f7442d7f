import { afterEach, beforeEach, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { openingsOf, insertOpenings } from '../../db/openings.ts';
import { procurementRow } from '../../db/procurements.ts';
import { suspend } from '../../db/suspensions.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { at, bid, draftOf, launch, people, type People } from '../setup/tender.ts';

let now = at('2026-03-26T10:00+08:00');
let db: TestDatabase;
beforeEach(async () => {
  now = at('2026-03-26T10:00+08:00');
  db = await temporaryDatabase({ machineClock: () => now });
});
afterEach(() => db.close());

/** Tenders with three bids each, by their deadlines. */
async function herd(...deadlines: readonly string[]): Promise<string[]> {
  const { ids, who } = await published(deadlines);
  for (const procurementId of ids) for (const index of [0, 1, 2]) await bid(db, who, index, procurementId);
  return ids;
}

async function published(deadlines: readonly string[]): Promise<{ ids: string[]; who: People }> {
  const activities = createActivities({ db });
  const who = await people(db);
  const ids: string[] = [];
  for (const deadline of deadlines) {
    const draft = draftOf('tendering', who.purchaser.id, { bidDeadline: at(deadline) });
    ids.push((await launch(db, who.asPurchaser, draft)).procurement.id);
  }
  now = at('2026-03-27T09:00+08:00');
  await Promise.all(ids.map((procurementId) => activities.publishTender({ procurementId })));
  return { ids, who };
}

const stageOf = async (id: string) => (await procurementRow(db.read, id)).stage;
const stagesOf = (ids: readonly string[]) => Promise.all(ids.map(stageOf));

it('closes with the first of a herd all that are due with it, and none that is not', async () => {
  const ids = await herd(...Array<string>(3).fill('2026-04-20T09:00+08:00'), '2026-04-20T09:01+08:00');
  const [first = '', second = ''] = ids;
  now = at('2026-04-20T09:00+08:00');
  const activities = createActivities({ db });
  expect(await activities.closeAndOpen({ procurementId: first })).toMatchObject({ outcome: 'done', lots: [1] });
  expect(await stagesOf(ids)).toEqual(['evaluation', 'evaluation', 'evaluation', 'bidding']);
  for (const id of ids.slice(0, 3)) {
    expect(await openingsOf(db.read, id)).toMatchObject([{ opened: true, legalAt: now, actualAt: now, bidders: 3 }]);
  }
  // The timer of one that was taken along learns what its own closing would have told.
  now += 5_000;
  expect(await activities.closeAndOpen({ procurementId: second })).toEqual({
    outcome: 'done',
    stage: 'evaluation',
    lots: [1],
    lotStages: { 1: 'evaluation' },
  });
  expect(await openingsOf(db.read, second)).toMatchObject([{ actualAt: now - 5_000 }]);
});

it('leaves none for later, however many there are', async () => {
  const { ids } = await published(Array<string>(410).fill('2026-04-20T09:00+08:00'));
  now = at('2026-04-20T09:00+08:00');
  await createActivities({ db }).closeAndOpen({ procurementId: ids[7] ?? '' });
  expect(new Set(await stagesOf(ids))).toEqual(new Set(['evaluation']));
});

it('takes along none whose clock is stopped, and is not hurt by one that cannot be closed', async () => {
  const ids = await herd(...Array<string>(4).fill('2026-04-20T09:00+08:00'));
  const [first = '', stopped = '', broken = '', last = ''] = ids;
  await db.transaction((tx) => suspend(tx, { procurementId: stopped, lotNo: 0 }, 'bid-deadline', 'an-objection'));
  // Whatever keeps it from being closed: here the place of its record is taken.
  await db.transaction((tx) =>
    insertOpenings(tx, [
      {
        procurementId: broken,
        lotNo: 1,
        legalAt: now,
        actualAt: now,
        bidders: 0,
        opened: false,
        entries: [],
      },
    ]),
  );
  now = at('2026-04-20T09:00+08:00');
  const activities = createActivities({ db });
  expect(await activities.closeAndOpen({ procurementId: first })).toMatchObject({ outcome: 'done' });
  expect(await stagesOf([first, stopped, broken, last])).toEqual(['evaluation', 'bidding', 'bidding', 'evaluation']);
  // Nobody but its own timer tells of it.
  await expect(activities.closeAndOpen({ procurementId: broken })).rejects.toThrow();
  expect(await activities.closeAndOpen({ procurementId: stopped })).toEqual({
    outcome: 'suspended',
    grievanceIds: ['an-objection'],
  });
});

it('closes each once, whoever comes first of the many that ask at once, on one process or two', async () => {
  const ids = await herd(...Array<string>(12).fill('2026-04-20T09:00+08:00'));
  now = at('2026-04-20T09:00+08:00');
  const processes = [createActivities({ db }), createActivities({ db })];
  const answers = await Promise.all(
    processes.flatMap(({ closeAndOpen }) => ids.map((procurementId) => closeAndOpen({ procurementId }))),
  );
  expect(answers.map(({ outcome }) => outcome)).toEqual(Array(24).fill('done'));
  for (const id of ids) expect(await openingsOf(db.read, id)).toHaveLength(1);
});
