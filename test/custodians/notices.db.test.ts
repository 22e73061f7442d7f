import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { auditAfter } from '../../db/audit.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import type { Custodian } from '../../domain/bids/sealing.ts';
import { custodianNoticeSubject } from '../../domain/subjects.ts';
import { verifyDeadline } from '../../proofs/deadline.ts';
import { recordAcknowledgement } from '../../services/custodians/acknowledge.ts';
import { acknowledgementsOf, isNoticeDue, noticesDue, refusedNotices } from '../../services/custodians/notices.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { custodiansWithKeys } from '../setup/tenders/sealed.ts';
import { setDeadline } from '../setup/tenders/deadlines.ts';
import { testSigner } from '../setup/signer.ts';
import { advance, at, decide, handClock, people, publishedTender, type People } from '../setup/tenders/tender.ts';

const DAY = 86_400_000;
const MOVED = at('2026-05-06T09:00+08:00');
const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 1);
});
afterEach(() => db.close());

/** The notices that wait to be begun. */
const begun = async () =>
  (await waitingWakes(db.read, Date.now(), 100))
    .map(({ subject }) => subject)
    .filter((subject) => subject.includes('/deadline/'))
    .sort();
const set = (id: string, bidDeadline: number | null) => setDeadline(db, id, bidDeadline);
const note = (procurementId: string, version: number, custodian: Custodian, reason: string | null = null) =>
  db.transaction((tx) => recordAcknowledgement(tx, { procurementId, version, custodian, reason }), { procurementId });
const recorded = async () =>
  (await auditAfter(db.read, 0, 1_000))
    .filter(({ action }) => action === 'deadline.acknowledged' || action === 'deadline.refused')
    .map(({ action, subject, detail, confidential }) => [action, subject, detail, confidential]);

describe('a deadline of a tender that is sealed to custodians', () => {
  let id: string;
  beforeEach(async () => {
    await custodiansWithKeys(db);
    ({ id } = await publishedTender(db, clock, who, 'tendering'));
  });

  const terminate = async () => {
    const payload = { ground: 'force-majeure', reasonZh: '地震' } as const;
    await decide(db, who.asPurchaser, { procurementId: id, lotNo: 0, kind: 'terminate', payload });
  };

  it('is notified with each of its versions, a suspension too, and with each once', async () => {
    expect(await begun()).toEqual([custodianNoticeSubject(id, 1)]);
    await advance(db, id);
    await set(id, at('2026-04-20T09:00+08:00'));
    expect(await begun()).toEqual([custodianNoticeSubject(id, 1)]);
    await set(id, MOVED);
    await set(id, null);
    await set(id, null);
    await set(id, MOVED);
    expect(await begun()).toEqual([1, 2, 3, 4].map((version) => custodianNoticeSubject(id, version)));
  });

  it('is notified when the tender is terminated: there is none any more', async () => {
    await terminate();
    expect(await begun()).toEqual([1, 2].map((version) => custodianNoticeSubject(id, version)));
  });

  it('is proven as it is in force, and only as long as custodians have to know it', async () => {
    const signer = await testSigner();
    const { deadlineProofFor } = createActivities({ db, signer });
    const proof = await deadlineProofFor({ procurementId: id, version: 1, knownSize: 0 });
    if (!proof) throw new Error('it is to be notified');
    expect(await verifyDeadline(proof, [signer.publicJwk], null)).toMatchObject({ procurementId: id, version: 1 });
    await set(id, MOVED);
    expect(await deadlineProofFor({ procurementId: id, version: 1, knownSize: 0 })).toBeNull();
    const isDue = (version = 2) => isNoticeDue(db.read, db.now(), { procurementId: id, version });
    expect([await isDue(1), await isDue(2), await isDue(3)]).toEqual([false, true, false]);
    for (const [stage, expected] of [
      ['opening', true],
      ['evaluation', false],
      ['concluded', false],
    ] as const) {
      await db.transaction((tx) => tx.q.update(procurements).set({ stage }).where(eq(procurements.id, id)));
      expect([stage, await isDue()]).toEqual([stage, expected]);
    }
    const ended = { stage: 'terminated', openedAt: db.now(), endedAt: db.now() } as const;
    await db.transaction((tx) => tx.q.update(procurements).set(ended).where(eq(procurements.id, id)));
    expect(await isDue()).toBe(false);
  });

  it('that a termination has taken away is notified for thirty days', async () => {
    await terminate();
    const version = { procurementId: id, version: 2 };
    clock.step(30 * DAY - 1);
    expect(await isNoticeDue(db.read, db.now(), version)).toBe(true);
    expect(await noticesDue(db.read, db.now(), undefined, 10)).toMatchObject([{ id, version: 2 }]);
    clock.step(1);
    expect(await isNoticeDue(db.read, db.now(), version)).toBe(false);
    expect(await noticesDue(db.read, db.now(), undefined, 10)).toEqual([]);
  });

  it('is on the record with what each custodian says, once, and for the version in force alone', async () => {
    await note(id, 1, 'centre');
    await note(id, 1, 'centre');
    await note(id, 1, 'supervisor', '早于此前所见 / earlier');
    expect(await acknowledgementsOf(db.read, id)).toMatchObject([
      { custodian: 'centre', state: 'acknowledged', reason: null, at: clock.read() },
      { custodian: 'purchaser', state: 'waiting', reason: null, at: null },
      { custodian: 'supervisor', state: 'refused', reason: '早于此前所见 / earlier' },
    ]);
    expect(await refusedNotices(db.read, db.now())).toMatchObject([{ id, version: 1 }]);
    await note(id, 1, 'supervisor');
    expect(await refusedNotices(db.read, db.now())).toEqual([]);
    const before = [
      ['deadline.acknowledged', 'custodian/centre', { version: 1 }, false],
      ['deadline.refused', 'custodian/supervisor', { version: 1, reason: '早于此前所见 / earlier' }, false],
      ['deadline.acknowledged', 'custodian/supervisor', { version: 1 }, false],
    ];
    expect(await recorded()).toEqual(before);
    await set(id, MOVED);
    expect((await acknowledgementsOf(db.read, id)).map(({ state }) => state)).toEqual([
      'waiting',
      'waiting',
      'waiting',
    ]);
    // It knows the newer, and was shown the older: nothing to put on the record.
    await note(id, 1, 'centre', '截止时间已变更 / set anew');
    expect(await recorded()).toEqual(before);
    await note(id, 2, 'centre');
    expect(await noticesDue(db.read, db.now(), undefined, 10)).toMatchObject([
      { id, version: 2, acknowledgements: [{ state: 'acknowledged' }, { state: 'waiting' }, { state: 'waiting' }] },
    ]);
    expect(await noticesDue(db.read, db.now(), id, 10)).toEqual([]);
  });
});

it('nobody is notified of a tender whose bids are not sealed', async () => {
  const { id } = await publishedTender(db, clock, who, 'tendering');
  await set(id, MOVED);
  expect(await begun()).toEqual([]);
  expect(await isNoticeDue(db.read, db.now(), { procurementId: id, version: 2 })).toBe(false);
  expect(await noticesDue(db.read, db.now(), undefined, 10)).toEqual([]);
});
