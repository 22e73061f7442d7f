import type { Queries } from '../../db/access/database.ts';
import type { Bidding } from '../../db/bids.ts';
import { controlWithOther } from '../../db/parties/controls.ts';
import { barOf, conflictOfInterest, type Capacity } from '../../domain/bids/conflict.ts';
import { procedureOf } from '../../domain/procedures/index.ts';

/**
 * Refuses who runs the procurement or the platform, and who itself declares control with one of them. What only others
 * declare, and what is between bidders, would tell them who bids: it becomes a clue at the opening (services/clues).
 * @throws DomainError `conflict-of-interest`
 */
export async function refuseConflict(q: Queries, bidding: Bidding, supplierId: string): Promise<void> {
  const { purchaserId, agencyId, operates, controlId } = bidding;
  const { rules } = procedureOf(bidding);
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
