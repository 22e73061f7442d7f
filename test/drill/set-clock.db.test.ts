import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { settleWakes, waitingWakes } from '../../db/engine/outbox.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { giveReference } from '../../services/deposits/give-reference.ts';
import { recordPayment } from '../../services/deposits/record-payments.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { drillTime, jumpClock, pauseClock, runClock, startClock } from '../../services/drill/set-clock.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  draftOf,
  launch,
  obtainDocuments,
  people,
  refusalOf,
  type People,
} from '../setup/tenders/tender.ts';

const DAY_MS = 86_400_000;
const OFFICE = { accountId: 'o', organisationId: 'office', role: 'office', address: null, requestId: null } as const;
const BEGAN = at('2026-11-23T09:00+08:00');
const START = at('2026-03-10T09:00+08:00');
let machine = BEGAN;
let db: TestDatabase;
let who: People;

beforeEach(async () => {
  machine = BEGAN;
  db = await temporaryDatabase({
    clock: { mode: 'drill', civilStartMs: START, realStartMs: BEGAN, msPerDay: DAY_MS },
    machineClock: () => machine,
  });
  who = await people(db);
});
afterEach(() => db.close());

const pause = () => db.transaction((tx) => pauseClock(tx, OFFICE));
const run = (msPerDay?: number) => db.transaction((tx) => runClock(tx, OFFICE, msPerDay));
const jump = (to?: string) => db.transaction((tx) => jumpClock(tx, OFFICE, to === undefined ? to : at(to)));
const instant = () => db.transaction(async (tx) => tx.now);
const launched = async () => {
  const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
  return procurement;
};
/** As a worker does, which was woken. */
const work = (id: string) => advance(db, id);

it('pauses, runs on from where it is, at another speed, and is never set back', async () => {
  machine += 3_600_000;
  await pause();
  machine += DAY_MS;
  expect(await instant()).toBe(START + 3_600_000);
  await run(1_000);
  expect(await instant()).toBe(START + 3_600_000);
  machine += 2_000;
  expect(await instant()).toBe(START + 3_600_000 + 2 * DAY_MS);
  await run();
  machine += 500;
  expect(await instant()).toBe(START + 3_600_000 + 2.5 * DAY_MS);
  expect(await refusalOf(jump('2026-03-10T09:00+08:00'))).toMatchObject({
    code: 'bad-input',
    details: { field: 'to', earliestLawful: expect.stringMatching(/^2026-03-12T22:00/) as string },
  });
  const set = (await auditAfter(db.read, 0, 100)).filter(({ action }) => action === 'drill.set-clock');
  expect(set.map(({ actor, detail }) => [actor.role, detail.paused])).toEqual([
    ['office', true],
    ['office', false],
    ['office', false],
  ]);
});

it('jumps to what is due next and not past it, once what is due before is done', async () => {
  await pause();
  expect((await refusalOf(jump())).code).toBe('nothing-due');
  const { id, noticeAt } = await launched();
  await settleWakes(db, await waitingWakes(db.read, Date.now(), 100));

  // Farther than the notice: it stops there, and the workflow that waits for it is woken.
  expect(await jump('2026-12-31T00:00+08:00')).toMatchObject({ now: noticeAt, pending: [`procurement/${id}`] });
  expect((await waitingWakes(db.read, Date.now(), 100)).map(({ subject }) => subject)).toEqual([`procurement/${id}`]);
  expect(await instant()).toBe(noticeAt);
  expect(await refusalOf(jump())).toMatchObject({ code: 'clock-busy', details: { pending: [`procurement/${id}`] } });
  expect(await work(id)).toMatchObject({ stage: 'bidding', wakeAtMs: null });

  const { bidDeadline } = await procurementById(db.read, id);
  for (const index of [0, 1, 2]) await bid(db, who, index, id);
  const before = await jump('2026-03-28T10:00+08:00');
  expect(before).toMatchObject({ now: at('2026-03-28T10:00+08:00'), next: bidDeadline, pending: [] });
  expect(await jump()).toMatchObject({ now: bidDeadline, pending: [`procurement/${id}`] });
  await work(id);
  expect((await procurementById(db.read, id)).openedAt).toBe(bidDeadline);
  expect((await lotOf(db.read, id, 1)).stage).toBe('evaluation');
  // Only people act next.
  expect((await refusalOf(jump())).code).toBe('nothing-due');
});

it('a running clock that is moved goes on from there, and a workflow gets the real instant by the new setting', async () => {
  await startClock(db, at('2026-03-20T09:00+08:00'), 1_000);
  const { id, noticeAt } = await launched();
  await jump();
  machine += 1;
  expect(await instant()).toBe(noticeAt + 86_400);
  const turn = await work(id);
  const { bidDeadline } = await procurementById(db.read, id);
  expect(turn).toMatchObject({ until: bidDeadline });
  expect((turn as { wakeAtMs: number }).wakeAtMs - machine).toBeCloseTo(((bidDeadline ?? 0) - noticeAt) / 86_400, -1);
});

it('the last instant for a reply (条例 22) is on the agenda as an overdue reply, one millisecond after it', async () => {
  await pause();
  const { id } = await launched();
  await jump();
  await work(id);
  await obtainDocuments(db, who, 0, id);
  const { replyDueAt } = await db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      procurementId: id,
      lotNo: 0,
      organisationId: who.suppliers[0]?.id ?? '',
      target: 'documents',
      textZh: '资格条件以特定行业业绩为门槛。',
    }),
  );
  expect((await drillTime(db)).next).toBe(replyDueAt + 1);
});

it('the refund that is due to a bidder who has withdrawn names no bid before the opening (招标投标法 22)', async () => {
  await pause();
  const lots = [{ no: 1, title: '一标段', budgetFen: 1_624_699_149, bidBondFen: 7_000_000 }];
  const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id, { lots }));
  const { id } = procurement;
  await jump();
  await work(id);
  const actor = who.asSupplier(0);
  const place = { procurementId: id, lotNo: 1, supplierId: who.suppliers[0]?.id ?? '' };
  const { id: bidId } = await bid(db, who, 0, id);
  await db.transaction(async (tx) => {
    const text = await giveReference(tx, actor, place);
    const nothing = { payer: null, payerAccount: null, fromBaseAccount: null, issuer: null, validUntil: null };
    const payment = { externalId: 'T0', amountFen: 7_000_000, text, arrivedAt: tx.now, form: 'transfer' as const };
    await recordPayment(tx, actor, 'callback', { ...payment, ...nothing });
  });
  await db.transaction((tx) => withdrawBid(tx, actor, place));
  const due = await jump();
  expect(due.pending).toEqual(['refund']);
  const busy = await refusalOf(jump());
  expect([busy.code, JSON.stringify([due, busy.details])]).toEqual(['clock-busy', expect.not.stringContaining(bidId)]);
});

it('the clock of an installation in use cannot be set', async () => {
  const real = await temporaryDatabase();
  try {
    for (const change of [pauseClock, runClock, jumpClock] as const) {
      expect((await refusalOf(real.transaction((tx) => change(tx, OFFICE)))).code).toBe('not-a-drill');
    }
    expect((await refusalOf(drillTime(real))).code).toBe('not-a-drill');
    expect(real.clock).toEqual({ mode: 'real' });
  } finally {
    await real.close();
  }
});
