import type { Queries } from '../../db/access/database.ts';
import type { Bidding } from '../../db/bids.ts';
import { controlWithOther } from '../../db/parties/controls.ts';
import { procurementById } from '../../db/procurements.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { barOf, conflictOfInterest, type Capacity } from '../../domain/bids/conflict.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf, type RuleId } from '../../domain/law/rulebook.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { refusersBefore } from '../awards/refusers.ts';

/**
 * Refuses who runs the procurement or the platform, and who itself declares control with one of them. What only others
 * declare, and what is between bidders, would tell them who bids: it becomes a clue at the opening (services/clues).
 * @throws DomainError `conflict-of-interest`
 */
export async function refuseConflict(
  q: Queries,
  bidding: Bidding,
  { procurementId, supplierId }: Pick<BidderPlace, 'procurementId' | 'supplierId'>,
): Promise<void> {
  const { purchaserId, agencyId, operates, controlId } = bidding;
  const { rules, replacement } = procedureOf(bidding);
  if (replacement.barred !== undefined) await refuseRefuser(q, replacement.barred, procurementId, supplierId);
  const capacityOf = (id: string): Capacity =>
    id === purchaserId ? 'purchaser' : id === agencyId ? 'agency' : 'operator';
  if (supplierId === purchaserId || supplierId === agencyId || operates) {
    const capacity = capacityOf(supplierId);
    const rule = barOf(rules, capacity);
    if (rule) throw conflictOfInterest(capacity, rule, null);
  }
  if (controlId === null) return;
  const control = await controlWithOther(q, controlId);
  const capacity = capacityOf(control.otherId);
  const rule = barOf(rules, capacity);
  if (rule) throw conflictOfInterest(capacity, rule, control);
}

/** Who refused the contract of a lot takes no part where that is tendered again. */
async function refuseRefuser(q: Queries, rule: RuleId, procurementId: string, supplierId: string): Promise<void> {
  const refusers = await refusersBefore(q, await procurementById(q, procurementId));
  if (!refusers.has(supplierId)) return;
  const { zh, en, details } = citationOf(rule);
  throw new DomainError('conflict-of-interest', {
    messageZh: `本单位曾拒绝签订本项目的合同，不得参加重新开展的采购活动${zh}`,
    messageEn: `Your organisation refused the contract of this procurement, and takes no part where it is held again${en}`,
    details: { capacity: 'refuser', ...details },
  });
}
