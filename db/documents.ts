import { and, asc, eq, inArray, notInArray } from 'drizzle-orm';
import type { Queries, Tx } from './access/database.ts';
import { notFound } from './procurements.ts';
import { documents, obtainers, organisations, type DocumentKind } from './schema/sqlite.ts';

export type Document = typeof documents.$inferSelect;
/** A document of the tender itself; others belong to their bidder, or to who objects. */
export type TenderDocument = Document & { readonly kind: Exclude<DocumentKind, 'guarantee' | 'grievance'> };

export async function insertDocument(tx: Tx, document: Document): Promise<void> {
  await tx.q.insert(documents).values(document);
}

const ofTender = (procurementId: string) =>
  and(eq(documents.procurementId, procurementId), notInArray(documents.kind, ['guarantee', 'grievance']));

export async function documentsOf(q: Queries, procurementId: string): Promise<TenderDocument[]> {
  const rows = await q.select().from(documents).where(ofTender(procurementId)).orderBy(asc(documents.id));
  return rows as TenderDocument[];
}

/** 招标文件, as uploaded before the notice. */
export async function tenderDocumentsOf(q: Queries, procurementId: string): Promise<TenderDocument[]> {
  return (await documentsOf(q, procurementId)).filter(({ kind }) => kind === 'tender-documents');
}

/** @throws DomainError `not-found` */
export async function documentById(q: Queries, procurementId: string, id: string): Promise<TenderDocument> {
  const [row] = await q
    .select()
    .from(documents)
    .where(and(eq(documents.id, id), ofTender(procurementId)));
  if (!row) throw notFound('document', id);
  return row as TenderDocument;
}

/**
 * The documents of guarantees by the ids of their deposits, which are their own ids; deposits without one are left out.
 */
export async function guaranteeDocumentsOf(
  q: Queries,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, Document>> {
  if (depositIds.length === 0) return new Map();
  const rows = await q
    .select()
    .from(documents)
    .where(and(eq(documents.kind, 'guarantee'), inArray(documents.id, [...depositIds])));
  return new Map(rows.map((row) => [row.id, row]));
}

/** A document that came with a grievance. @throws DomainError `not-found` */
export async function attachedDocument(q: Queries, id: string): Promise<Document> {
  const [row] = await q
    .select()
    .from(documents)
    .where(and(eq(documents.id, id), eq(documents.kind, 'grievance')));
  if (!row) throw notFound('document', id);
  return row;
}

/** Those that came with grievances, by their ids. */
export async function attachedDocuments(q: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, Document>> {
  if (ids.length === 0) return new Map();
  const rows = await q
    .select()
    .from(documents)
    .where(and(eq(documents.kind, 'grievance'), inArray(documents.id, [...ids])));
  return new Map(rows.map((row) => [row.id, row]));
}

/** The document of a guarantee; undefined where none was submitted. */
export async function guaranteeDocumentOf(q: Queries, depositId: string): Promise<Document | undefined> {
  return (await guaranteeDocumentsOf(q, [depositId])).get(depositId);
}

export type Obtainer = typeof obtainers.$inferSelect;

/** Whether it is the supplier's first time; a later one changes nothing. */
export async function insertObtainer(tx: Tx, obtainer: Obtainer): Promise<boolean> {
  const inserted = await tx.q.insert(obtainers).values(obtainer).onConflictDoNothing().returning();
  return inserted.length > 0;
}

export async function obtainedAt(q: Queries, procurementId: string, organisationId: string): Promise<number | null> {
  const [row] = await q
    .select({ at: obtainers.at })
    .from(obtainers)
    .where(and(eq(obtainers.procurementId, procurementId), eq(obtainers.organisationId, organisationId)));
  return row?.at ?? null;
}

/** Who obtained the documents; not to be shown before the opening (招标投标法 22). */
export async function obtainersOf(
  q: Queries,
  procurementId: string,
): Promise<{ organisationId: string; name: string; at: number }[]> {
  return q
    .select({ organisationId: obtainers.organisationId, name: organisations.name, at: obtainers.at })
    .from(obtainers)
    .innerJoin(organisations, eq(organisations.id, obtainers.organisationId))
    .where(eq(obtainers.procurementId, procurementId))
    .orderBy(asc(obtainers.at), asc(obtainers.organisationId));
}
