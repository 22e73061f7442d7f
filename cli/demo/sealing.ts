import { randomBytes } from 'node:crypto';
import type { BidFigures } from '../../domain/bids/sealing.ts';
import { parseTender } from '../../sealing/format.ts';
import { sealBid } from '../../sealing/seal.ts';
import type { Person } from './people.ts';

interface BidToSeal {
  readonly lotNo: number;
  readonly figures: BidFigures;
  readonly file: Uint8Array;
}

/**
 * A bid as its bidder submits it: sealed by its own tool; unchanged if bids are not sealed.
 * @param published the sealing terms of the tender (`GET …/sealing`)
 */
export async function sealedBid(
  bidder: Person,
  published: Record<string, unknown>,
  bid: BidToSeal,
): Promise<Uint8Array> {
  return published.terms === null ? bid.file : (await sealedWithShare(bidder, published, bid)).bytes;
}

/** The same where bidders keep a share (双锁), with that share. */
export async function sealedWithShare(
  bidder: Person,
  published: Record<string, unknown>,
  { lotNo, figures, file }: BidToSeal,
): Promise<{ bytes: Uint8Array; bidderShare: string | null }> {
  const { terms, procurementId } = parseTender(published);
  const { stream, bidderShare } = await sealBid({
    terms,
    procurementId,
    lotNo,
    bidder: bidder.creditCode,
    figures,
    parts: [
      {
        path: '投标文件.pdf',
        mediaType: 'application/pdf',
        size: file.length,
        open: () => new Blob([Uint8Array.from(file)]).stream(),
      },
    ],
  });
  return { bytes: new Uint8Array(await new Response(stream).arrayBuffer()), bidderShare };
}

/** No two bidders submit the same file. */
export const bidFile = (text: string): Buffer => Buffer.from(`${text}\n${randomBytes(1_500).toString('base64')}`);
