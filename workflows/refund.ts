import { carry } from './carry.ts';
import type { Carried } from './messages.ts';

/**
 * A deposit (投标保证金) owed back because its bidder has withdrawn (招标投标法实施条例 35, 财政部令87号 38): if it is not given back in
 * time, that is recorded.
 */
export async function refund(_: Carried): Promise<void> {
  await carry();
}
