import { and, desc, eq, inArray, notInArray, or, sql } from 'drizzle-orm';
import type { Payment } from '../domain/contracts/acts.ts';
import type { DecisionKind, DecisionPayloads } from '../domain/decisions.ts';
import type { Queries } from './access/database.ts';
import { notFound } from './procurements.ts';
import { bids, decisions, lots, procurements } from './schema/sqlite.ts';
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

/** Those of a procurement, in the order in which they were taken. */
export async function decisionIdsOf(q: Queries, procurementId: string): Promise<string[]> {
  const rows = await q
    .select({ id: decisions.id })
    .from(decisions)
    .where(eq(decisions.procurementId, procurementId))
    .orderBy(decisions.receivedAt, decisions.id);
  return rows.map(({ id }) => id);
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

/** Those of some kinds at a place, in the order in which they were taken. */
export async function decisionsOf<K extends DecisionKind>(
  q: Queries,
  { procurementId, lotNo }: TenderPlace,
  kinds: readonly K[],
): Promise<{ readonly [Kind in K]: Decision<Kind> }[K][]> {
  const rows = await q
    .select()
    .from(decisions)
    .where(
      and(eq(decisions.procurementId, procurementId), eq(decisions.lotNo, lotNo), inArray(decisions.kind, [...kinds])),
    )
    .orderBy(decisions.receivedAt, decisions.id);
  return rows as { readonly [Kind in K]: Decision<Kind> }[K][];
}

/** What changes nothing that another decision goes by. */
const CHANGES_NOTHING: readonly DecisionKind[] = ['reply', 'duty', 'publish-contract', 'deliver', 'refuse-award'];

/** The latest decision that a later one at the place goes by: of that lot or of the whole; at lot 0, of any lot. */
export async function latestChangeAt(q: Queries, { procurementId, lotNo }: TenderPlace): Promise<Decision | undefined> {
  const [row] = await q
    .select()
    .from(decisions)
    .where(
      and(
        eq(decisions.procurementId, procurementId),
        notInArray(decisions.kind, [...CHANGES_NOTHING]),
        lotNo === 0 ? undefined : inArray(decisions.lotNo, [0, lotNo]),
      ),
    )
    .orderBy(desc(decisions.receivedAt), desc(decisions.id))
    .limit(1);
  return row;
}

export interface RecordedPayment {
  readonly payment: Payment;
  /** Who was paid. */
  readonly supplierId: string | null;
}

/**
 * Payments of a purchaser by a voucher, in all its tenders.
 * @param voucher as it is typed; `key` as it is compared
 */
export async function paymentsBy(
  q: Queries,
  purchaserId: string,
  { voucher, key }: { readonly voucher: string; readonly key: string },
): Promise<RecordedPayment[]> {
  const field = (name: 'voucher' | 'voucherKey') => sql`${decisions.payload} ->> ${sql.raw(`'${name}'`)}`;
  const rows = await q
    .select({ payload: decisions.payload, supplierId: bids.supplierId })
    .from(procurements)
    .innerJoin(decisions, and(eq(decisions.procurementId, procurements.id), eq(decisions.kind, 'pay')))
    .innerJoin(lots, and(eq(lots.procurementId, decisions.procurementId), eq(lots.no, decisions.lotNo)))
    .leftJoin(bids, eq(bids.id, lots.winnerBidId))
    .where(
      and(
        eq(procurements.purchaserId, purchaserId),
        or(sql`${field('voucherKey')} = ${key}`, sql`${field('voucher')} = ${voucher}`),
      ),
    )
    .orderBy(decisions.receivedAt, decisions.id);
  return rows.map(({ payload, supplierId }) => ({ payment: payload as Payment, supplierId }));
}
