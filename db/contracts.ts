import { and, eq, or, sql } from 'drizzle-orm';
import type { Payment } from '../domain/contracts/acts.ts';
import type { Queries } from './access/database.ts';
import { bids, decisions, lots, procurements } from './schema/sqlite.ts';

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
