import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Decrypter, identityToRecipient } from 'age-encryption';
import { combine } from 'shamir-secret-sharing';
import type { BidManifest, Custodian, SealingTerms } from '../domain/sealing.ts';
import type { Seal } from './format.ts';

export type { Seal } from './format.ts';

export class SealError extends Error {
  override readonly name = 'SealError';
  constructor(
    readonly code: string,
    readonly messageZh: string,
    readonly messageEn: string,
  ) {
    super(messageEn);
  }
}

const fault = (code: string, zh: string, en: string): SealError => new SealError(code, zh, en);
const notASeal = (): SealError => fault('not-a-seal', '不是 KB-SEAL-1 密封文件', 'not a KB-SEAL-1 file');

class Bytes {
  private held = new Uint8Array(0);
  private readonly source: AsyncIterator<Uint8Array>;
  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }
  async more(): Promise<boolean> {
    const read = await this.source.next();
    if (read.done === true) return false;
    const { value } = read;
    const joined = new Uint8Array(this.held.length + value.length);
    joined.set(this.held);
    joined.set(value, this.held.length);
    this.held = joined;
    return true;
  }
  async exactly(n: number): Promise<Uint8Array | null> {
    while (this.held.length < n) if (!(await this.more())) return null;
    const taken = this.held.slice(0, n);
    this.held = this.held.slice(n);
    return taken;
  }
  async upTo(n: number): Promise<Uint8Array | null> {
    if (this.held.length === 0 && !(await this.more())) return null;
    const size = Math.min(n, this.held.length);
    return this.exactly(size);
  }
  async end(): Promise<void> {
    await this.source.return?.();
  }
}

async function header(bytes: Bytes): Promise<{ name: string; size: number } | null> {
  const block = await bytes.exactly(512);
  if (!block || block.every((byte) => byte === 0)) return null;
  const text = (from: number, to: number) => new TextDecoder().decode(block.slice(from, to)).replace(/\0.*$/s, '');
  const size = parseInt(text(124, 136).trim(), 8);
  if (!Number.isSafeInteger(size) || size < 0 || text(257, 262) !== 'ustar') throw notASeal();
  return { name: text(0, 100), size };
}

function body(bytes: Bytes, size: number): ReadableStream<Uint8Array> {
  let left = size;
  return new ReadableStream({
    async pull(controller) {
      if (left === 0) {
        if (size % 512 !== 0) await bytes.exactly(512 - (size % 512));
        return controller.close();
      }
      const chunk = await bytes.upTo(left);
      if (!chunk) return controller.error(fault('truncated', '密封文件不完整', 'the file breaks off'));
      left -= chunk.length;
      controller.enqueue(chunk);
    },
    cancel: () => bytes.end(),
  });
}

export async function readSeal(
  source: AsyncIterable<Uint8Array>,
): Promise<{ seal: Seal; payload: ReadableStream<Uint8Array> }> {
  const bytes = new Bytes(source);
  const first = await header(bytes);
  if (first?.name !== 'seal.json' || first.size > 65_536) throw notASeal();
  const text = await bytes.exactly(Math.ceil(first.size / 512) * 512);
  const second = await header(bytes);
  if (!text || second?.name !== 'bid.tar.age') throw notASeal();
  try {
    const seal = JSON.parse(new TextDecoder().decode(text.slice(0, first.size))) as Seal;
    if (seal.format !== 'KB-SEAL-1') throw notASeal();
    return { seal, payload: body(bytes, second.size) };
  } catch {
    throw notASeal();
  }
}

export function checkSeal(
  seal: Seal,
  { terms, procurementId, lotNo }: { terms: SealingTerms; procurementId: string; lotNo: number },
): void {
  if (seal.procurementId !== procurementId || seal.lotNo !== lotNo)
    throw fault('wrong-lot', '密封给了其他项目或标段', 'sealed for another lot');
  const same = terms.custodians.every(
    ({ custodian, recipient }, n) => seal.shares[n]?.custodian === custodian && seal.shares[n]?.recipient === recipient,
  );
  if (!same) throw fault('wrong-custodians', '未按公告的保管人公钥密封', 'not sealed to the custodians of the tender');
  if ((terms.bidderWindowMinutes === null) !== (seal.bidderShare === null))
    throw fault('bidder-share', '投标人份额与招标文件不符', 'the bidder share is not as the documents say');
}

const b64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

export async function joinIdentity(
  seal: Seal,
  shares: ReadonlyMap<Custodian, Uint8Array>,
  bidderShare: string | null,
): Promise<string> {
  const [one, two] = [...shares.values()];
  if (!one || !two) throw fault('shares-missing', '份额不足', 'too few shares');
  let secret: Uint8Array;
  try {
    secret = await combine([one, two]);
    if (bidderShare !== null) secret = await combine([secret, b64(bidderShare)]);
    const identity = new TextDecoder().decode(secret);
    if ((await identityToRecipient(identity)) === seal.recipient) return identity;
  } catch {
    /* below */
  }
  throw fault('wrong-identity', '份额合成的密钥与投标文件不符', 'the shares do not make the key of the bid');
}

export async function openPayload(
  payload: ReadableStream<Uint8Array>,
  identity: string,
  expected: { procurementId: string; lotNo: number; bidder: string },
  limits: { maxBytes: number; maxParts: number },
  sink: (part: BidManifest['parts'][number], body: ReadableStream<Uint8Array>) => Promise<void>,
): Promise<BidManifest> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    const bytes = new Bytes((await decrypter.decrypt(payload)) as AsyncIterable<Uint8Array>);
    const first = await header(bytes);
    if (first?.name !== 'manifest.json' || first.size > 1_000_000)
      throw fault('no-manifest', '缺少清单', 'no manifest');
    const text = await bytes.exactly(Math.ceil(first.size / 512) * 512);
    const manifest = JSON.parse(new TextDecoder().decode(text?.slice(0, first.size))) as BidManifest;
    if (manifest.procurementId !== expected.procurementId || manifest.lotNo !== expected.lotNo)
      throw fault('wrong-lot', '清单所载项目或标段不符', 'the manifest names another lot');
    if (manifest.bidder !== expected.bidder)
      throw fault('wrong-bidder', '清单所载投标人不是递交人', 'the manifest names another bidder');
    if (
      manifest.parts.length > limits.maxParts ||
      manifest.parts.reduce((n, { size }) => n + size, 0) > limits.maxBytes
    )
      throw fault('too-large', '清单超出限制', 'the manifest exceeds the limits');
    for (const part of manifest.parts) {
      if (/(^\/|\\|(^|\/)\.\.(\/|$))/.test(part.path)) throw fault('unsafe-path', '清单含危险路径', 'an unsafe path');
      const entry = await header(bytes);
      if (entry?.name !== part.path || entry.size !== part.size)
        throw fault('parts-differ', '文件与清单不符', 'the parts are not those of the manifest');
      const hash = sha256.create();
      const counted = body(bytes, entry.size).pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            hash.update(chunk);
            controller.enqueue(chunk);
          },
        }),
      );
      await sink(part, counted);
      if (bytesToHex(hash.digest()) !== part.sha256)
        throw fault('hash-differs', '文件哈希与清单不符', 'a part is not what the manifest says');
    }
    return manifest;
  } catch (error) {
    if (error instanceof SealError) throw error;
    throw fault('unreadable', '密封内容无法解密', 'the payload cannot be decrypted');
  }
}
