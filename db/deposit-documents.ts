import { and, eq, inArray } from 'drizzle-orm';
import { DomainError } from '../domain/errors.ts';
import type { Actor } from './audit.ts';
import type { StoredBlob } from './files/blobs.ts';
import type { Queries, Tx } from './access/database.ts';
import { depositsOf, depositTaken, type Deposit } from './deposits.ts';
import { addDocument, type Document } from './documents.ts';
import { documents } from './schema/sqlite.ts';

/** Documents of guarantees that a bidder may hand in for a lot. */
const MOST_DOCUMENTS = 5;

async function documentsOfDeposits(q: Queries, depositIds: readonly string[]): Promise<Document[]> {
  if (depositIds.length === 0) return [];
  return q
    .select()
    .from(documents)
    .where(and(eq(documents.kind, 'guarantee'), inArray(documents.id, [...depositIds])));
}

/** The document of a guarantee, which bears the deposit's id; undefined where none was handed in. */
export async function guaranteeDocumentOf(q: Queries, depositId: string): Promise<Document | undefined> {
  const [found] = await documentsOfDeposits(q, [depositId]);
  return found;
}

/**
 * Adds the document of a guarantee (保函、保险单), once; as secret until the opening as the guarantee itself.
 * @throws DomainError `stage-conflict` when bids are taken no more, `already-exists`, `quota-exceeded`
 */
export async function addGuaranteeDocument(
  tx: Tx,
  actor: Actor,
  deposit: Deposit,
  document: { readonly name: string; readonly mediaType: string; readonly file: StoredBlob },
): Promise<Document> {
  const { id, procurementId, lotNo, supplierId } = deposit;
  await depositTaken(tx, { procurementId, lotNo });
  const own = await depositsOf(tx.q, { procurementId, lotNo, supplierId });
  const handedIn = await documentsOfDeposits(
    tx.q,
    own.map((each) => each.id),
  );
  if (handedIn.some((each) => each.id === id)) {
    throw new DomainError('already-exists', {
      messageZh: '该保函（保险单）文件已经提交，不能替换',
      messageEn: 'The document of this guarantee was handed in already; it is not replaced',
      details: { depositId: id },
    });
  }
  if (handedIn.length >= MOST_DOCUMENTS) {
    throw new DomainError('quota-exceeded', {
      messageZh: `每个标段最多提交 ${MOST_DOCUMENTS} 份保函（保险单）文件`,
      messageEn: `At most ${MOST_DOCUMENTS} documents of guarantees for a lot`,
      details: { limit: MOST_DOCUMENTS },
    });
  }
  return addDocument(tx, actor, { id, procurementId, kind: 'guarantee', ...document, sealed: true });
}
