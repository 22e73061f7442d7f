import type { Bid } from '../../../db/bids.ts';
import type { Blobs } from '../../../db/files/blobs.ts';
import type { SealingTerms } from '../../../domain/bids/sealing.ts';
import type { Reason } from '../../../domain/openings/outcomes.ts';
import type { Seal } from '../../../sealing/format.ts';
import { checkSeal, readSeal, SealError } from '../../../sealing/open.ts';

/** The head of a sealed file: its contents that need no decryption. */
export type Head = { readonly seal: Seal; readonly fault: null } | { readonly seal: null; readonly fault: Reason };

/** Reads it from the disk, no further than needed. A missing file is a fault. @throws the storage error */
export async function readHead(
  blobs: Blobs,
  terms: SealingTerms,
  { procurementId, lotNo, sha256, size }: Pick<Bid, 'procurementId' | 'lotNo' | 'sha256' | 'size'>,
): Promise<Head> {
  const file = blobs.open(sha256);
  try {
    const { seal, payload } = await readSeal(file, size);
    await payload.cancel();
    checkSeal(seal, { terms, procurementId, lotNo });
    return { seal, fault: null };
  } catch (error) {
    if (error instanceof SealError) return { seal: null, fault: { zh: error.messageZh, en: error.messageEn } };
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { seal: null, fault: GONE };
    throw error;
  } finally {
    file.destroy();
  }
}

const GONE: Reason = { zh: '投标文件缺失', en: 'the file is missing' };
