import { carry } from './carry.ts';
import type { Carried } from './messages.ts';

/**
 * A lot (标段 / 包), from its evaluation to the end of its last duty.
 *
 * 1. `evaluation` 评标: until the committee's report is delivered.
 * 2. `publicity` 公示 (tendering): the candidates are published; an objection to them suspends the clock until it is replied
 *    to (招标投标法实施条例 54).
 * 3. `award` 定标: until the purchaser decides. In government procurement one that has not acted by the end of its period
 *    is deemed to have chosen the first-ranked (财政部令87号 68).
 * 4. `contract` 合同 (招标投标法 46, 政府采购法 46): an objection to a government result suspends its clock.
 * 5. `performance` 履约: the contract published and filed, deposits given back; what is overdue is recorded.
 * 6. `archived` when the last duty is done; or `failed` 招标失败 / 废标, or `terminated` with the whole procurement.
 */
export async function lot(_: Carried): Promise<void> {
  await carry();
}
