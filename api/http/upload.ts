import type { Request } from 'express';
import type { Database } from '../../db/access/database.ts';
import type { StoredBlob } from '../../db/files/blobs.ts';
import { DomainError } from '../../domain/errors.ts';
import type { ReceivedDocument } from '../../services/documents/add.ts';
import { badInput } from '../../domain/issues.ts';
import { whileRoom } from './bounds/room.ts';
import type { ApiSettings } from './settings.ts';

type Limits = Pick<ApiSettings, 'diskReserveBytes' | 'maxFileBytes'>;

/** The declared bytes of a body; null where it comes in chunks. */
export function declaredLength(request: Request): number | null {
  const text = request.get('content-length');
  return text === undefined ? null : Number(text);
}

/**
 * Streams the body of a request to the disk.
 * @throws DomainError `file-too-large` (before a byte is read, where the size is declared), `file-empty`,
 *   `hash-mismatch` where a declared SHA-256 differs from that of the received bytes, `upload-incomplete`, `database-full`
 */
export async function receiveFile(request: Request, db: Database, limits: Limits): Promise<StoredBlob> {
  const declared = declaredHash(request);
  const { maxFileBytes: maxBytes } = limits;
  const length = declaredLength(request);
  if (length !== null && length > maxBytes) {
    throw new DomainError('file-too-large', {
      messageZh: `文件超过上限 ${maxBytes} 字节`,
      messageEn: `The file is larger than the limit of ${maxBytes} bytes`,
      details: { maxBytes },
    });
  }
  const file = await db.blobs.store(whileRoom(request, db, limits, length), maxBytes);
  if (declared !== null && declared !== file.sha256) {
    throw new DomainError('hash-mismatch', {
      messageZh: '收到的文件与声明的 SHA-256 不一致，未收下，请重新上传',
      messageEn: 'The received bytes do not match the declared SHA-256; they were not stored, send them again',
      details: { declared, received: file.sha256 },
    });
  }
  return file;
}

/** As `receiveFile`, with the sender's file name and the declared media type. */
export async function receiveDocument(
  request: Request,
  db: Database,
  { name, ...limits }: Limits & { readonly name: string },
): Promise<ReceivedDocument> {
  const file = await receiveFile(request, db, limits);
  return { name, mediaType: (request.get('content-type') ?? 'application/octet-stream').slice(0, 200), file };
}

/** Content-SHA256 (hex), Content-Digest (RFC 9530) or Digest (RFC 3230); null where none is sent. */
function declaredHash(request: Request): string | null {
  const hex = request.get('content-sha256');
  if (hex !== undefined) {
    if (/^[0-9a-f]{64}$/i.test(hex)) return hex.toLowerCase();
    throw badHash('Content-SHA256');
  }
  for (const [name, pattern] of [
    ['Content-Digest', /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/],
    ['Digest', /(?:^|,)\s*sha-256=([A-Za-z0-9+/]{43}=)/i],
  ] as const) {
    const value = request.get(name);
    if (value === undefined) continue;
    const [, base64] = pattern.exec(value) ?? [];
    if (base64 === undefined) throw badHash(name);
    return Buffer.from(base64, 'base64').toString('hex');
  }
  return null;
}

function badHash(field: string): DomainError {
  return badInput([
    { field, rule: 'sha-256', messageZh: '不是有效的 SHA-256', messageEn: 'It is not a valid SHA-256' },
  ]);
}
