import { Readable } from 'node:stream';
import type { Request } from 'express';
import { DomainError } from '../../../domain/errors.ts';

/** The first and the last byte of a part. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

const ONE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/i;

/**
 * The part of a file that a request wants, by RFC 9110 14.2; null: the whole. A download that broke off goes on with it. What
 * is no range of bytes, several of them, and one that depends on a validator (`If-Range`; there is none) mean the whole file.
 * @throws DomainError `range-not-satisfiable` for one that begins after the end
 */
export function partOf(request: Request, size: number | null): Part | null {
  if (size === null || request.method !== 'GET' || request.get('if-range') !== undefined) return null;
  const [whole, first, last, lasting] = ONE.exec((request.get('range') ?? '').replaceAll(' ', '')) ?? [];
  if (whole === undefined) return null;
  const part =
    first === undefined
      ? { from: Math.max(size - Number(lasting), 0), to: size - 1 }
      : { from: Number(first), to: last ? Math.min(Number(last), size - 1) : size - 1 };
  if (first !== undefined && last && Number(last) < Number(first)) return null;
  if (part.from <= part.to) return part;
  throw new DomainError('range-not-satisfiable', {
    messageZh: `文件只有 ${size} 字节，没有所要的部分`,
    messageEn: `The file has ${size} bytes only: there is no such part`,
    details: { field: 'Range', size },
  });
}

/** That part of a stream; it is closed after its last byte. */
export const cut = (stream: Readable, part: Part): Readable => Readable.from(bytesOf(stream, part));

async function* bytesOf(stream: Readable, { from, to }: Part): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const piece = chunk.subarray(Math.max(from - at, 0), Math.max(to + 1 - at, 0));
    if (piece.length > 0) yield piece;
    at += chunk.length;
    if (at > to) return;
  }
}
