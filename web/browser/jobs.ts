import type { BidFigures, SealingTerms } from '../../domain/bids/sealing.ts';
import { Told, type Words } from './told.ts';

/** What the page has its worker do, which reads files whole and would keep the page from answering. */
export type Job =
  | {
      readonly kind: 'seal';
      readonly terms: SealingTerms;
      readonly procurementId: string;
      readonly lotNo: number;
      readonly bidder: string;
      readonly figures: BidFigures;
      readonly files: readonly File[];
    }
  /** A bid that was sealed before, here or by the command. */
  | { readonly kind: 'read'; readonly file: File };

/** A sealed bid, ready to be handed in. */
export interface Sealed {
  readonly blob: Blob;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly procurementId: string;
  readonly lotNo: number;
  /** 双锁: whether the bidder keeps a share of the key; `share` is it, where it was made just now. */
  readonly twoLocks: boolean;
  readonly share: string | null;
  /** What was sealed; null: nobody can tell any more. */
  readonly content: { readonly bidder: string; readonly paths: readonly string[]; readonly priceFen: number } | null;
}

export type Report =
  | { readonly kind: 'read'; /** Of all there is to read, 0 to 1. */ readonly share: number }
  | { readonly kind: 'sealed'; readonly sealed: Sealed }
  | { readonly kind: 'fault'; readonly words: Words };

/** Has a worker do it: one for each job, ended after it, so that nothing of a key outlives its bid. */
export async function inWorker(job: Job, read: (share: number) => void): Promise<Sealed> {
  const address = document.documentElement.dataset['worker'] ?? '';
  const worker = new Worker(address, { type: 'module' });
  try {
    return await new Promise<Sealed>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
        if (data.kind === 'read') read(data.share);
        else if (data.kind === 'sealed') resolve(data.sealed);
        else reject(new Told(data.words.zh, data.words.en));
      });
      const lost = (): void =>
        reject(new Told('封装程序未能运行，请刷新本页后再试', 'the sealer could not run: load the page again'));
      worker.addEventListener('error', lost);
      worker.addEventListener('messageerror', lost);
      worker.postMessage(job);
    });
  } finally {
    worker.terminate();
  }
}
