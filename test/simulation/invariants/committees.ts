import { nextCalls, stands } from '../../../domain/committees/calls.ts';
import { isOver } from '../../../domain/committees/state.ts';
import type { Seen } from './judge.ts';

/**
 * A committee is odd; it is complete when every seat is confirmed and not before; of each person it asks once; whoever does
 * not serve is followed by the next in the drawn order, and nobody is asked once it is over.
 */
export function* committeesAreDrawn({ story, now }: Seen): Iterable<string> {
  for (const { no } of now.lots) {
    const under = now.draws.filter((each) => each.lotNo === no && !isOver(each.state));
    if (under.length > 1) yield `lot ${no} has ${under.length} draws at once`;
  }
  for (const { id, state, terms, orders, endedAt } of now.draws) {
    const calls = now.calls.filter((each) => each.drawId === id);
    const seats = terms.groups.reduce((sum, group) => sum + group.seats, 0);
    const representatives = story.representatives.get(id);
    if (representatives === undefined) yield `nobody opened the draw ${id}`;
    else if ((seats + representatives) % 2 === 0) yield `the committee of draw ${id} is even`;
    if (orders === null && calls.length > 0) yield `people are called before draw ${id} is drawn`;
    if (new Set(calls.map(({ tag }) => tag)).size < calls.length) yield `draw ${id} has asked somebody twice`;
    for (const { no, state: is, askedAt, answerUntil, endedAt: callEndedAt } of calls) {
      const place = `call ${no} of draw ${id}`;
      if (endedAt !== null && askedAt > endedAt) yield `${place} came after the end`;
      if ((callEndedAt !== null) === stands({ state: is })) yield `${place} is ${is}, and ended at ${callEndedAt}`;
      if (is === 'lapsed' && (callEndedAt ?? 0) <= answerUntil)
        yield `${place} lapsed before its time to answer was over`;
    }
    const confirmed = calls.filter((each) => each.state === 'confirmed').length;
    const standing = calls.filter(stands).length;
    if (standing > seats) yield `draw ${id} has ${standing} people for ${seats} seats`;
    if (state === 'formed' && confirmed !== seats)
      yield `a committee is complete with ${confirmed} of ${seats} experts`;
    if (state === 'calling' && confirmed === seats) yield `a committee of ${seats} experts is not complete`;
    if (state !== 'calling' || orders === null) continue;
    const next = nextCalls(terms, orders, calls);
    if (next.length > 0) yield `draw ${id} has a free seat, and nobody is asked who is next in its order`;
  }
}
