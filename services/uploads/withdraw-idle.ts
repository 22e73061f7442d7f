import type { Database } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { endUpload, unfinishedUploads } from '../../db/uploads.ts';
import { DAY_MS, HOUR_MS } from '../../domain/civil-time.ts';
import { recordUpload } from './record.ts';

/** How long an upload may wait for its next byte, and for its first (real ms). */
const IDLE_MS = DAY_MS;
const EMPTY_MS = HOUR_MS;

/**
 * Withdraws uploads that nobody continues, and notifies their bidders: they take room, and count against the bidder's own limits.
 * Returns how many.
 * @param realNowMs the machine's clock (epoch ms)
 */
export async function withdrawIdle(db: Database, realNowMs: number): Promise<number> {
  let withdrawn = 0;
  for (const upload of await unfinishedUploads(db.read)) {
    const { id, procurementId, createdAt } = upload;
    const written = await db.uploads.lastWrite(id);
    const empty = written !== null && (await db.uploads.onDisk(id)) === 0;
    // A drill's instants are not the machine's.
    const since = written ?? (db.clock.mode === 'real' ? createdAt : realNowMs);
    if (realNowMs - since < (empty ? EMPTY_MS : IDLE_MS)) continue;
    await db.transaction(
      async (tx) => {
        if (!(await endUpload(tx, id, 'withdrawn'))) return;
        recordUpload(tx, UNATTENDED, 'withdraw', upload, { reason: 'idle' });
        withdrawn += 1;
      },
      { procurementId },
    );
  }
  return withdrawn;
}
