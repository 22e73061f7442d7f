import { afterEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { stepAt } from '../../domain/notifications/duties.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { story } from '../setup/tenders/story.ts';
import { addFile, at } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

const PRICE = 380_000_000;
let time: SkippedTime;
afterEach(() => time.close());

it('after the contract the lot’s workflow times what is owed: bond, acceptance, payment; what is not done in time is on record, and the last of them archives the lot', async () => {
  time = await skippedTime(at('2026-03-26T10:00+08:00'));
  const tender = await story(time, 'tendering', {
    lots: [
      {
        no: 1,
        title: '一标段',
        budgetFen: 1_624_699_149,
        bidBondFen: null,
        performanceBondPermille: 100,
        performanceBondDays: 5,
      },
    ],
  });
  await tender.until('2026-03-31T10:00+08:00');
  const bids = await tender.bids(1, [0, 1, 2]);
  await tender.until('2026-04-21T10:00+08:00');
  await tender.report(bids, '2026-04-20T17:00+08:00');
  await tender.until('2026-04-28T09:00+08:00');
  await tender.award(bids[0]);
  // Five days from the notice of the award of 28 April.
  expect(await tender.due('performance-bond')).toBe('2026-05-03T23:59:59.999+08:00');
  await tender.until('2026-05-03T23:59:50+08:00');
  expect((await tender.milestone('performance-bond'))?.overdue).toBe(false);
  await tender.until('2026-05-04T00:01+08:00');
  expect((await tender.milestone('performance-bond'))?.overdue).toBe(true);

  await tender.until('2026-05-06T10:00+08:00');
  const bond = {
    ...({ bidId: '', amountFen: 38_000_000, form: 'guarantee', reference: 'BH1' } as const),
    ...{ documentId: null, reasonZh: null },
    at: at('2026-05-06T09:00+08:00'),
  } as const;
  await tender.decide('performance-bond', { ...bond, step: 'received' });
  await tender.decide('performance-bond', { ...bond, step: 'payment-guarantee' });
  const terms = termsOf(PRICE, {
    ...{ smallFirm: true, bondReleaseDays: 10 },
    payments: [{ no: 1, nameZh: '合同款', amountFen: PRICE, after: 'delivery', days: null }],
  });
  const signedAt = at('2026-05-06T09:30+08:00');
  await tender.decide('contract', { amountFen: PRICE, signedAt, documentId: null, terms });
  for (const key of ['written-report', 'deposits-losers', 'deposits-winner'] as const)
    await tender.decide('duty', { key, noteZh: null });
  await tender.decide('publish-contract', { textZh: '合同', documentId: null });
  // Without a delivery nothing has a last instant, and the lot waits.
  await tender.until('2026-09-01T09:00+08:00');
  expect((await tender.lot()).stage).toBe('performance');

  const deliveredAt = at('2026-09-01T08:00+08:00');
  await tender.decide('deliver', { instalment: null, deliveredAt, invoicedAt: null, documentId: null, by: 'supplier' });
  // Ten agreed days, and thirty of the law (保障中小企业款项支付条例 9), from 1 September; 1 October is a holiday to the 8th.
  expect(await tender.due('acceptance')).toBe('2026-09-11T23:59:59.999+08:00');
  const payment = await tender.milestone('payment');
  expect(await tender.due('payment')).toBe('2026-10-08T23:59:59.999+08:00');
  // Three days before its last instant its owers are reminded, and after it the supervisors are told.
  const period = { fromAt: payment?.fromAt ?? null, dueAt: payment?.dueAt ?? 0 };
  expect(stepAt(period, at('2026-10-06T00:00+08:00'), [3, 1])).toEqual({ step: 'remind', days: 3 });
  await tender.until('2026-09-12T00:01+08:00');
  expect((await tender.milestone('acceptance'))?.overdue).toBe(true);
  await tender.decide('accept', {
    ...{ instalment: null, at: at('2026-09-12T00:00+08:00'), opinionZh: '合格', consequenceZh: null, rectifyBy: null },
    parties: [{ name: '王工', role: 'purchaser', organisation: null }],
    items: [{ nameZh: '水质', met: true, noteZh: null }],
    documentId: await addFile(time.db, tender.id, 'acceptance'),
  });
  expect(await tender.due('performance-bond-release')).toBe('2026-09-22T23:59:59.999+08:00');
  await tender.decide('performance-bond', { ...bond, step: 'released', at: at('2026-09-12T00:00+08:00') });
  await tender.until('2026-10-09T00:01+08:00');
  expect((await tender.milestone('payment'))?.overdue).toBe(true);
  expect(
    (await auditAfter(time.db.read, 0, 9_999))
      .filter(({ action }) => action === 'duty.overdue')
      .map(({ detail }) => detail),
  ).toEqual(['performance-bond', 'acceptance', 'payment'].map((key) => expect.objectContaining({ key }) as unknown));
  const paidAt = at('2026-10-09T00:00+08:00');
  await tender.decide('pay', {
    instalment: 1,
    amountFen: PRICE,
    // A day late, at five ten-thousandths a day (保障中小企业款项支付条例 17): without it the payment is not done.
    interestFen: (PRICE * 5) / 10_000,
    paidAt,
    voucher: '1',
    documentId: null,
  });
  await tender.until('2026-10-09T01:00+08:00');
  expect((await tender.lot()).stage).toBe('archived');
  expect((await tender.procurement()).stage).toBe('concluded');
});
