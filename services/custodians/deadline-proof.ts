import type { Database } from '../../db/access/database.ts';
import { deadlineEntry, placeOf } from '../../db/log.ts';
import { notFound } from '../../db/procurements.ts';
import { DEADLINE, type Deadline, type DeadlineProof, type DeadlineStatement } from '../../proofs/deadline.ts';
import { consistencyProof, inclusionProof } from '../../proofs/merkle.ts';
import type { Signer } from '../../proofs/signing.ts';
import { outOfNodes } from '../log/nodes.ts';
import { signHead } from '../log/sign-head.ts';
import { publishKey } from '../signing-keys/publish.ts';

/**
 * The deadline in force of a procurement, for a custodian that has seen a head of `knownSize` (0: none); a head is
 * signed where none contains it yet: a deadline is set by those who run the tender, and never by who bids. Where the log is shorter than what was seen, no proof can show that it continues
 * it.
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
  const at = Math.max(db.now(), entry.newestAt);
  const last = entry.head;
  const head = last && last.size >= entry.seq && last.size >= knownSize ? last : await signHead(db, signer);
  const { index } = (await placeOf(db.read, entry)) ?? {};
  if (index === undefined) throw new Error(`the deadline of ${procurementId} is under no head`);
  const statement: DeadlineStatement = { procurementId, version, bidDeadline, at, index, entry: entry.hash };
  const continues = knownSize > 0 && knownSize <= head.size;
  await publishKey(db, signer);
  const [inclusion, consistency] = await outOfNodes(db.read, (nodes) =>
    Promise.all([
      inclusionProof(index, head.size, nodes),
      continues ? consistencyProof(knownSize, head.size, nodes) : [],
    ]),
  );
  return { statement: await signer.sign(DEADLINE, statement), head: head.jws, inclusion, consistency };
}
