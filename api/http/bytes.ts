import { createHash, type Hash } from 'node:crypto';
import type { Request } from 'express';
import { DomainError } from '../../domain/errors.ts';

const hashes = new WeakMap<Request, Hash>();

/** From now on the bytes of the request are hashed as they are read. */
export function hashBytes(request: Request): void {
  hashes.set(request, createHash('sha256'));
}

/** The bytes of a request that were not read yet; the connection stays open for the answer. */
export async function* bytesOf(request: Request): AsyncGenerator<Uint8Array> {
  const hash = hashes.get(request);
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    hash?.update(chunk);
    yield chunk;
  }
}

/**
 * SHA-256 of all bytes of the request; those that nobody has read are read, and not kept.
 * @throws DomainError `file-too-large`
 */
export async function hashOfBytes(request: Request, maxBytes: number): Promise<string> {
  let size = 0;
  for await (const chunk of bytesOf(request)) {
    size += chunk.byteLength;
    if (size <= maxBytes) continue;
    throw new DomainError('file-too-large', {
      messageZh: `文件超过上限 ${maxBytes} 字节`,
      messageEn: `The file is larger than the limit of ${maxBytes} bytes`,
      details: { maxBytes },
    });
  }
  return hashes.get(request)?.copy().digest('hex') ?? '';
}
