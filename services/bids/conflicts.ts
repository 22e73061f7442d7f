import type { Bidding } from '../../db/bids.ts';
import type { OwnControl } from '../../db/parties/controls.ts';
import { barOf, conflictOfInterest, type Capacity } from '../../domain/bids/conflict.ts';
import { procedureOf } from '../../domain/procedures/index.ts';

/**
 * Refuses who runs the procurement or the platform, and who itself declares control with one of them. What only others
 * declare, and what is between bidders, would tell them who bids: it becomes a clue at the opening (services/clues).
 * @throws DomainError `conflict-of-interest`
 */
export function refuseConflict(bidding: Bidding, supplierId: string, declared: readonly OwnControl[]): void {
  const { purchaserId, agencyId, operates } = bidding;
  const { rules } = procedureOf(bidding);
  const refuse = (capacity: Capacity, control: OwnControl | null): void => {
    const rule = barOf(rules, capacity);
    if (rule) throw conflictOfInterest(capacity, rule, control);
  };
  if (supplierId === purchaserId) refuse('purchaser', null);
  if (supplierId === agencyId) refuse('agency', null);
  if (operates) refuse('operator', null);
  for (const control of declared) {
    if (control.otherId === purchaserId) refuse('purchaser', control);
    if (control.otherId === agencyId) refuse('agency', control);
    if (control.otherOperates) refuse('operator', control);
  }
}
