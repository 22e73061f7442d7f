import { randomBytes, randomInt } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Database, Tx } from '../../db/access/database.ts';
import { procurements } from '../../db/schema/sqlite.ts';

/** Most entries of one cover. */
const MOST = 7;

/**
 * Adds entries that mean nothing, and that nobody can tell from sealed ones, so that the places and the sizes that the
 * log shows do not count the bids (docs/adr/0020). With each act of a bidder, and at times when there is none.
 */
export function coverTracks(tx: Tx, entries = randomInt(MOST + 1)): void {
  for (let n = 0; n < entries; n += 1) {
    recordAudit(tx, UNATTENDED, {
      action: 'log.cover',
      procurementId: null,
      subject: 'log',
      detail: { nonce: randomBytes(16).toString('hex') },
      sealed: true,
    });
  }
}

/** A cover as a bid would leave it. */
export const coverAsBid = (tx: Tx): void => coverTracks(tx, 1 + randomInt(MOST + 1));

/** One of these, while any tender takes bids. */
export async function coverSilence(db: Database): Promise<void> {
  const [taking] = await db.read
    .select({ id: procurements.id })
    .from(procurements)
    .where(eq(procurements.stage, 'bidding'))
    .limit(1);
  if (!taking) return;
  await db.transaction(async (tx) => coverAsBid(tx), 'single-rows');
}
