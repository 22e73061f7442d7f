import { and, desc, eq, lte } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DECISION_STAGES, type DecisionKind, type DecisionPayloads } from '../domain/decisions.ts';
import { DomainError } from '../domain/errors.ts';
import { grievanceSubject, lotSubject, procurementSubject } from '../domain/subjects.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { grievanceById } from './grievances.ts';
import { enqueue, wake } from './outbox.ts';
import { lotOf, notFound, procurementById, stageConflict } from './procurements.ts';
import { decisions, type StoredRefusal } from './schema/sqlite.ts';
import type { Place } from './suspensions.ts';
import { findMilestone } from './timeline.ts';

export type Decision<K extends DecisionKind = DecisionKind> = Omit<
  typeof decisions.$inferSelect,
  'kind' | 'payload'
> & {
  readonly kind: K;
  readonly payload: DecisionPayloads[K];
};

/**
 * Stores a decision with the instant at which it was received, and the message that tells the workflow. From here on
 * it is not lost, and it counts by this instant.
 * @throws DomainError `stage-conflict` where the stage does not allow it, `bad-input` where no workflow would take it,
 *   `grievance-settled`, `not-found`
 */
export async function submitDecision<K extends DecisionKind>(
  tx: Tx,
  actor: Actor,
  decision: Place & { kind: K; grievanceId?: string; payload: DecisionPayloads[K] },
): Promise<{ decision: Decision<K>; messageId: string }> {
  const allowed = DECISION_STAGES[decision.kind];
  const procurement = await procurementById(tx.q, decision.procurementId);
  if (decision.kind === 'reply') await refuseReplyToNothing(tx, decision);
  else if (decision.lotNo === 0) {
    if (!allowed.procurement) throw wrongPlace(decision);
    if (!allowed.procurement.includes(procurement.stage)) {
      throw stageConflict('procurement', procurement.stage, allowed.procurement, allowed);
    }
  } else {
    if (!allowed.lot) throw wrongPlace(decision);
    const { stage } = await lotOf(tx.q, decision.procurementId, decision.lotNo);
    if (!allowed.lot.includes(stage)) throw stageConflict('lot', stage, allowed.lot, allowed);
  }
  const row = {
    id: newId(),
    kind: decision.kind,
    procurementId: decision.procurementId,
    lotNo: decision.lotNo,
    grievanceId: decision.grievanceId ?? null,
    payload: decision.payload,
    actor,
    receivedAt: tx.now,
    state: 'submitted' as const,
    settledAt: null,
    refusal: null,
  };
  await tx.q.insert(decisions).values(row);
  recordAudit(tx, actor, {
    action: `decision.submit`,
    procurementId: row.procurementId,
    subject: `decision/${row.id}`,
    detail: { kind: row.kind, lotNo: row.lotNo },
  });
  if (row.grievanceId !== null) wake(tx, grievanceSubject(row.grievanceId));
  else wake(tx, row.lotNo === 0 ? procurementSubject(row.procurementId) : lotSubject(row.procurementId, row.lotNo));
  const messageId = await enqueue(tx, 'decision', row.id);
  return { decision: row, messageId };
}

/** A message that no workflow takes would be carried to it for ever. */
async function refuseReplyToNothing(tx: Tx, reply: Place & { grievanceId?: string }): Promise<void> {
  const grievance = await grievanceById(tx.q, reply.grievanceId ?? '');
  if (grievance.procurementId !== reply.procurementId || grievance.lotNo !== reply.lotNo) {
    throw notFound('grievance', grievance.id);
  }
  if (grievance.state === 'replied') {
    throw new DomainError('grievance-settled', {
      messageZh: '该异议（质疑）已经答复',
      messageEn: 'This grievance was replied to already',
      details: { grievanceId: grievance.id },
    });
  }
}

function wrongPlace({ kind, lotNo }: { kind: DecisionKind; lotNo: number }): DomainError {
  return new DomainError('bad-input', {
    messageZh: lotNo === 0 ? `该决定（${kind}）应当针对标段作出` : `该决定（${kind}）应当针对整个项目作出`,
    messageEn:
      lotNo === 0 ? `This decision (${kind}) is taken for a lot` : `This decision (${kind}) is taken for the whole`,
    details: { field: 'lotNo', given: lotNo },
  });
}

/** @throws DomainError `not-found` */
export async function decisionById(q: Queries, id: string): Promise<Decision> {
  const [row] = await q.select().from(decisions).where(eq(decisions.id, id));
  if (!row) throw notFound('decision', id);
  return row;
}

/**
 * The decision that an activity is to carry out; null when it was carried out before (the activity is tried again).
 * @throws DomainError `not-found`
 */
export async function decisionToCarryOut<K extends DecisionKind>(
  tx: Tx,
  kind: K | readonly K[],
  id: string,
): Promise<Decision<K> | null> {
  const decision = await decisionById(tx.q, id);
  const kinds: readonly DecisionKind[] = typeof kind === 'string' ? [kind] : kind;
  if (!kinds.includes(decision.kind)) throw notFound(`decision (${kinds.join(', ')})`, id);
  return decision.state === 'submitted' ? (decision as Decision<K>) : null;
}

/** Marks a decision as carried out, in the transaction of what it changed. */
export async function acceptDecision(tx: Tx, decision: Decision): Promise<void> {
  await tx.q.update(decisions).set({ state: 'accepted', settledAt: tx.now }).where(eq(decisions.id, decision.id));
  recordAudit(tx, decision.actor, {
    action: `decision.${decision.kind}`,
    procurementId: decision.procurementId,
    subject: `decision/${decision.id}`,
    detail: { lotNo: decision.lotNo, receivedAt: decision.receivedAt },
  });
}

/** Marks a decision as refused, with the code and the article the person is answered with. */
export async function refuseDecision(tx: Tx, id: string, refusal: StoredRefusal): Promise<void> {
  const decision = await decisionById(tx.q, id);
  if (decision.state !== 'submitted') return;
  await tx.q.update(decisions).set({ state: 'refused', settledAt: tx.now, refusal }).where(eq(decisions.id, id));
  recordAudit(tx, decision.actor, {
    action: 'decision.refuse',
    procurementId: decision.procurementId,
    subject: `decision/${id}`,
    detail: { code: refusal.code },
  });
}

/** A decision received in time that the workflow has not heard of yet. */
export async function waitingDecision(
  q: Queries,
  place: Place,
  kind: DecisionKind,
  receivedUntil: number,
): Promise<Decision | undefined> {
  const [row] = await q
    .select()
    .from(decisions)
    .where(and(ofKind(place, kind), eq(decisions.state, 'submitted'), lte(decisions.receivedAt, receivedUntil)))
    .limit(1);
  return row;
}

/**
 * Whether a decision that no workflow takes may still be taken by one that is started, or mended, later. Once its
 * stage has passed, its duty is done or its grievance is settled, none will.
 */
export async function mayStillBeTaken(q: Queries, decision: Decision): Promise<boolean> {
  const { kind, procurementId, lotNo, payload } = decision;
  if (decision.grievanceId !== null) return (await grievanceById(q, decision.grievanceId)).state !== 'replied';
  const { procurement, lot } = DECISION_STAGES[kind];
  const { stage } = lotNo === 0 ? await procurementById(q, procurementId) : await lotOf(q, procurementId, lotNo);
  const stages: readonly string[] = (lotNo === 0 ? procurement : lot) ?? [];
  if (!stages.includes(stage)) return false;
  return !('key' in payload) || (await findMilestone(q, { procurementId, lotNo }, payload.key))?.state === 'planned';
}

/** The latest accepted decision of a kind: the report that stands, the award, the contract. */
export async function latestAccepted<K extends DecisionKind>(
  q: Queries,
  place: Place,
  kind: K,
): Promise<Decision<K> | undefined> {
  const [row] = await q
    .select()
    .from(decisions)
    .where(and(ofKind(place, kind), eq(decisions.state, 'accepted')))
    // By the guarded clock: ids come from the machine's, which may have been set back.
    .orderBy(desc(decisions.settledAt), desc(decisions.id))
    .limit(1);
  return row as Decision<K> | undefined;
}

const ofKind = (place: Place, kind: DecisionKind) =>
  and(eq(decisions.procurementId, place.procurementId), eq(decisions.lotNo, place.lotNo), eq(decisions.kind, kind));
