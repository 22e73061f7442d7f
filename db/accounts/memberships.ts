import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Role } from '../../domain/roles.ts';
import type { Queries, Tx } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import { accounts, memberships, organisations } from '../schema/sqlite.ts';

/** The role that a person has for an organisation. */
export type Membership = typeof memberships.$inferSelect;
export type MembershipKey = Omit<Membership, 'createdAt'>;

export interface NamedMembership {
  readonly organisationId: string;
  readonly organisation: string;
  readonly creditCode: string;
  readonly role: Role;
}

/** An existing one is left unchanged. */
export async function insertMemberships(tx: Tx, rows: readonly Membership[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.q
    .insert(memberships)
    .values([...rows])
    .onConflictDoNothing();
}

export async function deleteMembership(tx: Tx, { accountId, organisationId, role }: MembershipKey): Promise<void> {
  await tx.q
    .delete(memberships)
    .where(
      and(
        eq(memberships.accountId, accountId),
        eq(memberships.organisationId, organisationId),
        eq(memberships.role, role),
      ),
    );
}

/** The organisations that these people act for, with role and name. */
export async function membershipsOf(
  q: Queries,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, NamedMembership[]>> {
  const found = new Map<string, NamedMembership[]>(accountIds.map((id) => [id, []]));
  if (accountIds.length === 0) return found;
  const rows = await q
    .select({
      accountId: memberships.accountId,
      organisationId: memberships.organisationId,
      organisation: organisations.name,
      creditCode: organisations.creditCode,
      role: memberships.role,
    })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(inArray(memberships.accountId, [...accountIds]))
    .orderBy(asc(memberships.createdAt), asc(memberships.organisationId), asc(memberships.role));
  for (const { accountId, ...membership } of rows) found.get(accountId)?.push(membership);
  return found;
}

export async function membershipsOfAccount(q: Queries, accountId: string): Promise<NamedMembership[]> {
  return (await membershipsOf(q, [accountId])).get(accountId) ?? [];
}

/** Whether a person acts for a supplier: then it tells something that they signed in. */
export async function isBidder(q: Queries, accountId: string): Promise<boolean> {
  return (await selectBidder(q).execute({ accountId })).length > 0;
}

const selectBidder = prepared((q) =>
  q
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.accountId, sql.placeholder('accountId')), eq(memberships.role, 'supplier')))
    .limit(1)
    .prepare(),
);

/** The roles that people have for these organisations. */
export async function rolesHeld(q: Queries, organisationIds: readonly string[]): Promise<ReadonlyMap<string, Role[]>> {
  const rows = await q
    .selectDistinct({ id: memberships.organisationId, role: memberships.role })
    .from(memberships)
    .where(inArray(memberships.organisationId, [...organisationIds]))
    .orderBy(asc(memberships.role));
  const held = new Map<string, Role[]>();
  for (const { id, role } of rows) held.set(id, [...(held.get(id) ?? []), role]);
  return held;
}

/** Organisations that run tenders and have one person, who is not disabled, in that role. */
export async function runByOnePerson(q: Queries): Promise<{ name: string; role: Role }[]> {
  return q
    .select({ name: organisations.name, role: memberships.role })
    .from(memberships)
    .innerJoin(accounts, eq(accounts.id, memberships.accountId))
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(and(inArray(memberships.role, ['purchaser', 'agency']), isNull(accounts.disabledAt)))
    .groupBy(organisations.id, organisations.name, memberships.role)
    .having(sql`count(*) = 1`)
    .orderBy(asc(organisations.name), asc(memberships.role));
}

/** The accounts of administrators that are not disabled. */
export async function enabledAdministrators(q: Queries): Promise<string[]> {
  const rows = await q
    .selectDistinct({ id: accounts.id })
    .from(accounts)
    .innerJoin(memberships, eq(memberships.accountId, accounts.id))
    .where(and(eq(memberships.role, 'administrator'), isNull(accounts.disabledAt)));
  return rows.map(({ id }) => id);
}
