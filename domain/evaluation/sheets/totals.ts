import type { Procedure } from '../../procedures/procedure.ts';
import { readExact, written, type Exact } from '../scoring/fraction.ts';
import type { BidFacts, Failed } from '../scoring/input.ts';
import type { ObjectiveCriterion, Scheme } from '../scheme/scheme.ts';
import { majorityOf } from './decisions.ts';
import { reviewItemsOf, type Entry, type MarkSheet, type Member, type ReviewEntry } from './marks.ts';

/** What the committee found of one bid, from the sheets of the members who count. */
export interface BidTally {
  readonly bidId: string;
  readonly facts: Pick<BidFacts, 'failed' | 'values' | 'marks'>;
  /** Review items on which no majority is reached yet. */
  readonly undecided: readonly string[];
  /** Objective items that the members found differently: no value until they agree. */
  readonly differs: readonly { readonly item: string; readonly found: readonly Found[] }[];
}

interface Found {
  readonly memberId: string;
  readonly value: string;
}

/** Members whose marks and votes count, by id. */
export const sitting = (members: readonly Member[]): readonly Member[] =>
  members.filter(({ replaced }) => !replaced).toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));

/** What a member entered for an item of a bid. */
export type Entered = (memberId: string, bidId: string, item: string) => Entry | undefined;

type Items = ReadonlyMap<string, Entry>;
const NOTHING: Items = new Map();

/** What a member entered of a bid, by item; of two entries the first counts. */
function itemsByBid(sheets: readonly MarkSheet[]): (memberId: string, bidId: string) => Items {
  const read = new Map<string, Map<string, Map<string, Entry>>>();
  for (const { memberId, bidId, entries } of sheets) {
    const bids = read.get(memberId) ?? new Map<string, Map<string, Entry>>();
    const items = bids.get(bidId) ?? new Map<string, Entry>();
    for (const entry of entries) if (!items.has(entry.item)) items.set(entry.item, entry);
    read.set(memberId, bids.set(bidId, items));
  }
  return (memberId, bidId) => read.get(memberId)?.get(bidId) ?? NOTHING;
}

/** Reads sheets by member, bid and item. */
export function enteredIn(sheets: readonly MarkSheet[]): Entered {
  const itemsOf = itemsByBid(sheets);
  return (memberId, bidId, item) => itemsOf(memberId, bidId).get(item);
}

/** A number is one however it is written: `5`, `5.0`. */
const normal = ({ formula }: ObjectiveCriterion, value: string): string => {
  const number = formula.by === 'table' ? undefined : readExact(value);
  return number ? written(number) : value;
};

/**
 * Puts the members' sheets of each bid together. Who was replaced is struck from every sum and vote (财政部令87号 49,
 * 招标投标法实施条例 48).
 */
export function talliesOf(
  definition: Procedure,
  scheme: Scheme,
  members: readonly Member[],
  sheets: readonly MarkSheet[],
  bidIds: readonly string[],
): readonly BidTally[] {
  const itemsOf = itemsByBid(sheets);
  const counted = sitting(members).map(({ memberId }) => memberId);
  return bidIds.map((bidId) => {
    const own = counted.map((memberId) => ({ memberId, items: itemsOf(memberId, bidId) }));
    return tallyOf(definition, scheme, members, own, bidId);
  });
}

function tallyOf(
  definition: Procedure,
  scheme: Scheme,
  members: readonly Member[],
  sheets: readonly { readonly memberId: string; readonly items: Items }[],
  bidId: string,
): BidTally {
  const entered = (item: string) =>
    sheets.flatMap(({ memberId, items }) => {
      const entry = items.get(item);
      return entry ? [{ memberId, entry }] : [];
    });
  const failed: Failed[] = [];
  const undecided: string[] = [];
  for (const item of reviewItemsOf(definition, scheme)) {
    const reviews = entered(item.key).flatMap(({ memberId, entry }) =>
      'passes' in entry ? [{ memberId, entry }] : [],
    );
    const passes = majorityOf(
      members,
      reviews.map(({ memberId, entry }) => ({ memberId, yes: entry.passes })),
    );
    if (passes === null) undecided.push(item.key);
    if (passes !== false) continue;
    const part = scheme.qualification.some(({ key }) => key === item.key) ? 'qualification' : 'conformity';
    failed.push({
      part,
      item: item.key,
      ...reasonOf(
        reviews.map(({ entry }) => entry),
        item.ground,
      ),
    });
  }
  const values: Record<string, string> = {};
  const marks: Record<string, Exact[]> = {};
  const differs: BidTally['differs'][number][] = [];
  for (const criterion of scheme.criteria) {
    if (criterion.kind === 'subjective') {
      const given: Exact[] = [];
      for (const { items } of sheets) {
        const entry = items.get(criterion.key);
        if (entry && 'points' in entry) given.push(entry.points);
      }
      marks[criterion.key] = given;
    }
    if (criterion.kind !== 'objective') continue;
    const found = entered(criterion.key).flatMap(({ memberId, entry }) =>
      'value' in entry ? [{ memberId, value: normal(criterion, entry.value) }] : [],
    );
    const [first] = found;
    if (!first) continue;
    if (found.every(({ value }) => value === first.value)) values[criterion.key] = first.value;
    else differs.push({ item: criterion.key, found });
  }
  return { bidId, facts: { failed, values, marks }, undecided, differs };
}

/** The ground that most of those who reject it name, and their reasons. */
function reasonOf(reviews: readonly ReviewEntry[], usual: number): Pick<Failed, 'ground' | 'reasonZh'> {
  const against = reviews.filter(({ passes }) => !passes);
  const times = (ground: number): number => against.filter((each) => each.ground === ground).length;
  const named = [...new Set(against.flatMap(({ ground }) => ground ?? []))].sort(
    (a, b) => times(b) - times(a) || a - b,
  );
  const reasons = [
    ...new Set(against.flatMap(({ reasonZh = '' }) => (reasonZh.trim() === '' ? [] : [reasonZh.trim()]))),
  ];
  return { ground: named[0] ?? usual, reasonZh: reasons.join('；') };
}
