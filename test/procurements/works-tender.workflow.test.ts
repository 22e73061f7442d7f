import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileGrievance } from '../../services/grievances/file.ts';
import { listNotices } from '../../db/notices.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { milestoneOf } from '../../db/tender/timeline.ts';
import { at, bid, decide, draftOf, launch, people, reportOn } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

describe('a works tender (B005), from its notice to its archive', () => {
  let time: SkippedTime;
  beforeEach(async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
  });
  afterEach(() => time.close());

  it('publishes, closes and opens at the legal instants, with nobody attending', async () => {
    const { db } = time;
    const who = await people(db);
    const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    await time.deliver();
    await time.until(at('2026-03-27T10:00+08:00'));
    expect((await procurementById(db.read, procurement.id)).stage).toBe('bidding');
    for (const index of [0, 1, 2]) await bid(db, who, index, procurement.id);
    await time.until(at('2026-04-20T08:59+08:00'));
    expect((await procurementById(db.read, procurement.id)).stage).toBe('bidding');
    await time.until(at('2026-04-20T09:10+08:00'));
    expect((await procurementById(db.read, procurement.id)).stage).toBe('evaluation');
    const [opening] = await openingsOf(db.read, procurement.id);
    expect(opening).toMatchObject({ legalAt: at('2026-04-20T09:00+08:00'), opened: true, bidders: 3 });
  });

  it('runs the publicity window over an objection (条例54) and ends with the contract', async () => {
    const { db } = time;
    const who = await people(db);
    const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    const lot = { procurementId: procurement.id, lotNo: 1 };
    await time.deliver();
    await time.until(at('2026-03-31T09:00+08:00'));
    const bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurement.id));
    await time.until(at('2026-04-21T09:00+08:00'));
    // Tuesday 21 April: the report is delivered and the candidates go public the same day.
    await decide(db, who.asPurchaser, {
      ...lot,
      kind: 'report',
      payload: reportOn(bids, at('2026-04-20T17:00+08:00')),
    });
    await time.deliver();
    expect((await lotOf(db.read, procurement.id, 1)).stage).toBe('publicity');
    // 3 days, the day of publication not counted: 22, 23, 24 April, a Friday.
    expect((await milestoneOf(db.read, lot, 'publicity-end')).dueAt).toBe(at('2026-04-24T23:59:59.999+08:00'));

    await time.until(at('2026-04-23T10:00+08:00'));
    const grievance = await db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(1), {
        ...lot,
        target: 'result',
        organisationId: String(who.suppliers[1]?.id),
        textZh: '业绩不符',
      }),
    );
    await time.deliver();
    await time.until(at('2026-04-25T10:00+08:00'));
    expect((await lotOf(db.read, procurement.id, 1)).stage).toBe('publicity');

    await decide(db, who.asPurchaser, {
      ...lot,
      kind: 'reply',
      grievanceId: grievance.id,
      payload: { outcome: 'rejected', effect: 'none', textZh: '经复核，业绩属实' },
    });
    await time.deliver();
    // One whole day (22 April) had run. The clock stood from the 23rd to Saturday the 25th, so that two days are left:
    // Sunday the 26th and Monday the 27th, a workday.
    expect((await milestoneOf(db.read, lot, 'publicity-end')).dueAt).toBe(at('2026-04-27T23:59:59.999+08:00'));
    await time.until(at('2026-04-28T00:10+08:00'));
    expect((await lotOf(db.read, procurement.id, 1)).stage).toBe('award');

    await time.until(at('2026-04-28T10:00+08:00'));
    await decide(db, who.asPurchaser, {
      ...lot,
      kind: 'award',
      payload: { bidId: String(bids[0]?.id), ground: null, reasonZh: null },
    });
    await time.deliver();
    expect((await lotOf(db.read, procurement.id, 1)).stage).toBe('contract');
    // 30 days from the notice of award of 28 April: 28 May, a Thursday (招标投标法46).
    expect((await milestoneOf(db.read, lot, 'contract')).dueAt).toBe(at('2026-05-28T23:59:59.999+08:00'));

    await time.until(at('2026-05-12T10:00+08:00'));
    await decide(db, who.asPurchaser, {
      ...lot,
      kind: 'contract',
      payload: { amountFen: 380_000_000, signedAt: at('2026-05-12T09:00+08:00'), documentId: null },
    });
    await time.deliver();
    await decide(db, who.asPurchaser, {
      ...lot,
      kind: 'publish-contract',
      payload: { textZh: '合同公告', documentId: null },
    });
    await time.deliver();
    for (const key of ['written-report', 'deposits-losers', 'deposits-winner'] as const) {
      await decide(db, who.asPurchaser, { ...lot, kind: 'duty', payload: { key, noteZh: null } });
      await time.deliver();
    }
    await time.until(at('2026-05-12T12:00+08:00'));
    expect((await lotOf(db.read, procurement.id, 1)).stage).toBe('archived');
    expect((await procurementById(db.read, procurement.id)).stage).toBe('concluded');
    const kinds = (await listNotices(db.read, { procurementId: procurement.id, limit: 20 }))
      .map(({ kind }) => kind)
      .reverse();
    expect(kinds).toEqual([
      ...['tender', 'opening-record', 'candidates', 'suspension', 'grievance-reply'],
      ...['amendment', 'award', 'contract'],
    ]);
  });
});
