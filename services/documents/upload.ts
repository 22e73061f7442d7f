import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import type { TenderDocument } from '../../db/documents.ts';
import { procurementRow } from '../../db/procurements.ts';
import type { ProcurementStage } from '../../domain/stages.ts';
import { procedureOf, type ProcedureKey } from '../../domain/procedures/index.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { addDocument, type ReceivedDocument } from './add.ts';

/**
 * Adds a document to a tender.
 * @throws DomainError `stage-conflict`
 */
export async function uploadDocument(
  tx: Tx,
  actor: Actor,
  document: ReceivedDocument & { readonly procurementId: string; readonly kind: TenderDocument['kind'] },
): Promise<TenderDocument> {
  assertUploaded(document.kind, await procurementRow(tx.q, document.procurementId));
  return addDocument(tx, actor, document);
}

/**
 * The documents are those that were launched: a launch that is withdrawn is a draft again, and once announced they change
 * only by an amendment, which notifies everybody.
 * @throws DomainError `stage-conflict`
 */
export function assertUploaded(
  kind: TenderDocument['kind'],
  tender: ProcedureKey & { readonly stage: ProcurementStage },
): void {
  const { stage } = tender;
  if (kind !== 'tender-documents' || stage === 'draft') return;
  const definition = procedureOf(tender);
  throw stageConflict(definition, { what: 'procurement', stage, wanted: ['draft'], action: 'document.upload' });
}
