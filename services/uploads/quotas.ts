import type { Queries } from '../../db/access/database.ts';
import { bytesHeld } from '../../db/uploads.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { assertBytesWithin, type BidQuotas } from '../../domain/bids/uploads.ts';

/**
 * Checks that a supplier may upload so many bytes more.
 * @throws DomainError `quota-exceeded`
 */
export async function assertWithinQuotas(
  q: Queries,
  place: BidderPlace,
  length: number,
  quotas: BidQuotas,
): Promise<void> {
  assertBytesWithin(quotas, await bytesHeld(q, place), length);
}
