import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import { insertSigningKey, isPublished } from '../../db/signing-keys.ts';
import type { Signer } from '../../proofs/signing.ts';

const published = new WeakMap<Database, Set<string>>();

/** Before a key signs anything it is added to the list of the platform's signing keys, for ever. */
export async function publishKey(db: Database, { kid, publicJwk }: Signer): Promise<void> {
  const known = published.get(db) ?? new Set<string>();
  published.set(db, known);
  if (known.has(kid)) return;
  if (!(await isPublished(db.read, kid))) {
    await db.transaction(async (tx) => {
      if (!(await insertSigningKey(tx, { kid, jwk: { ...publicJwk }, since: tx.now }))) return;
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
