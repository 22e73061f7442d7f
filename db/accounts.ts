import { randomInt } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { and, asc, count, desc, eq, gt, ne } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import type { Role } from '../domain/roles.ts';
import { recordAudit, UNATTENDED, type Actor } from './audit.ts';
import type { Database, Queries, Tx } from './access/database.ts';
import { addMembership, createOrganisation, membershipsOf, refuseLastAdministrator } from './organisations.ts';
import { notFound } from './procurements.ts';
import { accounts, credentials, memberships, organisations, sessions } from './schema/sqlite.ts';

export type Account = typeof accounts.$inferSelect;
export type Session = typeof sessions.$inferSelect;

/** What an account is without what only the sign-in needs. */
export interface AccountMembership {
  organisationId: string;
  organisation: string;
  creditCode: string;
  role: Role;
}

/** Unlike letters and digits only: it is read aloud and typed. */
const LEGIBLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** About 99 bits, in groups that a person can type. */
export function randomPassword(): string {
  return Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join(''),
  ).join('-');
}

export interface NewAccount {
  readonly username: string;
  readonly name: string;
  readonly memberships: readonly { organisationId: string; role: Role }[];
  /** From `hashPassword` of the sign-in library; never the password itself. */
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
}

/** @throws DomainError `already-exists` when the user name is taken, `not-found` for an unknown organisation */
export async function createAccount(tx: Tx, actor: Actor, account: NewAccount): Promise<Account> {
  const username = account.username.toLowerCase();
  const [same] = await tx.q.select({ id: accounts.id }).from(accounts).where(eq(accounts.username, username));
  if (same) {
    throw new DomainError('already-exists', {
      messageZh: `用户名已被使用：${username}`,
      messageEn: `The user name is taken: ${username}`,
      details: { field: 'username', given: username },
    });
  }
  const id = newId();
  const stamp = new Date();
  const [row] = await tx.q
    .insert(accounts)
    .values({
      id,
      name: account.name,
      username,
      displayUsername: account.username,
      // The library wants one; nothing is ever sent to it.
      email: `${id}@accounts.invalid`,
      mustChangePassword: account.mustChangePassword,
      createdAt: stamp,
      updatedAt: stamp,
    })
    .returning();
  if (!row) throw new Error('the account was not stored');
  await tx.q.insert(credentials).values({
    id: newId(),
    accountId: id,
    providerId: 'credential',
    userId: id,
    password: account.passwordHash,
    createdAt: stamp,
    updatedAt: stamp,
  });
  recordAudit(tx, actor, {
    action: 'account.create',
    procurementId: null,
    subject: `account/${id}`,
    detail: { username },
  });
  for (const membership of account.memberships) await addMembership(tx, actor, { accountId: id, ...membership });
  return row;
}

/** @throws DomainError `not-found` */
export async function accountById(q: Queries, id: string): Promise<Account> {
  const [row] = await q.select().from(accounts).where(eq(accounts.id, id));
  if (!row) throw notFound('account', id);
  return row;
}

export async function accountByUsername(q: Queries, username: string): Promise<Account | undefined> {
  const [row] = await q.select().from(accounts).where(eq(accounts.username, username.toLowerCase()));
  return row;
}

export async function listAccounts(q: Queries, page: { after?: string; limit: number }): Promise<Account[]> {
  return q
    .select()
    .from(accounts)
    .where(page.after ? gt(accounts.id, page.after) : undefined)
    .orderBy(asc(accounts.id))
    .limit(page.limit);
}

/** For which organisations, and as what, a person acts. */
export async function membershipsWithNames(q: Queries, accountId: string): Promise<AccountMembership[]> {
  return q
    .select({
      organisationId: memberships.organisationId,
      organisation: organisations.name,
      creditCode: organisations.creditCode,
      role: memberships.role,
    })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(eq(memberships.accountId, accountId))
    .orderBy(asc(memberships.createdAt), asc(memberships.organisationId), asc(memberships.role));
}

/** Disables (停用) an account and ends its sessions, or enables it again. */
export async function setDisabled(tx: Tx, actor: Actor, id: string, disabled: boolean): Promise<Account> {
  await accountById(tx.q, id);
  if (disabled) await refuseLastAdministrator(tx, id);
  await tx.q
    .update(accounts)
    .set({ disabledAt: disabled ? tx.now : null, updatedAt: new Date() })
    .where(eq(accounts.id, id));
  recordAudit(tx, actor, {
    action: disabled ? 'account.disable' : 'account.enable',
    procurementId: null,
    subject: `account/${id}`,
  });
  if (disabled) await endSessions(tx, actor, id);
  return accountById(tx.q, id);
}

/** Sets a password; every session but `keep` ends. */
export async function setPassword(
  tx: Tx,
  actor: Actor,
  id: string,
  password: { hash: string; oneTime: boolean; keep?: string },
): Promise<void> {
  await accountById(tx.q, id);
  const stamp = new Date();
  await tx.q
    .update(credentials)
    .set({ password: password.hash, updatedAt: stamp })
    .where(and(eq(credentials.userId, id), eq(credentials.providerId, 'credential')));
  await tx.q
    .update(accounts)
    .set({ mustChangePassword: password.oneTime, failures: 0, lockedUntil: null, updatedAt: stamp })
    .where(eq(accounts.id, id));
  recordAudit(tx, actor, {
    action: password.oneTime ? 'account.reset-password' : 'account.change-password',
    procurementId: null,
    subject: `account/${id}`,
  });
  await endSessions(tx, actor, id, { keep: password.keep });
}

/** The hash that a password is compared with. */
export async function passwordHashOf(q: Queries, accountId: string): Promise<string | null> {
  const [row] = await q
    .select({ password: credentials.password })
    .from(credentials)
    .where(and(eq(credentials.userId, accountId), eq(credentials.providerId, 'credential')));
  return row?.password ?? null;
}

/** Sessions that have not run out at `realNowMs` (the machine's clock, epoch ms), newest first. */
export async function sessionsOf(q: Queries, accountId: string, realNowMs: number): Promise<Session[]> {
  return q
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, accountId), gt(sessions.expiresAt, new Date(realNowMs))))
    .orderBy(desc(sessions.createdAt), desc(sessions.id));
}

/** Ends one of a person's sessions (`only`), or all but `keep`; returns how many ended. */
export async function endSessions(
  tx: Tx,
  actor: Actor,
  accountId: string,
  which: { only?: string | undefined; keep?: string | undefined } = {},
): Promise<number> {
  const ended = await tx.q
    .delete(sessions)
    .where(
      and(
        eq(sessions.userId, accountId),
        which.only ? eq(sessions.id, which.only) : undefined,
        which.keep ? ne(sessions.id, which.keep) : undefined,
      ),
    )
    .returning({ id: sessions.id });
  for (const { id } of ended) {
    recordAudit(tx, actor, { action: 'session.end', procurementId: null, subject: `session/${id}` });
  }
  return ended.length;
}

export interface LockOut {
  /** Wrong passwords in a row that lock an account. */
  readonly failures: number;
  /** For how long (real ms). */
  readonly lockMs: number;
}

/**
 * Counts a wrong password, and locks the account at the limit. `accountId` null: there is no such account, and only
 * the trail knows.
 * @param realNowMs the machine's clock: a lock-out must not pass in a second because a drill is running
 */
export async function countFailure(
  tx: Tx,
  actor: Actor,
  accountId: string | null,
  limit: LockOut & { realNowMs: number },
): Promise<void> {
  const subject = `account/${accountId ?? 'unknown'}`;
  recordAudit(tx, actor, { action: 'session.fail', procurementId: null, subject });
  if (accountId === null) return;
  const { failures } = await accountById(tx.q, accountId);
  const locks = failures + 1 >= limit.failures;
  await tx.q
    .update(accounts)
    .set(locks ? { failures: 0, lockedUntil: limit.realNowMs + limit.lockMs } : { failures: failures + 1 })
    .where(eq(accounts.id, accountId));
  if (!locks) return;
  recordAudit(tx, actor, {
    action: 'account.lock',
    procurementId: null,
    subject,
    detail: { failures: failures + 1, lockMs: limit.lockMs },
  });
}

/**
 * The first administrator, made when there is no account at all; its password is returned this once. Null where
 * accounts exist.
 * @param centre the trading centre's own organisation, which administrators belong to
 */
export async function ensureFirstAdministrator(
  db: Database,
  centre: { name: string; creditCode: string } = { name: '公共资源交易中心', creditCode: 'CENTRE' },
): Promise<{ username: string; password: string } | null> {
  const anybody = async (q: Queries): Promise<boolean> => {
    const [row] = await q.select({ n: count() }).from(accounts);
    return (row?.n ?? 0) > 0;
  };
  if (await anybody(db.read)) return null;
  const username = 'administrator';
  const password = randomPassword();
  const passwordHash = await hashPassword(password);
  const made = await db.transaction(async (tx) => {
    if (await anybody(tx.q)) return false;
    const { id } = await createOrganisation(tx, UNATTENDED, centre);
    await createAccount(tx, UNATTENDED, {
      username,
      name: '系统管理员',
      memberships: [{ organisationId: id, role: 'administrator' }],
      passwordHash,
      mustChangePassword: true,
    });
    return true;
  });
  return made ? { username, password } : null;
}

/** A new one-time password for an administrator, by whoever holds the machine; enabled again and unlocked. */
export async function resetAdministrator(
  db: Database,
  username: string,
): Promise<{ username: string; password: string } | null> {
  const password = randomPassword();
  const hash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const account = await accountByUsername(tx.q, username);
    const roles = account ? (await membershipsOf(tx.q, account.id)).map(({ role }) => role) : [];
    if (!account || !roles.includes('administrator')) return null;
    if (account.disabledAt !== null) await setDisabled(tx, UNATTENDED, account.id, false);
    await setPassword(tx, UNATTENDED, account.id, { hash, oneTime: true });
    return { username, password };
  });
}
