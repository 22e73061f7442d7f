import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../domain/civil-time.ts';
import { bondLimitFen, performanceBondOf } from '../../domain/contracts/bond.ts';
import { changeFaults } from '../../domain/contracts/change.ts';
import { interestOwed, lateRatePpm, paymentDue } from '../../domain/contracts/payments.ts';
import { contractOf, paidFenOf, type ContractAct } from '../../domain/contracts/standing.ts';
import { missingTerms } from '../../domain/contracts/terms.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { at } from '../setup/tenders/tender.ts';

const PRICE = 1_000_000;
const signed: ContractAct = {
  kind: 'contract',
  payload: { amountFen: PRICE, signedAt: at('2026-04-13'), documentId: null, terms: termsOf(PRICE) },
  receivedAt: at('2026-04-13'),
};
const none = {
  ...{ after: 'delivery', days: null, from: null, invoicedAt: null },
  ...{ deliveredAt: null, acceptanceEndAt: null },
} as Parameters<typeof paymentDue>[1];
const dueOf = (given: Partial<Parameters<typeof paymentDue>[1]>, small = true) => {
  const found = paymentDue(GOVERNMENT_OPEN_TENDER.contract.payment, { ...none, ...given }, small, chinaCalendar);
  return found && [found.rule, formatInstant(found.dueAt)];
};

describe('when a payment is owed', () => {
  it('is counted from what it waits for; of two periods that bind, the earlier counts', () => {
    const from = at('2026-05-06T09:00+08:00');
    expect(dueOf({})).toBeNull();
    // 保障中小企业款项支付条例 9: thirty days from 6 May.
    expect(dueOf({ from })).toEqual(['gp-pay-sme', '2026-06-05T23:59:59.999+08:00']);
    expect(dueOf({ from }, false)).toBeNull();
    // As agreed, in calendar days, the day of the event not counted: 5 July is a Sunday.
    expect(dueOf({ from, days: 60 })).toEqual([null, '2026-07-05T23:59:59.999+08:00']);
    // 财库〔2019〕38号 三: thirty days from the invoice of 11 May.
    const invoicedAt = at('2026-05-11T09:00+08:00');
    expect(dueOf({ from, days: 60, invoicedAt })).toEqual(['gp-pay-invoice', '2026-06-10T23:59:59.999+08:00']);
    expect(dueOf({ from, invoicedAt })).toEqual(['gp-pay-sme', '2026-06-05T23:59:59.999+08:00']);
    // 60 days at the most, however it is agreed (9): after the signing of 13 April, and the delivery of 6 May: Monday 6 July.
    const late = { after: 'signing', days: 300, from: at('2026-04-13T10:00+08:00') } as const;
    expect(dueOf({ ...late, deliveredAt: from })).toEqual(['gp-pay-sme-max', '2026-07-06T23:59:59.999+08:00']);
    expect(dueOf(late)).toEqual([null, '2027-02-07T23:59:59.999+08:00']);
    expect(dueOf({ ...late, deliveredAt: from }, false)).toEqual([null, '2027-02-07T23:59:59.999+08:00']);
    // gp-pay-sme-acceptance (10): its agreed period ends on 16 May without one; thirty days: 15 June, a Monday.
    const inspection = { after: 'acceptance', acceptanceEndAt: at('2026-05-16T23:59:59.999+08:00') } as const;
    expect(dueOf(inspection)).toEqual(['gp-pay-sme', '2026-06-15T23:59:59.999+08:00']);
    expect(dueOf({ ...inspection, from: at('2026-08-01') })).toEqual(['gp-pay-sme', '2026-06-15T23:59:59.999+08:00']);
    expect(dueOf(inspection, false)).toBeNull();
    // The act is in force since 1 June 2025.
    expect(dueOf({ from: at('2025-05-30') })).toBeNull();
  });

  it('late, it bears 0.05 % for each day (保障中小企业款项支付条例 17), of what came late and of what is open', () => {
    const owed = { dueAt: at('2026-06-05T23:59:59+08:00'), fromAt: 0, rule: null } as const;
    const payment = { instalment: 1, amountFen: 400_000, interestFen: 0, voucher: '1', documentId: null };
    const late = { ...payment, paidAt: at('2026-06-08T10:00+08:00') };
    const open = { amountFen: PRICE, paidFen: 400_000, payments: [late] };
    const { payment: definition } = GOVERNMENT_OPEN_TENDER.contract;
    const rate = lateRatePpm(definition, { smallFirm: true });
    expect([rate, lateRatePpm(definition, { smallFirm: false })]).toEqual([500, null]);
    // 400,000 for three days: 600; 600,000 for ten: 3,000.
    expect(interestOwed(rate, open, owed, at('2026-06-15T09:00+08:00'))).toBe(3_600);
    expect(interestOwed(rate, { ...open, paidFen: 0, payments: [] }, owed, at('2026-06-05T23:00+08:00'))).toBe(0);
    expect(interestOwed(null, open, owed, at('2026-06-15'))).toBe(0);
  });
});

describe('the performance bond', () => {
  const asked = { performanceBondPermille: 50, performanceBondDays: null, priceFen: PRICE, bidId: 'b', dueAt: 10 };
  const step = { step: 'received', bidId: 'b', form: 'guarantee', at: 1, reference: 'r', documentId: null } as const;

  it('is never above 10 % of the price in whole fen (招标投标法实施条例 58, 政府采购法实施条例 48)', () => {
    for (const rule of ['works-performance-bond', 'gp-performance-bond'] as const)
      expect(bondLimitFen(rule, 999_999)).toBe(99_999);
    // 30号令 62(3): no more than the documents ask for.
    expect(TENDERING_OPEN_TENDER.contract.bond.noMore).toBe('works30-no-bond-raise');
  });

  it('is awaited, overdue, received and released, of the present winner alone', () => {
    const state = (steps: Parameters<typeof performanceBondOf>[1], now = 5) =>
      performanceBondOf(asked, steps, now).state;
    const received = { ...step, amountFen: 50_000, reasonZh: null };
    expect([state([]), state([], 10), state([], 11)]).toEqual(['awaited', 'awaited', 'overdue']);
    expect(state([{ ...received, amountFen: 49_999 }], 11)).toBe('overdue');
    expect(state([{ ...received, bidId: 'another' }], 11)).toBe('overdue');
    expect(state([received], 11)).toBe('received');
    expect(state([received, { ...received, step: 'released', amountFen: 20_000 }])).toBe('received');
    const back = { ...received, step: 'released' as const, amountFen: 20_000 };
    expect(state([received, back, { ...back, step: 'kept', amountFen: 30_000, reasonZh: '违约' }])).toBe('released');
    expect(performanceBondOf({ ...asked, performanceBondPermille: null }, [], 11).state).toBe('not-required');
  });
});

describe('what a contract states', () => {
  it('of an inquiry is what 财库〔2021〕22号 23 lists, of a tender 财政部令87号 72, of works 招标投标法实施条例 57', () => {
    const bare = { ...termsOf(PRICE), warrantyZh: undefined, disputesZh: undefined, quality: undefined };
    const missing = (definition: Parameters<typeof missingTerms>[0]) =>
      missingTerms(definition, bare).map(({ rule, field }) => `${rule} ${field}`);
    expect(missing(GOVERNMENT_INQUIRY)).toEqual([
      'need-contract-fields terms.quality',
      'need-contract-fields terms.warrantyZh',
      'need-contract-fields terms.disputesZh',
    ]);
    expect(missing(GOVERNMENT_OPEN_TENDER)).toEqual([
      'gp-contract-fields terms.quality',
      'gp-contract-fields terms.disputesZh',
    ]);
    expect(missing(TENDERING_OPEN_TENDER)).toEqual(['works-contract-consistent terms.quality']);
  });
});

describe('changes', () => {
  const contract = contractOf([signed]);
  if (!contract?.terms) throw new Error('no contract');
  const inForce = { ...contract, terms: contract.terms };
  const supplement = (amountFen: number, no: number): Extract<ContractAct, { kind: 'change-contract' }>['payload'] => ({
    ...{ kind: 'supplement', ground: null, reasonZh: '增购', signedAt: at('2026-05-06'), documentId: 'd', amountFen },
    payments: [{ no, nameZh: '款', amountFen, after: 'acceptance', days: null }],
    items: [{ name: '智慧终端', unitPriceFen: 1_200_000 }],
  });

  it('of government procurement are published (gp-contract-change-announce is RECALLED: nothing is refused by it)', () => {
    expect(GOVERNMENT_OPEN_TENDER.contract.changes.notice).toBe('gp-contract-change-announce');
    expect(TENDERING_OPEN_TENDER.contract.changes.notice).toBeUndefined();
  });

  it('harm to the public interest is a ground (政府采购法 50(2), gp-contract-public-interest), an agreement alone is none', () => {
    const change = { ...supplement(0, 2), kind: 'suspension' as const, amountFen: null, payments: null, items: [] };
    const by = (ground: 'public-interest' | 'agreed') =>
      changeFaults(GOVERNMENT_OPEN_TENDER, inForce, { ...change, ground }).map(({ article }) => article);
    expect([by('public-interest'), by('agreed')]).toEqual([[], ['50(1)']]);
    expect(changeFaults(TENDERING_OPEN_TENDER, inForce, { ...change, ground: 'agreed' })).toEqual([]);
  });

  it('any supplements that are taken come to 10 % of the first contract at most, and instalments to the sum (政府采购法 49)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10, max: 60_000 }), { maxLength: 8 }), (amounts) => {
        const acts: ContractAct[] = [signed];
        for (const [index, amountFen] of amounts.entries()) {
          const now = contractOf(acts);
          if (!now?.terms) throw new Error('no contract');
          const payload = supplement(amountFen, index + 2);
          if (changeFaults(GOVERNMENT_OPEN_TENDER, { ...now, terms: now.terms }, payload).length > 0) continue;
          acts.push({ kind: 'change-contract', payload, receivedAt: index });
        }
        const last = contractOf(acts);
        expect(last?.supplementsFen).toBeLessThanOrEqual(PRICE / 10);
        expect(last?.amountFen).toBe(PRICE + (last?.supplementsFen ?? 0));
        expect(last?.instalments.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(last?.amountFen);
      }),
    );
  });

  it('after a variation, what was paid and what is to be paid are together the new sum', () => {
    const paid: ContractAct = {
      kind: 'pay',
      payload: { instalment: 1, amountFen: 300_000, interestFen: 0, paidAt: 1, voucher: '1', documentId: null },
      receivedAt: 1,
    };
    const change = {
      ...supplement(0, 2),
      kind: 'variation' as const,
      ground: 'ruling' as const,
      items: [],
      amountFen: 900_000,
    };
    const next = (amountFen: number, no = 2) => [
      { no, nameZh: '款', amountFen, after: 'acceptance' as const, days: null },
    ];
    const now = contractOf([signed, paid]);
    if (!now?.terms) throw new Error('no contract');
    const faults = (given: typeof change) =>
      changeFaults(GOVERNMENT_OPEN_TENDER, { ...now, terms: termsOf(PRICE) }, given).map(({ field }) => field);
    expect(faults({ ...change, payments: next(600_000) })).toEqual([]);
    expect(faults({ ...change, payments: next(600_001) })).toEqual(['payments']);
    expect(faults({ ...change, payments: next(600_000, 1) })).toEqual(['payments[0].no']);
    expect(faults({ ...change, amountFen: 299_999, payments: [] })).toEqual(['amountFen', 'payments']);
    const payload = { ...change, payments: next(600_000) };
    const after = contractOf([signed, paid, { kind: 'change-contract', payload, receivedAt: 2 }]);
    expect(after?.instalments.map(({ no, amountFen, paidFen }) => [no, amountFen, paidFen])).toEqual([
      [1, 300_000, 300_000],
      [2, 600_000, 0],
    ]);
    expect(after && paidFenOf(after)).toBe(300_000);
  });
});
