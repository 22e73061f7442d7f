import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import { listNotices } from '../../db/notices.ts';
import { insertUnsealings } from '../../db/openings/unsealings.ts';
import { lotOf } from '../../db/procurements.ts';
import type { BidFigures } from '../../domain/bids/sealing.ts';
import type { ReportPayload } from '../../domain/decisions.ts';
import type { Attendee } from '../../domain/openings/attendance.ts';
import { giveReference } from '../../services/deposits/give-reference.ts';
import { recordPayment } from '../../services/deposits/record-payments.ts';
import { recordAttendance } from '../../services/openings/attend.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { played } from '../setup/tenders/played.ts';
import {
  advance,
  at,
  bid,
  blockingOf,
  decide,
  handClock,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  setFigures,
  type People,
} from '../setup/tenders/tender.ts';

const clock = handClock('2026-01-01');
let db: TestDatabase;
let who: People;

beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
  await setFigures(db);
});
afterEach(() => db.close());

const deliver = (procurementId: string, payload: ReportPayload) =>
  decide(db, who.asPurchaser, { procurementId, lotNo: 1, kind: 'report', payload });

describe('a bid is rejected on no ground that the platform knows to be untrue (87令63)', () => {
  const ENDED = at('2026-04-08T17:00+08:00');
  const untrue = ['gp-invalid-grounds', '财政部令87号', '63', 'rejected[0].ground'];

  it('a deposit that it holds; one that was not paid is none', async () => {
    const { id, bidDeadline } = await publishedTender(db, clock, who, 'government', {
      lots: [{ no: 1, title: '一标段', budgetFen: 383_640_000, bidBondFen: 5_000_000 }],
      depositDecides: true,
    });
    const bids: Bid[] = [];
    for (const index of [0, 1, 2, 3]) bids.push(await bid(db, who, index, id));
    const pay = async (index: number) => {
      const supplierId = String(who.suppliers[index]?.id);
      await db.transaction(async (tx) => {
        const text = await giveReference(tx, who.asSupplier(index), { procurementId: id, lotNo: 1, supplierId });
        await recordPayment(tx, who.asSupplier(index), 'callback', {
          ...{ externalId: `T${index}`, amountFen: 5_000_000, text, arrivedAt: tx.now, form: 'transfer' },
          ...{ payer: null, payerAccount: null, fromBaseAccount: null, issuer: null, validUntil: null },
        });
      });
    };
    for (const index of [0, 1, 2]) await pay(index);
    clock.set(bidDeadline ?? 0);
    await advance(db, id);
    await advance(db, id, 1);
    clock.set('2026-04-09T10:00+08:00');
    const without = (rejected: Bid | undefined) => {
      const valid = reportOn(
        bids.filter((each) => each !== rejected),
        ENDED,
      );
      return deliver(id, {
        ...valid,
        rejected: [{ bidId: String(rejected?.id), ground: 1, reasonZh: '未提交保证金' }],
      });
    };
    const refused = await refusalOf(without(bids[2]));
    expect(blockingOf(refused.details)).toContainEqual(untrue);
    expect(refused.messageZh).toContain('平台记录载明其投标保证金已按时足额提交');
    await without(bids[3]);
    expect((await lotOf(db.read, id, 1)).stage).toBe('award');
  });

  it('a deposit that nobody asked for: no lot fails by it', async () => {
    const { id, bids } = await played(db, clock, who, 'government', 'evaluation');
    clock.set('2026-04-09T10:00+08:00');
    const rejected = bids.map((each) => ({ bidId: each.id, ground: 1, reasonZh: '未提交保证金' }));
    const refused = await refusalOf(deliver(id, reportOn([], ENDED, { rejected })));
    expect(blockingOf(refused.details)).toContainEqual(untrue);
    expect((await lotOf(db.read, id, 1)).stage).toBe('evaluation');
  });
});

// @rule gp-eval-not-at-opening
describe('no member of the committee was present at the opening: 评标委员会成员不得参加开标活动 (财政部令87号 40)', () => {
  async function reporting(
    regime: 'government' | 'tendering',
    there: readonly (readonly [name: string, capacity: Attendee['capacity']])[],
  ) {
    const { id, bids } = await played(db, clock, who, regime, 'evaluation');
    clock.set(regime === 'government' ? '2026-04-09T10:00+08:00' : '2026-04-21T10:00+08:00');
    const people = there.map(([name, capacity]): Attendee => ({
      ...{ capacity, name, organisation: null },
      organisationId: capacity === 'bidder' ? String(who.suppliers[0]?.id) : null,
    }));
    await db.transaction((tx) => recordAttendance(tx, { ...who.asPurchaser, role: 'centre' }, id, people));
    const ended = at(regime === 'government' ? '2026-04-08T17:00+08:00' : '2026-04-20T17:00+08:00');
    return { id, delivered: deliver(id, reportOn(bids, ended)) };
  }

  it('its report is refused, and nobody is told who the members are (87令 47)', async () => {
    const { id, delivered } = await reporting('government', [
      ['专家 乙', 'other'],
      ['招标人代表', 'purchaser'],
    ]);
    const refused = await refusalOf(delivered);
    expect(blockingOf(refused.details)).toEqual([
      ['gp-eval-not-at-opening', '财政部令87号', '40', 'committee[1].name'],
      ['gp-eval-not-at-opening', '财政部令87号', '40', 'committee[4].name'],
    ]);
    expect(JSON.stringify([refused.messageZh, refused.details])).not.toMatch(/专家 ?乙/);
    expect((await lotOf(db.read, id, 1)).stage).toBe('evaluation');
  });

  it.each([
    ['a bidder’s man of the same name is another person', 'government', 'bidder', 'award'],
    ['for works no article that was read says so', 'tendering', 'other', 'publicity'],
  ] as const)('%s', async (_, regime, capacity, stage) => {
    const { id, delivered } = await reporting(regime, [['专家乙', capacity]]);
    await delivered;
    expect((await lotOf(db.read, id, 1)).stage).toBe(stage);
  });
});

it('what a report states of a sealed bid is what was read out of it', async () => {
  const { id, bids } = await played(db, clock, who, 'tendering', 'evaluation');
  clock.set('2026-04-21T10:00+08:00');
  const figures: BidFigures = { priceFen: 380_000_000, periodDays: 180, quality: '合格' };
  await db.transaction((tx) =>
    insertUnsealings(
      tx,
      bids.map(({ id: bidId }, index) => ({
        ...{ bidId, procurementId: id, lotNo: 1, state: 'opened', reasonZh: null, reasonEn: null, custodians: [] },
        ...{ at: tx.now },
        manifest: {
          ...{ ...figures, priceFen: figures.priceFen + index },
          ...{ format: 'KB-SEAL-1', procurementId: id, lotNo: 1, bidder: String(index), parts: [] },
        },
      })),
    ),
  );
  const report = reportOn(bids, at('2026-04-20T17:00+08:00'));
  const told = (change: object) => ({
    ...report,
    candidates: report.candidates.map((each, index) => (index === 1 ? { ...each, ...change } : each)),
  });
  const items = [{ name: '终端', quantity: '300 台', unitPriceFen: 9_999_999_999_999 }];
  for (const [change, rule, field] of [
    [{ period: '3 日历天' }, 'opened-bid', 'candidates[1].period'],
    [{ quality: '不合格' }, 'opened-bid', 'candidates[1].quality'],
    [{ items }, 'amount', 'candidates[1].items[0].unitPriceFen'],
  ] as const) {
    const { code, details } = await refusalOf(deliver(id, told(change)));
    expect([code, blockingOf(details)]).toEqual(['unlawful', [[rule, null, null, field]]]);
  }
  await deliver(id, report);

  // Nor does a correction state anything else.
  const [candidates] = await listNotices(db.read, { procurementId: id, kind: 'candidates', limit: 1 });
  const correct = (field: string, after: string) =>
    decide(db, who.asPurchaser, {
      ...{ procurementId: id, lotNo: 1, kind: 'correct' },
      payload: { noticeId: String(candidates?.id), changes: [{ field, after }], textZh: null, reasonZh: '笔误' },
    });
  for (const [field, after] of [
    ['candidates[1].period', '3 日历天'],
    ['candidates[1].quality', '不合格'],
  ] as const) {
    const { code, details } = await refusalOf(correct(field, after));
    expect([code, blockingOf(details)]).toEqual(['unlawful', [['opened-bid', null, null, field]]]);
  }
  await correct('candidates[1].period', '180 个日历天');
});
