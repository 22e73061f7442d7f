import { randomBytes, randomInt } from 'node:crypto';
import type { Database, Tx } from '../../db/access/database.ts';
import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import { takesBids } from '../../db/procurements.ts';

/** Most padding entries added at once. */
const MOST = 7;

/**
 * Adds entries without meaning that nobody can distinguish from confidential ones, so that the places and sizes shown by the
 * log do not count the bids (docs/adr/0020). With each act of a bidder, and at times without one.
 */
export function addPaddingEntries(tx: Tx, entries = randomInt(MOST + 1)): void {
  for (let n = 0; n < entries; n += 1) {
    recordAudit(tx, UNATTENDED, {
      action: 'log.padding',
      procurementId: null,
      subject: 'log',
      detail: { nonce: randomBytes(16).toString('hex') },
      confidential: true,
    });
  }
}

/** As many entries as a bid with its own padding adds. */
export const addPaddingOfBid = (tx: Tx): void => addPaddingEntries(tx, 1 + randomInt(MOST + 1));

/** The same number, while any tender accepts bids: to be called at random times. */
export async function addPaddingWhileBidding(db: Database): Promise<void> {
  if (await takesBids(db.read)) await db.transaction(async (tx) => addPaddingOfBid(tx), 'single-rows');
}
