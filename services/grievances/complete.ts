import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { changeGrievance, grievanceById, type Grievance } from '../../db/grievances.ts';
import { DomainError } from '../../domain/errors.ts';
import type { AttachmentKind, GrievanceLetter } from '../../domain/grievances/letter.ts';
import { addDocument, type ReceivedDocument } from '../documents/add.ts';

/** Most documents with one grievance. */
const MOST_ATTACHMENTS = 20;

/**
 * 补正: completes what a letter states. What is given replaces what it said; the time for the reply runs on from its
 * filing.
 * @throws DomainError `grievance-settled`, `not-found`
 */
export async function completeLetter(
  tx: Tx,
  actor: Actor,
  grievanceId: string,
  letter: GrievanceLetter,
): Promise<Grievance> {
  const grievance = await unanswered(tx, grievanceId);
  const completed = { ...grievance, letter: { ...grievance.letter, ...letter } };
  await changeGrievance(tx, grievanceId, { letter: completed.letter });
  recordAudit(tx, actor, {
    action: 'grievance.complete',
    procurementId: grievance.procurementId,
    subject: `grievance/${grievanceId}`,
    detail: { fields: Object.keys(letter) },
    confidential: true,
  });
  return completed;
}

/**
 * 证明材料: adds a document to a grievance; confidential as it is.
 * @throws DomainError `grievance-settled`, `quota-exceeded`, `not-found`
 */
export async function attachToGrievance(
  tx: Tx,
  actor: Actor,
  grievanceId: string,
  { kind, ...document }: ReceivedDocument & { readonly kind: AttachmentKind },
): Promise<Grievance> {
  const grievance = await unanswered(tx, grievanceId);
  const attachments = grievance.attachments ?? [];
  if (attachments.length >= MOST_ATTACHMENTS) {
    throw new DomainError('quota-exceeded', {
      messageZh: `每件异议（质疑）最多附 ${MOST_ATTACHMENTS} 份材料`,
      messageEn: `At most ${MOST_ATTACHMENTS} documents with one grievance`,
      details: { limit: MOST_ATTACHMENTS },
    });
  }
  const { procurementId, lotNo, filedBy: organisationId } = grievance;
  const of = { organisationId, lotNo };
  const { id } = await addDocument(tx, actor, {
    ...document,
    procurementId,
    kind: 'grievance',
    confidential: true,
    of,
  });
  const attached = { ...grievance, attachments: [...attachments, { documentId: id, kind }] };
  await changeGrievance(tx, grievanceId, { attachments: attached.attachments });
  return attached;
}

async function unanswered(tx: Tx, grievanceId: string): Promise<Grievance> {
  const grievance = await grievanceById(tx.q, grievanceId);
  if (grievance.state !== 'replied') return grievance;
  throw new DomainError('grievance-settled', {
    messageZh: '该异议（质疑）已经答复，不能再补充',
    messageEn: 'This grievance was replied to; nothing can be added',
    details: { grievanceId },
  });
}
