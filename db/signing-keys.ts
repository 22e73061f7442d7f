import { asc, eq } from 'drizzle-orm';
import type { PublicJwk, Signer } from '../proofs/signing.ts';
import { recordAudit, UNATTENDED } from './audit.ts';
import type { Database, Queries } from './access/database.ts';
import { signingKeys } from './schema/sqlite.ts';

const published = new WeakMap<Database, Set<string>>();

/** Before anything is signed with a key it is on the list of those that the platform has signed with, for ever. */
export async function publishKey(db: Database, { kid, publicJwk }: Signer): Promise<void> {
  const known = published.get(db) ?? new Set<string>();
  published.set(db, known);
  if (known.has(kid)) return;
  if (!(await isPublished(db.read, kid))) {
    await db.transaction(async (tx) => {
      if (await isPublished(tx.q, kid)) return;
      const added = await tx.q
        .insert(signingKeys)
        .values({ kid, jwk: { ...publicJwk }, since: tx.now })
        .onConflictDoNothing()
        .returning();
      if (added.length === 0) return;
      recordAudit(tx, UNATTENDED, {
        action: 'signing-key.publish',
        procurementId: null,
        subject: `signing-key/${kid}`,
        detail: { x: publicJwk.x },
      });
    }, 'single-rows');
  }
  known.add(kid);
}

async function isPublished(q: Queries, kid: string): Promise<boolean> {
  const found = await q.select({ kid: signingKeys.kid }).from(signingKeys).where(eq(signingKeys.kid, kid));
  return found.length > 0;
}

/** Every key that the platform has signed with, the oldest first. */
export async function signingKeysOf(q: Queries): Promise<PublicJwk[]> {
  const rows = await q.select().from(signingKeys).orderBy(asc(signingKeys.since), asc(signingKeys.kid));
  return rows.map(({ jwk }) => jwk as unknown as PublicJwk);
}
