import { Decrypter } from 'age-encryption';
import type { BidManifest, SealingTerms } from '../domain/bids/sealing.ts';
import { ByteReader, Chunks, concat, streamOf } from './bytes.ts';
import { createDigest } from './digest.ts';
import { quoted, SealError } from './fault.ts';
import {
  MOST_AGE_HEADER_BYTES,
  MOST_MANIFEST_BYTES,
  MOST_PARTS,
  MOST_SEAL_BYTES,
  parseManifest,
  parseSeal,
  PAYLOAD_PATH,
  SEAL_PATH,
  type Seal,
} from './format.ts';
import { MANIFEST_PATH } from './paths.ts';
import { checkBidder, checkBidderShare } from './shares.ts';
import { archiveSizes, paddingOf, TarReader, type TarEntry } from './tar.ts';

export { SealError, type SealFault } from './fault.ts';
export { joinIdentity, openResealed, openShare, resealShare } from './shares.ts';

export interface ReadSeal {
  readonly seal: Seal;
  /** The sealed content, `payloadSize` bytes; ends with an error where the file does not end correctly. */
  readonly payload: ReadableStream<Uint8Array>;
  readonly payloadSize: number;
}

/**
 * Reads the head of a sealed bid, which is not secret; the rest only when `payload` is read.
 * @param fileSize if known, a file that is truncated or has trailing data is detected without reading it
 */
export async function readSeal(source: AsyncIterable<Uint8Array>, fileSize?: number): Promise<ReadSeal> {
  const bytes = new ByteReader(source[Symbol.asyncIterator]());
  const archive = new TarReader(bytes);
  try {
    const head = await archive.next().catch(notOurs);
    if (head?.path !== SEAL_PATH || head.size > MOST_SEAL_BYTES) throw notASeal();
    const seal = parseSeal(await archive.smallBody());
    const body = await archive.next();
    if (body?.path !== PAYLOAD_PATH) throw notASeal();
    if (fileSize !== undefined) checkFileSize(fileSize, bytes.position + body.size + paddingOf(body.size));
    return { seal, payload: streamOf(payloadOf(archive, bytes)), payloadSize: body.size };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

/** A file with any other beginning is no seal; one that begins as a seal has more specific faults. */
function notOurs(error: unknown): never {
  throw error instanceof SealError ? notASeal() : error;
}

const notASeal = (): SealError =>
  new SealError(
    'not-a-seal',
    '不是 KB-SEAL-1 封装的投标文件，请用 kaibiao seal 或网页封装工具封装',
    'not a bid sealed as KB-SEAL-1; seal it with kaibiao seal or on the sealing page',
  );

function checkFileSize(fileSize: number, entries: number): void {
  const { least, most } = archiveSizes(entries);
  if (fileSize < least)
    throw new SealError(
      'truncated',
      '文件不完整：短于其自身所载长度',
      'the file is incomplete: it is shorter than its header states',
    );
  if (fileSize > most || (fileSize - entries) % 512 !== 0)
    throw new SealError('trailing-bytes', '封装结束之后还有内容', 'there is more after the end of the seal');
}

function payloadOf(archive: TarReader, bytes: ByteReader): AsyncIterator<Uint8Array> {
  return {
    async next() {
      try {
        const chunk = await archive.body();
        if (chunk !== null) return { done: false, value: chunk };
        if ((await archive.next()) !== null)
          throw new SealError('trailing-bytes', '封装中有第三个条目', 'the seal has a third entry');
      } catch (error) {
        await bytes.close();
        throw error;
      }
      await bytes.close();
      return ENDED;
    },
    async return() {
      await bytes.close();
      return ENDED;
    },
  };
}

const ENDED = { done: true, value: undefined } as const;

/** What the platform checks in a submitted bid without opening it. */
export function checkSeal(
  seal: Seal,
  expected: {
    readonly terms: SealingTerms;
    readonly procurementId: string;
    readonly lotNo: number;
    /** Who hands it in. */
    readonly bidder?: string;
  },
): void {
  const { terms, procurementId, lotNo, bidder } = expected;
  const { suite }: { suite: string } = seal;
  if (suite !== terms.suite)
    throw new SealError(
      'suite-unknown',
      `密码套件为 ${suite}，本项目要求 ${terms.suite}`,
      `sealed with the suite ${suite}; this procurement requires ${terms.suite}`,
    );
  if (seal.procurementId !== procurementId)
    throw new SealError('wrong-procurement', '投标文件是为另一项目封装的', 'the bid is sealed for another procurement');
  if (seal.lotNo !== lotNo)
    throw new SealError(
      'wrong-lot',
      `投标文件是为第 ${seal.lotNo} 标段封装的，不是第 ${lotNo} 标段`,
      `the bid is sealed for lot ${seal.lotNo}, not for lot ${lotNo}`,
    );
  if (bidder !== undefined) checkBidder(seal, bidder);
  for (const { custodian, recipient } of terms.custodians) {
    if (seal.shares.find((share) => share.custodian === custodian)?.recipient !== recipient)
      throw new SealError(
        'wrong-custodians',
        `${custodian} 的份额没有封给本项目公布的密钥，请重新取得封装参数后再封装`,
        `the share of ${custodian} is not sealed to the key this procurement publishes; fetch the terms again and seal the bid again`,
        { holder: custodian },
      );
  }
  checkBidderShare(seal, terms);
}

export interface OpenLimits {
  /** Of all parts together. */
  readonly maxBytes: number;
  readonly maxParts: number;
}

export type PartSink = (part: BidManifest['parts'][number], body: ReadableStream<Uint8Array>) => Promise<void>;

/**
 * Decrypts the sealed content and passes on each part as it is read. What the sink received is valid only once this
 * has resolved: the last bytes may show that the whole is broken.
 * @throws SealError for a fault of the bid; any other error comes from the source or the sink
 */
export async function openPayload(
  payload: ReadableStream<Uint8Array>,
  identity: string,
  expected: { readonly procurementId: string; readonly lotNo: number; readonly bidder: string },
  limits: OpenLimits,
  sink: PartSink,
): Promise<BidManifest> {
  const source = new Source(payload);
  const plain = await decrypted(source, identity);
  const bytes = new ByteReader(plain);
  try {
    return await openArchive(new TarReader(bytes), expected, limits, sink);
  } finally {
    await bytes.close().catch(() => undefined);
  }
}

/** Distinguishes a failing source (a disk, a network) from faults in the bytes it gave. */
class Source implements AsyncIterator<Uint8Array> {
  failure: { readonly error: unknown } | null = null;
  #ahead: Uint8Array | null = null;
  readonly #chunks: Chunks;

  constructor(payload: ReadableStream<Uint8Array>) {
    this.#chunks = new Chunks(payload);
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#ahead !== null) {
      const value = this.#ahead;
      this.#ahead = null;
      return { done: false, value };
    }
    try {
      return await this.#chunks.next();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** Returns bytes that were peeked at, to be read again. */
  putBack(bytes: Uint8Array): void {
    this.#ahead = bytes;
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    return this.#chunks.return();
  }
}

async function decrypted(source: Source, identity: string): Promise<AsyncIterator<Uint8Array>> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    source.putBack(await ageHead(source));
    return withSourceFault(source, await decrypter.decrypt(streamOf(source)));
  } catch (cause) {
    await source.return();
    if (source.failure) throw source.failure.error;
    if (cause instanceof SealError) throw cause;
    throw unopened(cause);
  }
}

const unopened = (cause?: unknown): SealError =>
  new SealError(
    'payload-unopened',
    '密封内容无法用该投标文件的密钥解密：不是 age 文件、头部损坏，或不是封给该密钥的',
    'what is sealed cannot be decrypted with the key of this bid: no age file, its head damaged, or sealed to another key',
    { cause },
  );

/** The library accepts a header of any length; ours has one recipient. */
async function ageHead(source: Source): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < MOST_AGE_HEADER_BYTES && !hasMac(head)) {
    const { done, value } = await source.next();
    if (done === true) break;
    head = concat(head, value) as Uint8Array<ArrayBuffer>;
  }
  if (!hasMac(head.subarray(0, MOST_AGE_HEADER_BYTES))) throw unopened();
  return head;
}

/** `\n--- ` starts the last line of a header. */
function hasMac(head: Uint8Array): boolean {
  for (let at = head.indexOf(10); at !== -1; at = head.indexOf(10, at + 1))
    if (head[at + 1] === 45 && head[at + 2] === 45 && head[at + 3] === 45 && head[at + 4] === 32) return true;
  return false;
}

function withSourceFault(source: Source, plain: ReadableStream<Uint8Array>): AsyncIterator<Uint8Array> {
  const chunks = new Chunks(plain);
  return {
    async next() {
      try {
        return await chunks.next();
      } catch (cause) {
        if (source.failure) throw source.failure.error;
        throw new SealError('payload-damaged', '密封内容已损坏或不完整', 'what is sealed is damaged or not whole', {
          cause,
        });
      }
    },
    async return() {
      await chunks.return();
      return source.return();
    },
  };
}

async function openArchive(
  archive: TarReader,
  expected: { readonly procurementId: string; readonly lotNo: number; readonly bidder: string },
  limits: OpenLimits,
  sink: PartSink,
): Promise<BidManifest> {
  const first = await archive.next();
  if (first?.path !== MANIFEST_PATH)
    throw new SealError(
      'manifest-missing',
      '归档的第一个文件不是 manifest.json',
      'the first file is not manifest.json',
    );
  if (first.size > MOST_MANIFEST_BYTES)
    throw new SealError('manifest-invalid', 'manifest.json 过大', 'manifest.json is too large');
  const manifest = parseManifest(await archive.smallBody());
  checkManifest(manifest, expected, limits);
  for (const part of manifest.parts) {
    checkEntry(await archive.next(), part);
    await handOver(archive, part, sink);
  }
  const beyond = await archive.next();
  if (beyond !== null) throw unlisted(beyond);
  return manifest;
}

function checkManifest(
  manifest: BidManifest,
  expected: { readonly procurementId: string; readonly lotNo: number; readonly bidder: string },
  { maxBytes, maxParts }: OpenLimits,
): void {
  if (manifest.procurementId !== expected.procurementId)
    throw new SealError('wrong-procurement', '清单属于另一项目', 'the manifest is of another procurement');
  if (manifest.lotNo !== expected.lotNo)
    throw new SealError(
      'wrong-lot',
      `清单属于第 ${manifest.lotNo} 标段，不是第 ${expected.lotNo} 标段`,
      `the manifest is of lot ${manifest.lotNo}, not of lot ${expected.lotNo}`,
    );
  if (manifest.bidder !== expected.bidder)
    throw new SealError(
      'wrong-bidder',
      '清单上的投标人不是递交人',
      'the bidder in the manifest is not the one that submitted it',
    );
  const most = Math.min(maxParts, MOST_PARTS);
  if (manifest.parts.length > most)
    throw new SealError(
      'too-many-parts',
      `文件共 ${manifest.parts.length} 个，多于 ${most} 个`,
      `${manifest.parts.length} files, more than ${most}`,
    );
  const total = manifest.parts.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes)
    throw new SealError(
      'too-large',
      `文件共 ${total} 字节，超过 ${maxBytes} 字节`,
      `${total} bytes, more than ${maxBytes}`,
    );
}

function checkEntry(entry: TarEntry | null, part: BidManifest['parts'][number]): void {
  if (entry === null)
    throw new SealError(
      'part-missing',
      `缺少清单所列文件「${part.path}」`,
      `the file "${part.path}" of the manifest is missing`,
    );
  if (entry.path !== part.path) throw unlisted(entry);
  if (entry.size !== part.size)
    throw new SealError(
      'part-size',
      `文件「${part.path}」为 ${entry.size} 字节，清单所载为 ${part.size} 字节`,
      `the file "${part.path}" has ${entry.size} bytes, ${part.size} in the manifest`,
    );
}

const unlisted = ({ path }: TarEntry): SealError =>
  new SealError(
    'part-unlisted',
    `归档中的 ${quoted(path)} 不是清单此处所列的文件`,
    `${quoted(path)} in the archive is not what the manifest lists here`,
  );

async function handOver(archive: TarReader, part: BidManifest['parts'][number], sink: PartSink): Promise<void> {
  const digest = createDigest();
  const faults: unknown[] = [];
  let ended = false;
  const next = async (): Promise<Uint8Array | null> => {
    try {
      const chunk = ended ? null : await archive.body();
      if (chunk !== null) digest.update(chunk);
      else if (!ended) {
        ended = true;
        if (digest.hex() !== part.sha256)
          throw new SealError(
            'part-hash',
            `文件「${part.path}」的内容与清单所载 SHA-256 不符`,
            `the file "${part.path}" does not match its SHA-256 in the manifest`,
          );
      }
      return chunk;
    } catch (error) {
      faults.push(error);
      throw error;
    }
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await next();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
  try {
    await sink(part, body);
  } catch (error) {
    faults.push(error);
  }
  // A fault of the bid takes precedence over an error of the sink.
  if (faults.length > 0) throw faults[0];
  // What the sink did not read is checked all the same.
  while ((await next()) !== null);
}
