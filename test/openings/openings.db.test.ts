import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import { procurementById } from '../../db/procurements.ts';
import { openingObjections, openingSignatures } from '../../db/schema/sqlite.ts';
import { bidsInOpening, insertBidderShare, unsealingsOf } from '../../db/openings/unsealings.ts';
import type { Custodian } from '../../domain/bids/sealing.ts';
import type { UnsealedBid } from '../../domain/openings/outcomes.ts';
import { recordCustodians, type CustodianNote } from '../../services/openings/custodians.ts';
import { recordOutcomes } from '../../services/openings/outcomes.ts';
import { pauseOpening } from '../../services/openings/pause.ts';
import { recordFault } from '../../services/openings/record-fault.ts';
import { releaseBidderShare } from '../../services/openings/release-share.ts';
import { resumeOpening } from '../../services/openings/resume.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { custodiansWithKeys } from '../setup/tenders/sealed.ts';
import { loadCase, saveCases } from '../../services/tender/case.ts';
import { bid, handClock, obtainDocuments, people, publishedTender, type People } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let procurementId: string;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  await custodiansWithKeys(db);
  who = await people(db, 1);
  ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
  await obtainDocuments(db, who, 0, procurementId);
});
afterEach(() => db.close());

const UNSEALED = 'what came out of a sealed bid is immutable';
const PARTS = 'the parts of an opened bid are immutable';
const SHARE = 'the release of a share is immutable';
const FAULTS = 'recorded faults of an opening are immutable';
const SIGNED = 'signatures of an opening record are immutable';
const PAUSES = 'pauses of an opening are immutable';
const OBJECTIONS = 'objections to an opening are immutable';
const KEPT = 'what a custodian did in an opening is kept';

const TABLES: readonly (readonly [string, string])[] = [
  ['unsealings', UNSEALED],
  ['bid_parts', PARTS],
  ['bidder_shares', SHARE],
  ['opening_faults', FAULTS],
  ['opening_signatures', SIGNED],
  ['opening_pauses', PAUSES],
  ['opening_objections', OBJECTIONS],
  ['opening_custodians', KEPT],
];
const GIVEN = 'a share that was given stays given';
/** What each dialect has to slip by a trigger. */
const TRICKS = TABLES.map(([table, why]): [string, string] =>
  dialect === 'sqlite'
    ? [`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`, why === KEPT ? GIVEN : why]
    : [`TRUNCATE ${table} CASCADE`, why],
);

const note = (custodian: Custodian, state: CustodianNote['state'], reason: string | null = null): CustodianNote => ({
  ...{ custodian, state, reason, at: null },
});
const record = async (tx: Tx, { id }: Bid, outcome: UnsealedBid) =>
  recordOutcomes(tx, await bidsInOpening(tx.q, procurementId), new Map([[id, outcome]]));

/** Something of everything that an opening leaves behind. */
async function lived(): Promise<void> {
  const handedIn = await bid(db, who, 0, procurementId);
  await db.transaction(async (tx) => {
    const c = await loadCase(tx, procurementId);
    c.advance('opening');
    c.advanceLot(1, 'opening');
    await saveCases(tx, [c]);
    const tender = await procurementById(tx.q, procurementId);
    await recordCustodians(tx, procurementId, [note('centre', 'released'), note('purchaser', 'missing')]);
    await recordFault(tx, UNATTENDED, tender, { bidId: null, minutes: 5, reasonZh: '停电' });
    await pauseOpening(tx, UNATTENDED, tender, '核对');
    await resumeOpening(tx, UNATTENDED, tender);
    await insertBidderShare(tx, handedIn, 'AAAA');
    const parts = [{ path: 'a.pdf', mediaType: 'application/pdf', size: 1, sha256: 'a'.repeat(64) }];
    const manifest = {
      ...({ format: 'KB-SEAL-1', procurementId, lotNo: 1, bidder: 'b', priceFen: 1 } as const),
      ...{ periodDays: null, quality: null, parts },
    };
    await record(tx, handedIn, { state: 'opened', manifest, custodians: ['centre', 'supervisor'] });
    const place = { procurementId, lotNo: 1 };
    await tx.q.insert(openingObjections).values({
      ...{ id: 'objection', ...place, filedBy: 'x', textZh: '异议', filedAt: tx.now },
      ...{ answerZh: '答复', answeredBy: UNATTENDED, answeredAt: tx.now },
    });
    const signature = { ...place, organisationId: 'x', actor: UNATTENDED, recordHash: 'h', signedAt: tx.now };
    await tx.q.insert(openingSignatures).values(signature);
  });
}

describe('what an opening leaves behind', () => {
  it.each([
    ...TABLES.map(([table, why]) => [`DELETE FROM ${table}`, why]),
    ["UPDATE unsealings SET state = 'revoked'", UNSEALED],
    ["UPDATE unsealings SET manifest = '{}'", UNSEALED],
    ["UPDATE bid_parts SET sha256 = 'x'", PARTS],
    ["UPDATE bidder_shares SET share = 'x'", SHARE],
    ['UPDATE opening_faults SET minutes = 9', FAULTS],
    ["UPDATE opening_signatures SET record_hash = 'x'", SIGNED],
    ["UPDATE opening_pauses SET reason_zh = 'x'", PAUSES],
    ['UPDATE opening_pauses SET from_at = 0', PAUSES],
    ['UPDATE opening_pauses SET until_at = NULL', 'a pause that has ended stays so'],
    ["UPDATE opening_objections SET text_zh = 'x'", OBJECTIONS],
    ["UPDATE opening_objections SET answer_zh = 'x'", 'an objection that was answered stays so'],
    ["UPDATE opening_custodians SET state = 'refused' WHERE state = 'released'", GIVEN],
    ["UPDATE opening_custodians SET custodian = 'supervisor' WHERE state = 'missing'", KEPT],
    ...TRICKS,
  ])('cannot be changed by SQL: %s', async (statement, why) => {
    await lived();
    const raw = await rawDatabase(db.storage);
    const everything = () => Promise.all(TABLES.map(([table]) => raw.all(`SELECT * FROM ${table} ORDER BY 1, 2, 3`)));
    const before = await everything();
    for (const rows of before) expect(rows.length).toBeGreaterThan(0);
    await expect(raw.behind(statement)).rejects.toThrow(why);
    expect(await everything()).toEqual(before);
    await raw.close();
  });

  it('what comes twice changes nothing: an outcome, a share, a custodian that has given; one that was missing may give', async () => {
    await lived();
    const [unsealed] = await unsealingsOf(db.read, procurementId);
    const handedIn = { id: String(unsealed?.bidId), procurementId, lotNo: 1 } as Bid;
    clock.step(60_000);
    const told = await db.transaction(async (tx) => {
      const reason = { zh: '另', en: 'other' };
      await record(tx, handedIn, { state: 'revoked', reason, custodians: [] });
      await recordCustodians(tx, procurementId, [note('centre', 'refused', 'x'), note('purchaser', 'released')]);
      return [(await releaseBidderShare(tx, UNATTENDED, handedIn, 'BBBB')).releasedAt, tx.now] as const;
    });
    expect(told[0]).toBeLessThan(told[1]);
    expect(await unsealingsOf(db.read, procurementId)).toEqual([unsealed]);
    const raw = await rawDatabase(db.storage);
    expect(await raw.all('SELECT custodian, state FROM opening_custodians ORDER BY custodian')).toEqual([
      { custodian: 'centre', state: 'released' },
      { custodian: 'purchaser', state: 'released' },
    ]);
    expect(await raw.all('SELECT share FROM bidder_shares')).toEqual([{ share: 'AAAA' }]);
    await raw.close();
  });
});
