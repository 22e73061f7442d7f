import { createHash } from 'node:crypto';
import { asc, eq, sql } from 'drizzle-orm';
import type { Queries, Tx } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import type { Account, Session } from './accounts.ts';
import type { NamedMembership } from './memberships.ts';
import { accounts, memberships, organisations, sessions } from '../schema/sqlite.ts';

/** A session with all that a request needs to know of its person. */
export interface SessionPerson {
  readonly session: Session;
  readonly account: Account;
  readonly memberships: NamedMembership[];
}

/** How the token of a session is stored. It has 190 random bits: no salt is needed, and no slow hash. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** In one statement; null where there is no such session. Whether it has expired, the sign-in library decides. */
export async function personOfSession(q: Queries, token: string): Promise<SessionPerson | null> {
  const rows = await selectPerson(q).execute({ token: hashOfToken(token) });
  const [first] = rows;
  if (!first) return null;
  const { session, account } = first;
  const named = rows.flatMap(({ membership, organisation }) =>
    membership && organisation
      ? {
          organisationId: organisation.id,
          organisation: organisation.name,
          creditCode: organisation.creditCode,
          role: membership.role,
        }
      : [],
  );
  return { session: { ...session, token }, account, memberships: named };
}

/** That its person has just given a password or a code: nothing else changes a session after it began. */
export async function markVerified(tx: Tx, id: string, realNowMs: number): Promise<void> {
  await tx.q
    .update(sessions)
    .set({ updatedAt: new Date(realNowMs) })
    .where(eq(sessions.id, id));
}

const selectPerson = prepared((q) =>
  q
    .select({
      session: sessions,
      account: accounts,
      membership: memberships,
      organisation: organisations,
    })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.userId))
    .leftJoin(memberships, eq(memberships.accountId, accounts.id))
    .leftJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(eq(sessions.token, sql.placeholder('token')))
    .orderBy(asc(memberships.createdAt), asc(memberships.organisationId), asc(memberships.role))
    .prepare(),
);
