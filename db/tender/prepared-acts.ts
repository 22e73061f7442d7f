import { and, desc, eq, gt, lt, lte, or, type SQL } from 'drizzle-orm';
import type { PreparedState } from '../../domain/prepared-acts/settled.ts';
import type { Queries, Tx } from '../access/database.ts';
import { notFound } from '../procurements.ts';
import { preparedActs } from '../schema/sqlite.ts';

export type PreparedAct = typeof preparedActs.$inferSelect;
export type PreparedFile = PreparedAct['files'][number];

export async function insertPreparedAct(tx: Tx, prepared: PreparedAct): Promise<void> {
  await tx.q.insert(preparedActs).values(prepared);
}

/** @throws DomainError `not-found` */
export async function preparedActById(q: Queries, id: string): Promise<PreparedAct> {
  const [row] = await q.select().from(preparedActs).where(eq(preparedActs.id, id));
  if (!row) throw notFound('prepared act', id);
  return row;
}

/** The decision that came of it is known only once it is made. */
export type Settlement = Pick<PreparedAct, 'state' | 'settledBy' | 'settledAt' | 'reasonZh' | 'decisionId'>;

export async function settlePreparedAct(tx: Tx, id: string, settlement: Settlement): Promise<void> {
  await tx.q.update(preparedActs).set(settlement).where(eq(preparedActs.id, id));
}

/** The one of that address that still waits at `now`. */
export async function waitingAt(
  q: Queries,
  { procurementId, path }: Pick<PreparedAct, 'procurementId' | 'path'>,
  now: number,
): Promise<PreparedAct | undefined> {
  const [row] = await q
    .select()
    .from(preparedActs)
    .where(and(eq(preparedActs.procurementId, procurementId), eq(preparedActs.path, path), inState('waiting', now)))
    .limit(1);
  return row;
}

/** All of a procurement that still wait at `now`. */
export async function waitingOf(q: Queries, procurementId: string, now: number): Promise<PreparedAct[]> {
  return q
    .select()
    .from(preparedActs)
    .where(and(eq(preparedActs.procurementId, procurementId), inState('waiting', now)))
    .orderBy(preparedActs.id);
}

function inState(state: PreparedState, now: number): SQL | undefined {
  if (state === 'waiting') return and(eq(preparedActs.state, 'waiting'), gt(preparedActs.lapsesAt, now));
  if (state === 'lapsed') return and(eq(preparedActs.state, 'waiting'), lte(preparedActs.lapsesAt, now));
  return eq(preparedActs.state, state);
}

export interface PreparedPage {
  /** Those that it prepared, or is to confirm. */
  readonly organisationId: string;
  readonly state?: PreparedState;
  readonly procurementId?: string;
  readonly now: number;
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listPreparedActs(q: Queries, page: PreparedPage): Promise<PreparedAct[]> {
  const { organisationId, state, procurementId, now, after, limit } = page;
  return q
    .select()
    .from(preparedActs)
    .where(
      and(
        or(eq(preparedActs.organisationId, organisationId), eq(preparedActs.confirmingId, organisationId)),
        procurementId ? eq(preparedActs.procurementId, procurementId) : undefined,
        state ? inState(state, now) : undefined,
        after ? lt(preparedActs.id, after) : undefined,
      ),
    )
    .orderBy(desc(preparedActs.id))
    .limit(limit);
}
