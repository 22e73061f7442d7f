import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { openingsOf, insertOpenings } from '../../db/openings/openings.ts';
import { procurementRow } from '../../db/procurements.ts';
import { suspend } from '../../db/tender/suspensions.ts';
import { procurementSubject } from '../../domain/subjects.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { advance, at, bid, draftOf, launch, people, type People } from '../setup/tenders/tender.ts';

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

const AT_ONCE = 32;

async function published(deadlines: readonly string[]): Promise<{ ids: string[]; who: People }> {
  const who = await people(db);
  const ids: string[] = [];
  for (const deadline of deadlines) {
    const draft = draftOf('tendering', who.purchaser.id, { bidDeadline: at(deadline) });
    ids.push((await launch(db, who.asPurchaser, draft)).procurement.id);
  }
  now = at('2026-03-27T09:00+08:00');
  // As many at once as a worker asks, since more would wait for a connection.
  for (let from = 0; from < ids.length; from += AT_ONCE)
    await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => advance(db, id)));
  return { ids, who };
}

/** As the workflow of a tender asks, of one process. */
const process = () => {
  const { advance: ask } = createActivities({ db });
  return (id: string) => ask({ subject: procurementSubject(id) });
};
const PASSED_ON = { then: 'wait', stage: 'evaluation', until: null, wakeAtMs: null };

const stageOf = async (id: string) => (await procurementRow(db.read, id)).stage;
const stagesOf = (ids: readonly string[]) => Promise.all(ids.map(stageOf));

it('closes with the first of a herd all that are due with it, and none that is not', async () => {
  const ids = await herd(...Array<string>(3).fill('2026-04-20T09:00+08:00'), '2026-04-20T09:01+08:00');
  const [first = '', second = ''] = ids;
  now = at('2026-04-20T09:00+08:00');
  const ask = process();
  expect(await ask(first)).toEqual(PASSED_ON);
  const expected = ['evaluation', 'evaluation', 'evaluation', 'bidding'];
  await vi.waitFor(async () => expect(await stagesOf(ids)).toEqual(expected));
  for (const id of ids.slice(0, 3)) {
    expect(await openingsOf(db.read, id)).toMatchObject([{ opened: true, legalAt: now, actualAt: now, bidders: 3 }]);
  }
  // The timer of one that was closed with it finds that done.
  now += 5_000;
  expect(await ask(second)).toEqual(PASSED_ON);
  expect(await openingsOf(db.read, second)).toMatchObject([{ actualAt: now - 5_000 }]);
});

it('leaves none for later, however many there are', async () => {
  const { ids } = await published(Array<string>(410).fill('2026-04-20T09:00+08:00'));
  now = at('2026-04-20T09:00+08:00');
  await process()(ids[7] ?? '');
  // Nobody has bid, so that nothing is left to be done.
  await vi.waitFor(async () => expect(new Set(await stagesOf(ids))).toEqual(new Set(['concluded'])), 30_000);
});

it('takes along none whose clock is suspended, and is not hurt by one that cannot be closed', async () => {
  const ids = await herd(...Array<string>(4).fill('2026-04-20T09:00+08:00'));
  const [first = '', suspended = '', broken = '', last = ''] = ids;
  await db.transaction((tx) => suspend(tx, { procurementId: suspended, lotNo: 0 }, 'bid-deadline', 'an-objection'));
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
  const ask = process();
  expect(await ask(first)).toEqual(PASSED_ON);
  await vi.waitFor(async () => expect(await stageOf(last)).toBe('evaluation'));
  expect(await stagesOf([first, suspended, broken])).toEqual(['evaluation', 'bidding', 'bidding']);
  // Only its own timer triggers it.
  await expect(ask(broken)).rejects.toThrow();
  expect(await ask(suspended)).toEqual({ ...PASSED_ON, stage: 'bidding' });
});

it('closes each once under many concurrent queries, on one process or two', async () => {
  const ids = await herd(...Array<string>(12).fill('2026-04-20T09:00+08:00'));
  now = at('2026-04-20T09:00+08:00');
  const answers = await Promise.all([process(), process()].flatMap((ask) => ids.map(ask)));
  expect(answers).toEqual(Array(24).fill(PASSED_ON));
  for (const id of ids) expect(await openingsOf(db.read, id)).toHaveLength(1);
});
