import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { split } from 'shamir-secret-sharing';
import type { BidFigures, SealingTerms } from '../domain/sealing.ts';
import type { Seal } from './format.ts';
import { commitmentOf, sealShare } from './share.ts';

export interface Part {
  readonly path: string;
  readonly mediaType: string;
  readonly size: number;
  open(): ReadableStream<Uint8Array>;
}

const join = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

export function tarOf(entries: readonly { name: string; bytes: Uint8Array }[]): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const { name, bytes } of entries) {
    const block = new Uint8Array(512);
    const put = (text: string, at: number) => block.set(new TextEncoder().encode(text), at);
    put(name, 0);
    put('0000644\0', 100);
    put('0000000\0', 108);
    put('0000000\0', 116);
    put(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    put('00000000000\0', 136);
    put('        ', 148);
    put('0', 156);
    put('ustar\0' + '00', 257);
    put(
      `${block
        .reduce((n, byte) => n + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    blocks.push(block, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  }
  blocks.push(new Uint8Array(1024));
  return join(blocks);
}

export async function sealBid(input: {
  terms: SealingTerms;
  procurementId: string;
  lotNo: number;
  bidder: string;
  figures: BidFigures;
  parts: readonly Part[];
}): Promise<{ stream: ReadableStream<Uint8Array>; size: number; bidderShare: string | null }> {
  const { terms, procurementId, lotNo, bidder, figures } = input;
  const parts = await Promise.all(
    input.parts.map(async (part) => ({
      ...part,
      bytes: new Uint8Array(await new Response(part.open() as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer()),
    })),
  );
  const manifest = {
    format: 'KB-SEAL-1',
    procurementId,
    lotNo,
    bidder,
    ...figures,
    parts: parts.map(({ path, mediaType, size, bytes }) => ({
      path,
      mediaType,
      size,
      sha256: bytesToHex(sha256(bytes)),
    })),
  };
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const payload = await encrypter.encrypt(
    tarOf([
      { name: 'manifest.json', bytes: new TextEncoder().encode(JSON.stringify(manifest)) },
      ...parts.map(({ path, bytes }) => ({ name: path, bytes })),
    ]),
  );
  let secret = new TextEncoder().encode(identity) as Uint8Array;
  let kept: Uint8Array | null = null;
  if (terms.bidderWindowMinutes !== null) {
    const [platform, own] = await split(secret, 2, 2);
    secret = platform as Uint8Array;
    kept = own as Uint8Array;
  }
  const raw = await split(secret, 3, 2);
  const seal: Seal = {
    format: 'KB-SEAL-1',
    suite: 'age-x25519',
    procurementId,
    lotNo,
    recipient,
    shares: await Promise.all(
      terms.custodians.map(({ custodian, recipient: to }, n) =>
        sealShare(raw[n] as Uint8Array, { procurementId, custodian, recipient: to }),
      ),
    ),
    bidderShare: kept && { commitment: commitmentOf('bidder', kept) },
  };
  const file = tarOf([
    { name: 'seal.json', bytes: new TextEncoder().encode(JSON.stringify(seal)) },
    { name: 'bid.tar.age', bytes: payload },
  ]);
  return {
    stream: new Blob([file]).stream(),
    size: file.length,
    bidderShare: kept && btoa(String.fromCharCode(...kept)),
  };
}
