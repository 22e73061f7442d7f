import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { DOSSIER_FORMAT } from '../../proofs/dossier/manifest.ts';

/** Records that somebody was handed out the dossier (档案) of a procurement: it may leave the platform. */
export function recordDossier(tx: Tx, actor: Actor, procurementId: string): void {
  recordAudit(tx, actor, {
    action: 'dossier.make',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: { format: DOSSIER_FORMAT },
  });
}
