import { carry } from './carry.ts';
import type { Carried } from './messages.ts';

/**
 * The committee (评标委员会) of a lot, from the opening of its draw until every seat is confirmed.
 *
 * 1. `committing`: until each party has bound itself to its part of the seed, or its time is over; a head of the log over the
 *    commitments is mixed in.
 * 2. `revealing`: until the parts are here; whoever withholds its own is named, and the draw is held without it.
 * 3. `calling`: those drawn are called; who declines, or does not answer in time, is followed by the next in order. A committee
 *    that is not complete when its evaluation begins is recorded as overdue, and the supervisor is informed (财政部令87号 49).
 * 4. `formed`; a member who must withdraw (招标投标法实施条例 48) begins it again. `void`: the draw gave nothing.
 */
export async function committee(_: Carried): Promise<void> {
  await carry();
}
