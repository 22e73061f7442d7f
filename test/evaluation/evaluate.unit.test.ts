import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { evaluate } from '../../domain/evaluation/scoring/evaluate.ts';
import type { BidFacts } from '../../domain/evaluation/scoring/input.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import { bid, inputOf, judged, marked, measured, outcomeOf, priced, scheme, type Lot } from './golden/scenario.ts';

// What holds of every evaluation, whatever the bids.

const SCHEME = scheme({
  criteria: [
    judged('50'),
    measured('20', { by: 'proportional', unit: '小时', better: 'higher', best: 'bids' }),
    priced('30'),
  ],
  preferences: [{ key: 'small-firm', form: 'reduction', percent: '10' }],
  abnormalLow: [{ of: 'mean', percent: '50' }],
});

const facts = fc.record({
  wan: fc.integer({ min: 50, max: 200 }),
  marks: fc.array(
    fc.integer({ min: 0, max: 100 }).map((half) => String(half / 2)),
    { minLength: 5, maxLength: 5 },
  ),
  value: fc.integer({ min: 1, max: 60 }).map(String),
  small: fc.boolean(),
  brand: fc.constantFrom(null, null, '甲牌'),
  fails: fc.constantFrom(false, false, false, true),
});

const bids = fc.array(facts, { minLength: 3, maxLength: 8 }).map((each) =>
  each.map(({ wan, marks, value, small, brand, fails }, index): BidFacts =>
    bid(`b${index}`, wan, {
      marks: { quality: marks },
      values: { data: value },
      claims: [{ key: 'small-firm', granted: small }],
      brand,
      failed: fails ? [{ part: 'conformity', item: 'responds', ground: 6, reasonZh: '缺项' }] : [],
    }),
  ),
);

const lot = (of: readonly BidFacts[], change: Partial<Lot> = {}): Lot => ({
  definition: GOVERNMENT_OPEN_TENDER,
  kind: 'goods',
  scheme: SCHEME,
  bids: of,
  ...change,
});

const winners = (of: Lot): readonly string[] =>
  outcomeOf(of)
    .valid.filter(({ rank }) => rank === 1)
    .map(({ bidId }) => bidId);

describe('every evaluation', () => {
  test('is the same in whatever order bids and marks come', () => {
    fc.assert(
      fc.property(bids, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (of, random) => {
        const keyed = of.map((each) => ({ each, at: random.next().value as number }));
        const shuffled = keyed.sort((a, b) => a.at - b.at).map(({ each }) => each);
        const reversed = shuffled.map((each) => ({
          ...each,
          marks: { quality: [...(each.marks['quality'] ?? [])].reverse() },
        }));
        const ranked = (input: readonly BidFacts[]) =>
          outcomeOf(lot(input)).valid.map(({ bidId, rank, total, evaluatedFen }) => [bidId, rank, total, evaluatedFen]);
        expect(outcomeOf(lot(shuffled))).toEqual(outcomeOf(lot(of)));
        expect(ranked(reversed)).toEqual(ranked(of));
      }),
    );
  });

  test('ranks by unrounded points, each bid once, and skips as many ranks as are shared', () => {
    fc.assert(
      fc.property(bids, (of) => {
        const { valid, rejected, stopped } = outcomeOf(lot(of));
        if (stopped) {
          expect(valid).toEqual([]);
          return;
        }
        expect([...valid, ...rejected].map(({ bidId }) => bidId).sort()).toEqual(of.map(({ bidId }) => bidId).sort());
        const ranks = valid.flatMap(({ rank }) => rank ?? []);
        ranks.forEach((rank) => expect(ranks.filter((each) => each < rank)).toHaveLength(rank - 1));
      }),
    );
  });

  test('no bid has more than all points, nor less than none', () => {
    fc.assert(
      fc.property(bids, (of) => {
        for (const { total, steps } of outcomeOf(lot(of)).valid) {
          const value = Number(total?.split('/')[0]) / Number(total?.split('/')[1] ?? 1);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100);
          expect(steps.at(-1)?.key).toBe('total');
        }
      }),
    );
  });

  test('by the lowest price (full points at the lowest), a bid that is worse than all changes nobody’s win', () => {
    const plain = scheme({ criteria: [judged('70'), priced('30')] });
    const of = fc.array(fc.tuple(fc.integer({ min: 50, max: 200 }), fc.integer({ min: 1, max: 70 })), {
      minLength: 3,
      maxLength: 6,
    });
    fc.assert(
      fc.property(of, (each) => {
        const some = each.map(([wan, mark], index) => bid(`b${index}`, wan, { marks: { quality: [String(mark)] } }));
        const worse = bid('z', 201, { marks: { quality: ['0'] } });
        const before = winners(lot(some, { scheme: plain }));
        expect(winners(lot([...some, worse], { scheme: plain }))).toEqual(before);
        const byPrice = scheme({ method: 'lowest-evaluated' });
        expect(winners(lot([...some, worse], { scheme: byPrice }))).toEqual(winners(lot(some, { scheme: byPrice })));
      }),
    );
  });

  it('by a mean that claim does not hold: another bid moves the base, and the documents chose that', () => {
    const works = scheme({
      criteria: [
        judged('10'),
        priced('90', {
          name: 'deviation',
          base: { of: 'mean', trim: 0, trimFrom: 0, down: '0' },
          ...{ above: '1', below: '1', least: '0' },
        }),
      ],
    });
    const of = (wans: number[]): Lot => ({
      definition: TENDERING_OPEN_TENDER,
      kind: 'works',
      scheme: works,
      bids: wans.map((wan, index) => bid(`b${index}`, wan, { marks: { quality: ['5'] } })),
    });
    // Mean 100: b1 is the base. With 150 the mean is 112.5, and b2 (110) is nearer to it.
    expect(winners(of([90, 100, 110]))).toEqual(['b1']);
    expect(winners(of([90, 100, 110, 150]))).toEqual(['b2']);
  });

  it('shows every step: input, rule, formula and result, in the order in which they come', () => {
    const input = inputOf(
      lot(
        ['a', 'b', 'c'].map((id) =>
          bid(id, 100, {
            marks: { quality: ['40', '41', '42'] },
            values: { data: '6' },
            claims: [{ key: 'small-firm', granted: id === 'a' }],
          }),
        ),
      ),
    );
    const [a] = evaluate(input).valid;
    expect(a?.steps.map(({ key, rule, formula, result, shown }) => [key, rule, formula, result, shown])).toEqual([
      ['price.opened', null, 'opened', '100000000', '1000000.00'],
      ['preference.small-firm', 'sme-discount-2022', 'rate', '10', '10.00'],
      ['price.reduction', null, 'price − base × rate ÷ 100', '90000000', '900000.00'],
      ['price.evaluated', 'gp-methods', 'as above', '90000000', '900000.00'],
      ['criterion.quality', null, 'Σ marks ÷ count', '41', '41.00'],
      ['criterion.data', null, 'min(max × value ÷ best, max)', '20', '20.00'],
      ['part.technical', null, 'Σ points', '61', '61.00'],
      ['price.base', 'gp-price-formula', 'min(prices)', '90000000', '900000.00'],
      ['criterion.price', 'gp-price-formula', 'base ÷ price × max', '30', '30.00'],
      ['part.price', null, 'Σ points', '30', '30.00'],
      ['total', 'gp-price-formula', 'Σ points of parts', '91', '91.00'],
    ]);
  });
});

describe('a tie of which the documents say nothing', () => {
  test('is settled by the random order, which has every bid', () => {
    const of = [marked('a', 100, '50'), marked('b', 100, '50'), marked('c', 120, '40')];
    const plain = scheme({ criteria: [judged('70'), priced('30')], ties: [] });
    const silent = lot(of, { definition: TENDERING_OPEN_TENDER, kind: 'works', scheme: plain });
    const drawn = outcomeOf({ ...silent, given: { drawn: ['b', 'c', 'a'] } });
    expect(drawn.ties).toEqual([{ rank: 1, bidIds: ['b', 'a'], shared: false, drawn: [['b', 'a']] }]);
    expect(() => outcomeOf({ ...silent, given: { drawn: ['b', 'c'] } })).toThrow(RangeError);
    expect([drawn.pending, drawn.valid.map(({ bidId, rank }) => [bidId, rank])]).toEqual([
      [],
      [
        ['b', 1],
        ['a', 2],
        ['c', 3],
      ],
    ]);
  });
});
