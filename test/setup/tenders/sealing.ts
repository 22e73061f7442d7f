import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { createTarPacker, type TarHeader } from 'modern-tar';
import { CUSTODIANS, type BidManifest, type Custodian, type SealingTerms } from '../../../domain/bids/sealing.ts';
import { canonicalBytes, type Seal } from '../../../sealing/format.ts';
import { joinIdentity, openPayload, openShare, readSeal } from '../../../sealing/open.ts';
import type { Part } from '../../../sealing/seal.ts';
import { sealIdentity } from '../../../sealing/shares.ts';

export const PROCUREMENT = '0197a1b2-0000-7000-8000-000000000001';
export const BIDDER = '91420100MA4K00000Q';
export const EXPECTED = { procurementId: PROCUREMENT, lotNo: 1, bidder: BIDDER };
export const FIGURES = { priceFen: 123_456_700, periodDays: 180, quality: '合格' };
export const LIMITS = { maxBytes: 10_000_000, maxParts: 20 };

export type Keys = ReadonlyMap<Custodian, string>;

export async function custodianKeys(): Promise<Keys> {
  return new Map(await Promise.all(CUSTODIANS.map(async (each) => [each, await generateX25519Identity()] as const)));
}

export async function termsOf(keys: Keys, bidderWindowMinutes: number | null = null): Promise<SealingTerms> {
  const custodians = await Promise.all(
    [...keys].map(async ([custodian, key]) => ({ custodian, recipient: await identityToRecipient(key) })),
  );
  return { format: 'KB-SEAL-1', suite: 'age-x25519', custodians, bidderWindowMinutes };
}

export function part(path: string, content: string | Uint8Array, mediaType = 'application/pdf'): Part {
  const bytes = Buffer.from(content);
  return { path, mediaType, size: bytes.length, open: () => new Blob([bytes]).stream() };
}

export const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Buffer> =>
  Buffer.from(await new Response(stream).arrayBuffer());

export async function* inChunks(bytes: Uint8Array, size = 4_097): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** As the opening does it, with the shares of these custodians. */
export async function opened(
  bytes: Uint8Array,
  keys: Keys,
  {
    from = ['centre', 'supervisor'] as readonly Custodian[],
    bidderShare = null as string | null,
    expected = EXPECTED,
    limits = LIMITS,
  } = {},
): Promise<{ seal: Seal; manifest: BidManifest; files: Map<string, Buffer> }> {
  const { seal, payload } = await readSeal(inChunks(bytes), bytes.length);
  const shares = new Map<Custodian, Uint8Array>();
  for (const share of seal.shares.filter(({ custodian }) => from.includes(custodian)))
    shares.set(share.custodian, await openShare(share, [keys.get(share.custodian) ?? ''], seal.procurementId));
  const identity = await joinIdentity(seal, shares, bidderShare);
  const files = new Map<string, Buffer>();
  const manifest = await openPayload(payload, identity, expected, limits, async ({ path }, body) => {
    files.set(path, await bytesOf(body));
  });
  return { seal, manifest, files };
}

export interface Entry {
  readonly header: TarHeader;
  readonly body: string | Uint8Array;
}

/** An archive as a stranger packs it, with a library that is not ours. */
export async function packed(entries: readonly Entry[]): Promise<Buffer> {
  const { readable, controller } = createTarPacker();
  const written = bytesOf(readable);
  for (const { header, body } of entries) {
    const writer = controller.add(header).getWriter();
    if (body.length > 0) await writer.write(Uint8Array.from(Buffer.from(body)));
    await writer.close();
  }
  controller.finalize();
  return written;
}

export const file = (name: string, body: string | Uint8Array, over: Partial<TarHeader> = {}): Entry => ({
  header: { name, size: Buffer.from(body).length, mtime: new Date(0), ...over },
  body,
});

/** Sealed to the custodians by tools of a stranger: around any bytes whatever, and with whatever is changed in the head. */
export async function sealedAround(
  archive: Uint8Array,
  terms: SealingTerms,
  change: (seal: Seal) => object = (seal) => seal,
): Promise<Buffer> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const payload = await encrypter.encrypt(Uint8Array.from(archive));
  const withBidder = terms.bidderWindowMinutes !== null;
  const { bidderSecret: _, ...held } = await sealIdentity(identity, terms.custodians, PROCUREMENT, withBidder);
  const { format, suite } = terms;
  const seal: Seal = { format, suite, procurementId: PROCUREMENT, lotNo: 1, recipient, ...held };
  return packed([file('seal.json', canonicalBytes(change(seal) as Seal)), file('bid.tar.age', payload)]);
}
