import { desc } from 'drizzle-orm';
import { recordAudit, UNATTENDED } from '../audit.ts';
import type { Queries, Tx } from '../access/database.ts';
import { temporalHomes } from '../schema/sqlite.ts';

/** The Temporal that the tenders of this database run on: with two, everything due would be done twice. */
export interface TemporalHome {
  readonly namespace: string;
  /** Unique to a namespace of one server's store. */
  readonly namespaceId: string;
}

/** The current one; null before the first start. */
export async function temporalHome(q: Queries): Promise<TemporalHome | null> {
  const [last] = await q
    .select({ namespace: temporalHomes.namespace, namespaceId: temporalHomes.namespaceId })
    .from(temporalHomes)
    .orderBy(desc(temporalHomes.seq))
    .limit(1);
  return last ?? null;
}

/** Stores a home where there is none yet; returns the current one, which may be another. */
export async function claimTemporal(tx: Tx, home: TemporalHome): Promise<TemporalHome> {
  const current = await temporalHome(tx.q);
  if (current) return current;
  await settle(tx, home, null);
  return home;
}

/** Replaces a lost Temporal: from now on this one is current. */
export async function adoptTemporal(tx: Tx, home: TemporalHome): Promise<void> {
  const current = await temporalHome(tx.q);
  if (current?.namespaceId !== home.namespaceId) await settle(tx, home, current);
}

async function settle(tx: Tx, home: TemporalHome, before: TemporalHome | null): Promise<void> {
  const [last] = await tx.q
    .select({ seq: temporalHomes.seq })
    .from(temporalHomes)
    .orderBy(desc(temporalHomes.seq))
    .limit(1);
  await tx.q.insert(temporalHomes).values({ seq: (last?.seq ?? 0) + 1, ...home, since: tx.now });
  recordAudit(tx, UNATTENDED, {
    action: before ? 'temporal.adopt' : 'temporal.settle',
    procurementId: null,
    subject: 'installation',
    detail: { ...home, before: before?.namespaceId ?? null },
  });
}
