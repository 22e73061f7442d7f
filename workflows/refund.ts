import { carry } from './carry.ts';
import type { Carried } from './messages.ts';

/**
 * A deposit (投标保证金) that goes back because its bidder has withdrawn (招标投标法实施条例 35, 财政部令87号 38): what
 * is not back in time is put on the record.
 */
export async function refund(_: Carried): Promise<void> {
  await carry();
}
