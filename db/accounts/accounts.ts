import { and, asc, desc, eq, gt, inArray, isNotNull, ne, or, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../access/database.ts';
import { usernameOf } from '../../domain/accounts/username.ts';
import type { Role } from '../../domain/roles.ts';
import { notFound } from '../procurements.ts';
import { accountResets, accounts, credentials, memberships, organisations, sessions } from '../schema/sqlite.ts';
import { isNamed } from '../organisations.ts';

export type Account = typeof accounts.$inferSelect;
export type Session = typeof sessions.$inferSelect;

/** Stores an account with its password, as the sign-in library reads them. */
export async function insertAccount(
  tx: Tx,
  account: Pick<
    Account,
    'id' | 'name' | 'username' | 'displayUsername' | 'mustChangePassword' | 'oneTimeUntil' | 'ownPasswordAt'
  >,
  passwordHash: string,
): Promise<Account> {
  const stamp = { createdAt: new Date(), updatedAt: new Date() };
  const { id } = account;
  const [row] = await tx.q
    .insert(accounts)
    // The library requires an address; nothing is ever sent to it.
    .values({ ...account, email: `${id}@accounts.invalid`, ...stamp })
    .returning();
  await tx.q.insert(credentials).values({
    id: newId(),
    accountId: id,
    providerId: 'credential',
    userId: id,
    password: passwordHash,
    ...stamp,
  });
  return row as Account;
}

export async function accountIfAny(q: Queries, id: string): Promise<Account | undefined> {
  const [row] = await q.select().from(accounts).where(eq(accounts.id, id));
  return row;
}

/** @throws DomainError `not-found` */
export async function accountById(q: Queries, id: string): Promise<Account> {
  const row = await accountIfAny(q, id);
  if (!row) throw notFound('account', id);
  return row;
}

/** Names of people by their accounts; unknown ones are left out. */
export async function accountNames(q: Queries, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await q
    .select({ id: accounts.id, name: accounts.name })
    .from(accounts)
    .where(inArray(accounts.id, wanted));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Accounts that are called so: by their user name, or the name of their person. */
export async function accountsCalled(q: Queries, name: string): Promise<string[]> {
  const rows = await q
    .select({ id: accounts.id })
    .from(accounts)
    .where(or(eq(accounts.username, name.toLowerCase()), eq(accounts.name, name)));
  return rows.map(({ id }) => id);
}

export async function accountByUsername(q: Queries, username: string): Promise<Account | undefined> {
  const [row] = await q
    .select()
    .from(accounts)
    .where(eq(accounts.username, usernameOf(username)));
  return row;
}

export async function hasAccounts(q: Queries): Promise<boolean> {
  return (await listAccounts(q, { limit: 1 })).length > 0;
}

/** Whether anybody has a password of their own: that of a first start is nobody's. */
export async function hasOwner(q: Queries): Promise<boolean> {
  const rows = await q.select({ id: accounts.id }).from(accounts).where(isNotNull(accounts.ownPasswordAt)).limit(1);
  return rows.length > 0;
}

/** Which accounts are listed. */
export interface AccountsPage {
  /** Part of a user name or of a person's name, or an organisation that they act for. */
  readonly text?: string | undefined;
  /** Of those that have this role alone. */
  readonly role?: Role;
  /** Only those of which the reset of the password, or of the second factor, was requested. */
  readonly resetRequested?: boolean;
  readonly after?: string | undefined;
  readonly limit: number;
}

export async function listAccounts(q: Queries, page: AccountsPage): Promise<Account[]> {
  const { text, role, resetRequested = false, after, limit } = page;
  const having = (given: Role) =>
    q.select({ id: memberships.accountId }).from(memberships).where(eq(memberships.role, given));
  return q
    .select()
    .from(accounts)
    .where(
      and(
        text === undefined ? undefined : isCalled(q, text),
        role === undefined ? undefined : inArray(accounts.id, having(role)),
        resetRequested
          ? inArray(accounts.id, q.select({ id: accountResets.accountId }).from(accountResets))
          : undefined,
        after ? gt(accounts.id, after) : undefined,
      ),
    )
    .orderBy(asc(accounts.id))
    .limit(limit);
}

function isCalled(q: Queries, text: string) {
  const part = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const has = (column: typeof accounts.name | typeof accounts.username) =>
    sql`lower(${column}) like ${part} escape '\\'`;
  const actsFor = q
    .select({ id: memberships.accountId })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(isNamed(text));
  return or(has(accounts.username), has(accounts.name), inArray(accounts.id, actsFor));
}

/** @throws DomainError `not-found` */
export async function updateAccount(
  tx: Tx,
  id: string,
  change: Partial<
    Pick<
      Account,
      | 'name'
      | 'disabledAt'
      | 'mustChangePassword'
      | 'oneTimeUntil'
      | 'ownPasswordAt'
      | 'secondFactorAt'
      | 'failures'
      | 'lockedUntil'
    >
  >,
): Promise<Account> {
  const [row] = await tx.q
    .update(accounts)
    .set({ ...change, updatedAt: new Date() })
    .where(eq(accounts.id, id))
    .returning();
  if (!row) throw notFound('account', id);
  return row;
}

/** Uses a one-time password up; false where it was used before or has expired at `realNowMs`. */
export async function spendOneTimePassword(tx: Tx, id: string, realNowMs: number): Promise<boolean> {
  const spent = await tx.q
    .update(accounts)
    .set({ oneTimeUntil: 0, updatedAt: new Date() })
    .where(and(eq(accounts.id, id), gt(accounts.oneTimeUntil, realNowMs)))
    .returning({ id: accounts.id });
  return spent.length > 0;
}

export async function updatePassword(tx: Tx, accountId: string, hash: string): Promise<void> {
  await tx.q.update(credentials).set({ password: hash, updatedAt: new Date() }).where(passwordOf(accountId));
}

/** The hash that a password is compared with. */
export async function passwordHashOf(q: Queries, accountId: string): Promise<string | null> {
  const [row] = await q.select({ password: credentials.password }).from(credentials).where(passwordOf(accountId));
  return row?.password ?? null;
}

const passwordOf = (accountId: string) =>
  and(eq(credentials.userId, accountId), eq(credentials.providerId, 'credential'));

/** Sessions that have not expired at `realNowMs` (the machine's clock, epoch ms), newest first. */
export async function sessionsOf(q: Queries, accountId: string, realNowMs: number): Promise<Session[]> {
  return q
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, accountId), gt(sessions.expiresAt, new Date(realNowMs))))
    .orderBy(desc(sessions.createdAt), desc(sessions.id));
}

/** Removes one of a person's sessions (`only`), or all but `keep`; returns the ids of those removed. */
export async function deleteSessions(
  tx: Tx,
  accountId: string,
  which: { only?: string | undefined; keep?: string | undefined },
): Promise<string[]> {
  const deleted = await tx.q
    .delete(sessions)
    .where(
      and(
        eq(sessions.userId, accountId),
        which.only ? eq(sessions.id, which.only) : undefined,
        which.keep ? ne(sessions.id, which.keep) : undefined,
      ),
    )
    .returning({ id: sessions.id });
  return deleted.map(({ id }) => id);
}
