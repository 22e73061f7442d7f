import { createHmac } from 'node:crypto';
import type { Outcome } from '../../domain/notifications/retries.ts';
import type { ComposedMessage } from '../../services/notifications/compose.ts';
import type { OutgoingChannel } from './channel.ts';

export interface SignedHttpSettings {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** HMAC-SHA256 (lower-case hex) over the timestamp, a full stop and the bytes of the body, as banks sign theirs. */
export const httpSignature = (secret: string, timestamp: string, body: string): string =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');

/** The body of a message: the one line for a telephone, the whole for a program. */
export function bodyOf(message: ComposedMessage): string {
  const { id, channel, to, username, language, subject, text, short } = message;
  return JSON.stringify(
    channel === 'sms'
      ? { id, channel, to, language, text: short }
      : { id, channel, account: username, language, subject, text },
  );
}

/**
 * A text message or a call of a program, by an address of the installation: POST, signed, and at each attempt under the
 * same Idempotency-Key. 2xx: it is taken; 408, 425, 429 and 5xx: later; every other answer: never.
 */
export function signedHttpChannel(
  channel: 'sms' | 'webhook',
  { url, secret, timeoutMs = TIMEOUT_MS }: SignedHttpSettings,
  now: () => number = Date.now,
): OutgoingChannel {
  return {
    channel,
    async send(message) {
      const body = bodyOf(message);
      const timestamp = String(Math.floor(now() / 1000));
      try {
        const response = await fetch(url, {
          ...{ method: 'POST', redirect: 'manual', signal: AbortSignal.timeout(timeoutMs), body },
          headers: {
            'Content-Type': 'application/json',
            'Idempotency-Key': message.id,
            'X-Kaibiao-Timestamp': timestamp,
            'X-Kaibiao-Signature': httpSignature(secret, timestamp, body),
          },
        });
        // What it says is not read, however long it is.
        await response.body?.cancel();
        return httpOutcome(response.status, response.headers.get('retry-after'));
      } catch (error) {
        const { name = '' } = error as { name?: string };
        return { outcome: 'channel-down', reason: name === 'TimeoutError' ? 'http-timeout' : 'http-unreachable' };
      }
    },
    close: () => undefined,
  };
}

const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

export function httpOutcome(status: number, retryAfter: string | null): Outcome {
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  const reason = `http-${status}`;
  if (!LATER.has(status) && status < 500) return { outcome: 'never', reason };
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : 0;
  return { outcome: 'again', reason, ...(seconds > 0 ? { afterMs: seconds * 1000 } : {}) };
}
