import type { Bid } from '../../../db/bids.ts';
import type { Database } from '../../../db/access/database.ts';
import { procurementById } from '../../../db/procurements.ts';
import type { Seal } from '../../../sealing/format.ts';
import { checkSeal, readSeal, SealError } from '../../../sealing/open.ts';

/** The head of a sealed file: what it says before anything is decrypted. */
export type Head =
  | { readonly seal: Seal; readonly fault: null }
  | { readonly seal: null; readonly fault: { readonly zh: string; readonly en: string } };

/** Reads it from the disk, no further than needed. @throws what the storage says; a file that is gone is told of as a fault */
export async function readHead(
  db: Database,
  bid: Pick<Bid, 'procurementId' | 'lotNo' | 'sha256' | 'size'>,
): Promise<Head> {
  const { procurementId, lotNo } = bid;
  const { sealing } = await procurementById(db.read, procurementId);
  if (sealing === null) throw new Error(`the bids of procurement ${procurementId} are not sealed`);
  const file = db.blobs.open(bid.sha256);
  try {
    const { seal, payload } = await readSeal(file, bid.size);
    await payload.cancel();
    checkSeal(seal, { terms: sealing, procurementId, lotNo });
    return { seal, fault: null };
  } catch (error) {
    if (error instanceof SealError) return { seal: null, fault: { zh: error.messageZh, en: error.messageEn } };
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { seal: null, fault: GONE };
    throw error;
  } finally {
    file.destroy();
  }
}

const GONE = { zh: '投标文件缺失', en: 'the file is missing' };
