import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertDocument, type Document } from '../../db/documents.ts';
import { recordEvent } from '../../db/events.ts';
import type { StoredBlob } from '../../db/files/blobs.ts';

/** A file received in full, and its sender's metadata. */
export interface ReceivedDocument {
  readonly name: string;
  readonly mediaType: string;
  readonly file: StoredBlob;
}

/** Adds a document to a procurement; the caller judges whether one may be added. */
export async function addDocument<K extends Document['kind']>(
  tx: Tx,
  actor: Actor,
  document: ReceivedDocument & {
    readonly procurementId: string;
    readonly kind: K;
    /** Set where it belongs to one row of another table, and has that row's id. */
    readonly id?: string;
    /** Whether its existence is confidential until the opening. */
    readonly confidential?: true;
    /** Its owner and lot, where it does not belong to the tender. */
    readonly of?: { readonly organisationId: string; readonly lotNo: number };
  },
): Promise<Document & { kind: K }> {
  const { file, confidential, of, id = newId(), ...fields } = document;
  const row = { ...fields, ...file, id, uploadedBy: actor.accountId ?? actor.role, uploadedAt: tx.now };
  await insertDocument(tx, row);
  recordAudit(tx, actor, {
    action: 'document.upload',
    procurementId: document.procurementId,
    subject: `document/${id}`,
    detail: { kind: document.kind, sha256: file.sha256, size: file.size },
    ...(confidential ? { confidential } : {}),
  });
  recordEvent(tx, {
    kind: 'document.uploaded',
    procurementId: document.procurementId,
    lotNo: 0,
    ...of,
    subject: `document/${id}`,
    detail: { kind: document.kind },
    ...(confidential ? { confidential } : {}),
  });
  return row;
}
