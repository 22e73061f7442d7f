import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../db/audit.ts';
import type { BidManifest } from '../../domain/bids/sealing.ts';
import type { SubmittedBid } from '../../domain/evaluation/scoring/tie-order.ts';
import { inTieOrder, orderedBids, tieSeed, tieTermsOf } from '../../proofs/tie-order.ts';
import { tieOrderOf } from '../../services/evaluation/tie-order.ts';

const PLACE = { procurementId: '01990000-0000-7000-8000-000000000001', lotNo: 1 };
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const submitted = (name: string): SubmittedBid => ({ file: hash(`file ${name}`), content: hash(`content ${name}`) });
const orderOf = (bids: readonly SubmittedBid[], place = PLACE): string[] =>
  inTieOrder(tieTermsOf(place, bids), bids).map(({ file }) => file);

const bids = (count: number): SubmittedBid[] => Array.from({ length: count }, (_, n) => submitted(String(n)));
const names = fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 12 });

describe('the random order of equal bids', () => {
  it('is what docs/evaluation.md says', () => {
    const [x, y] = ['0'.repeat(64), 'f'.repeat(64)];
    const terms = `{"bids":[{"content":null,"file":"${x}"},{"content":"${x}","file":"${y}"}],"format":"KB-TIE-ORDER-1","lotNo":1,"procurementId":"${PLACE.procurementId}"}`;
    const seed = createHash('sha256').update(terms).digest();
    const given = [
      { file: y, content: x },
      { file: x, content: null },
    ];
    expect(tieSeed(tieTermsOf(PLACE, given))).toBe(seed.toString('hex'));
    const key = (file: string) => createHmac('sha256', seed).update(Buffer.from(file, 'hex')).digest('hex');
    expect(orderOf(given)).toEqual(key(x) < key(y) ? [x, y] : [y, x]);
  });

  it('does not depend on the order in which bids are listed', () => {
    fc.assert(
      fc.property(
        names.chain((of) => fc.tuple(fc.constant(of), fc.shuffledSubarray(of, { minLength: of.length }))),
        ([of, others]) => {
          expect(orderOf(others.map(submitted))).toEqual(orderOf(of.map(submitted)));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('has every bid once, and is of any of them what it is of all', () => {
    fc.assert(
      fc.property(
        names.chain((of) => fc.tuple(fc.constant(of), fc.subarray(of))),
        ([of, some]) => {
          const order = orderOf(of.map(submitted));
          expect(order.toSorted()).toEqual(of.map((name) => submitted(name).file).sort());
          const terms = tieTermsOf(PLACE, of.map(submitted));
          const files = some.map((name) => submitted(name).file);
          expect(inTieOrder(terms, some.map(submitted)).map(({ file }) => file)).toEqual(
            order.filter((file) => files.includes(file)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('comes from every hash, and from the lot: another one gives another seed', () => {
    fc.assert(
      fc.property(names, fc.nat(), fc.constantFrom('file', 'content'), (of, n, field) => {
        const given = of.map(submitted);
        const changed = given.map((each, at) => (at === n % of.length ? { ...each, [field]: hash('another') } : each));
        expect(tieSeed(tieTermsOf(PLACE, changed))).not.toBe(tieSeed(tieTermsOf(PLACE, given)));
      }),
      { numRuns: 100 },
    );
    const seeds = [PLACE, { ...PLACE, lotNo: 2 }, { ...PLACE, procurementId: 'another' }].map((place) =>
      tieSeed(tieTermsOf(place, bids(3))),
    );
    expect(new Set(seeds).size).toBe(3);
    // One more bid, and one whose content nobody could open.
    const [first, ...others] = bids(3);
    expect(tieSeed(tieTermsOf(PLACE, bids(4)))).not.toBe(seeds[0]);
    expect(tieSeed(tieTermsOf(PLACE, [{ file: String(first?.file), content: null }, ...others]))).not.toBe(seeds[0]);
  });

  it('each of the 24 orders of four is equally likely over 10 000 contents of one of them', () => {
    const [a, ...others] = bids(4);
    if (!a) throw new Error('there is no bid');
    const times = 10_000;
    const orders = new Map<string, number>();
    for (let n = 0; n < times; n += 1) {
      const order = orderOf([{ ...a, content: hash(String(n)) }, ...others]).join();
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    const each = times / 24;
    const found = [...orders.values()].reduce((sum, seen) => sum + (seen - each) ** 2 / each, 0);
    expect(orders.size).toBe(24);
    // 99.9 % of chi-square with 23 degrees of freedom.
    expect(found).toBeLessThan(49.73);
  });

  it('has of each bid what is on record of it: its file, and the hash that the log has of its manifest', () => {
    const manifest: BidManifest = {
      format: 'KB-SEAL-1',
      ...{ ...PLACE, bidder: '91420100MA4K000001', priceFen: 1, periodDays: null, quality: null },
      parts: [{ path: '报价.pdf', mediaType: 'application/pdf', size: 1, sha256: hash('part') }],
    };
    const recorded = [
      { id: 'a', sha256: hash('a') },
      { id: 'b', sha256: hash('b') },
    ];
    const { terms, bids: ordered } = tieOrderOf(PLACE, recorded, [{ bidId: 'a', manifest }]);
    expect(terms.bids).toContainEqual({ file: hash('a'), content: hashOf(manifest) });
    expect(terms.bids).toContainEqual({ file: hash('b'), content: null });
    expect(ordered.map(({ bidId }) => bidId).toSorted()).toEqual(['a', 'b']);
  });

  it('of two who handed in the same file the one received first is first', () => {
    const same = { file: hash('same'), content: null };
    const { bids: ordered } = orderedBids(PLACE, [
      { bidId: 'first', ...same },
      { bidId: 'second', ...same },
    ]);
    expect(ordered.map(({ bidId }) => bidId)).toEqual(['first', 'second']);
  });
});
