import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';

/** How far a bank's clock may differ from ours (ms), and how long a message may be repeated. */
const WINDOW_MS = 5 * 60_000;

export interface SignedByBank {
  /** Seconds since 1970, as sent. */
  readonly timestamp: string | undefined;
  /** Lower-case hex. */
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/** HMAC-SHA256 over the timestamp, a full stop and the bytes of the body. */
export const bankSignature = (secret: string, timestamp: string, body: Buffer | string): string =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');

/** @throws DomainError `unauthenticated` where no secret is set, the signature does not match, or it is too old */
export function assertBankSigned(
  secret: string | null,
  { timestamp, signature, body }: SignedByBank,
  now: number,
): void {
  if (secret === null) throw refused('未配置银行通知密钥 KAIBIAO_BANK_SECRET', 'KAIBIAO_BANK_SECRET is not set');
  const expected = Buffer.from(bankSignature(secret, timestamp ?? '', body));
  const given = Buffer.from(signature ?? '');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refused('银行通知的签名不正确', 'The signature of the bank is not right');
  }
  if (!/^\d{1,12}$/.test(timestamp ?? '') || Math.abs(now - Number(timestamp) * 1000) > WINDOW_MS) {
    throw refused('银行通知的时间戳与服务器时间相差过大', "The timestamp is too far from the server's time");
  }
}

function refused(messageZh: string, messageEn: string): DomainError {
  return new DomainError('unauthenticated', { messageZh, messageEn });
}
