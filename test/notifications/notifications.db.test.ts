import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import { eventsAfter } from '../../db/events.ts';
import { eventNotificationsOf } from '../../db/notifications/inbox.ts';
import { movePlace } from '../../db/notifications/readers.ts';
import { milestoneOf } from '../../db/tender/timeline.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { DAY_MS, parseInstantOrDate } from '../../domain/civil-time.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { queueDigest, type DigestPage } from '../../services/notifications/digest.ts';
import { readEvents } from '../../services/notifications/read-events.ts';
import { remind } from '../../services/notifications/remind.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  obtainDocuments,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';
import { inboxOf, queued, reached, readAll } from './reached.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let id: string;
let buyer: string;
let bidder: string;
let other: string;
let supervisor: string;

beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
  buyer = await reached(db, 'purchaser', who.purchaser.id);
  bidder = await reached(db, 'supplier', who.suppliers[0]?.id);
  other = await reached(db, 'supplier', who.suppliers[3]?.id);
  supervisor = await reached(db, 'supervisor');
  ({ id } = await publishedTender(db, clock, who, 'tendering'));
});
afterEach(() => db.close());

const supplierId = (index: number): string => String(who.suppliers[index]?.id);
const lot = () => ({ procurementId: id, lotNo: 1 });
const amend = (until: string) =>
  decide(db, who.asPurchaser, {
    ...{ procurementId: id, lotNo: 0, kind: 'amend' },
    payload: { textZh: '延期开标。', affectsBids: false, bidDeadline: at(until), documentIds: [] },
  });
const object = async () => {
  await obtainDocuments(db, who, 0, id);
  return db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      ...{ procurementId: id, lotNo: 0, target: 'documents', organisationId: supplierId(0), textZh: '要求过高。' },
    }),
  );
};
/** Opened, with a report: candidates are public. */
async function reported(): Promise<Bid[]> {
  clock.set('2026-04-18T09:00+08:00');
  const bids: Bid[] = [];
  for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, id));
  clock.set('2026-04-20T09:00+08:00');
  await advance(db, id);
  clock.set('2026-04-21T09:00+08:00');
  const payload = reportOn(bids, at('2026-04-20T17:00+08:00'));
  await decide(db, who.asPurchaser, { ...lot(), kind: 'report', payload });
  return bids;
}
const ofKind = async (accountId: string, kind: string) =>
  (await inboxOf(db, accountId)).filter((each) => each === kind).length;

describe('events are read', () => {
  it('each once, whoever reads: what concerns a person is in the inbox, and nothing else', async () => {
    clock.set('2026-03-31T10:00+08:00');
    await obtainDocuments(db, who, 0, id);
    await db.transaction((tx) =>
      askQuestion(tx, who.asSupplier(0), { procurementId: id, organisationId: supplierId(0), textZh: '工期？' }),
    );
    await amend('2026-04-22T09:00+08:00');
    await Promise.all([readAll(db), readAll(db), readAll(db)]);
    await readAll(db);

    expect(await inboxOf(db, buyer)).toEqual(['question.asked']);
    expect((await inboxOf(db, bidder)).sort()).toEqual(['deadline.moved', 'notice.published']);
    // It obtained nothing, and need not know.
    expect(await inboxOf(db, other)).toEqual([]);
    expect(await inboxOf(db, supervisor)).toEqual([]);
    expect(await readEvents(db)).toBe(0);
  });

  // 招标投标法实施条例 21: who says that nothing which bids are written by is affected answers for it.
  it('what is said to affect no bid is on record, and supervision is notified where its text names what bids are written by', async () => {
    clock.set('2026-03-31T10:00+08:00');
    const said = (textZh: string) =>
      decide(db, who.asPurchaser, {
        ...{ procurementId: id, lotNo: 0, kind: 'amend' },
        payload: { textZh, affectsBids: false, bidDeadline: null, documentIds: [] },
      });
    await said('开标地点改为二号开标室。');
    await readAll(db);
    expect(await inboxOf(db, supervisor)).toEqual([]);
    const { id: decisionId } = await said('工期以招标文件为准。');
    await readAll(db);
    expect(await inboxOf(db, supervisor)).toEqual(['amendment.doubtful']);
    const entries = (await auditAfter(db.read, 0, 999)).filter(
      ({ action }) => action === 'amendment.said-to-affect-nothing',
    );
    expect(entries.map(({ actor, detail }) => [actor.accountId, detail])).toEqual([
      [who.asPurchaser.accountId, expect.objectContaining({ named: [] })],
      [who.asPurchaser.accountId, { by: `decision/${decisionId}`, named: ['period'] }],
    ]);
    expect((await refusalOf(said('工期改为 300 日。'))).code).toBe('unlawful');
  });

  it('again from the place before where a process died before its commit, and from the next after it', async () => {
    clock.set('2026-03-31T10:00+08:00');
    await object();
    const [first] = await eventsAfter(db.read, 0, 1);
    await expect(
      db.transaction(async (tx) => {
        await movePlace(tx, 'events', null, 9_999);
        throw new Error('the process dies');
      }, 'single-rows'),
    ).rejects.toThrow('dies');
    await readAll(db);
    expect(await inboxOf(db, buyer)).toEqual(['grievance.filed']);
    // One that is read twice all the same, as after a copy of an older place, notifies nobody twice.
    const last = (await eventsAfter(db.read, 0, 999)).at(-1)?.seq ?? 0;
    await db.transaction((tx) => movePlace(tx, 'events', last, Number(first?.seq)), 'single-rows');
    await readAll(db);
    expect(await inboxOf(db, buyer)).toEqual(['grievance.filed']);
    expect(await queued(db)).toHaveLength(1);
  });

  it('without a row that the trail does not know of', async () => {
    clock.set('2026-03-31T10:00+08:00');
    await object();
    await readAll(db);
    expect((await verifyInstallation(db)).faults).toEqual([]);
  });
});

describe('before the opening', () => {
  it('no message says who bids: suppliers are written to once a day, each of them, whatever they do', async () => {
    clock.set('2026-03-31T10:00+08:00');
    await obtainDocuments(db, who, 0, id);
    await bid(db, who, 0, id);
    await db.transaction((tx) => withdrawBid(tx, who.asSupplier(0), { ...lot(), supplierId: supplierId(0) }));
    await bid(db, who, 0, id);
    await amend('2026-04-22T09:00+08:00');
    await object();
    await readAll(db);
    const byAccount = async () => (await queued(db)).map(({ accountId, kind }) => [accountId, kind]);
    expect(await byAccount()).toEqual([[buyer, 'grievance.filed']]);

    clock.set('2026-04-01T08:00+08:00');
    for (let page: DigestPage | null | undefined; page !== null;) page = await queueDigest(db, page);
    const digests = (await byAccount()).filter(([, kind]) => kind === 'digest');
    // The one that takes part, and the one that does not.
    expect(digests.map(([account]) => account).sort()).toEqual([buyer, bidder, other, supervisor].sort());
    const ofSuppliers = (await queued(db)).filter(({ accountId }) => [bidder, other].includes(accountId));
    expect(new Set(ofSuppliers.map(({ id: _, accountId: __, ...same }) => JSON.stringify(same))).size).toBe(1);
  });

  it('and after it who is concerned is written to at once', async () => {
    await reported();
    const objection = await db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(0), {
        ...{ ...lot(), target: 'result', organisationId: supplierId(0), textZh: '评标有误。' },
      }),
    );
    await decide(db, who.asPurchaser, {
      ...{ ...lot(), kind: 'reply', grievanceId: objection.id },
      payload: { outcome: 'rejected', effect: 'none', textZh: '不成立' },
    });
    await readAll(db);
    const ofBidder = (await queued(db)).filter(({ accountId }) => accountId === bidder);
    expect(ofBidder.map(({ kind }) => kind)).toEqual(['grievance.replied']);
    // A notice is not urgent: the inbox has it.
    expect(await inboxOf(db, bidder)).toContain('notice.published');
    expect((await queued(db)).some(({ accountId }) => accountId === other)).toBe(false);
  });
});

describe('a duty', () => {
  it('to reply is reminded of before its last instant, once each time', async () => {
    clock.set('2026-03-31T10:00+08:00');
    const { replyDueAt } = await object();
    clock.set(replyDueAt - DAY_MS);
    for (const _ of [1, 2]) await remind(db);
    expect(await ofKind(buyer, 'reply.due')).toBe(1);
    expect(await inboxOf(db, supervisor)).toEqual([]);
  });

  it('of a timeline goes to those who owe it, and once overdue to those who supervise them too', async () => {
    const loser = await reached(db, 'supplier', who.suppliers[1]?.id);
    const bids = await reported();
    clock.set('2026-04-27T09:00+08:00');
    await advance(db, id, 1);
    const payload = { bidId: String(bids[0]?.id), ground: null, reasonZh: null };
    await decide(db, who.asPurchaser, { ...lot(), kind: 'award', payload });
    const dueAt = (await milestoneOf(db.read, lot(), 'contract')).dueAt ?? 0;

    clock.set(dueAt - 2 * DAY_MS);
    for (const _ of [1, 2]) await remind(db);
    const source = `duty/${id}/1/contract/${dueAt}/`;
    const told = async (accountId: string) =>
      (await eventNotificationsOf(db.read, accountId, { limit: 99 }))
        .filter((each) => each.source.startsWith(source))
        .map((each) => `${each.kind} ${each.source.slice(source.length)}`)
        .reverse();
    expect(await told(buyer)).toEqual(['duty.due remind-3']);
    expect(await told(supervisor)).toEqual([]);

    clock.set(dueAt);
    await remind(db);
    expect(await told(buyer)).toEqual(['duty.due remind-3', 'duty.due remind-1']);
    // Nobody reminded for a while: what has become overdue meanwhile is found.
    clock.set(dueAt + 5 * DAY_MS);
    for (const _ of [1, 2]) await remind(db);
    expect(await told(buyer)).toEqual(['duty.due remind-3', 'duty.due remind-1', 'duty.overdue overdue']);
    expect(await told(supervisor)).toEqual(['duty.overdue overdue']);
    // The winner signs it too, and loses the award where it does not (招标投标法实施条例 74); a loser owes nothing.
    expect(await told(bidder)).toEqual(['duty.due remind-3', 'duty.due remind-1', 'duty.overdue overdue']);
    expect(await told(loser)).toEqual([]);
  });
});

describe('the digest', () => {
  it('comes once a civil day, however often it is asked for', async () => {
    const digests = async () => (await queued(db)).filter(({ kind }) => kind === 'digest').length;
    clock.set(parseInstantOrDate('2026-04-01T08:00+08:00'));
    expect(await queueDigest(db)).toBeNull();
    expect(await queueDigest(db)).toBeNull();
    expect(await digests()).toBe(4);
    clock.set(parseInstantOrDate('2026-04-02T07:00+08:00'));
    await queueDigest(db);
    expect(await digests()).toBe(4);
    clock.set(parseInstantOrDate('2026-04-05T12:00+08:00'));
    await queueDigest(db);
    expect(await digests()).toBe(8);
  });

  it('leaves out who has not chosen mail', async () => {
    await reached(db, 'purchaser', who.purchaser.id, null);
    await reached(db, 'purchaser', who.purchaser.id, { channels: ['webhook'] });
    clock.set(parseInstantOrDate('2026-04-01T08:00+08:00'));
    await queueDigest(db);
    expect(await queued(db)).toHaveLength(4);
  });
});

describe('one person', () => {
  it('is sent fifty messages a day at most, and finds the rest on the platform', async () => {
    clock.set('2026-03-31T10:00+08:00');
    for (let n = 0; n < 55; n += 1) {
      await db.transaction((tx) =>
        askQuestion(tx, who.asSupplier(0), { procurementId: id, organisationId: supplierId(0), textZh: `问${n}` }),
      );
    }
    await readAll(db);
    expect(await inboxOf(db, buyer)).toHaveLength(55);
    expect(await queued(db)).toHaveLength(50);
  });
});
