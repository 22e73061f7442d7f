import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertDocument, type Document } from '../../db/documents.ts';
import { recordEvent } from '../../db/events.ts';
import type { StoredBlob } from '../../db/files/blobs.ts';

/** A file that was received whole, and what its sender says of it. */
export interface ReceivedDocument {
  readonly name: string;
  readonly mediaType: string;
  readonly file: StoredBlob;
}

/** Adds a document to a procurement; whether there may be one is for who calls to judge. */
export async function addDocument<K extends Document['kind']>(
  tx: Tx,
  actor: Actor,
  document: ReceivedDocument & {
    readonly procurementId: string;
    readonly kind: K;
    /** Given where it belongs to one row of another table, and bears its id. */
    readonly id?: string;
    /** Whether that it is there is secret until the opening. */
    readonly sealed?: true;
    /** Whose it is, and of which lot, where it is not the tender's. */
    readonly of?: { readonly organisationId: string; readonly lotNo: number };
  },
): Promise<Document & { kind: K }> {
  const { file, sealed, of, id = newId(), ...fields } = document;
  const row = { ...fields, ...file, id, uploadedBy: actor.accountId ?? actor.role, uploadedAt: tx.now };
  await insertDocument(tx, row);
  recordAudit(tx, actor, {
    action: 'document.upload',
    procurementId: document.procurementId,
    subject: `document/${id}`,
    detail: { kind: document.kind, sha256: file.sha256, size: file.size },
    ...(sealed ? { sealed } : {}),
  });
  recordEvent(tx, {
    kind: 'document.uploaded',
    procurementId: document.procurementId,
    lotNo: 0,
    ...of,
    subject: `document/${id}`,
    detail: { kind: document.kind },
    ...(sealed ? { sealed } : {}),
  });
  return row;
}
