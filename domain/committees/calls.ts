import type { DrawTerms, GroupOrder } from '../draws/terms.ts';

/**
 * `invited`: asked; `confirmed`: serves; `declined`; `lapsed`: did not answer in time; `withdrawn`: had confirmed and had to
 * withdraw (回避), or could not go on.
 */
export const CALL_STATES = ['invited', 'confirmed', 'declined', 'lapsed', 'withdrawn'] as const;
export type CallState = (typeof CALL_STATES)[number];

/** Somebody who was drawn and asked, in the order of the calls. */
export interface Call {
  readonly field: string;
  readonly label: string;
  readonly state: CallState;
  /** 自行选定: by the purchaser, and not drawn. */
  readonly chosen?: boolean;
}

export const stands = ({ state }: { readonly state: CallState }): boolean =>
  state === 'invited' || state === 'confirmed';

type Next = Pick<Call, 'field' | 'label'>;

/**
 * Who is to be asked now: for each group as many as seats are free, in the drawn order, without those who were asked before,
 * for whatever group, and without those of a unit that has a seat already.
 */
export function nextCalls(
  { groups, candidates, onePerUnit }: Pick<DrawTerms, 'groups' | 'candidates' | 'onePerUnit'>,
  orders: readonly GroupOrder[],
  calls: readonly Call[],
): Next[] {
  const unitOf = new Map(candidates.map(({ label, unit }) => [label, unit]));
  const asked = new Set(calls.map(({ label }) => label));
  const seated = new Set(calls.filter(stands).map(({ label }) => unitOf.get(label)));
  const next: Next[] = [];
  for (const { field, seats } of groups) {
    let free = seats - calls.filter((call) => call.field === field && stands(call)).length;
    for (const label of orders.find((order) => order.field === field)?.labels ?? []) {
      if (free <= 0) break;
      const unit = unitOf.get(label);
      if (asked.has(label) || (onePerUnit && seated.has(unit))) continue;
      next.push({ field, label });
      asked.add(label);
      seated.add(unit);
      free -= 1;
    }
  }
  return next;
}

/** Seats that nobody has confirmed. */
export const unconfirmed = (groups: DrawTerms['groups'], calls: readonly Call[]): number =>
  groups.reduce(
    (open, { field, seats }) =>
      open + Math.max(0, seats - calls.filter((call) => call.field === field && call.state === 'confirmed').length),
    0,
  );

/** Whether seats are free for which nobody is left to be called, and no answer is awaited: the drawn order is at its end. */
export const isExhausted = (
  terms: Pick<DrawTerms, 'groups' | 'candidates' | 'onePerUnit'>,
  orders: readonly GroupOrder[],
  calls: readonly Call[],
): boolean =>
  unconfirmed(terms.groups, calls) > 0 &&
  !calls.some(({ state }) => state === 'invited') &&
  nextCalls(terms, orders, calls).length === 0;

/**
 * Whether the calls follow from the draw: each was the next at its turn, for some order of the answers. Those asked
 * together were asked before any of them had answered, so that only what was refused before a call can explain it.
 */
export function callsFollow(
  terms: Pick<DrawTerms, 'groups' | 'candidates' | 'onePerUnit'>,
  orders: readonly GroupOrder[],
  calls: readonly (Call & { readonly askedAt: number; readonly endedAt: number | null })[],
): boolean {
  return calls.every((call, index) => {
    if (call.chosen) return true;
    const before = calls.slice(0, index).map((each) => ({
      ...each,
      state: !stands(each) && each.endedAt !== null && each.endedAt <= call.askedAt ? each.state : ('invited' as const),
    }));
    return nextCalls(terms, orders, before).some(({ field, label }) => field === call.field && label === call.label);
  });
}
