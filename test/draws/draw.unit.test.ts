import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnOrders } from '../../domain/draws/order.ts';
import { below, shuffled } from '../../domain/draws/shuffle.ts';
import { DRAW_PARTIES, type DrawTerms } from '../../domain/draws/terms.ts';
import { commitmentOf, draw, labelOf } from '../../proofs/draw.ts';
import { verifyDraw, type DrawRecord } from '../../proofs/draw-record.ts';
import { HmacDrbg } from '../../proofs/hmac-drbg.ts';
import { madeRecord, PEOPLE, TERMS } from './made-draw.ts';

const seeded = (name: string): HmacDrbg => new HmacDrbg(new TextEncoder().encode(name), new Uint8Array(16));
const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the shuffle', () => {
  it('what lies above the last whole multiple is rejected', () => {
    // 2^32 = 3 · 1431655765 + 1: the one number that would favour 0.
    const words = [2 ** 32 - 1, 7];
    expect(below(3, () => words.shift() ?? 0)).toBe(1);
    expect(words).toEqual([]);
  });

  it('takes one number for each place but the first, from the last on', () => {
    const words = [0, 0, 0];
    // d ↔ a: d b c a; c ↔ d: c b d a; b ↔ c: b c d a
    expect(shuffled(['a', 'b', 'c', 'd'], () => words.shift() ?? 9)).toEqual(['b', 'c', 'd', 'a']);
    expect(words).toEqual([]);
  });

  it('each of the 24 orders of four is equally likely, and everybody in each place', () => {
    const generator = seeded('chi-square');
    const times = 24_000;
    const orders = new Map<string, number>();
    const places = new Map<string, number>();
    for (let n = 0; n < times; n += 1) {
      const order = shuffled(['a', 'b', 'c', 'd'], () => generator.word());
      orders.set(order.join(''), (orders.get(order.join('')) ?? 0) + 1);
      for (const [place, name] of order.entries()) places.set(name + place, (places.get(name + place) ?? 0) + 1);
    }
    const chiSquare = (counts: Map<string, number>, cells: number, each: number) =>
      [...counts.values()].reduce((sum, seen) => sum + (seen - each) ** 2 / each, 0) + (cells - counts.size) * each;
    // 99.9 % of chi-square with 23 and with 9 degrees of freedom.
    expect(chiSquare(orders, 24, times / 24)).toBeLessThan(49.73);
    expect(chiSquare(places, 16, times / 4)).toBeLessThan(27.88);
  });

  it('keeps everybody, whoever they are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 200 }), fc.string(), (names, seed) => {
        const generator = seeded(seed);
        expect(shuffled(names, () => generator.word()).sort()).toEqual([...names].sort());
      }),
      { numRuns: 50 },
    );
  });
});

describe('the seed', () => {
  const parts = { purchaser: hex('p'), centre: hex('c'), supervisor: hex('s') };
  const root = hex('root');

  it('is repeated by who knows the parts, wherever he is', () => {
    expect(draw(TERMS, parts, root)).toEqual(draw(TERMS, { ...parts }, root));
  });

  it('no party decides alone: another part of any one of them, or another head, leads to another order', () => {
    const drawn = JSON.stringify(draw(TERMS, parts, root));
    for (const party of DRAW_PARTIES) {
      const others = new Set(
        Array.from({ length: 50 }, () =>
          JSON.stringify(draw(TERMS, { ...parts, [party]: randomBytes(32).toString('hex') }, root)),
        ),
      );
      expect(others.size, party).toBeGreaterThan(45);
      expect(others.has(drawn)).toBe(false);
    }
    expect(JSON.stringify(draw(TERMS, parts, hex('another root')))).not.toBe(drawn);
    expect(JSON.stringify(draw({ ...TERMS, onePerUnit: false }, parts, root))).not.toBe(drawn);
  });

  it('whoever one party wants, the parts of the others decide who comes first', () => {
    // With its own part fixed, each of the eight of a field comes first about as often: 7 degrees of freedom, 99.9 %.
    const group: DrawTerms = { ...TERMS, groups: [{ field: 'A08', seats: 1 }] };
    const times = 800;
    const first = new Map<string, number>();
    for (let n = 0; n < times; n += 1) {
      const [order] = draw(group, { purchaser: parts.purchaser, centre: hex(`c${n}`), supervisor: hex(`s${n}`) }, root);
      const label = order?.labels[0] ?? '';
      first.set(label, (first.get(label) ?? 0) + 1);
    }
    expect(first.size).toBe(8);
    const each = times / 8;
    expect([...first.values()].reduce((sum, seen) => sum + (seen - each) ** 2 / each, 0)).toBeLessThan(24.32);
  });

  it('a commitment is of one draw and one party', () => {
    const part = hex('part');
    const all = ['draw', 'other'].flatMap((id) => DRAW_PARTIES.map((party) => commitmentOf(id, party, part)));
    expect(new Set(all).size).toBe(6);
    // As docs/draw.md writes it.
    expect(commitmentOf('draw', 'centre', part)).toBe(hex(`KB-DRAW-1 commit\ndraw\ncentre\n${part}`));
  });

  it('a label is of one draw and one salt, and its person is written canonically', () => {
    const person = { pool: 'P', number: '1', name: '王', employer: '某院' };
    expect(labelOf('draw', hex('salt'), person)).toBe(
      hex(`KB-DRAW-1 person\ndraw\n${hex('salt')}\n{"employer":"某院","name":"王","number":"1","pool":"P"}`),
    );
  });
});

describe('who is drawn', () => {
  it('each field has all of its candidates, in an order of its own', () => {
    const generator = seeded('orders');
    const [first, second] = drawnOrders(TERMS, () => generator.word());
    expect(first?.labels).toHaveLength(8);
    expect(second?.labels).toHaveLength(5);
    const ofBoth = TERMS.candidates.find(({ fields }) => fields.length === 2)?.label;
    expect(first?.labels).toContain(ofBoth);
    expect(second?.labels).toContain(ofBoth);
  });
});

describe('a record is repeated off-line', () => {
  const subjects = async (record: DrawRecord) => (await verifyDraw(record, null)).faults.map(({ subject }) => subject);

  it('that of a lawful draw has no fault, before the award and after it', async () => {
    const before = await verifyDraw(await madeRecord(), null);
    expect(before).toMatchObject({ faults: [], opened: false, gave: DRAW_PARTIES, withheld: [], candidates: 12 });
    expect(before.members).toHaveLength(4);
    expect(before.members.every(({ name }) => name === null)).toBe(true);
    const after = await verifyDraw(await madeRecord({ named: true }), null);
    expect(after.faults).toEqual([]);
    expect(after.members.map(({ label, name }) => name === PEOPLE.get(label)?.person.name)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it('a part that was withheld is left out, and named', async () => {
    const verified = await verifyDraw(await madeRecord({ gave: ['purchaser', 'centre'] }), null);
    expect(verified).toMatchObject({ faults: [], gave: ['purchaser', 'centre'], withheld: ['supervisor'] });
    expect(await subjects(await madeRecord({ gave: ['centre'] }))).toEqual(['parts']);
  });

  it('who withholds his part changes the whole order, and nobody else’s part tells him how', async () => {
    const [with3, with2] = [await madeRecord(), await madeRecord({ gave: ['centre', 'purchaser'] })];
    expect(with2.orders).not.toEqual(with3.orders);
  });

  it.each<[string, string, (record: DrawRecord) => DrawRecord]>([
    [
      'another result',
      'orders',
      (r) => ({ ...r, orders: r.orders.map((o) => ({ ...o, labels: o.labels.toReversed() })) }),
    ],
    [
      'a candidate more',
      'terms',
      (r) => ({
        ...r,
        terms: {
          ...r.terms,
          candidates: [...r.terms.candidates, { label: 'f'.repeat(64), unit: 'u', fields: ['A08'] }],
        },
      }),
    ],
    ['a candidate less', 'terms', (r) => ({ ...r, terms: { ...r.terms, candidates: r.terms.candidates.slice(1) } })],
    [
      'another part',
      'part/centre',
      (r) => ({ ...r, parts: r.parts.map((p) => (p.party === 'centre' ? { ...p, part: 'a'.repeat(64) } : p)) }),
    ],
    [
      'the centre last',
      'part/purchaser',
      (r) => ({ ...r, parts: r.parts.map((p) => (p.party === 'purchaser' ? { ...p, at: r.terms.commitUntil } : p)) }),
    ],
    [
      'a part that came late',
      'part/supervisor',
      (r) => ({
        ...r,
        parts: r.parts.map((p) => (p.party === 'supervisor' ? { ...p, at: r.terms.revealUntil + 1 } : p)),
      }),
    ],
    [
      'a late commitment',
      'commitment/centre',
      (r) => ({
        ...r,
        commitments: r.commitments.map((c) => (c.party === 'centre' ? { ...c, at: r.terms.commitUntil + 1 } : c)),
      }),
    ],
    [
      'a commitment that is not in the log',
      'commitment/centre',
      (r) => ({
        ...r,
        commitments: r.commitments.map((c) => (c.party === 'centre' ? { ...c, proof: { ...c.proof, index: 0 } } : c)),
      }),
    ],
    ['another head', 'head', (r) => ({ ...r, head: { ...r.head, root: 'b'.repeat(64) } })],
    [
      'a head that nobody signed',
      'head',
      (r) => ({ ...r, head: { ...r.head, jws: `${r.head.jws.slice(0, -8)}AAAAAAAA` } }),
    ],
    [
      'a substitute called too early',
      'calls',
      (r) => ({
        ...r,
        calls: r.calls.toSpliced(0, 1, {
          ...(r.calls[0] as DrawRecord['calls'][number]),
          label: r.orders[0]?.labels.at(-1) ?? '',
        }),
      }),
    ],
    ['a member without a name', 'opened', (r) => ({ ...r, opened: [] })],
  ])('%s is found', async (_, subject, altered) => {
    expect(await subjects(altered(await madeRecord()))).toContain(subject);
  });

  it('a name that was not drawn is found', async () => {
    const record = await madeRecord({ named: true });
    const [first, ...others] = record.opened ?? [];
    if (!first) throw new Error('nobody was named');
    const renamed = { ...first, person: { ...first.person, name: '另一人' } };
    expect(await subjects({ ...record, opened: [renamed, ...others] })).toEqual([`person/${first.label}`]);
  });

  it('keys from elsewhere are trusted instead of those of the file', async () => {
    const record = await madeRecord();
    const verified = await verifyDraw(record, []);
    expect(verified.pinned).toBe(true);
    expect(verified.faults.map(({ subject }) => subject)).toEqual(['head']);
  });
});
