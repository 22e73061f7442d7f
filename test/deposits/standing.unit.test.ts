import { describe, expect, it } from 'vitest';
import { assertForfeit } from '../../domain/deposits/settlement.ts';
import type { DomainError } from '../../domain/errors.ts';
import { depositFaultText } from '../../domain/deposits/faults.ts';
import { PROCEDURE_DEFINITIONS, procedureOf, tenderOf } from '../../domain/procedures/index.ts';
import { referenceFrom, referencesIn } from '../../domain/deposits/references.ts';
import { depositStanding, type DepositFacts } from '../../domain/deposits/standing.ts';
import { getRule } from '../../domain/law/rulebook.ts';

const deadline = 1_000_000;
const validUntil = 90 * 86_400_000;
const terms = { requiredFen: 800_000_00, deadline, validUntil };
const paid = (change: Partial<DepositFacts> = {}): DepositFacts => ({
  form: 'transfer',
  externalId: 'T1',
  amountFen: 800_000_00,
  arrivedAt: deadline - 1,
  validUntil: null,
  rejected: false,
  gone: false,
  ...change,
});

describe('whether a deposit is there', () => {
  it('arrives by the deadline of bids (财库〔2019〕38号 三): the bank’s instant, before it', () => {
    expect(depositStanding([paid()], terms)).toEqual({
      held: true,
      amountFen: 800_000_00,
      form: 'transfer',
      faults: [],
    });
    expect(depositStanding([paid({ arrivedAt: deadline })], terms)).toEqual({
      held: false,
      amountFen: 0,
      form: null,
      faults: ['late'],
    });
  });

  it('is not late while its deadline is suspended, and goes by the one that is set then', () => {
    const late = paid({ arrivedAt: deadline + 5 });
    expect(depositStanding([late], { ...terms, suspended: true })).toMatchObject({ held: true, faults: [] });
    expect(depositStanding([late], { ...terms, deadline: deadline + 6 })).toMatchObject({ held: true, faults: [] });
    expect(depositStanding([late], { ...terms, deadline: deadline + 5 })).toMatchObject({
      held: false,
      faults: ['late'],
    });
  });

  it('is whole: several payments add up, one fen short is not enough', () => {
    const half = paid({ amountFen: 400_000_00 });
    expect(depositStanding([half, half], terms)).toMatchObject({ held: true, amountFen: 800_000_00 });
    expect(depositStanding([half, paid({ amountFen: 399_999_99 })], terms)).toMatchObject({
      held: false,
      faults: ['short'],
    });
    expect(depositStanding([half, paid({ amountFen: 400_000_00, arrivedAt: deadline })], terms)).toMatchObject({
      held: false,
      amountFen: 400_000_00,
      faults: ['late', 'short'],
    });
  });

  it('a guarantee holds as long as the bids do (招标投标法实施条例 26)', () => {
    const guarantee = paid({ form: 'guarantee', validUntil });
    expect(depositStanding([guarantee], terms)).toMatchObject({ held: true, form: 'guarantee' });
    expect(depositStanding([{ ...guarantee, validUntil: validUntil - 86_400_000 }], terms)).toMatchObject({
      held: false,
      faults: ['validity'],
    });
    expect(depositStanding([{ ...guarantee, rejected: true }], terms)).toMatchObject({
      held: false,
      faults: ['rejected'],
    });
  });

  it('what was given back before the deadline stands for nothing', () => {
    expect(depositStanding([paid({ gone: true })], terms)).toEqual({
      held: false,
      amountFen: 0,
      form: null,
      faults: [],
    });
  });
});

describe('what the bidder is shown, with its article', () => {
  it('of a deposit that came late in government procurement (gp-bid-bond-deadline)', () => {
    const { article } = getRule('gp-bid-bond-deadline');
    expect(article).toBe('三');
    expect(depositFaultText('late', tenderOf('government').deposits, terms, tenderOf('government').words).zh).toContain(
      '财库〔2019〕38号 三',
    );
    expect(
      depositFaultText('late', tenderOf('tendering').deposits, terms, tenderOf('tendering').words).zh,
    ).not.toContain('财库');
  });
});

describe('the grounds on which a deposit is kept', () => {
  it('are refused by no law of another regime', () => {
    const deposit = { leftFen: 1, form: 'transfer' } as Parameters<typeof assertForfeit>[1];
    const duty = { why: 'won', rule: null } as Parameters<typeof assertForfeit>[2];
    const refusedFor = (procedure: 'inquiry' | 'invited-tender', ground: 'contract-refused' | 'not-decrypted') => {
      try {
        const forfeit = { amountFen: 1, ground };
        const record = { bid: 'standing', opening: 'opened', won: true, contractSigned: false } as const;
        assertForfeit(procedureOf({ regime: 'government', procedure }), deposit, duty, forfeit, record);
        return null;
      } catch (error) {
        return error as DomainError;
      }
    };
    expect(refusedFor('invited-tender', 'contract-refused')).toMatchObject({
      code: 'unlawful',
      details: { law: '财政部令87号' },
    });
    // 74令 20(2): what is kept of a supplier whose offer was accepted and who refuses the contract.
    expect(procedureOf({ regime: 'government', procedure: 'inquiry' }).deposits.forfeit).toEqual({
      'contract-refused': 'neg-inq-bond-kept',
    });
    const inquiry = refusedFor('inquiry', 'not-decrypted');
    expect(inquiry?.code).toBe('unlawful');
    expect(`${inquiry?.messageZh} ${inquiry?.messageEn}`).not.toMatch(/招标|投标|87号/);
  });

  it('are those of the rules, and no others', () => {
    const cited = PROCEDURE_DEFINITIONS.flatMap(({ regime, deposits }) =>
      Object.values(deposits.forfeit).map((rule) => {
        const { id, law, article } = getRule(rule);
        return [regime, id, law, article];
      }),
    );
    // The same for every procedure of a regime that keeps deposits at all.
    expect([...new Map(cited.map((each) => [each.join(), each])).values()]).toEqual([
      ['tendering', 'works-withdraw-before-deadline', '招标投标法', '29'],
      ['tendering', 'e-decrypt-fault', '20号令', '31'],
      ['tendering', 'works-winner-refuses', '招标投标法实施条例', '74'],
      ['government', 'gp-bid-revoke-bond', '财政部令87号', '23'],
      ['government', 'gp-doc-required-items', '财政部令87号', '20'],
      ['government', 'neg-inq-bond-kept', '财政部令74号', '20(2)'],
    ]);
  });
});

describe('the reference that a payment quotes', () => {
  const bytes = Uint8Array.from([1, 2, 3, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
  const reference = referenceFrom(bytes);

  it('is found in every form that banks give it', () => {
    expect(reference).toMatch(/^KB[0-9A-HJKMNP-TV-Z]{13}$/);
    const wide = [...reference].map((letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)).join('');
    for (const text of [
      reference,
      `投标保证金 ${reference.toLowerCase()}`,
      `${reference.slice(0, 6)} ${reference.slice(6)}-电汇`,
      wide,
      reference.replaceAll('0', 'O').replaceAll('1', 'l'),
    ]) {
      expect(referencesIn(text), text).toEqual([reference]);
    }
  });

  it('one wrong letter is never taken for another bidder’s', () => {
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    for (let place = 2; place < reference.length; place += 1) {
      for (const letter of alphabet) {
        if (letter === reference[place]) continue;
        expect(referencesIn(reference.slice(0, place) + letter + reference.slice(place + 1))).toEqual([]);
      }
    }
  });
});
