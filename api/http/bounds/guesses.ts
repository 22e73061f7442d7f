import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { ipKeyGenerator } from 'express-rate-limit';
import { DomainError } from '../../../domain/errors.ts';
import type { ApiSettings } from '../settings.ts';

// Who guesses a password is slowed down before the account is locked, which its owner would suffer from.

/** Wrong guesses in a row by one key, which then waits. */
export class Guesses {
  readonly #tried = new Map<string, { failures: number; until: number }>();
  readonly #limit: { readonly failures: number; readonly waitMs: number };

  constructor(limit: { readonly failures: number; readonly waitMs: number }) {
    this.#limit = limit;
  }

  /** Until when (real ms) the key has to wait; null: it need not. */
  until(key: string, now: number): number | null {
    const entry = this.#tried.get(key);
    return entry && entry.until > now ? entry.until : null;
  }

  count(key: string, now: number): void {
    const failures = (this.#tried.get(key)?.failures ?? 0) + 1;
    const waits = failures >= this.#limit.failures;
    this.#tried.delete(key);
    this.#tried.set(key, { failures: waits ? 0 : failures, until: waits ? now + this.#limit.waitMs : 0 });
    const oldest = this.#tried.keys().next();
    if (this.#tried.size > 100_000 && !oldest.done) this.#tried.delete(oldest.value);
  }

  forget(key: string): void {
    this.#tried.delete(key);
  }
}

/** An IPv6 network counts as one address. */
export const senderAt = (address: string | null): string =>
  `address ${address === null ? '' : ipKeyGenerator(address)}`;

const DEVICE_COOKIE = 'kaibiao.device';
const DEVICE_DAYS = 180;

/**
 * The mark that a browser gets when an account has signed in with it. It signs nobody in: guesses from elsewhere do not
 * keep it out, and its own are counted apart.
 */
export class Devices {
  readonly #settings: Pick<ApiSettings, 'sessionKey' | 'publicUrl'>;

  constructor(settings: Pick<ApiSettings, 'sessionKey' | 'publicUrl'>) {
    this.#settings = settings;
  }

  /** The device that the cookies name, if this account has signed in with it. */
  known(cookies: string | undefined, accountId: string): string | null {
    const value = cookies
      ?.split(';')
      .map((each) => each.trim())
      .find((each) => each.startsWith(`${DEVICE_COOKIE}=`))
      ?.slice(DEVICE_COOKIE.length + 1);
    const [id, signature] = value?.split('.') ?? [];
    if (!id || !signature) return null;
    const [given, wanted] = [Buffer.from(signature), Buffer.from(this.#signatureOf(id, accountId))];
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? id : null;
  }

  /** The cookie for a browser that has just signed in. */
  cookie(accountId: string, known: string | null): string {
    const id = known ?? randomUUID();
    const secure = this.#settings.publicUrl.startsWith('https:') ? '; Secure' : '';
    const value = `${id}.${this.#signatureOf(id, accountId)}`;
    return `${DEVICE_COOKIE}=${value}; Max-Age=${DEVICE_DAYS * 86_400}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  }

  #signatureOf(id: string, accountId: string): string {
    return createHmac('sha256', this.#settings.sessionKey).update(`device\n${accountId}\n${id}`).digest('base64url');
  }
}

export function senderWaits(forMs: number): DomainError {
  const minutes = Math.ceil(forMs / 60_000);
  return new DomainError('too-many-requests', {
    messageZh: `从您这里输错密码次数过多，请 ${minutes} 分钟后再试；他处的登录不受影响`,
    messageEn: `Too many wrong passwords from here: try again in ${minutes} min; others are not affected`,
    details: { retryAfterSeconds: Math.ceil(forMs / 1000) },
  });
}

export function accountLocked(forMs: number): DomainError {
  const minutes = Math.ceil(forMs / 60_000);
  return new DomainError('account-locked', {
    messageZh: `多处来源连续输错密码，账号已锁定，请 ${minutes} 分钟后再试；已登录的会话和登录过的浏览器不受影响`,
    messageEn: `Too many wrong passwords from many senders: the account is locked, try again in ${minutes} min; sessions and browsers that have signed in before are not affected`,
    details: { retryAfterSeconds: Math.ceil(forMs / 1000) },
  });
}
