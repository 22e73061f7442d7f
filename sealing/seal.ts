import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { SEAL_FORMAT, type BidFigures, type BidManifest, type SealingTerms } from '../domain/bids/sealing.ts';
import { Chunks, streamOf } from './bytes.ts';
import { createDigest } from './digest.ts';
import { SealError } from './fault.ts';
import {
  canonicalBytes,
  checkFigures,
  checkMediaType,
  checkTerms,
  MOST_MANIFEST_BYTES,
  MOST_PARTS,
  PAYLOAD_PATH,
  SEAL_PATH,
  type Seal,
} from './format.ts';
import { checkPaths, MANIFEST_PATH } from './paths.ts';
import { bidderCommitment, sealIdentity } from './shares.ts';
import { entrySize, paddingOf, TAR_END, tarHeader } from './tar.ts';

/** A file of the bid. */
export interface Part {
  /** Relative, with `/` between its parts. */
  readonly path: string;
  readonly mediaType: string;
  readonly size: number;
  /** Called twice: for hashing, then for sealing. */
  readonly open: () => ReadableStream<Uint8Array>;
}

export interface SealInput {
  readonly terms: SealingTerms;
  readonly procurementId: string;
  readonly lotNo: number;
  /** 统一社会信用代码. */
  readonly bidder: string;
  readonly figures: BidFigures;
  readonly parts: readonly Part[];
}

export interface SealedBid {
  /** The file to submit; generated while it is read. */
  readonly stream: ReadableStream<Uint8Array>;
  readonly size: number;
  readonly seal: Seal;
  readonly manifest: BidManifest;
  /** 双锁: the bidder's share, without which nobody can open the bid; base64. */
  readonly bidderShare: string | null;
}

/** Seals a bid to a key that is generated for it alone and that nobody holds afterwards. */
export async function sealBid({ terms, procurementId, lotNo, bidder, figures, parts }: SealInput): Promise<SealedBid> {
  checkTerms(terms);
  checkFigures({ ...figures, bidder, lotNo });
  if (parts.length === 0 || parts.length > MOST_PARTS)
    throw new SealError('bid-invalid', `投标文件应为 1 至 ${MOST_PARTS} 个`, `a bid has 1 to ${MOST_PARTS} files`);
  checkPaths(parts.map(({ path }) => path));

  const described: BidManifest['parts'][number][] = [];
  for (const part of parts) {
    checkMediaType(part.mediaType);
    const digest = createDigest();
    let size = 0;
    for await (const chunk of new Chunks(part.open())) {
      digest.update(chunk);
      size += chunk.length;
    }
    if (size !== part.size) throw changed(part);
    described.push({ path: part.path, mediaType: part.mediaType, size, sha256: digest.hex() });
  }
  const { priceFen, periodDays, quality } = figures;
  const manifest: BidManifest = {
    ...{ format: SEAL_FORMAT, procurementId, lotNo, bidder, priceFen, periodDays, quality },
    parts: described,
  };
  const manifestBytes = canonicalBytes(manifest);
  if (manifestBytes.length > MOST_MANIFEST_BYTES)
    throw new SealError(
      'bid-invalid',
      '清单过大：文件名太多太长',
      'the manifest is too large: too many, too long names',
    );

  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const { bidderSecret, ...held } = await sealIdentity(
    identity,
    terms.custodians,
    procurementId,
    terms.bidderWindowMinutes !== null,
  );
  const unnamed: Seal = { format: SEAL_FORMAT, suite: terms.suite, procurementId, lotNo, recipient, ...held };
  const seal: Seal = { ...unnamed, bidder: { commitment: bidderCommitment(unnamed, bidder) } };
  const sealBytes = canonicalBytes(seal);

  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const payload = await encrypter.encrypt(streamOf(archiveOf(manifestBytes, described, parts)));
  const payloadSize = payload.size(
    [{ path: MANIFEST_PATH, size: manifestBytes.length }, ...described].reduce(
      (sum, entry) => sum + entrySize(entry),
      0,
    ) + TAR_END.length,
  );
  const head = { path: SEAL_PATH, size: sealBytes.length };
  const body = { path: PAYLOAD_PATH, size: payloadSize };
  return {
    stream: streamOf(sealedBid(head, sealBytes, body, payload)),
    size: entrySize(head) + entrySize(body) + TAR_END.length,
    ...{ seal, manifest, bidderShare: bidderSecret },
  };
}

async function* sealedBid(
  head: { path: string; size: number },
  sealBytes: Uint8Array,
  body: { path: string; size: number },
  payload: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield tarHeader(head);
  yield sealBytes;
  yield new Uint8Array(paddingOf(head.size));
  yield tarHeader(body);
  yield* new Chunks(payload);
  yield new Uint8Array(paddingOf(body.size));
  yield TAR_END;
}

async function* archiveOf(
  manifest: Uint8Array,
  described: BidManifest['parts'],
  parts: readonly Part[],
): AsyncGenerator<Uint8Array, void, undefined> {
  yield tarHeader({ path: MANIFEST_PATH, size: manifest.length });
  yield manifest;
  yield new Uint8Array(paddingOf(manifest.length));
  for (const [index, part] of parts.entries()) {
    const { size, sha256 } = described[index] ?? { size: -1, sha256: '' };
    yield tarHeader({ path: part.path, size });
    // Otherwise a file that changed during sealing would be found broken only at the opening.
    const digest = createDigest();
    let sealed = 0;
    for await (const chunk of new Chunks(part.open())) {
      sealed += chunk.length;
      if (sealed > size) throw changed(part);
      digest.update(chunk);
      yield chunk;
    }
    if (sealed !== size || digest.hex() !== sha256) throw changed(part);
    yield new Uint8Array(paddingOf(size));
  }
  yield TAR_END;
}

const changed = ({ path }: Part): SealError =>
  new SealError(
    'part-changed',
    `文件「${path}」在封装过程中被改动，请重新封装`,
    `the file "${path}" was changed while it was being sealed; seal again`,
  );
