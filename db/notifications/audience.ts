import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm';
import type { Discretion } from '../../domain/notifications/kinds.ts';
import type { Role } from '../../domain/roles.ts';
import type { Queries } from '../access/database.ts';
import { accounts, bids, invitees, memberships, obtainers } from '../schema/sqlite.ts';

/** A role, everywhere or for these organisations. */
export interface Group {
  readonly role: Role;
  readonly organisationIds?: readonly string[];
}

/** The people of these groups whose accounts are not disabled, each once. */
export async function peopleIn(q: Queries, groups: readonly Group[]): Promise<string[]> {
  const wanted = groups.filter(({ organisationIds }) => organisationIds?.length !== 0);
  if (wanted.length === 0) return [];
  const rows = await q
    .selectDistinct({ id: accounts.id })
    .from(memberships)
    .innerJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(
      and(
        isNull(accounts.disabledAt),
        or(
          ...wanted.map(({ role, organisationIds }) =>
            and(
              eq(memberships.role, role),
              organisationIds ? inArray(memberships.organisationId, [...organisationIds]) : undefined,
            ),
          ),
        ),
      ),
    )
    .orderBy(asc(accounts.id));
  return rows.map(({ id }) => id);
}

/** Whom a message could give away, among these people; the others are missing. */
export async function discretionOf(
  q: Queries,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<Discretion>>> {
  if (accountIds.length === 0) return new Map();
  const rows = await q
    .selectDistinct({ id: memberships.accountId, role: memberships.role })
    .from(memberships)
    .where(and(inArray(memberships.accountId, [...accountIds]), inArray(memberships.role, ['supplier', 'expert'])));
  return new Map(rows.map(({ id, role }) => [id, role === 'supplier' ? 'supplier' : 'expert']));
}

/** Suppliers that take part in a procurement, or may: they obtained its documents, were invited, or bid. */
export async function participantsOf(q: Queries, procurementId: string): Promise<string[]> {
  const [obtained, invited, bidding] = await Promise.all([
    q.select({ id: obtainers.organisationId }).from(obtainers).where(eq(obtainers.procurementId, procurementId)),
    q.select({ id: invitees.organisationId }).from(invitees).where(eq(invitees.procurementId, procurementId)),
    q.selectDistinct({ id: bids.supplierId }).from(bids).where(eq(bids.procurementId, procurementId)),
  ]);
  return [...new Set([...obtained, ...invited, ...bidding].map(({ id }) => id))];
}
