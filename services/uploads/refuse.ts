import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { endUpload, type UploadRow } from '../../db/uploads.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { recordUpload } from './record.ts';

/** The uploaded file cannot be a bid; its bytes are removed. An upload that has ended is left unchanged. */
export async function refuseUpload(tx: Tx, actor: Actor, upload: UploadRow, reason: ErrorCode): Promise<void> {
  if (await endUpload(tx, upload.id, 'refused')) recordUpload(tx, actor, 'refuse', upload, { reason });
}
