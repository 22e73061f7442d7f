import { and, desc, eq } from 'drizzle-orm';
import type { DecisionKind, DecisionPayloads } from '../domain/decisions.ts';
import type { Queries } from './access/database.ts';
import { notFound } from './procurements.ts';
import { decisions } from './schema/sqlite.ts';
import type { TenderPlace } from './tender/place.ts';

type DecisionRow = typeof decisions.$inferSelect;
/** What a person decided in a running procurement (a row of its acts), with the instant at which it took effect. */
export type Decision<K extends DecisionKind = DecisionKind> = Omit<DecisionRow, 'kind' | 'payload'> & {
  readonly kind: K;
  readonly payload: DecisionPayloads[K];
};

/** @throws DomainError `not-found` */
export async function decisionById(q: Queries, id: string): Promise<Decision> {
  const [row] = await q.select().from(decisions).where(eq(decisions.id, id));
  if (!row) throw notFound('decision', id);
  return row;
}

/** The latest decision of a kind: the report in force, the award, the contract. */
export async function latestDecision<K extends DecisionKind>(
  q: Queries,
  place: TenderPlace,
  kind: K,
): Promise<Decision<K> | undefined> {
  const [row] = await q
    .select()
    .from(decisions)
    .where(
      and(eq(decisions.procurementId, place.procurementId), eq(decisions.lotNo, place.lotNo), eq(decisions.kind, kind)),
    )
    // By the guarded clock: ids come from the machine's clock, which may have been set back.
    .orderBy(desc(decisions.receivedAt), desc(decisions.id))
    .limit(1);
  return row as Decision<K> | undefined;
}
