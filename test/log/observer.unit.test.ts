import { describe, expect, it } from 'vitest';
import { isHeadDue, leavesInBatch, nextHeadAt, stepOf, type Waiting } from '../../domain/log/batches.ts';
import { DAY_MS, HOUR_MS, parseInstant } from '../../domain/civil-time.ts';
import { inTreeOrder } from '../../proofs/batch.ts';

// Whether somebody who sees all that is public, what those who watch export, the times of heads, which they can make
// themselves by setting deadlines, and receipts of their own, guesses better than somebody who sees nothing
// (docs/adr/0035). By the code that decides about heads; the policy of before is here to show that it would be found.

const TENDERS = 1_000;
/** Half of what an installation has: a tender's bidders fit. */
const STEP = stepOf({ mode: 'real' }) / 2;
const BEGIN = parseInstant('2026-03-02T08:00:00+08:00');

/** Mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
type Chance = () => number;
const upTo = (chance: Chance, most: number): number => Math.floor(chance() * (most + 1));

interface Entry {
  readonly at: number;
  /** `own`: of the observer, who bids too; `notice`: public, and it makes a head, as custodians want it. */
  readonly kind: 'bidder' | 'own' | 'visible' | 'notice';
  readonly person: string | null;
  readonly bid: boolean;
}

/** The last day before a deadline: who bids, when, and whatever else is done. */
function day(chance: Chance, bidders: readonly string[]): Entry[] {
  const entries: Entry[] = [];
  const add = (kind: Entry['kind'], person: string | null, bid = false, from = 0) =>
    entries.push({ at: BEGIN + Math.floor((from + (1 - from) * chance()) * DAY_MS), kind, person, bid });
  for (const bidder of bidders) {
    // Signs in, downloads, asks, pays, and bids more than once; most of it in the last hour.
    for (let n = 2 + upTo(chance, 4); n > 0; n -= 1) add('bidder', bidder, false, chance() < 0.6 ? 0.96 : 0);
    for (let n = 1 + upTo(chance, 1); n > 0; n -= 1) add('bidder', bidder, true, 0.96);
  }
  for (let n = upTo(chance, 30); n > 0; n -= 1) add('visible', null);
  for (let n = 1 + upTo(chance, 1); n > 0; n -= 1) add('notice', null);
  for (const from of [0, 0.96]) add('own', 'observer', true, from);
  // The observer tries to fill the room, to see when it overflows.
  if (chance() < 0.5) for (let n = upTo(chance, 2 * STEP); n > 0; n -= 1) add('own', 'observer', false, 0.96);
  return entries.sort((a, b) => a.at - b.at);
}

/** What somebody sees of a day, as numbers. */
type Seen = Readonly<Record<string, number>>;
type Policy = (chance: Chance, entries: readonly Entry[]) => Seen;

interface Head {
  readonly size: number;
  readonly at: number;
}

const seenIn = (heads: readonly Head[], places: readonly number[], notices: readonly number[]): Seen => {
  const grown = heads.map(({ size }, n) => size - (heads[n - 1]?.size ?? 0));
  const gap = (of: readonly number[]): number => (of.at(-1) ?? 0) - (of[0] ?? 0);
  return {
    heads: heads.length,
    size: heads.at(-1)?.size ?? 0,
    least: Math.min(...grown),
    most: Math.max(...grown),
    last: grown.at(-1) ?? 0,
    lastAt: heads.at(-1)?.at ?? 0,
    places: gap(places),
    lastPlace: places.at(-1) ?? 0,
    notices: gap(notices),
    lastNotice: notices.at(-1) ?? 0,
    depth: Math.ceil(Math.log2(heads.at(-1)?.size ?? 1)),
  };
};

/** What the observer finds in the log. */
const isKnown = ({ kind, bid }: Entry): boolean => kind === 'notice' || (kind === 'own' && bid);
/** A hash, as far as the order goes. */
const leafBy = (chance: Chance): string =>
  Math.floor(chance() * 2 ** 30)
    .toString(36)
    .padStart(6, '0');

/** Heads and places by the policy of this program. */
const batches: Policy = (chance, entries) => {
  const heads: Head[] = [];
  const [places, notices]: [number[], number[]] = [[], []];
  let waiting: Entry[] = [];
  let lastSignedAt = BEGIN;
  let size = 0;
  const sign = (at: number): void => {
    const confidential = new Map<string | null, number>();
    for (const { kind, person } of waiting)
      if (kind === 'bidder' || kind === 'own') confidential.set(person, (confidential.get(person) ?? 0) + 1);
    const visible = waiting.filter(({ kind }) => kind === 'visible' || kind === 'notice').length;
    const leaves = leavesInBatch({ entries: waiting.length, confidential, visible } satisfies Waiting, STEP);
    if (waiting.some(isKnown)) {
      const batch = Array.from({ length: leaves }, (_, n) => ({ entry: waiting[n], leaf: leafBy(chance) }));
      for (const [place, { entry }] of inTreeOrder(batch).entries()) {
        if (entry && isKnown(entry)) (entry.kind === 'own' ? places : notices).push(size + place);
      }
    }
    size += leaves;
    heads.push({ size, at });
    waiting = [];
    lastSignedAt = at;
  };
  for (const entry of [...entries, { at: BEGIN + DAY_MS, kind: 'notice', person: null, bid: false } as const]) {
    while (isHeadDue(entry.at, lastSignedAt)) sign(nextHeadAt(lastSignedAt));
    waiting.push(entry);
    if (entry.kind === 'notice') sign(entry.at);
  }
  return seenIn(heads, places, notices);
};

/** As it was: a head over what there is, with each publication; covers by chance, with bids only; places in their order. */
const byChance: Policy = (chance, entries) => {
  const heads: Head[] = [];
  const [places, notices]: [number[], number[]] = [[], []];
  let size = 0;
  for (const { at, kind, bid } of entries) {
    if (bid) size += upTo(chance, 7);
    if (kind === 'own' && bid) places.push(size);
    if (kind === 'notice') notices.push(size);
    size += 1;
    if (kind === 'notice') heads.push({ size, at });
  }
  heads.push({ size, at: BEGIN + DAY_MS });
  return seenIn(heads, places, notices);
};

const COMPANIES = Array.from({ length: 20 }, (_, n) => `supplier ${n}`);

interface Case {
  readonly seen: Seen;
  readonly truth: number;
}

/** Tenders with as many bidders as one of these numbers. */
function tenders(policy: Policy, seed: number, numbers: readonly number[]): Case[] {
  const chance = random(seed);
  return Array.from({ length: TENDERS }, () => {
    const truth = numbers[upTo(chance, numbers.length - 1)] ?? 0;
    return { truth, seen: policy(chance, day(chance, COMPANIES.slice(0, truth))) };
  });
}

/**
 * The share of right guesses about the second half by the best of many estimators, which learned from the first: for
 * each number that is seen, what was the case most often where it was about as large.
 */
function rightGuesses(cases: readonly Case[]): number {
  const [known, others] = [cases.slice(0, TENDERS / 2), cases.slice(TENDERS / 2)];
  const estimators = Object.keys(cases[0]?.seen ?? {}).flatMap((key) =>
    [1, 4, 16, 64].map((bins) => learn(known, key, bins)),
  );
  const rate = (guess: (seen: Seen) => number, of: readonly Case[]): number =>
    of.filter(({ seen, truth }) => guess(seen) === truth).length / of.length;
  const best = estimators.reduce((a, b) =>
    rate(b, known.slice(TENDERS / 4)) > rate(a, known.slice(TENDERS / 4)) ? b : a,
  );
  return rate(best, others);
}

function learn(known: readonly Case[], key: string, bins: number): (seen: Seen) => number {
  const sorted = known.slice(0, TENDERS / 4).sort((a, b) => Number(a.seen[key]) - Number(b.seen[key]));
  const width = Math.ceil(sorted.length / bins);
  const edges = Array.from({ length: bins }, (_, n) => Number(sorted[n * width]?.seen[key] ?? Infinity));
  const usual = edges.map((_, n) => mode(sorted.slice(n * width, (n + 1) * width).map(({ truth }) => truth)));
  return (seen) =>
    usual[
      Math.max(
        0,
        edges.findLastIndex((edge) => edge <= Number(seen[key])),
      )
    ] ?? 0;
}

function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** How far chance alone takes a share of 500 guesses from `rate`, but for one time in a thousand. */
const within = (rate: number): number => 3.29 * Math.sqrt((rate * (1 - rate)) / (TENDERS / 2));

/** Few or many; or any number. */
const NUMBERS = [[2, 10], Array.from({ length: 10 }, (_, n) => n + 1)];
/** The upper end of the interval around what chance guesses rightly: 0.574 of two, 0.144 of ten. */
const most = ({ length }: readonly number[]): number => 1 / length + within(1 / length);

describe('somebody who sees all that is shown, over 1,000 tenders', () => {
  it.each(NUMBERS.map((numbers) => ({ numbers })))(
    'guesses no better than by chance how many bid: $numbers',
    ({ numbers }) => {
      expect(rightGuesses(tenders(batches, 1, numbers))).toBeLessThan(most(numbers));
    },
  );

  it('would have guessed it where heads count entries', () => {
    for (const numbers of NUMBERS) expect(rightGuesses(tenders(byChance, 1, numbers))).toBeGreaterThan(most(numbers));
  });

  it('does not know who bids either: one company or another, which acts in other ways', () => {
    const between = (policy: Policy): Case[] => {
      const chance = random(3);
      const at = [BEGIN + HOUR_MS, BEGIN + DAY_MS - HOUR_MS] as const;
      return Array.from({ length: TENDERS }, () => {
        const truth = chance() < 0.5 ? 0 : 1;
        // One of them bids in the morning, the other in the last minutes, and each more than once.
        const entries = day(chance, COMPANIES.slice(2, 2 + upTo(chance, 6)));
        for (let n = 0; n < 4; n += 1)
          entries.push({ ...{ kind: 'bidder', person: `${truth}`, bid: true }, at: at[truth] + n });
        return {
          truth,
          seen: policy(
            chance,
            entries.sort((a, b) => a.at - b.at),
          ),
        };
      });
    };
    expect(rightGuesses(between(batches))).toBeLessThan(0.5 + within(0.5));
    expect(rightGuesses(between(byChance))).toBeGreaterThan(0.5 + within(0.5));
  });

  it('sees heads of the same sizes at the same instants, whoever bids, as long as there is room for it', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const heads = (bidders: number) => {
        const others = day(random(seed), []);
        const bids = day(random(seed + 1), COMPANIES.slice(0, bidders)).filter(({ kind }) => kind === 'bidder');
        const {
          places: _p,
          lastPlace: _l,
          notices: _n,
          lastNotice: _ln,
          ...seen
        } = batches(
          random(seed),
          [...others, ...bids].sort((a, b) => a.at - b.at),
        );
        return seen;
      };
      expect(heads(20)).toEqual(heads(0));
    }
  });
});

describe('a batch', () => {
  const leaves = (secret: number, visible: number, of = 1) =>
    leavesInBatch(
      {
        entries: secret + visible,
        visible,
        confidential: new Map(Array.from({ length: of }, (_, n) => [`${n}`, secret / of])),
      },
      256,
    );

  it('has the same size whatever bidders do, until they fill a step; then twice, four times that', () => {
    expect([0, 20, 200, 255].map((secret) => leaves(secret, 3, 20))).toEqual([512, 512, 512, 512]);
    expect([256, 500, 600, 1_100].map((secret) => leaves(secret, 3, 100) - 256)).toEqual([512, 512, 1_024, 2_048]);
  });

  it('is not filled by what is counted: what others see, or what one person does again and again', () => {
    for (const visible of [1, 255, 256, 257, 700]) {
      const beside = 256 * Math.ceil(visible / 256);
      expect(leaves(10, visible) - beside).toBe(256);
      expect(leaves(200, visible, 20) - beside).toBe(256);
    }
    // One who does something 290 times: 32 are secret, and the rest are what that one knows of.
    expect([290, 300, 500].map((secret) => leaves(secret, 0))).toEqual([768, 768, 768]);
  });
});
