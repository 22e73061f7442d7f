import { createHash, randomBytes } from 'node:crypto';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { CUSTODIANS, type Custodian, type SealingTerms } from '../domain/bids/sealing.ts';
import { openPayload, readSeal } from '../sealing/open.ts';
import { sealBid } from '../sealing/seal.ts';
import { joinIdentity, openShare } from '../sealing/shares.ts';
import { inTurn, median, rounded } from './figures.ts';
import { machine } from './installation.ts';

interface Options {
  readonly n: number;
  readonly megabytes: number;
  readonly rounds: number;
}

const BIDDER = { procurementId: 'bench', lotNo: 1, bidder: '91420100MA4K00000Q' };
/** As when an upload is read from the disk. */
const CHUNK = 64 * 1024;

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

async function drained(stream: ReadableStream<Uint8Array>): Promise<number> {
  let bytes = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) bytes += next.value.length;
  return bytes;
}

/** Sealed bids opened from their shares, every part hashed, beside raw `age-encryption` on the same ciphertext. */
export async function run({ n, megabytes, rounds }: Options, say: (line: string) => void): Promise<object> {
  const keys = new Map<Custodian, string>();
  for (const custodian of CUSTODIANS) keys.set(custodian, await generateX25519Identity());
  const terms: SealingTerms = {
    format: 'KB-SEAL-1',
    suite: 'age-x25519',
    custodians: await Promise.all(
      [...keys].map(async ([custodian, key]) => ({ custodian, recipient: await identityToRecipient(key) })),
    ),
    bidderWindowMinutes: null,
  };
  const content = randomBytes(megabytes * 1_000_000);
  const sealed = await sealBid({
    ...BIDDER,
    terms,
    figures: { priceFen: 100, periodDays: null, quality: null },
    parts: [
      {
        path: 'bid.pdf',
        mediaType: 'application/pdf',
        size: content.length,
        open: () => ReadableStream.from(inChunks(content)),
      },
    ],
  });
  const file = new Uint8Array(await new Response(sealed.stream).arrayBuffer());
  const identityOf = async (seal: Awaited<ReturnType<typeof readSeal>>['seal']) => {
    const shares = new Map<Custodian, Uint8Array>();
    for (const share of seal.shares.slice(0, 2)) {
      shares.set(share.custodian, await openShare(share, [keys.get(share.custodian) as string], BIDDER.procurementId));
    }
    return joinIdentity(seal, shares, null);
  };
  const { seal, payload } = await readSeal(inChunks(file));
  const identity = await identityOf(seal);
  const ciphertext = new Uint8Array(await new Response(payload).arrayBuffer());
  const expected = createHash('sha256').update(content).digest('hex');

  const measures = {
    product: async () => {
      const { seal, payload } = await readSeal(inChunks(file));
      const { parts } = await openPayload(
        payload,
        await identityOf(seal),
        BIDDER,
        { maxBytes: 2 * content.length, maxParts: 10 },
        async (_part, body) => {
          await drained(body);
        },
      );
      if (parts[0]?.sha256 !== expected) throw new Error('something else came out than went in');
    },
    bare: async () => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      const bytes = await drained(await decrypter.decrypt(ReadableStream.from(inChunks(ciphertext))));
      if (bytes < content.length) throw new Error('less came out than went in');
    },
  };
  const perSecond = { product: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of inTurn(round, ['product', 'bare'] as const)) {
      const began = performance.now();
      for (let index = 0; index < n; index += 1) await measures[subject]();
      perSecond[subject].push((n * megabytes * 1_000) / (performance.now() - began));
    }
    say(
      `round ${round + 1}/${rounds}: product ${rounded(perSecond.product[round] ?? 0)} MB/s, bare ${rounded(perSecond.bare[round] ?? 0)} MB/s`,
    );
  }
  const ratios = perSecond.product.map((each, round) => each / (perSecond.bare[round] ?? Number.NaN));
  return {
    bench: 'unseal',
    machine: machine(),
    bids: n,
    megabytes,
    product: {
      megabytesPerSecond: rounded(median(perSecond.product)),
      does: 'shares opened and joined, decrypted, unpacked, every part hashed',
    },
    bare: { megabytesPerSecond: rounded(median(perSecond.bare)), package: 'age-encryption, decryption alone' },
    ratio: rounded(median(ratios), 2),
    aim: 'ratio >= 0.85',
    residentMb: rounded(process.memoryUsage().rss / 1e6),
  };
}
