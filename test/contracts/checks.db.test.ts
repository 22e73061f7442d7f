import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsAfter } from '../../db/events.ts';
import { insertScheme } from '../../db/evaluation/schemes.ts';
import { listNotices } from '../../db/notices.ts';
import type { Draft } from '../../db/procurements.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import type { Instalment } from '../../domain/contracts/stated.ts';
import { contractStanding } from '../../services/contracts/standing.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { governmentScheme } from '../setup/tenders/evaluations.ts';
import { performing, PRICE } from '../setup/tenders/performing.ts';
import { played } from '../setup/tenders/played.ts';
import { addFile, at, blockingOf, decide, handClock, people, refusalOf, type People } from '../setup/tenders/tender.ts';

// What is recorded of a contract is compared with what was recorded before, and not believed.

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let id: string;
let acts: ReturnType<typeof performing>;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  acts = performing(db, who, clock, place);
});
afterEach(() => db.close());

const place = () => ({ procurementId: id, lotNo: 1 });
const awarded = async (change: Partial<Draft> = {}, regime: 'government' | 'tendering' = 'government') => {
  ({ id } = await played(db, clock, who, regime, 'contract', change));
  clock.set(regime === 'government' ? '2026-04-13T10:00+08:00' : '2026-05-06T10:00+08:00');
};
const standing = async () => {
  const contract = await contractStanding(db.read, place());
  if (!contract) throw new Error('not signed');
  return contract;
};
/** Rule, article and field of what is refused; nothing of it is kept. */
const refused = async (act: () => Promise<unknown>) => {
  const before = await contractStanding(db.read, place());
  const { code, details } = await refusalOf(act());
  expect(await contractStanding(db.read, place())).toEqual(before);
  const { violations, field } = details as { violations?: unknown; field?: string };
  return violations === undefined ? [code, field] : blockingOf(details);
};
const due = async (key: 'payment' | 'acceptance') => {
  const row = await findMilestone(db.read, place(), key);
  return [row?.state, typeof row?.dueAt === 'number' ? formatInstant(row.dueAt) : null];
};
const instalment = (change: Partial<Instalment>): Instalment => ({
  ...{ no: 1, nameZh: '款', amountFen: PRICE, after: 'delivery', days: null },
  ...change,
});

describe('the terms', () => {
  it('buy no item twice; two of one name are told by their specification (财政部令87号 71(1))', async () => {
    await awarded();
    const [item] = termsOf(PRICE).items;
    if (!item) throw new Error('no item');
    const rule = ['gp-contract-no-change', '财政部令87号', '71(1)'] as const;
    expect(await refused(() => acts.sign({ items: [item, { ...item }] }))).toEqual([[...rule, 'terms.items[1].name']]);
  });

  it('state no other days beside those of the bid, unless they say why', async () => {
    await awarded();
    const period = '180 日历天，可以顺延 300 日';
    const rule = ['gp-contract-no-change', '财政部令87号', '71(1)', 'terms.period'];
    expect(await refused(() => acts.sign({ period }))).toEqual([rule]);
    await acts.sign({ period, explanations: [{ field: 'period', reasonZh: '因不可抗力' }] });
    expect((await standing()).deviations).toMatchObject([{ field: 'period', known: '180 日历天' }]);
  });

  it('say so where the lot was reserved for small firms, and only there (财库〔2020〕46号 14)', async () => {
    await awarded();
    const rule = ['sme-contract-label', '财库〔2020〕46号', '14', 'terms.reservedLabel'];
    const reserved = (is: boolean) =>
      db.transaction(async (tx) => {
        const statements = { uniform: false, reserved: is, exempt: false, answers: {} };
        await insertScheme(tx, {
          ...{ ...place(), version: is ? 9 : 8, scheme: governmentScheme(), statements, hash: '0', statedAt: tx.now },
        });
      });
    await reserved(false);
    expect(await refused(() => acts.sign({ reservedLabel: true }))).toEqual([rule]);
    await reserved(true);
    expect(await refused(() => acts.sign({}))).toEqual([rule]);
    await acts.sign({ reservedLabel: true });
    expect((await standing()).terms?.reservedLabel).toBe(true);
    await decide(db, who.asPurchaser, {
      ...{ ...place(), kind: 'publish-contract' },
      payload: { textZh: '合同全文见附件', documentId: await addFile(db, id, 'contract') },
    });
    const [notice] = await listNotices(db.read, { procurementId: id, kind: 'contract', limit: 1 });
    expect(notice?.content).toMatchObject({ reserved: true });
  });

  it('are not recorded with a winner that has refused the award, which it does once (政府采购法实施条例 49)', async () => {
    await awarded();
    const refuse = () =>
      decide(db, who.asSupplier(0), {
        ...{ ...place(), kind: 'refuse-award' },
        payload: { bidId: '', reasonZh: '资金不足' },
      });
    await refuse();
    expect(await refused(refuse)).toEqual(['already-exists', 'reasonZh']);
    const refusal = await refusalOf(acts.sign());
    expect(refusal).toMatchObject({ code: 'unlawful', details: { rule: 'gp-refuse-sign-next', article: '49' } });
    expect(await contractStanding(db.read, place())).toBeUndefined();
  });

  it('agree on no late interest below the loan prime rate of the signing (保障中小企业款项支付条例 17)', async () => {
    await awarded();
    const rule = ['gp-pay-sme-late-interest', '保障中小企业款项支付条例', '17'] as const;
    const agreed = (dailyPpm: number, lprPpm: number | null) => ({
      ...{ smallFirm: true, lateInterest: { dailyPpm, lprPpm } },
      payments: [instalment({})],
    });
    expect(await refused(() => acts.sign(agreed(85, null)))).toEqual([[...rule, 'terms.lateInterest.lprPpm']]);
    // 3.1 % a year is 84.93 millionths a day.
    expect(await refused(() => acts.sign(agreed(84, 31_000)))).toEqual([[...rule, 'terms.lateInterest.dailyPpm']]);
    await acts.sign(agreed(100, 31_000));
    clock.set('2026-05-06T10:00+08:00');
    await acts.deliver({ deliveredAt: clock.read() });
    // Ten days after 5 June: 380,000,000 × 0.0001 × 10.
    clock.set('2026-06-15T10:00+08:00');
    expect(await refused(() => acts.pay({ interestFen: 380_001 }))).toEqual([[...rule, 'interestFen']]);
    await acts.pay({ interestFen: 380_000 });
    expect((await due('payment'))[0]).toBe('done');
  });
});

describe('a supplement and a bond', () => {
  it('a supplement comes to what it adds (政府采购法 49)', async () => {
    await awarded();
    await acts.sign();
    const supplement = (amountFen: number) =>
      acts.change({
        ...{ kind: 'supplement', ground: null, amountFen },
        items: [{ name: '智慧终端', quantity: '2 台', unitPriceFen: 1_200_000 }],
        payments: [instalment({ no: 2, amountFen })],
      });
    expect(await refused(() => supplement(38_000_000))).toEqual([['gp-supplement', '政府采购法', '49', 'amountFen']]);
    await supplement(2_400_000);
    expect((await standing()).amountFen).toBe(PRICE + 2_400_000);
  });

  it('a guarantee is received once, what is kept has a reason, and goods have no payment guarantee', async () => {
    await awarded({
      lots: [{ no: 1, title: '一包', budgetFen: 383_640_000, bidBondFen: null, performanceBondPermille: 50 }],
    });
    const rule = ['gp-performance-bond', '政府采购法实施条例', '48'] as const;
    await acts.bond('received', 9_500_000);
    expect(await refused(() => acts.bond('received', 9_500_000, 'bh 1'))).toEqual([[...rule, 'reference']]);
    await acts.bond('received', 9_500_000, 'BH-2');
    expect(await refused(() => acts.bond('kept', 1_000))).toEqual([[...rule, 'reasonZh']]);
    expect(await refused(() => acts.bond('payment-guarantee', 1_000, 'ZF-1'))).toEqual([[...rule, 'step']]);
  });
});

describe('a performance that is late', () => {
  const acceptance = ['gp-acceptance', '政府采购法实施条例', '45'] as const;

  it('is late by the delivery, and its acceptance says why: on record, and in what its supervisor reads', async () => {
    await awarded();
    await acts.sign();
    // 180 days from 13 April: 10 October.
    expect(formatInstant((await standing()).performanceDueAt ?? 0)).toBe('2026-10-10T23:59:59.999+08:00');
    clock.set('2026-10-14T10:00+08:00');
    await acts.deliver({ deliveredAt: clock.read() }, who.asSupplier(0));
    clock.set('2026-10-20T10:00+08:00');
    expect(await refused(() => acts.accept())).toEqual([[...acceptance, 'lateReasonZh']]);
    await acts.accept({ lateReasonZh: '原厂停产，按合同扣减违约金' });
    expect((await standing()).acceptances).toMatchObject([{ lateReasonZh: '原厂停产，按合同扣减违约金' }]);
    const events = (await eventsAfter(db.read, 0, 9_999)).filter(({ kind }) => kind === 'contract.accepted');
    expect(events).toMatchObject([{ detail: { lateDays: 4 } }]);
  });

  it('is not late where a variation gave it more time, or it was suspended; a suspension has no days of its own', async () => {
    await awarded();
    await acts.sign();
    clock.set('2026-05-06T10:00+08:00');
    const unilateral = ['gp-contract-no-unilateral', '政府采购法', '50(1)', 'period'];
    expect(await refused(() => acts.change({ period: '尽快' }))).toEqual([unilateral]);
    const suspension = { kind: 'suspension', ground: 'public-interest' } as const;
    expect(await refused(() => acts.change({ ...suspension, period: '200 日历天' }))).toEqual([unilateral]);
    await acts.change(suspension);
    expect((await standing()).performanceDueAt).toBeNull();
    clock.set('2026-05-11T10:00+08:00');
    await acts.change({ kind: 'resumption', ground: null });
    // Five days more: 15 October.
    expect(formatInstant((await standing()).performanceDueAt ?? 0)).toBe('2026-10-15T23:59:59.999+08:00');
    await acts.change({ period: '200 日历天' });
    // 200 days and five: 4 November.
    expect(formatInstant((await standing()).performanceDueAt ?? 0)).toBe('2026-11-04T23:59:59.999+08:00');
    clock.set('2026-11-04T10:00+08:00');
    await acts.accept();
    expect((await standing()).acceptedAt).toBe(clock.read());
  });

  it('an acceptance is not before the delivery or the one before it, nor is its record; what it accepted was delivered', async () => {
    await awarded();
    await acts.sign();
    clock.set('2026-05-06T10:00+08:00');
    const early = await addFile(db, id, 'acceptance');
    clock.set('2026-05-20T10:00+08:00');
    await acts.deliver({ deliveredAt: at('2026-05-12T09:00+08:00') });
    expect(await refused(() => acts.accept({ at: at('2026-05-11T10:00+08:00') }))).toEqual([[...acceptance, 'at']]);
    expect(await refused(() => acts.accept({ documentId: early }))).toEqual(['unlawful', 'documentId']);
    const wanting = { items: [{ nameZh: '承载能力', met: false, noteZh: null }], consequenceZh: '整改' };
    await acts.accept({ ...wanting, at: at('2026-05-18T10:00+08:00') });
    expect(await refused(() => acts.accept({ at: at('2026-05-13T10:00+08:00') }))).toEqual([[...acceptance, 'at']]);
    const later = { deliveredAt: at('2026-05-19T09:00+08:00') };
    expect(await refused(() => acts.deliver(later, who.asSupplier(0)))).toEqual(['unlawful', 'deliveredAt']);
  });

  it('an instalment is accepted once', async () => {
    await awarded();
    const half = { after: 'acceptance' as const, amountFen: PRICE / 2 };
    await acts.sign({ payments: [instalment(half), instalment({ ...half, no: 2 })] });
    await acts.accept({ instalment: 1 });
    expect(await refused(() => acts.accept({ instalment: 1 }))).toEqual([[...acceptance, 'instalment']]);
    await acts.accept({ instalment: 2 });
  });
});

describe('payments to a small firm (保障中小企业款项支付条例)', () => {
  it('an acceptance that nobody holds puts off no payment: from the end of its agreed period (10)', async () => {
    await awarded();
    await acts.sign({ smallFirm: true, payments: [instalment({ after: 'acceptance' })] });
    clock.set('2026-05-06T10:00+08:00');
    await acts.deliver({ deliveredAt: clock.read() }, who.asSupplier(0));
    // The acceptance is agreed within ten days, until 16 May; thirty days: 15 June, a Monday.
    expect(await due('payment')).toEqual(['planned', '2026-06-15T23:59:59.999+08:00']);
    clock.set('2026-05-16T10:00+08:00');
    expect(await refused(() => acts.pay())).toEqual([['gp-pay-invoice', '财库〔2019〕38号', '三', 'instalment']]);
    clock.set('2026-05-17T10:00+08:00');
    await acts.pay();
    expect((await due('payment'))[0]).toBe('done');
  });

  it('one that finds it wanting in time does', async () => {
    await awarded();
    await acts.sign({ smallFirm: true, payments: [instalment({ after: 'acceptance' })] });
    clock.set('2026-05-06T10:00+08:00');
    await acts.deliver({ deliveredAt: clock.read() }, who.asSupplier(0));
    clock.set('2026-05-12T10:00+08:00');
    await acts.accept({ items: [{ nameZh: '承载能力', met: false, noteZh: null }], consequenceZh: '整改' });
    expect(await due('payment')).toEqual(['planned', null]);
  });

  it('no later than 60 days after the delivery, however it is agreed (9)', async () => {
    await awarded();
    await acts.sign({ smallFirm: true, payments: [instalment({ after: 'signing', days: 3650 })] });
    clock.set('2026-05-06T10:00+08:00');
    await acts.deliver({ deliveredAt: clock.read() });
    // 5 July is a Sunday.
    expect(await due('payment')).toEqual(['planned', '2026-07-06T23:59:59.999+08:00']);
  });

  it('one that came late is not done without its interest (17)', async () => {
    await awarded();
    await acts.sign({ smallFirm: true, payments: [instalment({})] });
    clock.set('2026-05-06T10:00+08:00');
    await acts.deliver({ deliveredAt: clock.read() });
    clock.set('2026-06-15T10:00+08:00');
    await acts.pay();
    expect(await due('payment')).toEqual(['planned', '2026-06-05T23:59:59.999+08:00']);
    await acts.pay({ amountFen: 0, interestFen: 1_900_000, voucher: '2' });
    expect((await due('payment'))[0]).toBe('done');
  });

  it('the platform knows who declared itself one, and nobody types it', async () => {
    await awarded();
    await acts.sign({ smallFirm: undefined, payments: [instalment({})] });
    expect((await standing()).terms?.smallFirm).toBe(false);
  });
});

describe('a voucher', () => {
  const rule = ['gp-pay-invoice', '财库〔2019〕38号', '三'] as const;
  beforeEach(async () => {
    await awarded();
    await acts.sign({ payments: [instalment({ amountFen: PRICE / 2 }), instalment({ no: 2, amountFen: PRICE / 2 })] });
    clock.set('2026-05-06T10:00+08:00');
    await acts.deliver({ deliveredAt: clock.read() });
  });

  it('pays once: typed twice it is refused, however it is written', async () => {
    await acts.pay({ amountFen: 1_000, voucher: 'ZF-2026 1' });
    for (const voucher of ['ZF-2026 1', 'ｚｆ20261', 'zf 2026-1'])
      expect(await refused(() => acts.pay({ amountFen: 1_000, voucher })), voucher).toEqual([[...rule, 'voucher']]);
    const joined = { amountFen: 1_000, voucher: 'ZF20261', transferFen: 2_000 };
    expect(await refused(() => acts.pay(joined))).toEqual([[...rule, 'voucher']]);
  });

  it('of one transfer that makes several payments each says what it came to, and they are no more than that', async () => {
    const transferFen = PRICE - 1_000;
    await acts.pay({ amountFen: PRICE / 2, voucher: 'A', transferFen });
    const rest = { instalment: 2, voucher: 'A' } as const;
    expect(await refused(() => acts.pay({ ...rest, amountFen: PRICE / 2, transferFen: PRICE }))).toEqual([
      [...rule, 'voucher'],
    ]);
    expect(await refused(() => acts.pay({ ...rest, amountFen: PRICE / 2, transferFen }))).toEqual([
      [...rule, 'amountFen'],
    ]);
    await acts.pay({ ...rest, amountFen: PRICE / 2 - 1_000, transferFen });
    await acts.pay({ ...rest, amountFen: 1_000, voucher: 'B' });
    expect((await due('payment'))[0]).toBe('done');
  });

  it('is no payment of nothing, nor of a day before what it waits for', async () => {
    expect(await refusalOf(acts.pay({ amountFen: 0 }))).toMatchObject({ code: 'bad-input' });
    expect(await refused(() => acts.pay({ amountFen: 1_000, paidAt: at('2026-05-05T10:00+08:00') }))).toEqual([
      [...rule, 'paidAt'],
    ]);
  });
});
