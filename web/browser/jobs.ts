import type { BidFigures, SealingTerms } from '../../domain/bids/sealing.ts';
import { UserError, type Words } from './user-error.ts';

/** The jobs of the page's worker, which reads files whole and would block the page. */
export type Job =
  | {
      readonly kind: 'seal';
      readonly terms: SealingTerms;
      readonly procurementId: string;
      readonly lotNo: number;
      readonly bidder: string;
      readonly figures: BidFigures;
      readonly files: readonly File[];
      readonly blind: BlindFiles;
    }
  /** A bid that was sealed before, here or by the command line. */
  | { readonly kind: 'read'; readonly file: File };

/** The blind part (暗标), which is inspected before it is sealed. */
export interface BlindFiles {
  readonly files: readonly File[];
  /** That it must not have, besides the credit code. */
  readonly names: readonly string[];
  /** Sealed whatever is found. */
  readonly allowIdentifying: boolean;
}

/** A sealed bid, ready to submit. */
export interface Sealed {
  readonly blob: Blob;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly procurementId: string;
  readonly lotNo: number;
  /** 双锁: whether the bidder keeps a share of the key; `share` is set where it was created just now. */
  readonly twoLocks: boolean;
  readonly share: string | null;
  /** What was sealed; null: no longer known. */
  readonly content: { readonly bidder: string; readonly paths: readonly string[]; readonly priceFen: number } | null;
}

export type Report =
  | { readonly kind: 'read'; /** Of all bytes to read, 0 to 1. */ readonly share: number }
  | { readonly kind: 'sealed'; readonly sealed: Sealed }
  /** Nothing was sealed: what in the blind part may tell who the bidder is. */
  | { readonly kind: 'identifying'; readonly found: readonly Words[] }
  | { readonly kind: 'fault'; readonly words: Words };

/**
 * Runs a job in a worker: one for each job, terminated after it, so that no key material outlives its bid.
 * @returns what was sealed, or why the blind part was not
 */
export async function inWorker(job: Job, read: (share: number) => void): Promise<Sealed | readonly Words[]> {
  const address = document.documentElement.dataset['worker'] ?? '';
  const worker = new Worker(address, { type: 'module' });
  try {
    return await new Promise<Sealed | readonly Words[]>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
        if (data.kind === 'read') read(data.share);
        else if (data.kind === 'sealed') resolve(data.sealed);
        else if (data.kind === 'identifying') resolve(data.found);
        else reject(new UserError(data.words.zh, data.words.en));
      });
      const lost = (): void =>
        reject(
          new UserError('封装程序未能运行，请刷新本页后再试', 'the sealing worker could not start: reload the page'),
        );
      worker.addEventListener('error', lost);
      worker.addEventListener('messageerror', lost);
      worker.postMessage(job);
    });
  } finally {
    worker.terminate();
  }
}
