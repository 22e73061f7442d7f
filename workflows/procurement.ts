import { carry } from './carry.ts';
import type { Carried } from './messages.ts';

/**
 * A procurement (采购项目), from its launch to the end of its last lot.
 *
 * 1. `launched` 发起: until the announced instant; then the tender notice (招标公告) is published.
 * 2. `bidding` 招标投标: until the bid deadline, which amendments postpone and objections suspend. Bids are closed and opened
 *    at that same instant (招标投标法 34, 财政部令87号 39). A lot with too few of them fails (招标投标法 28).
 * 3. `opening` 开标: where bids are sealed to custodians, until their record is published; a workflow of its own.
 * 4. `evaluation` 评标…合同: each lot in its own workflow, until the last has ended.
 * 5. `concluded`; or `terminated` 终止招标, until fees and deposits have been given back (招标投标法实施条例 31,
 *    财政部令87号 29).
 */
export async function procurement(_: Carried): Promise<void> {
  await carry();
}
