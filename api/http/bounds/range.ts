import { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { DomainError } from '../../../domain/errors.ts';

/** The first and the last byte of a part. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

const ONE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/i;

/**
 * The part of a representation that a request wants, by RFC 9110 14.2; null: the whole. A download that broke off goes on with
 * it. What is no range of bytes, and several of them, mean the whole; so does `If-Range` with another tag than this one's.
 * Express answers 416 to what the RFC has ignored (`bytes=3-1`, another unit): it is read here.
 * @param etag its strong tag; absent: it has none
 * @throws DomainError `range-not-satisfiable` for one that begins after the end
 */
export function partOf(request: Request, size: number, etag?: string): Part | null {
  if (request.method !== 'GET') return null;
  const condition = request.get('if-range')?.trim();
  if (condition !== undefined && condition !== etag) return null;
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

/** The headers of an answer of so many bytes, and which part of them it has; null: all. */
export function partIn(response: Response, size: number | null): Part | null {
  response.set('Accept-Ranges', size === null ? 'none' : 'bytes');
  if (size === null) return null;
  try {
    const part = partOf(response.req, size, response.get('ETag'));
    response.set('Content-Length', String(part ? part.to + 1 - part.from : size));
    if (part) response.status(206).set('Content-Range', `bytes ${part.from}-${part.to}/${size}`);
    return part;
  } catch (error) {
    // What follows is a problem, and not the file that these headers are about.
    for (const name of ['ETag', 'Content-Disposition', 'Repr-Digest']) response.removeHeader(name);
    response.set('Content-Range', `bytes */${size}`);
    throw error;
  }
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
