import type { Request } from 'express';
import { DomainError } from '../../../domain/errors.ts';

/** Codings in which JSON may be sent; the bound on a body is on what it unpacks to. */
export const JSON_CODINGS = ['gzip', 'deflate', 'br'] as const;

/**
 * A file is signed, hashed and stored as it was sent, and a part of it continues another: none is taken that is packed for its
 * transport. Its own format may be packed (a zip, an age file).
 * @param accepted content codings (RFC 9110 8.4.1) besides `identity`
 * @throws DomainError `media-type-unsupported`
 */
export function assertCoding(request: Request, accepted: readonly string[]): void {
  const given = (request.get('content-encoding') ?? '').trim().toLowerCase();
  if (given === '' || given === 'identity' || accepted.includes(given)) return;
  const allowed = [...accepted, 'identity'];
  throw new DomainError('media-type-unsupported', {
    messageZh: `不接受 Content-Encoding: ${given}；可用：${allowed.join('、')}（不编码）`,
    messageEn: `Content-Encoding: ${given} is not taken here; allowed: ${allowed.join(', ')} (none)`,
    details: { field: 'Content-Encoding', given, allowed },
  });
}
