import { carry } from './carry.ts';
import type { Carried } from './messages.ts';

/**
 * An objection (异议) or a query (质疑).
 *
 * 1. `filed`: until the last instant for its reply (招标投标法实施条例 22, 54; 政府采购法 53). What the law suspends
 *    meanwhile was suspended by the filing itself.
 * 2. `overdue`: recorded; what was suspended stays suspended until the reply, however late it is.
 * 3. `replied`: the reply itself resumed the clock with the lost time added, and applied its ruling.
 */
export async function grievance(_: Carried): Promise<void> {
  await carry();
}
