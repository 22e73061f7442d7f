import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertObtainer, obtainedAt, type TenderDocument } from '../../db/documents.ts';
import { recordEvent } from '../../db/events.ts';
import { wasCalled } from '../../db/invitees.ts';
import { notFound, procurementRow } from '../../db/procurements.ts';
import { assertHandedOut } from '../../domain/documents/period.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { assertInvited } from '../procurements/invited.ts';
import { documentsForSuppliers } from './visible.ts';

/**
 * A supplier obtains a document (获取招标文件); the first time is recorded.
 * @throws DomainError `not-found` for what suppliers may not see, `stage-conflict` outside the period, `not-invited`
 */
export async function obtainDocument(
  tx: Tx,
  actor: Actor,
  document: TenderDocument,
  organisationId: string,
): Promise<void> {
  const { id, procurementId } = document;
  const [visible] = await documentsForSuppliers(tx.q, [document]);
  const tender = await procurementRow(tx.q, procurementId);
  if (!visible || !(await wasCalled(tx.q, tender))) throw notFound('document', id);
  await assertInvited(tx.q, tender, organisationId);
  assertHandedOut(tender, await obtainedAt(tx.q, procurementId, organisationId), tx.now, procedureOf(tender).words);
  await recordObtained(tx, actor, procurementId, organisationId);
}

/** Records that a supplier obtained the documents; from then on it may object to them (招标投标法实施条例 22). */
export async function recordObtained(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  organisationId: string,
): Promise<void> {
  if (!(await insertObtainer(tx, { procurementId, organisationId, at: tx.now }))) return;
  recordAudit(tx, actor, {
    action: 'document.obtain',
    procurementId,
    subject: `organisation/${organisationId}`,
    confidential: true,
  });
  recordEvent(tx, {
    kind: 'document.obtained',
    ...{ procurementId, lotNo: 0, organisationId },
    subject: `organisation/${organisationId}`,
    confidential: true,
  });
}
