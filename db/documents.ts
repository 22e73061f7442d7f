import { and, asc, eq, ne } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { recordAudit, type Actor } from './audit.ts';
import type { StoredBlob } from './files/blobs.ts';
import type { Queries, Tx } from './access/database.ts';
import { notFound } from './procurements.ts';
import { documents, obtainers, organisations, type DocumentKind } from './schema/sqlite.ts';

export type Document = typeof documents.$inferSelect;
/** One of the tender itself; a guarantee's is its bidder's (deposit-documents.ts). */
export type TenderDocument = Document & { readonly kind: Exclude<DocumentKind, 'guarantee'> };

export async function addDocument<K extends DocumentKind>(
  tx: Tx,
  actor: Actor,
  document: {
    readonly procurementId: string;
    readonly kind: K;
    readonly name: string;
    readonly mediaType: string;
    readonly file: StoredBlob;
    /** Given where it belongs to one row of another table, and bears its id. */
    readonly id?: string;
    /** Whether that it is there is secret until the opening. */
    readonly sealed?: true;
  },
): Promise<Document & { kind: K }> {
  const { file, sealed, id = newId(), ...fields } = document;
  const row = {
    ...fields,
    ...file,
    id,
    uploadedBy: actor.accountId ?? actor.role,
    uploadedAt: tx.now,
  };
  await tx.q.insert(documents).values(row);
  recordAudit(tx, actor, {
    action: 'document.upload',
    procurementId: document.procurementId,
    subject: `document/${row.id}`,
    detail: { kind: document.kind, sha256: file.sha256, size: file.size },
    ...(sealed ? { sealed } : {}),
  });
  return row;
}

const ofTender = (procurementId: string) =>
  and(eq(documents.procurementId, procurementId), ne(documents.kind, 'guarantee'));

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

/** Notes that a supplier obtained the documents; from then it may object to them (招标投标法实施条例 22). */
export async function recordObtained(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  organisationId: string,
): Promise<void> {
  const [noted] = await tx.q
    .insert(obtainers)
    .values({ procurementId, organisationId, at: tx.now })
    .onConflictDoNothing()
    .returning();
  if (!noted) return;
  recordAudit(tx, actor, {
    action: 'document.obtain',
    procurementId,
    subject: `organisation/${organisationId}`,
    sealed: true,
  });
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
