import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '../access/database.ts';
import { leases } from '../schema/sqlite.ts';

// Work that one process does for all, until it stops renewing the lease: then another takes it over.

export interface Lease {
  readonly name: string;
  /** The process. */
  readonly holder: string;
}

/** Takes a lease, or renews it, until `until`; false: another holds it (real epoch ms, by the machines' clocks). */
export async function takeLease(
  tx: Tx,
  { name, holder }: Lease,
  { realNowMs, until }: { readonly realNowMs: number; readonly until: number },
): Promise<boolean> {
  const rows = await tx.q
    .insert(leases)
    .values({ name, holder, until })
    .onConflictDoUpdate({
      target: leases.name,
      set: { holder, until },
      setWhere: sql`${leases.holder} = ${holder} or ${leases.until} <= ${realNowMs}`,
    })
    .returning({ holder: leases.holder });
  return rows.length > 0;
}

/** So that another need not wait until it expires. */
export async function giveUpLease(tx: Tx, { name, holder }: Lease): Promise<void> {
  await tx.q.delete(leases).where(and(eq(leases.name, name), eq(leases.holder, holder)));
}
