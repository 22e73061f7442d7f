import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import { procurementById } from '../../db/procurements.ts';
import { milestones } from '../../db/schema/sqlite.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { openShare, resealShare } from '../../sealing/shares.ts';
import { signDueHead } from '../../services/log/sign-head.ts';
import type { CustodianNote } from '../../services/openings/custodians.ts';
import { createUnsealingDesk } from '../../services/openings/unsealing/desk.ts';
import { startTestApi, type TestApi } from '../setup/api.ts';
import { counted, type Counted } from '../setup/counted.ts';
import { dialect, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { custodiansWithKeys, sealedBid } from '../setup/tenders/sealed.ts';
import { testSigner } from '../setup/signer.ts';
import {
  advance,
  bid,
  decide,
  handClock,
  people,
  publishedTender,
  reportOn,
  addTenderDocument,
} from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { UNATTENDED } from '../../db/audit.ts';
import type { Registration } from '../../db/accounts/registrations.ts';
import { grievanceViews } from '../../api/grievances/views.ts';
import { summaryViews } from '../../api/procurements/views.ts';
import { registrationViews } from '../../api/registrations/views.ts';
import { fileGrievance } from '../../services/grievances/file.ts';

// How much of the database a piece of work takes. Where a limit is passed, the statements are printed.

interface Limit {
  readonly commits: number;
  readonly statements?: number;
  /** On PostgreSQL. */
  readonly roundTrips?: number;
}

function within<T>(taken: Counted<T>, limit: Limit): T {
  const texts = taken.texts.join('\n');
  expect(taken.commits, texts).toBeLessThanOrEqual(limit.commits);
  if (limit.statements !== undefined) expect(taken.statements, texts).toBeLessThanOrEqual(limit.statements);
  if (dialect === 'sqlite') expect(taken.roundTrips).toBe(0);
  else if (limit.roundTrips !== undefined) expect(taken.roundTrips, texts).toBeLessThanOrEqual(limit.roundTrips);
  return taken.value;
}

describe('a statement that was built before its values are known', () => {
  it('stores nothing where there is nothing: no text `null`', async () => {
    const clock = handClock('2026-03-01');
    const db = await temporaryDatabase({ machineClock: clock.read });
    try {
      const { id } = await publishedTender(db, clock, await people(db, 1), 'tendering');
      const words = sql<string | null>`cast(${milestones.ifNobodyActs} as text)`;
      const stored = await db.read.select({ words }).from(milestones).where(eq(milestones.procurementId, id));
      expect(stored.filter((row) => row.words === null).length).toBeGreaterThan(0);
      expect(stored.filter((row) => row.words === 'null')).toEqual([]);
    } finally {
      await db.close();
    }
  });
});

/** What a list takes of the database does not grow with its rows. */
describe('a list reads what its rows have in common once', () => {
  let db: TestDatabase;
  const clock = handClock('2026-03-01');
  beforeEach(async () => {
    clock.set('2026-03-01');
    db = await temporaryDatabase({ machineClock: clock.read });
  });
  afterEach(() => db.close());
  const taken = async (work: () => Promise<unknown>): Promise<number> => (await counted(work)).statements;

  it('registrations, with the organisations that have their codes', async () => {
    await people(db, 4);
    const row = (n: number) =>
      ({ ...REGISTRATION, id: `registration-${n}`, creditCode: `code-${n}` }) as unknown as Registration;
    const [one, four] = [[row(1)], [row(1), row(2), row(3), row(4)]];
    // What it asks side by side opens connections the first time.
    await registrationViews(db.read, four, 0);
    const first = await taken(() => registrationViews(db.read, one, 0));
    expect(await taken(() => registrationViews(db.read, four, 0))).toBe(first);
  });

  it('grievances, with who filed them', async () => {
    const who = await people(db, 4);
    const tender = await publishedTender(db, clock, who, 'tendering');
    const file = (n: number) =>
      db.transaction((tx) =>
        fileGrievance(tx, who.asSupplier(n), {
          ...{ procurementId: tender.id, lotNo: 0, target: 'documents', textZh: '理由见附件' },
          organisationId: String(who.suppliers[n]?.id),
          interestZh: '拟参加投标',
        }),
      );
    const rows = [await file(0), await file(1), await file(2), await file(3)];
    const first = await taken(() => grievanceViews(db.read, rows.slice(0, 1), tender, null));
    expect(await taken(() => grievanceViews(db.read, rows, tender, null))).toBe(first);
    const opened = { ...tender, openedAt: clock.read() };
    const shown = await grievanceViews(db.read, rows, opened, null);
    expect(shown.map(({ filer }) => filer)).toEqual(who.suppliers.slice(0, 4).map(({ name }) => name));
  });

  it('procurements, with their parties', async () => {
    const who = await people(db, 1);
    const tender = await publishedTender(db, clock, who, 'tendering');
    const first = await taken(() => summaryViews(db.read, [tender], new Map()));
    expect(await taken(() => summaryViews(db.read, [tender, tender, tender], new Map()))).toBe(first);
  });
});

const REGISTRATION = {
  ...{ name: '某公司', contact: '张三', telephone: '0791-1', state: 'pending', requestedAt: 0, expiresAt: 1 },
  ...{ decidedAt: null, reasonZh: null },
};

describe('over HTTP', () => {
  let now: number;
  let api: TestApi;
  beforeEach(async () => {
    now = parseInstant('2026-03-01T09:00:00+08:00');
    api = await startTestApi({ database: { machineClock: () => now } });
  });
  afterEach(() => api[Symbol.asyncDispose]());

  it('a bid takes 10 round trips', async () => {
    now = parseInstant('2026-03-10T09:00:00+08:00');
    const purchaser = await api.member('purchaser');
    const supplier = await api.member('supplier');
    const id = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
    const hand = (body: string) => supplier.call('POST', `/api/procurements/${id}/lots/1/bids`, { body });
    // The first answer of a process puts its signing key on the list.
    expect((await hand('the first')).status).toBe(201);
    const taken = await counted(() => hand('the second, which replaces it'));
    expect(within(taken, { commits: 1, roundTrips: 10 }).status).toBe(201);
  });

  it('a launch takes 15 round trips', async () => {
    const purchaser = await api.member('purchaser');
    const id = await tenderAt(api.db, 'draft', draftOf({ purchaserId: purchaser.organisationId }));
    await addTenderDocument(api.db, UNATTENDED, id);
    const taken = await counted(() => purchaser.call('POST', `/api/procurements/${id}/launch`));
    expect(within(taken, { commits: 1, roundTrips: 15 }).status).toBe(200);
  });
});

describe('of a tender', () => {
  const clock = handClock('2026-03-01');
  let db: TestDatabase;
  beforeEach(async () => {
    clock.set('2026-03-01');
    db = await temporaryDatabase({ machineClock: clock.read });
  });
  afterEach(() => db.close());

  it('closing and opening three sealed bids takes 64 statements in 2 commits', async () => {
    const identities = await custodiansWithKeys(db);
    const who = await people(db, 3);
    const { id: procurementId, bidDeadline } = await publishedTender(db, clock, who, 'tendering');
    for (const index of [0, 1, 2]) await sealedBid(db, who, index, procurementId);
    const signer = await testSigner();
    const desk = createUnsealingDesk({ db, signer, taskQueue: 'unsealing', threads: 2 });
    // As the worker's chore does soon after a publication.
    await signDueHead(db, signer);
    clock.set(bidDeadline ?? 0);
    const taken = await counted(async () => {
      await advance(db, procurementId);
      const begun = await desk.begin(procurementId);
      if (begun.state !== 'begun') throw new Error(begun.state);
      const own = { procurementId, recipient: begun.recipient };
      const notes: CustodianNote[] = [];
      for (const custodian of CUSTODIANS) {
        const asked = await desk.releaseRequest({ ...own, custodian, page: 0, knownSize: 0 });
        const identity = String(identities.get(custodian));
        const shares = await Promise.all(
          asked.shares.map(async ({ bidId, share }) => ({
            bidId,
            sealed: await resealShare(await openShare(share, [identity], procurementId), own.recipient),
            fault: null,
          })),
        );
        const { at } = await desk.takeShares({ ...own, custodian, shares });
        notes.push({ custodian, state: 'released', reason: null, at });
      }
      await desk.unseal({ ...own, notes });
      return desk.concludeOpening({ ...own, notes });
    });
    await desk.close();
    expect(taken.value).toEqual({ outcome: 'done' });
    expect((await procurementById(db.read, procurementId)).stage).toBe('evaluation');
    within(taken, { commits: 2, statements: 64 });
  });

  it('an award takes 40 statements in 2 commits', async () => {
    const who = await people(db, 3);
    const { id: procurementId, bidDeadline } = await publishedTender(db, clock, who, 'tendering');
    const bids: Bid[] = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurementId));
    clock.set(bidDeadline ?? 0);
    await advance(db, procurementId);
    const evaluationEndedAt = (bidDeadline ?? 0) + 8 * 3_600_000;
    clock.set(evaluationEndedAt + 3_600_000);
    const lot = { procurementId, lotNo: 1 };
    await decide(db, who.asPurchaser, { ...lot, kind: 'report', payload: reportOn(bids, evaluationEndedAt) });
    clock.set('2026-04-27T09:00+08:00');
    await advance(db, procurementId, 1);
    const payload = { bidId: String(bids[0]?.id), ground: null, reasonZh: null };
    const taken = await counted(() => decide(db, who.asPurchaser, { ...lot, kind: 'award', payload }));
    expect((await procurementById(db.read, procurementId)).lots[0]?.stage).toBe('contract');
    within(taken, { commits: 2, statements: 40 });
  });
});
