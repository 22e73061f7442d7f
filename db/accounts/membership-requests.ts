import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Role } from '../../domain/roles.ts';
import type { Queries, Tx } from '../access/database.ts';
import { accounts, membershipRequests, memberships, organisations } from '../schema/sqlite.ts';
import type { MembershipKey, NamedMembership } from './memberships.ts';

export type MembershipRequest = typeof membershipRequests.$inferSelect;

/** One of an organisation's people, or somebody who is to become one. */
export interface OrganisationPerson {
  readonly accountId: string;
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly disabledAt: number | null;
  readonly since: number;
}

const those = ({ accountId, organisationId, role }: MembershipKey) =>
  and(
    eq(membershipRequests.accountId, accountId),
    eq(membershipRequests.organisationId, organisationId),
    eq(membershipRequests.role, role),
  );

/** False where it was requested before. */
export async function insertMembershipRequest(tx: Tx, request: MembershipRequest): Promise<boolean> {
  const added = await tx.q
    .insert(membershipRequests)
    .values(request)
    .onConflictDoNothing()
    .returning({ id: membershipRequests.accountId });
  return added.length > 0;
}

export async function membershipRequest(q: Queries, key: MembershipKey): Promise<MembershipRequest | undefined> {
  const [row] = await q.select().from(membershipRequests).where(those(key));
  return row;
}

export async function deleteMembershipRequest(tx: Tx, key: MembershipKey): Promise<void> {
  await tx.q.delete(membershipRequests).where(those(key));
}

/** What these people are to act for, once it is confirmed. */
export async function requestedFor(
  q: Queries,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, NamedMembership[]>> {
  const found = new Map<string, NamedMembership[]>(accountIds.map((id) => [id, []]));
  if (accountIds.length === 0) return found;
  const rows = await q
    .select({
      accountId: membershipRequests.accountId,
      organisationId: membershipRequests.organisationId,
      organisation: organisations.name,
      creditCode: organisations.creditCode,
      role: membershipRequests.role,
    })
    .from(membershipRequests)
    .innerJoin(organisations, eq(organisations.id, membershipRequests.organisationId))
    .where(inArray(membershipRequests.accountId, [...accountIds]))
    .orderBy(asc(membershipRequests.requestedAt), asc(membershipRequests.organisationId));
  for (const { accountId, ...request } of rows) found.get(accountId)?.push(request);
  return found;
}

/** An organisation's people, disabled accounts included. */
export async function peopleOf(q: Queries, organisationId: string): Promise<OrganisationPerson[]> {
  return q
    .select({
      ...{ accountId: accounts.id, username: accounts.username, name: accounts.name },
      ...{ role: memberships.role, disabledAt: accounts.disabledAt, since: memberships.createdAt },
    })
    .from(memberships)
    .innerJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(eq(memberships.organisationId, organisationId))
    .orderBy(asc(memberships.createdAt), asc(accounts.id));
}

export async function requestedPeopleOf(q: Queries, organisationId: string): Promise<OrganisationPerson[]> {
  return q
    .select({
      ...{ accountId: accounts.id, username: accounts.username, name: accounts.name },
      ...{ role: membershipRequests.role, disabledAt: accounts.disabledAt, since: membershipRequests.requestedAt },
    })
    .from(membershipRequests)
    .innerJoin(accounts, eq(accounts.id, membershipRequests.accountId))
    .where(eq(membershipRequests.organisationId, organisationId))
    .orderBy(asc(membershipRequests.requestedAt), asc(accounts.id));
}
