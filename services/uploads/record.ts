import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import type { UploadRow } from '../../db/uploads.ts';

/** What became of an upload: confidential, since it shows who bids (招标投标法 22). */
export function recordUpload(
  tx: Tx,
  actor: Actor,
  verb: 'begin' | 'take' | 'refuse' | 'abandon' | 'withdraw',
  { id, procurementId, lotNo, supplierId }: UploadRow,
  detail: Record<string, unknown>,
): void {
  const subject = `upload/${id}`;
  recordAudit(tx, actor, {
    action: `upload.${verb}`,
    procurementId,
    subject,
    detail: { lotNo, ...detail },
    confidential: true,
  });
  // No notification of the bidder's own act.
  if (verb !== 'refuse' && verb !== 'withdraw') return;
  const kind = verb === 'refuse' ? 'upload.refused' : 'upload.withdrawn';
  recordEvent(tx, { kind, procurementId, lotNo, organisationId: supplierId, subject, detail, confidential: true });
}
