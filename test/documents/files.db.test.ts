import { afterEach, beforeEach, expect, it } from 'vitest';
import { decisionView } from '../../api/decisions/views.ts';
import type { Database } from '../../db/access/database.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { contractAt, played } from '../setup/tenders/played.ts';
import {
  addFile,
  at,
  blockingOf,
  decide,
  handClock,
  people,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

let db: Database;
let who: People;
const clock = handClock('2026-03-01');
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

// 招标投标法 40, 条例53: the written report that all members sign; 87令68: that which is sent to the purchaser.
it.each([
  ['tendering', '2026-04-21T10:00+08:00', '2026-04-20T17:00+08:00', 'works-report-signature', '53'],
  ['government', '2026-04-09T10:00+08:00', '2026-04-08T17:00+08:00', 'gp-report-deliver', '68'],
] as const)('%s: a report names the written one, and no other document', async (regime, now, ended, rule, article) => {
  const { id, bids } = await played(db, clock, who, regime, 'evaluation');
  const early: string[] = [];
  for (const instant of [clock.read(), at(ended) - 60_000]) {
    clock.set(instant);
    early.push(await addFile(db, id, 'report'));
  }
  clock.set(ended);
  const signed = await addFile(db, id, 'report');
  clock.set(now);
  const deliver = (documentId: string | null) =>
    decide(
      db,
      who.asPurchaser,
      { procurementId: id, lotNo: 1, kind: 'report', payload: reportOn(bids, at(ended), { documentId }) },
      'as given',
    );
  expect(await refusalOf(deliver(null))).toMatchObject({
    code: 'unlawful',
    details: { violations: [{ rule, article, field: 'documentId', severity: 'block' }] },
  });
  const other = await refusalOf(deliver(await addFile(db, id, 'contract')));
  expect(other.details).toMatchObject({ issues: [{ field: 'documentId', rule: 'document-kind' }] });
  // What was uploaded before the evaluation ended is not what its members have signed.
  for (const documentId of early) {
    expect(blockingOf((await refusalOf(deliver(documentId))).details)).toEqual([
      [rule, expect.any(String), article, 'documentId'],
    ]);
  }
  expect((await deliver(signed)).payload.documentId).toBe(signed);
});

// @rule gp-contract-announce
it.each([
  ['government', { code: 'unlawful', details: { field: 'documentId', law: '政府采购法实施条例', article: '50' } }],
  ['tendering', null],
] as const)(
  '%s: what is published of a contract is the contract, where the law has it published',
  async (regime, refusal) => {
    const { id } = await played(db, clock, who, regime, 'contract');
    const lot = { procurementId: id, lotNo: 1 };
    const draft = await addFile(db, id, 'contract');
    clock.set(clock.read() + 3_600_000);
    // A file from before the signing is no signed contract.
    const unsigned = {
      field: 'documentId',
      rule: regime === 'government' ? 'gp-contract-sign' : 'works-contract-sign',
    };
    const withDraft = { ...contractAt(clock.read()), documentId: draft };
    const refused = await refusalOf(decide(db, who.asPurchaser, { ...lot, kind: 'contract', payload: withDraft }));
    expect(refused).toMatchObject({ code: 'unlawful', details: unsigned });
    const signed = await decide(db, who.asPurchaser, { ...lot, kind: 'contract', payload: contractAt(clock.read()) });
    expect((await db.transaction((tx) => decisionView(tx.q, signed, tx.calendar))).warnings).toMatchObject([
      { field: 'documentId', severity: 'warn' },
    ]);
    const publication = {
      ...lot,
      kind: 'publish-contract',
      payload: { textZh: '合同公告', documentId: null },
    } as const;
    const ofDraft = { ...publication, payload: { ...publication.payload, documentId: draft } };
    expect(await refusalOf(decide(db, who.asPurchaser, ofDraft, 'as given'))).toMatchObject({ details: unsigned });
    const published = decide(db, who.asPurchaser, publication, 'as given');
    if (refusal === null) expect((await published).payload.documentId).toBeNull();
    else expect(await refusalOf(published)).toMatchObject(refusal);
  },
);
