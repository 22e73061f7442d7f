import type { Queries } from '../../db/access/database.ts';
import type { TenderDocument } from '../../db/documents.ts';
import { listNotices } from '../../db/notices.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import { procedureOf } from '../../domain/procedures/index.ts';

/** What a supplier may see: the tender documents, and of the amendments those that an announcement names. */
export async function documentsForSuppliers(
  q: Queries,
  documents: readonly TenderDocument[],
): Promise<TenderDocument[]> {
  const [first] = documents;
  if (!first) return [];
  const notices = await listNotices(q, { procurementId: first.procurementId, kind: 'amendment', limit: 1000 });
  const announced = new Set(notices.flatMap(({ content }) => content['documentIds'] as string[]));
  return documents.filter(
    (document) => document.kind === 'tender-documents' || (document.kind === 'amendment' && announced.has(document.id)),
  );
}

/**
 * The documents that notices have made public: those announced with a result where the law asks for it
 * (政府采购法实施条例 43), and a contract that its notice names (50).
 */
export async function publishedDocuments(q: Queries, tender: ProcurementRow): Promise<ReadonlySet<string>> {
  const announced = (kind: 'award' | 'contract') => listNotices(q, { procurementId: tender.id, kind, limit: 1000 });
  const withResult = procedureOf(tender).rules.documentsWithResult !== undefined;
  const [awards, contracts] = await Promise.all([withResult ? announced('award') : [], announced('contract')]);
  return new Set([
    ...awards.flatMap(({ content }) => (content['documents'] as readonly { id: string }[]).map(({ id }) => id)),
    ...contracts.flatMap(({ content }) => (typeof content['documentId'] === 'string' ? content['documentId'] : [])),
  ]);
}
