import type { Queries } from '../../db/access/database.ts';
import { bytesHeld, type UploadPlace } from '../../db/uploads.ts';
import { assertBytesWithin, type BidQuotas } from '../../domain/bids/uploads.ts';

/**
 * Whether a supplier may bring so many bytes more.
 * @throws DomainError `quota-exceeded`
 */
export async function assertWithinQuotas(
  q: Queries,
  place: UploadPlace,
  length: number,
  quotas: BidQuotas,
): Promise<void> {
  assertBytesWithin(quotas, await bytesHeld(q, place), length);
}
