import type { Database, Queries } from '../../db/access/database.ts';
import { answersOf, deadlineInForce, deadlinesToNotify, type NotifiedDeadline } from '../../db/deadlines.ts';
import { acknowledgementsTo, type Acknowledgement } from '../../domain/custodians/acknowledgements.ts';
import type { DeadlineProof } from '../../proofs/deadline.ts';
import type { Signer } from '../../proofs/signing.ts';
import { deadlineProof } from './deadline-proof.ts';

/** How long unreachable custodians are notified that a tender was terminated (civil ms): our choice, no law sets it. */
const AFTER_TERMINATION_MS = 30 * 86_400_000;

const terminatedAfter = (now: number): number => now - AFTER_TERMINATION_MS;

/** A version of the bid deadline of a procurement. */
export interface DeadlineVersion {
  readonly procurementId: string;
  readonly version: number;
}

/** Whether custodians still need this version: no newer one has replaced it, and the opening is not over. */
export async function isNoticeDue(
  q: Queries,
  now: number,
  { procurementId, version }: DeadlineVersion,
): Promise<boolean> {
  const [due] = await deadlinesToNotify(q, { terminatedAfter: terminatedAfter(now), id: procurementId });
  return due?.version === version;
}

/** For a custodian that has seen so much of the log; null where it need not be notified any more. */
export async function deadlineProofFor(
  db: Database,
  signer: Signer,
  { knownSize, ...deadline }: DeadlineVersion & { readonly knownSize: number },
): Promise<DeadlineProof | null> {
  if (!(await isNoticeDue(db.read, db.now(), deadline))) return null;
  return deadlineProof(db, signer, deadline.procurementId, knownSize);
}

/** Each custodian once, in the order of CUSTODIANS; all `waiting` where no deadline was set. */
export async function acknowledgementsOf(q: Queries, procurementId: string): Promise<Acknowledgement[]> {
  const inForce = await deadlineInForce(q, procurementId);
  return acknowledgementsTo(inForce?.version ?? null, inForce ? await answersOf(q, [procurementId]) : []);
}

/** A deadline that custodians need to know, with their answers. */
export interface NoticeDue extends NotifiedDeadline {
  readonly acknowledgements: readonly Acknowledgement[];
}

/** A page of them, by the id of their procurement. */
export async function noticesDue(
  q: Queries,
  now: number,
  after: string | undefined,
  limit: number,
): Promise<NoticeDue[]> {
  const page = { after, limit };
  return withAcknowledgements(q, await deadlinesToNotify(q, { terminatedAfter: terminatedAfter(now), page }));
}

/** Those that a custodian refuses: platform and custodian disagree about the log, or its order. */
export async function refusedNotices(q: Queries, now: number): Promise<NoticeDue[]> {
  const wanted = { terminatedAfter: terminatedAfter(now), onceRefused: true };
  const notices = await withAcknowledgements(q, await deadlinesToNotify(q, wanted));
  return notices.filter(({ acknowledgements }) => acknowledgements.some(({ state }) => state === 'refused'));
}

async function withAcknowledgements(q: Queries, due: readonly NotifiedDeadline[]): Promise<NoticeDue[]> {
  const answers = await answersOf(
    q,
    due.map(({ id }) => id),
  );
  return due.map((notice) => {
    const own = answers.filter(({ procurementId }) => procurementId === notice.id);
    return { ...notice, acknowledgements: acknowledgementsTo(notice.version, own) };
  });
}
