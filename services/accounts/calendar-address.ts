import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Queries } from '../../db/access/database.ts';
import { accountIfAny, passwordHashOf, type Account } from '../../db/accounts/accounts.ts';

// A calendar program has no session: it has the address of a person's calendar, /calendars/{token}.ics. The token is not stored. It names
// the account and proves that the platform made it for the password that the account has now: another password ends it.

const ID_BYTES = 16;
const PROOF_BYTES = 32;
/** 48 bytes leave no bit of a character unused: one that differs is another token. */
const TOKEN = /^[A-Za-z0-9_-]{64}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The token of an account's calendar; null where the account has no password, whose change could end it.
 * @param sessionKey the key of the installation's cookies
 */
export async function calendarToken(q: Queries, sessionKey: string, accountId: string): Promise<string | null> {
  const hash = await passwordHashOf(q, accountId);
  if (hash === null || !UUID.test(accountId)) return null;
  return Buffer.concat([idBytes(accountId), proofOf(sessionKey, accountId, hash)]).toString('base64url');
}

/** Whose calendar it is; null for a token that was never made, one of a former password, and of a disabled account. */
export async function calendarOwner(q: Queries, sessionKey: string, token: string): Promise<Account | null> {
  if (!TOKEN.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const accountId = idOf(bytes.subarray(0, ID_BYTES));
  // Without an account it takes as long.
  const hash = await passwordHashOf(q, accountId);
  const isProved = timingSafeEqual(bytes.subarray(ID_BYTES), proofOf(sessionKey, accountId, hash ?? ''));
  if (!isProved || hash === null) return null;
  const account = await accountIfAny(q, accountId);
  return account && account.disabledAt === null ? account : null;
}

/** The id has a fixed length, so that no other id and hash make the same text. */
function proofOf(sessionKey: string, accountId: string, passwordHash: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', sessionKey, '', 'kaibiao calendar address', PROOF_BYTES));
  return createHmac('sha256', key).update(idBytes(accountId)).update(passwordHash).digest();
}

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

const idOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
