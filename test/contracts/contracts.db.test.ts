import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { decisionsOf } from '../../db/decisions.ts';
import { listNotices } from '../../db/notices.ts';
import { lotOf, type Draft } from '../../db/procurements.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import type { Acceptance, ContractChange, Delivery, Payment } from '../../domain/contracts/acts.ts';
import type { ContractTerms } from '../../domain/contracts/stated.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { contractStanding, performanceBondOf } from '../../services/contracts/standing.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { played } from '../setup/tenders/played.ts';
import {
  addFile,
  advance,
  at,
  blockingOf,
  decide,
  handClock,
  people,
  refusalOf,
  type People,
} from '../setup/tenders/tender.ts';

// 合同及其履行: from the terms to the last payment.

const PRICE = 380_000_000;
const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let id: string;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

const place = () => ({ procurementId: id, lotNo: 1 });
const play = async (
  regime: 'tendering' | 'government',
  stage: 'contract' | 'performance',
  change: Partial<Draft> = {},
): Promise<void> => {
  ({ id } = await played(db, clock, who, regime, 'contract', change));
  if (stage === 'performance') await sign();
};
const sign = async (terms: Partial<ContractTerms> = {}, amountFen = PRICE) => {
  clock.set(formatInstant(Math.max(clock.read(), at('2026-04-13T10:00+08:00'))));
  const payload = { amountFen, signedAt: clock.read(), documentId: null, terms: termsOf(PRICE, terms) };
  return decide(db, who.asPurchaser, { ...place(), kind: 'contract', payload });
};
const change = async (given: Partial<ContractChange>) =>
  decide(db, who.asPurchaser, {
    ...{ ...place(), kind: 'change-contract' },
    payload: {
      ...{ kind: 'supplement', ground: null, reasonZh: '增购', signedAt: clock.read(), amountFen: null },
      ...{ payments: null, items: [], documentId: await addFile(db, id, 'contract') },
      ...given,
    },
  });
const more = (amountFen: number, no: number): Partial<ContractChange> => ({
  ...{ kind: 'supplement', amountFen, items: [{ name: '智慧终端', unitPriceFen: 1_200_000 }] },
  payments: [{ no, nameZh: '补充款', amountFen, after: 'acceptance', days: null }],
});
const deliver = (given: Partial<Delivery>, by = who.asPurchaser) =>
  decide(db, by, {
    ...{ ...place(), kind: 'deliver' },
    payload: { instalment: null, deliveredAt: null, invoicedAt: null, documentId: null, by: 'purchaser', ...given },
  });
const accept = async (given: Partial<Acceptance> = {}) =>
  decide(db, who.asPurchaser, {
    ...{ ...place(), kind: 'accept' },
    payload: {
      ...{ instalment: null, at: clock.read(), opinionZh: '合格', consequenceZh: null, rectifyBy: null },
      parties: [{ name: '王工', role: 'purchaser', organisation: null }],
      items: [{ nameZh: '承载能力', met: true, noteZh: null }],
      documentId: await addFile(db, id, 'acceptance'),
      ...given,
    },
  });
const pay = (given: Partial<Payment>) =>
  decide(db, who.asPurchaser, {
    ...{ ...place(), kind: 'pay' },
    payload: {
      instalment: 1,
      amountFen: PRICE,
      interestFen: 0,
      paidAt: clock.read(),
      voucher: '1',
      documentId: null,
      ...given,
    },
  });
const bond = (step: 'received' | 'released' | 'payment-guarantee', amountFen: number) =>
  decide(db, who.asPurchaser, {
    ...{ ...place(), kind: 'performance-bond' },
    payload: {
      ...{ step, amountFen, bidId: '', form: 'guarantee', reference: 'BH-1', documentId: null, reasonZh: null },
      at: clock.read(),
    },
  });
const milestone = (key: MilestoneKey) => findMilestone(db.read, place(), key);
const due = async (key: MilestoneKey) => {
  const dueAt = (await milestone(key))?.dueAt;
  return dueAt === null || dueAt === undefined ? null : formatInstant(dueAt);
};
const faults = async (act: Promise<unknown>) => blockingOf((await refusalOf(act)).details);
/** Refused, an act leaves nothing behind. */
const refused = async (act: () => Promise<unknown>) => {
  const kept = async () => ({
    acts: await decisionsOf(db.read, place(), ['contract', 'change-contract', 'pay', 'accept', 'performance-bond']),
    audit: (await auditAfter(db.read, 0, 9_999)).filter(({ action }) => action !== 'document.upload').length,
    contract: await milestone('contract'),
    payment: await milestone('payment'),
  });
  const before = await kept();
  const found = await faults(act());
  expect(await kept()).toEqual(before);
  return found;
};

describe('what a contract states is what the documents and the bid say', () => {
  it('another period, unit price, quantity or item is refused (财政部令87号 71(1)), and nothing is stored', async () => {
    await play('government', 'contract');
    const rule = ['gp-contract-no-change', '财政部令87号', '71(1)'] as const;
    const [item] = termsOf(PRICE).items;
    if (!item) throw new Error('no item');
    expect(await refused(() => sign({ period: '200 日历天' }))).toEqual([[...rule, 'terms.period']]);
    expect(await refused(() => sign({ items: [{ ...item, unitPriceFen: 1_300_000 }] }))).toEqual([
      [...rule, 'terms.items[0].unitPriceFen'],
    ]);
    expect(await refused(() => sign({ items: [{ ...item, quantity: '299 台' }] }))).toEqual([
      [...rule, 'terms.items[0].quantity'],
    ]);
    expect(await refused(() => sign({ items: [{ ...item, name: '打印机' }] }))).toEqual([
      [...rule, 'terms.items'],
      [...rule, 'terms.items[0].name'],
    ]);
    expect(await refused(() => sign({ quantity: '2 项' }))).toEqual([[...rule, 'terms.quantity']]);
  });

  it('a contract above the bid is refused with its article, and nothing is stored', async () => {
    await play('government', 'contract');
    const refusal = await refusalOf(sign({}, PRICE + 1));
    expect(refusal.details).toMatchObject({ article: '71(1)', field: 'amountFen', lawful: PRICE });
    expect(await contractStanding(db.read, place())).toBeUndefined();
  });

  it('works: 标的、价款、质量、履行期限 are those of the bid (招标投标法实施条例 57)', async () => {
    await play('tendering', 'contract');
    clock.set('2026-05-06T10:00+08:00');
    const rule = ['works-contract-consistent', '招标投标法实施条例', '57(1)'] as const;
    expect(await refused(() => sign({ period: '181 日历天' }))).toEqual([[...rule, 'terms.period']]);
    expect(await refused(() => sign({ quality: undefined }))).toEqual([[...rule, 'terms.quality']]);
  });

  it('other words are explained, and stay on record; unexplained they are refused', async () => {
    await play('government', 'contract');
    const other = { place: '江西省万安县工业园区一期' };
    expect(await refused(() => sign(other))).toEqual([
      ['gp-contract-no-change', '财政部令87号', '71(1)', 'terms.place'],
    ]);
    await sign({ ...other, explanations: [{ field: 'place', reasonZh: '写明门牌' }] });
    expect((await contractStanding(db.read, place()))?.deviations).toEqual([
      {
        field: 'place',
        given: '江西省万安县工业园区一期',
        known: '江西省万安县',
        of: 'documents',
        reasonZh: '写明门牌',
      },
    ]);
  });

  it('what the law wants in it is in it (财政部令87号 72), with a plan of acceptance', async () => {
    await play('government', 'contract');
    const missing = { breachZh: undefined, disputesZh: undefined, acceptance: undefined };
    expect(await refused(() => sign(missing))).toEqual(
      ['acceptance', 'breachZh', 'disputesZh'].map((key) => [
        'gp-contract-fields',
        '财政部令87号',
        '72',
        `terms.${key}`,
      ]),
    );
  });

  it('its payments are its price, and a small firm waits 60 days at the most (保障中小企业款项支付条例 9)', async () => {
    await play('government', 'contract');
    const one = { no: 1, nameZh: '款', after: 'delivery' as const };
    expect(await refused(() => sign({ payments: [{ ...one, amountFen: PRICE - 1, days: 30 }] }))).toEqual([
      ['gp-contract-no-change', '财政部令87号', '71(1)', 'terms.payments'],
    ]);
    const late = { smallFirm: true, payments: [{ ...one, amountFen: PRICE, days: 61 }] };
    expect(await refused(() => sign(late))).toEqual([
      ['gp-pay-sme-max', '保障中小企业款项支付条例', '9', 'terms.payments[0].days'],
    ]);
    await sign({ ...late, payments: [{ ...one, amountFen: PRICE, days: 60 }] });
    expect((await milestone('payment'))?.state).toBe('planned');
  });
});

describe('the performance bond', () => {
  const asked = (
    performanceBondPermille: number | null,
    performanceBondDays: number | null = null,
  ): Partial<Draft> => ({
    lots: [
      { no: 1, title: '一包', budgetFen: 383_640_000, bidBondFen: null, performanceBondPermille, performanceBondDays },
    ],
  });
  const standing = async () => performanceBondOf(db.read, place(), await lotOf(db.read, id, 1), db.now());

  it('is due as the documents say, and overdue after that: a ground for the next-ranked (招标投标法实施条例 55)', async () => {
    await play('government', 'contract', asked(50, 10));
    // Ten days from the notice of the award of 10 April.
    expect(await due('performance-bond')).toBe('2026-04-20T23:59:59.999+08:00');
    expect(await standing()).toMatchObject({ state: 'awaited', requiredFen: 19_000_000, receivedFen: 0 });
    clock.set('2026-04-21T00:00+08:00');
    expect((await standing()).state).toBe('overdue');
    await advance(db, id, 1);
    expect(await milestone('performance-bond')).toMatchObject({ state: 'planned', overdue: true });
  });

  it('is no more than the documents ask for, and nothing where they ask for none (政府采购法实施条例 48)', async () => {
    await play('government', 'contract', asked(50));
    // By the last day for the contract: thirty days from 10 April.
    expect(await due('performance-bond')).toBe('2026-05-10T23:59:59.999+08:00');
    const rule = ['gp-performance-bond', '政府采购法实施条例', '48', 'amountFen'];
    expect(await refused(() => bond('received', 19_000_001))).toEqual([rule]);
    expect(await refused(() => bond('received', 38_000_001))).toEqual([rule]);
    await bond('received', 19_000_000);
    expect(await milestone('performance-bond')).toMatchObject({ state: 'done', overdue: false });
    expect(await refused(() => bond('received', 1))).toEqual([rule]);
    expect(await refused(() => bond('released', 19_000_001))).toEqual([rule]);
    expect((await standing()).state).toBe('received');
  });

  it('is not taken where the documents ask for none', async () => {
    await play('government', 'contract');
    expect(await milestone('performance-bond')).toBeUndefined();
    expect(await refused(() => bond('received', 1))).toEqual([
      ['gp-performance-bond', '政府采购法实施条例', '48', 'amountFen'],
    ]);
    expect((await standing()).state).toBe('not-required');
  });

  it('of works has the payment guarantee of the purchaser beside it, on the same day (30号令 62)', async () => {
    await play('tendering', 'contract', {
      lots: [{ ...asked(100).lots?.[0], no: 1, title: '一标段', budgetFen: 1_624_699_149, bidBondFen: null }],
    });
    clock.set('2026-05-06T10:00+08:00');
    await bond('received', 38_000_000);
    expect(await milestone('payment-guarantee')).toMatchObject({
      state: 'planned',
      rules: [{ id: 'works-payment-guarantee' }],
    });
    expect(await due('payment-guarantee')).toBe('2026-05-06T23:59:59.999+08:00');
    await bond('payment-guarantee', 38_000_000);
    expect((await milestone('payment-guarantee'))?.state).toBe('done');
  });

  it('goes back after the acceptance, within the agreed days, before the lot is archived', async () => {
    await play('government', 'contract', asked(50));
    await bond('received', 19_000_000);
    await sign({ bondReleaseDays: 7 });
    clock.set('2026-05-11T10:00+08:00');
    await accept();
    expect(await due('performance-bond-release')).toBe('2026-05-18T23:59:59.999+08:00');
    await bond('released', 19_000_000);
    expect((await milestone('performance-bond-release'))?.state).toBe('done');
    expect((await standing()).state).toBe('released');
  });
});

describe('a contract is changed only as the law allows', () => {
  it('all supplements together are at most 10 % of the first contract (政府采购法 49), to the fen', async () => {
    await play('government', 'performance');
    const rule = ['gp-supplement', '政府采购法', '49', 'amountFen'];
    expect(await refused(() => change(more(38_000_001, 2)))).toEqual([rule]);
    await change(more(30_000_000, 2));
    expect(await refused(() => change(more(8_000_001, 3)))).toEqual([rule]);
    await change(more(8_000_000, 3));
    expect(await refused(() => change(more(1, 4)))).toEqual([rule]);
    expect(await contractStanding(db.read, place())).toMatchObject({
      ...{ originalFen: PRICE, amountFen: 418_000_000, supplementsFen: 38_000_000, version: 3 },
    });
    // 财办库〔2023〕243号: a change is published; the platform does it at once.
    const published = await listNotices(db.read, { procurementId: id, kind: 'contract-change', limit: 10 });
    expect(published.map(({ content }) => content['amountFen']).sort()).toEqual([410_000_000, 418_000_000]);
  });

  it('a supplement is more of the same, at its price, and before the acceptance', async () => {
    await play('government', 'performance');
    const rule = ['gp-supplement', '政府采购法', '49'] as const;
    const other = { ...more(1_200_000, 2), items: [{ name: '打印机', quantity: '1 台' }] };
    expect(await refused(() => change(other))).toEqual([[...rule, 'items[0].name']]);
    const dearer = { ...more(1_300_000, 2), items: [{ name: '智慧终端', quantity: '1 台', unitPriceFen: 1_300_000 }] };
    expect(await refused(() => change(dearer))).toEqual([[...rule, 'items[0].unitPriceFen']]);
    await accept();
    expect(await refused(() => change(more(1_200_000, 2)))).toEqual([[...rule, 'kind']]);
  });

  it('its price is not raised otherwise, and nothing changes without a ground (政府采购法 49, 50)', async () => {
    await play('government', 'performance');
    const payments = (amountFen: number) => [
      { no: 2, nameZh: '款', amountFen, after: 'acceptance' as const, days: null },
    ];
    const raised = {
      kind: 'variation',
      ground: 'ruling',
      amountFen: PRICE + 1,
      payments: payments(PRICE + 1),
    } as const;
    expect(await refused(() => change(raised))).toEqual([['gp-supplement', '政府采购法', '49', 'amountFen']]);
    const ground = ['gp-contract-no-unilateral', '政府采购法', '50(1)', 'ground'];
    for (const kind of ['variation', 'suspension', 'termination'] as const)
      expect(
        await refused(() =>
          change({ kind, payments: kind === 'termination' ? [] : null, amountFen: kind === 'termination' ? 0 : null }),
        ),
      ).toEqual([ground]);
    expect(await refused(() => change({ kind: 'suspension', ground: 'agreed' }))).toEqual([ground]);
    await change({ kind: 'suspension', ground: 'public-interest' });
    await change({ kind: 'resumption' });
    await change({ kind: 'termination', ground: 'public-interest', amountFen: 0, payments: [] });
    expect((await contractStanding(db.read, place()))?.state).toBe('terminated');
    expect((await milestone('acceptance'))?.state).toBe('cancelled');
    expect((await milestone('payment'))?.state).toBe('done');
  });

  it('works: a variation that both agree on may raise the price, with its paper and its payments', async () => {
    await play('tendering', 'contract');
    clock.set('2026-05-06T10:00+08:00');
    await sign();
    const rule = ['works-contract-consistent', '招标投标法实施条例', '57(1)'] as const;
    expect(await refused(() => change(more(1, 2)))).toEqual([[...rule, 'kind']]);
    const agreed = { kind: 'variation', ground: 'agreed', amountFen: 400_000_000 } as const;
    expect(await refused(() => change(agreed))).toEqual([[...rule, 'payments']]);
    await change({
      ...agreed,
      payments: [{ no: 2, nameZh: '款', amountFen: 400_000_000, after: 'acceptance', days: null }],
    });
    expect(await contractStanding(db.read, place())).toMatchObject({ originalFen: PRICE, amountFen: 400_000_000 });
  });
});

describe('the acceptance', () => {
  it('is by the purchaser, item by item; one that fails says what follows, and is done again', async () => {
    await play('government', 'performance');
    const rule = ['gp-acceptance', '政府采购法实施条例', '45'] as const;
    expect(
      await refused(() => accept({ parties: [{ name: '张三', role: 'third-party', organisation: null }] })),
    ).toEqual([[...rule, 'parties']]);
    const failed = { items: [{ nameZh: '承载能力', met: false, noteZh: '不足' }], opinionZh: '整改' };
    expect(await refused(() => accept(failed))).toEqual([
      ['need-acceptance-plan', '财库〔2021〕22号', '24', 'consequenceZh'],
    ]);
    await accept({ ...failed, consequenceZh: '整改后复验', rectifyBy: at('2026-04-30T18:00+08:00') });
    expect(await due('acceptance')).toBe('2026-04-30T18:00:00+08:00');
    expect(await contractStanding(db.read, place())).toMatchObject({
      acceptedAt: null,
      acceptances: [{ passed: false }],
    });
    // What waits for the acceptance is not owed yet.
    expect(await refused(() => pay({}))).toEqual([['gp-pay-invoice', '财库〔2019〕38号', '三', 'instalment']]);
    await accept();
    expect((await milestone('acceptance'))?.state).toBe('done');
    expect(await refused(() => accept())).toEqual([[...rule, 'instalment']]);
    expect(await listNotices(db.read, { procurementId: id, kind: 'acceptance', limit: 10 })).toEqual([]);
  });

  it('of a public service has those whom it serves, and is published (政府采购法实施条例 45)', async () => {
    await play('government', 'contract', { kind: 'services' });
    await sign({ publicService: true });
    expect(await refused(() => accept())).toEqual([['gp-acceptance', '政府采购法实施条例', '45', 'parties']]);
    await accept({
      parties: [
        { name: '王工', role: 'purchaser', organisation: null },
        { name: '学生家长', role: 'served', organisation: null },
      ],
    });
    const [notice] = await listNotices(db.read, { procurementId: id, kind: 'acceptance', limit: 10 });
    expect(notice?.content).toMatchObject({ passed: true, opinionZh: '合格' });
  });

  it('goods are no public service', async () => {
    await play('government', 'contract');
    expect(await refused(() => sign({ publicService: true }))).toEqual([
      ['gp-acceptance', '政府采购法实施条例', '45', 'terms.publicService'],
    ]);
  });
});

describe('payments', () => {
  const afterDelivery = (change: Partial<ContractTerms> = {}) => ({
    payments: [{ no: 1, nameZh: '款', amountFen: PRICE, after: 'delivery' as const, days: null }],
    ...change,
  });

  it('a small firm is paid within 30 days of the delivery (保障中小企业款项支付条例 9), by the earlier of what both sides state', async () => {
    await play('government', 'contract');
    await sign(afterDelivery({ smallFirm: true }));
    expect(await due('payment')).toBeNull();
    clock.set('2026-05-08T10:00+08:00');
    await deliver({ deliveredAt: at('2026-05-08T09:00+08:00') });
    // Thirty days from 8 May: 7 June is a Sunday, so that the period ends on the Monday after it (民法典 203).
    expect(await due('payment')).toBe('2026-06-08T23:59:59.999+08:00');
    await deliver({ deliveredAt: at('2026-05-06T09:00+08:00') }, who.asSupplier(0));
    // Thirty days from 6 May: 5 June, a Friday.
    expect(await due('payment')).toBe('2026-06-05T23:59:59.999+08:00');
    expect((await contractStanding(db.read, place()))?.instalments).toMatchObject([{ no: 1, disputed: true }]);
    const again = await refusalOf(deliver({ deliveredAt: at('2026-05-08T09:30+08:00') }));
    expect(again.code).toBe('bad-input');
  });

  it('any supplier of government procurement is paid within 30 days of its invoice (财库〔2019〕38号 三)', async () => {
    await play('government', 'contract');
    await sign(afterDelivery());
    clock.set('2026-05-06T10:00+08:00');
    await deliver({ deliveredAt: at('2026-04-27T09:00+08:00') });
    expect(await due('payment')).toBeNull();
    await deliver({ invoicedAt: at('2026-05-06T09:00+08:00') }, who.asSupplier(0));
    expect(await due('payment')).toBe('2026-06-05T23:59:59.999+08:00');
  });

  it('is never more than is owed; late, it bears 0.05 % a day (保障中小企业款项支付条例 17), and what is overdue is on record', async () => {
    await play('government', 'contract');
    await sign(afterDelivery({ smallFirm: true }));
    clock.set('2026-05-06T10:00+08:00');
    await deliver({ deliveredAt: clock.read() });
    expect(await refused(() => pay({ amountFen: PRICE + 1 }))).toEqual([
      ['gp-pay-invoice', '财库〔2019〕38号', '三', 'amountFen'],
    ]);
    clock.set('2026-06-06T00:00+08:00');
    await advance(db, id, 1);
    expect(await milestone('payment')).toMatchObject({ state: 'planned', overdue: true });
    // Ten days late on 15 June: 380,000,000 × 0.0005 × 10.
    clock.set('2026-06-15T10:00+08:00');
    const interest = ['gp-pay-sme-late-interest', '保障中小企业款项支付条例', '17', 'interestFen'];
    expect(await refused(() => pay({ interestFen: 1_900_001 }))).toEqual([interest]);
    await pay({ interestFen: 1_900_000 });
    expect((await milestone('payment'))?.state).toBe('done');
    expect(await refused(() => pay({ amountFen: 1 }))).toEqual([
      ['gp-pay-invoice', '财库〔2019〕38号', '三', 'amountFen'],
    ]);
  });

  it('a lot is archived when all is accepted, paid and given back, and not before', async () => {
    await play('government', 'performance');
    for (const key of ['deposits-losers', 'contract-filing', 'deposits-winner'] as const)
      await decide(db, who.asPurchaser, { ...place(), kind: 'duty', payload: { key, noteZh: null } });
    await decide(db, who.asPurchaser, {
      ...place(),
      kind: 'publish-contract',
      payload: { textZh: '合同', documentId: null },
    });
    await advance(db, id, 1);
    expect((await lotOf(db.read, id, 1)).stage).toBe('performance');
    await deliver({ deliveredAt: clock.read() });
    expect(await due('acceptance')).toBe('2026-04-23T23:59:59.999+08:00');
    await accept();
    await advance(db, id, 1);
    expect((await lotOf(db.read, id, 1)).stage).toBe('performance');
    await pay({});
    await advance(db, id, 1);
    expect((await lotOf(db.read, id, 1)).stage).toBe('archived');
    // 政府采购法 42: at least fifteen years from the end of the procurement.
    expect(await due('archive-until')).toBe('2041-04-13T23:59:59.999+08:00');
  });
});
