import { randomBytes } from 'node:crypto';
import type { BidFigures } from '../../domain/sealing.ts';
import { parseTender } from '../../sealing/format.ts';
import { sealBid } from '../../sealing/seal.ts';
import type { Person } from './people.ts';

/**
 * A bid as its bidder hands it in: sealed by its own tool; as it is where nothing is sealed.
 * @param published what the platform tells of the tender (`GET …/sealing`)
 */
export async function sealedBid(
  bidder: Person,
  published: Record<string, unknown>,
  bid: { lotNo: number; figures: BidFigures; file: Uint8Array },
): Promise<Uint8Array> {
  const { lotNo, figures, file } = bid;
  if (published.terms === null) return file;
  const { terms, procurementId } = parseTender(published);
  const { stream } = await sealBid({
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
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** No two bidders hand in the same file. */
export const bidFile = (text: string): Buffer => Buffer.from(`${text}\n${randomBytes(1_500).toString('base64')}`);
