import { afterEach, beforeEach, expect, it } from 'vitest';
import { listNotices, type Notice } from '../../db/notices.ts';
import { procurementById } from '../../db/procurements.ts';
import type { Actor } from '../../db/audit.ts';
import { pauseOpening } from '../../services/openings/pause.ts';
import { resumeOpening } from '../../services/openings/resume.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

// A supervisor orders a pause (责令暂停, 财政部令94号 28) where no custodian is needed to open the bids.

const clock = handClock('2026-01-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

it.each(['tendering', 'government'] as const)(
  '%s: bids that are not sealed close on time and are opened when the pause ends',
  async (regime) => {
    const { id, bidDeadline } = await publishedTender(db, clock, who, regime);
    const supervisor: Actor = { ...who.asPurchaser, role: 'supervisor' };
    const tender = () => procurementById(db.read, id);
    const pause = () =>
      db.transaction(async (tx) => pauseOpening(tx, supervisor, await procurementById(tx.q, id), '投诉处理'));
    const resume = () => db.transaction(async (tx) => resumeOpening(tx, supervisor, await procurementById(tx.q, id)));
    const record = async (): Promise<Notice | undefined> =>
      (await listNotices(db.read, { procurementId: id, kind: 'opening-record', limit: 1 }))[0];
    // One that ends before the deadline opens nothing.
    await pause();
    await resume();
    expect((await tender()).stage).toBe('bidding');
    const bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, id));
    await pause();
    expect((await refusalOf(pause())).code).toBe('opening-paused');

    const deadline = bidDeadline as number;
    clock.set(deadline);
    await advance(db, id);
    expect((await refusalOf(bid(db, who, 0, id))).code).toBe('bid-late');
    expect(await tender()).toMatchObject({ stage: 'opening', openedAt: null, lots: [{ stage: 'opening' }] });
    expect(await record()).toBeUndefined();

    const resumedAt = deadline + 3 * 86_400_000;
    clock.set(resumedAt);
    await resume();
    expect(await tender()).toMatchObject({ stage: 'evaluation', openedAt: resumedAt, lots: [{ stage: 'evaluation' }] });
    const published = (await record()) as Notice;
    expect(published.content).toMatchObject({
      pauses: [{ reasonZh: '投诉处理' }, { reasonZh: '投诉处理' }],
      bidders: [{}, {}, {}],
    });
    expect(JSON.stringify(documentOf(published))).not.toContain('其他补充事宜');
    clock.set(resumedAt + 7_200_000);
    await decide(db, who.asPurchaser, {
      ...{ procurementId: id, lotNo: 1, kind: 'report' },
      payload: reportOn(bids, resumedAt + 3_600_000),
    });
  },
);

it('a lot with too few bids fails at its deadline all the same', async () => {
  const { id } = await publishedTender(db, clock, who, 'tendering');
  await bid(db, who, 0, id);
  await db.transaction(async (tx) =>
    pauseOpening(tx, { ...who.asPurchaser, role: 'supervisor' }, await procurementById(tx.q, id), '投诉处理'),
  );
  clock.set(at('2026-04-20T09:00+08:00'));
  await advance(db, id);
  expect((await procurementById(db.read, id)).lots).toMatchObject([{ stage: 'failed' }]);
});
