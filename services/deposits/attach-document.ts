import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { depositsOf, type Deposit } from '../../db/deposits.ts';
import { guaranteeDocumentsOf, type Document } from '../../db/documents.ts';
import { DomainError } from '../../domain/errors.ts';
import { addDocument, type ReceivedDocument } from '../documents/add.ts';
import { depositsTakenFor } from './bidding.ts';

/** Most documents of guarantees that a bidder may submit for a lot, those of replaced entries included. */
const MOST_DOCUMENTS = 20;

/**
 * Adds the document of a guarantee (保函、保险单), once; confidential until the opening, like the guarantee itself.
 * @throws DomainError `stage-conflict` when bids are no longer accepted, `already-exists`, `quota-exceeded`
 */
export async function attachGuaranteeDocument(
  tx: Tx,
  actor: Actor,
  { id, procurementId, lotNo, supplierId }: Deposit,
  document: ReceivedDocument,
): Promise<Document> {
  await depositsTakenFor(tx, { procurementId, lotNo });
  const own = await depositsOf(tx.q, { procurementId, lotNo, supplierId });
  const handedIn = await guaranteeDocumentsOf(
    tx.q,
    own.map((each) => each.id),
  );
  if (handedIn.has(id)) {
    throw new DomainError('already-exists', {
      messageZh: '该保函（保险单）文件已经提交，不能替换',
      messageEn: 'The document of this guarantee was already submitted; it is not replaced',
      details: { depositId: id },
    });
  }
  if (handedIn.size >= MOST_DOCUMENTS) {
    throw new DomainError('quota-exceeded', {
      messageZh: `每个标段最多提交 ${MOST_DOCUMENTS} 份保函（保险单）文件`,
      messageEn: `At most ${MOST_DOCUMENTS} documents of guarantees for a lot`,
      details: { limit: MOST_DOCUMENTS },
    });
  }
  const of = { organisationId: supplierId, lotNo };
  return addDocument(tx, actor, { id, procurementId, kind: 'guarantee', ...document, confidential: true, of });
}
