import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { cluesOf } from '../../db/parties/clues.ts';
import { eventsAfter } from '../../db/events.ts';
import { custodiansOf, openingsOf } from '../../db/openings/openings.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { procurementById } from '../../db/procurements.ts';
import { unsealingsOf } from '../../db/openings/unsealings.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { lotSubject, openingSubject, procurementSubject } from '../../domain/subjects.ts';
import { openShare, resealShare } from '../../sealing/shares.ts';
import type { CustodianNote } from '../../services/openings/custodians.ts';
import { pauseOpening } from '../../services/openings/pause.ts';
import { createUnsealingDesk, OpeningUnknown, type UnsealingDesk } from '../../services/openings/unsealing/desk.ts';
import { declareControl } from '../../services/organisations/declare-control.ts';
import { exportLog } from '../../services/log/export.ts';
import { verifyExport } from '../../proofs/export.ts';
import { counted } from '../setup/counted.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { custodiansWithKeys, handIn, partOf, sealedBid } from '../setup/tenders/sealed.ts';
import { testSigner } from '../setup/signer.ts';
import { advance, handClock, people, publishedTender, type People } from '../setup/tenders/tender.ts';
import { signHead } from '../../services/log/sign-head.ts';

const DEADLINE = '2026-04-20T09:00+08:00';
const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let identities: ReadonlyMap<Custodian, string>;
let desks: UnsealingDesk[] = [];
let id: string;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  identities = await custodiansWithKeys(db);
  who = await people(db, 4);
  ({ id } = await publishedTender(db, clock, who, 'tendering'));
});
afterEach(async () => {
  for (const desk of desks) await desk.close();
  desks = [];
  await db.close();
});

const newDesk = async (checkpointMs?: number): Promise<UnsealingDesk> => {
  const signer = await testSigner();
  const common = { db, signer, taskQueue: 'unsealing', threads: 2 };
  const desk = createUnsealingDesk({ ...common, ...(checkpointMs === undefined ? {} : { checkpointMs }) });
  desks.push(desk);
  return desk;
};

const close = async (): Promise<void> => {
  clock.set(DEADLINE);
  await advance(db, id);
};

/** As the workflow of an opening begins: every custodian gives what it has. */
const begun = async (desk: UnsealingDesk, knownSize = 0) => {
  const opening = await desk.begin(id);
  if (opening.state !== 'begun') throw new Error(opening.state);
  const own = { procurementId: id, recipient: opening.recipient };
  const notes: CustodianNote[] = [];
  for (const custodian of CUSTODIANS) {
    const { shares } = await desk.releaseRequest({ ...own, custodian, page: 0, knownSize });
    const given = shares.map(async ({ bidId, share }) => {
      const opened = await openShare(share, [String(identities.get(custodian))], id);
      return { bidId, sealed: await resealShare(opened, own.recipient), fault: null };
    });
    const { at } = await desk.takeShares({ ...own, custodian, shares: await Promise.all(given) });
    notes.push({ custodian, state: 'released', reason: null, at });
  }
  return { ...own, notes };
};

const unsealedOf = async () => (await auditAfter(db.read, 0, 999)).filter(({ action }) => action === 'bid.unseal');

/** Of three bids the last takes longer than a checkpoint. */
const twoSmallAndOneLarge = async (): Promise<void> => {
  for (const index of [0, 1]) await sealedBid(db, who, index, id);
  await sealedBid(db, who, 2, id, 1, { parts: [partOf('图纸.bin', 'x'.repeat(45_000_000))] });
};

it('that goes well is written in one transaction, with what custodians did and what came out of each bid', async () => {
  for (const index of [0, 1, 2]) await sealedBid(db, who, index, id);
  // As custodians have it that have acknowledged the deadline.
  const { size } = await signHead(db, await testSigner());
  await close();
  // So that a slow machine makes no checkpoint.
  const desk = await newDesk(60_000);
  const taken = await counted(async () => {
    const opening = await begun(desk, size);
    expect(await desk.unseal(opening)).toEqual({ outcome: 'done' });
    clock.step(5_000);
    expect(await desk.concludeOpening(opening)).toEqual({ outcome: 'done' });
  });
  expect(taken.commits).toBe(1);
  expect(taken.statements, taken.texts.join('\n')).toBeLessThanOrEqual(42);

  expect(await procurementById(db.read, id)).toMatchObject({ stage: 'evaluation', lots: [{ stage: 'evaluation' }] });
  const [record] = await openingsOf(db.read, id);
  expect(record?.entries.map(({ unsealed }) => unsealed?.state)).toEqual(['opened', 'opened', 'opened']);
  // When they gave, not when it was written.
  const given = clock.read() - 5_000;
  expect((await custodiansOf(db.read, id)).map(({ state, at }) => [state, at])).toEqual(
    CUSTODIANS.map(() => ['released', given]),
  );
  expect(await unsealedOf()).toHaveLength(3);
  expect((await eventsAfter(db.read, 0, 99)).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['opening.concluded']),
  );
  const woken = (await waitingWakes(db.read, Date.now(), 99)).map(({ subject }) => subject);
  expect(woken).toEqual(expect.arrayContaining([procurementSubject(id), lotSubject(id, 1), openingSubject(id)]));
  expect(await desk.concludeOpening({ procurementId: id, recipient: 'of before', notes: [] }).catch(String)).toMatch(
    /no key/,
  );
  // A late caller finds it over.
  expect(await (await newDesk()).begin(id)).toEqual({ state: 'over' });
});

it('that goes well shows what suggests that two bidders belong together, and not before', async () => {
  const [first, second] = who.suppliers;
  await db.transaction((tx) =>
    declareControl(tx, who.asSupplier(0), String(first?.id), {
      ...{ relation: 'holds', since: '2020-01-01' },
      ...{ otherName: String(second?.name), otherCode: String(second?.creditCode) },
    }),
  );
  for (const index of [0, 1, 2]) await sealedBid(db, who, index, id);
  await close();
  const desk = await newDesk();
  const opening = await begun(desk);
  await desk.unseal(opening);
  expect(await cluesOf(db.read, id)).toEqual([]);
  expect(await desk.concludeOpening(opening)).toEqual({ outcome: 'done' });
  expect((await cluesOf(db.read, id)).map(({ detail }) => [detail['kind'], detail['rule'], detail['lotNo']])).toEqual([
    ['declared-control', 'works-conflict-bidders', 1],
  ]);
});

it('that takes long is written on the way, so that who begins it again repeats only what is left', async () => {
  await twoSmallAndOneLarge();
  await close();
  const desk = await newDesk(1);
  const opening = await begun(desk);
  const unsealing = desk.unseal(opening);
  await expect.poll(async () => (await unsealingsOf(db.read, id)).length, { timeout: 30_000 }).toBeGreaterThan(0);
  const kept = await unsealingsOf(db.read, id);
  // What custodians did is there with the first of them.
  expect(await custodiansOf(db.read, id)).toHaveLength(3);
  // Its process is gone, with all that it had in its memory.
  const other = await newDesk();
  const again = await begun(other);
  const { shares } = await other.releaseRequest({ ...again, custodian: 'centre', page: 0, knownSize: 0 });
  // Here that process goes on, and may have written more by the time it was asked.
  expect(shares.length).toBeLessThanOrEqual(3 - kept.length);
  expect(shares.length).toBeGreaterThanOrEqual(3 - (await unsealingsOf(db.read, id)).length);
  expect(await other.unseal(again)).toEqual({ outcome: 'done' });
  expect(await other.concludeOpening(again)).toEqual({ outcome: 'done' });
  await unsealing;
  // What comes late from the one of before changes nothing.
  expect(await desk.concludeOpening(opening)).toEqual({ outcome: 'done' });
  expect((await unsealingsOf(db.read, id)).filter(({ bidId }) => kept.some((each) => each.bidId === bidId))).toEqual(
    kept,
  );
  expect(await unsealedOf()).toHaveLength(3);
  expect(await openingsOf(db.read, id)).toHaveLength(1);
});

it('paused midway writes nothing more, and continues with what it knows when it is resumed', async () => {
  for (const index of [0, 1, 2]) await sealedBid(db, who, index, id);
  await close();
  const desk = await newDesk(60_000);
  const opening = await begun(desk);
  expect(await desk.unseal(opening)).toEqual({ outcome: 'done' });
  const tender = await procurementById(db.read, id);
  await db.transaction((tx) => pauseOpening(tx, who.asPurchaser, tender, '核查'), { procurementId: id });
  expect(await desk.concludeOpening(opening)).toEqual({ outcome: 'paused' });
  expect(await desk.unseal(opening)).toEqual({ outcome: 'paused' });
  expect(await unsealingsOf(db.read, id)).toEqual([]);
  expect(await custodiansOf(db.read, id)).toEqual([]);
  expect(await (await newDesk()).begin(id)).toEqual({ state: 'paused' });
});

it('of which no bid could be opened has a record all the same, which the log proves, and its lot fails', async () => {
  for (const index of [0, 1, 2]) await handIn(db, who, index, id, Buffer.from(`no seal of ${index}`));
  await close();
  const desk = await newDesk();
  const opening = await begun(desk);
  expect(await desk.unseal(opening)).toEqual({ outcome: 'done' });
  expect(await desk.concludeOpening(opening)).toEqual({ outcome: 'done' });
  const [record] = await openingsOf(db.read, id);
  expect(record).toMatchObject({ opened: true, bidders: 3 });
  expect(record?.entries.map(({ unsealed }) => unsealed?.state)).toEqual(['broken', 'broken', 'broken']);
  expect((await procurementById(db.read, id)).lots).toMatchObject([{ stage: 'failed', failure: { article: '44' } }]);
  const signer = await testSigner();
  await signHead(db, signer);
  const lines = async function* () {
    for await (const line of exportLog(db, true)) yield JSON.stringify(line);
  };
  expect(await verifyExport(lines(), [signer.publicJwk])).toMatchObject({ openings: 1, faults: [] });
});

it('is known to nobody but the process that has begun it', async () => {
  for (const index of [0, 1, 2]) await sealedBid(db, who, index, id);
  await close();
  const opening = await begun(await newDesk());
  await expect((await newDesk()).unseal(opening)).rejects.toBeInstanceOf(OpeningUnknown);
});
