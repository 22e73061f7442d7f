import { randomBytes } from 'node:crypto';
import type { Tx } from '../../db/access/database.ts';
import { CLOSES_BATCH, COVER, recordAudit, UNATTENDED } from '../../db/audit.ts';

/** Adds entries without meaning, whose leaves nobody can distinguish from those of confidential ones (docs/adr/0035). */
export function addCovers(tx: Tx, entries: number): void {
  for (let n = 0; n < entries; n += 1) record(tx, COVER, {});
}

/** Says where the batch that begins after `from` leaves ends, and fills it up. */
export function fillBatch(tx: Tx, { from, until, covers }: { from: number; until: number; covers: number }): void {
  record(tx, CLOSES_BATCH, { from, until });
  addCovers(tx, covers);
}

function record(tx: Tx, action: string, detail: Record<string, unknown>): void {
  recordAudit(tx, UNATTENDED, {
    action,
    procurementId: null,
    subject: 'log',
    detail: { nonce: randomBytes(16).toString('hex'), ...detail },
    confidential: true,
  });
}
