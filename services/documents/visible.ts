import type { Queries } from '../../db/access/database.ts';
import type { TenderDocument } from '../../db/documents.ts';
import { listNotices } from '../../db/notices.ts';

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
