import type { Database } from '../../db/access/database.ts';
import { consistencyProof, deadlineEntry, inclusionProof, indexOf } from '../../db/log.ts';
import { notFound } from '../../db/procurements.ts';
import { DEADLINE, type Deadline, type DeadlineProof, type DeadlineStatement } from '../../proofs/deadline.ts';
import type { Signer } from '../../proofs/signing.ts';
import { signHead } from '../log/sign-head.ts';
import { publishKey } from '../signing-keys/publish.ts';

/**
 * The deadline in force of a procurement, for whoever has seen a head of `knownSize` (0: none); a head is signed where
 * none has it yet. Where the log is shorter than what was seen nothing shows that it continues it.
 * @throws DomainError `not-found` for one that was never published
 */
export async function deadlineProof(
  db: Database,
  signer: Signer,
  procurementId: string,
  knownSize: number,
): Promise<DeadlineProof> {
  const entry = await deadlineEntry(db.read, procurementId);
  if (!entry) throw notFound('procurement', procurementId);
  const { version, bidDeadline } = entry.detail as Omit<Deadline, 'procurementId'>;
  const index = indexOf(entry);
  const at = Math.max(db.now(), entry.newestAt);
  const statement: DeadlineStatement = { procurementId, version, bidDeadline, at, index, entry: entry.hash };
  const last = entry.head;
  const head = last && last.size > index && last.size >= knownSize ? last : await signHead(db, signer);
  const continues = knownSize > 0 && knownSize <= head.size;
  await publishKey(db, signer);
  return {
    statement: await signer.sign(DEADLINE, statement),
    head: head.jws,
    inclusion: await inclusionProof(db.read, index, head.size),
    consistency: continues ? await consistencyProof(db.read, knownSize, head.size) : [],
  };
}
