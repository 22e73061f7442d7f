import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { insertUpload, openUploadsOf, type UploadRow } from '../../db/uploads.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { assertUploadsWithin, type BidQuotas } from '../../domain/bids/uploads.ts';
import { assertWithinQuotas } from './quotas.ts';
import { recordUpload } from './record.ts';

/**
 * Begins an upload: nothing of it counts before its last byte is stored.
 * @throws DomainError `quota-exceeded`
 */
export async function beginUpload(
  tx: Tx,
  actor: Actor,
  place: BidderPlace,
  announced: { readonly length: number; readonly sha256: string | null },
  quotas: BidQuotas,
): Promise<UploadRow> {
  await assertWithinQuotas(tx.q, place, announced.length, quotas);
  assertUploadsWithin(quotas, await openUploadsOf(tx.q, place), announced.length);
  const upload: UploadRow = {
    ...place,
    ...announced,
    id: newId(),
    accountId: actor.accountId ?? '',
    state: 'open',
    bidId: null,
    createdAt: tx.now,
    endedAt: null,
    removedAt: null,
  };
  await insertUpload(tx, upload);
  recordUpload(tx, actor, 'begin', upload, announced);
  return upload;
}
