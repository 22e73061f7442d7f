import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import type { Role } from '../domain/roles.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './database.ts';
import { notFound } from './procurements.ts';
import { accounts, memberships, organisations } from './schema/sqlite.ts';

export type Organisation = typeof organisations.$inferSelect;
export type Membership = typeof memberships.$inferSelect;

/** @throws DomainError `already-exists` when the credit code (统一社会信用代码) is taken */
export async function createOrganisation(
  tx: Tx,
  actor: Actor,
  organisation: { name: string; creditCode: string },
): Promise<Organisation> {
  const [same] = await tx.q.select().from(organisations).where(eq(organisations.creditCode, organisation.creditCode));
  if (same) {
    throw new DomainError('already-exists', {
      messageZh: `统一社会信用代码已登记：${organisation.creditCode}`,
      messageEn: `The credit code is registered already: ${organisation.creditCode}`,
      details: { field: 'creditCode', given: organisation.creditCode },
    });
  }
  const row = { id: newId(), ...organisation, createdAt: tx.now };
  await tx.q.insert(organisations).values(row);
  recordAudit(tx, actor, {
    action: 'organisation.create',
    procurementId: null,
    subject: `organisation/${row.id}`,
    detail: organisation,
  });
  return row;
}

/** @throws DomainError `not-found` */
export async function organisationById(q: Queries, id: string): Promise<Organisation> {
  const [row] = await q.select().from(organisations).where(eq(organisations.id, id));
  if (!row) throw notFound('organisation', id);
  return row;
}

export async function listOrganisations(q: Queries, page: { after?: string; limit: number }): Promise<Organisation[]> {
  return q
    .select()
    .from(organisations)
    .where(page.after ? gt(organisations.id, page.after) : undefined)
    .orderBy(asc(organisations.id))
    .limit(page.limit);
}

export async function addMembership(
  tx: Tx,
  actor: Actor,
  membership: { accountId: string; organisationId: string; role: Role },
): Promise<Membership> {
  await organisationById(tx.q, membership.organisationId);
  const row = { ...membership, createdAt: tx.now };
  await tx.q.insert(memberships).values(row).onConflictDoNothing();
  recordAudit(tx, actor, {
    action: 'membership.add',
    procurementId: null,
    subject: `account/${membership.accountId}`,
    detail: { organisationId: membership.organisationId, role: membership.role },
  });
  return row;
}

export async function removeMembership(
  tx: Tx,
  actor: Actor,
  membership: { accountId: string; organisationId: string; role: Role },
): Promise<void> {
  if (membership.role === 'administrator') await refuseLastAdministrator(tx, membership.accountId);
  await tx.q
    .delete(memberships)
    .where(
      and(
        eq(memberships.accountId, membership.accountId),
        eq(memberships.organisationId, membership.organisationId),
        eq(memberships.role, membership.role),
      ),
    );
  recordAudit(tx, actor, {
    action: 'membership.remove',
    procurementId: null,
    subject: `account/${membership.accountId}`,
    detail: { organisationId: membership.organisationId, role: membership.role },
  });
}

export async function membershipsOf(q: Queries, accountId: string): Promise<Membership[]> {
  return q
    .select()
    .from(memberships)
    .where(eq(memberships.accountId, accountId))
    .orderBy(asc(memberships.createdAt), asc(memberships.role));
}

/** Somebody must be left who can open accounts. */
export async function refuseLastAdministrator(tx: Tx, id: string): Promise<void> {
  const administrators = await tx.q
    .selectDistinct({ id: accounts.id })
    .from(accounts)
    .innerJoin(memberships, eq(memberships.accountId, accounts.id))
    .where(and(eq(memberships.role, 'administrator'), isNull(accounts.disabledAt)));
  if (administrators.length > 1 || administrators[0]?.id !== id) return;
  throw new DomainError('last-administrator', {
    messageZh: '这是最后一个系统管理员账号，不能停用；请先开立另一个',
    messageEn: 'This is the last administrator: open another account first',
    details: { accountId: id },
  });
}
