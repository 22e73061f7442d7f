import { and, asc, eq, gt, inArray, isNotNull, isNull, or } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import type { Role } from '../domain/roles.ts';
import { collisionsOf, type Body, type Collision } from '../domain/organisations/separation.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { notFound } from './procurements.ts';
import { accounts, memberships, organisations } from './schema/sqlite.ts';

export type Organisation = typeof organisations.$inferSelect;
export type Membership = typeof memberships.$inferSelect;

/** What an organisation is, may do here, and belongs to: three things, each recorded by itself (domain/organisations/separation.ts). */
export type Standing = Pick<Organisation, 'identity' | 'duties' | 'reportsTo'>;

const NO_STANDING: Standing = { identity: null, duties: null, reportsTo: null };

/** @throws DomainError `already-exists` when the credit code (统一社会信用代码) is taken, `not-found` */
export async function createOrganisation(
  tx: Tx,
  actor: Actor,
  { name, creditCode, ...given }: { name: string; creditCode: string } & Partial<Standing>,
): Promise<Organisation> {
  const organisation = { name, creditCode };
  const [same] = await tx.q.select().from(organisations).where(eq(organisations.creditCode, organisation.creditCode));
  if (same) {
    throw new DomainError('already-exists', {
      messageZh: `统一社会信用代码已登记：${organisation.creditCode}`,
      messageEn: `The credit code is registered already: ${organisation.creditCode}`,
      details: { field: 'creditCode', given: organisation.creditCode },
    });
  }
  const row = { id: newId(), ...organisation, createdAt: tx.now, ...NO_STANDING, ...given };
  if (row.reportsTo !== null) await organisationById(tx.q, row.reportsTo);
  await tx.q.insert(organisations).values(row);
  recordAudit(tx, actor, {
    action: 'organisation.create',
    procurementId: null,
    subject: `organisation/${row.id}`,
    detail: { ...organisation, ...given },
  });
  return row;
}

/**
 * Records anew what an organisation is, may do, and belongs to. What collides with higher law is recorded too, and told
 * of (`separationOf`); what contradicts itself is refused.
 * @throws DomainError `bad-input` for a circle of reporting lines or a duty that its people still have, `not-found`
 */
export async function changeStanding(tx: Tx, actor: Actor, id: string, standing: Standing): Promise<Organisation> {
  const before = await organisationById(tx.q, id);
  const { duties, reportsTo } = standing;
  if (reportsTo !== null) await refuseCircle(tx.q, before, reportsTo);
  if (duties !== null) {
    const held = (await rolesHeld(tx.q, [id])).get(id) ?? [];
    const [outside] = held.filter((role) => !duties.includes(role));
    if (outside) throw notItsDuty('duties', before, outside, duties);
  }
  await tx.q.update(organisations).set(standing).where(eq(organisations.id, id));
  const { identity: was, duties: could, reportsTo: under } = before;
  recordAudit(tx, actor, {
    action: 'organisation.change-standing',
    procurementId: null,
    subject: `organisation/${id}`,
    detail: { before: { identity: was, duties: could, reportsTo: under }, after: standing },
  });
  return { ...before, ...standing };
}

async function refuseCircle(q: Queries, organisation: Organisation, reportsTo: string): Promise<void> {
  for (let at: string | null = reportsTo; at !== null; at = (await organisationById(q, at)).reportsTo) {
    if (at !== organisation.id) continue;
    throw new DomainError('bad-input', {
      messageZh: `隶属关系成环：“${organisation.name}”不能直接或间接隶属于自己`,
      messageEn: `The reporting line runs in a circle: “${organisation.name}” cannot belong to itself`,
      details: { field: 'reportsTo', given: reportsTo },
    });
  }
}

function notItsDuty(field: string, { id, name }: Organisation, role: Role, duties: readonly Role[]): DomainError {
  return new DomainError('bad-input', {
    messageZh: `“${name}”的职责（${duties.join('、') || '无'}）不含 ${role}，而其人员承担或将承担该角色`,
    messageEn: `The duties of “${name}” (${duties.join(', ') || 'none'}) do not include ${role}, which its people have or would have`,
    details: { field, given: role, organisationId: id, duties },
  });
}

async function rolesHeld(q: Queries, ids: readonly string[]): Promise<Map<string, Role[]>> {
  const rows = await q
    .selectDistinct({ id: memberships.organisationId, role: memberships.role })
    .from(memberships)
    .where(inArray(memberships.organisationId, [...ids]))
    .orderBy(asc(memberships.role));
  const held = new Map<string, Role[]>();
  for (const { id, role } of rows) held.set(id, [...(held.get(id) ?? []), role]);
  return held;
}

/** Those that run, supervise or carry purchases out, and those of which more is recorded than a name. */
const PUBLIC_DUTIES: readonly Role[] = ['centre', 'office', 'supervisor', 'agency'];

/** Where identities, duties and reporting lines, as recorded and as held by people, collide with higher law. */
export async function separationOf(q: Queries): Promise<{ bodies: Body[]; collisions: Collision[] }> {
  const withDuty = q
    .select({ id: memberships.organisationId })
    .from(memberships)
    .where(inArray(memberships.role, [...PUBLIC_DUTIES]));
  const rows = await q
    .select()
    .from(organisations)
    .where(
      or(
        isNotNull(organisations.identity),
        isNotNull(organisations.duties),
        isNotNull(organisations.reportsTo),
        inArray(organisations.id, withDuty),
      ),
    )
    .orderBy(asc(organisations.id));
  const ids = rows.map(({ id }) => id);
  const held = await rolesHeld(q, ids);
  const bodies = rows.map(({ id, name, identity, duties, reportsTo }) => ({
    ...{ id, name, identity, reportsTo },
    duties: [...new Set([...(duties ?? []), ...(held.get(id) ?? [])])],
  }));
  return { bodies, collisions: collisionsOf(bodies) };
}

/** @throws DomainError `not-found` */
export async function organisationById(q: Queries, id: string): Promise<Organisation> {
  const [row] = await q.select().from(organisations).where(eq(organisations.id, id));
  if (!row) throw notFound('organisation', id);
  return row;
}

/** 统一社会信用代码 by the ids of organisations. */
export async function creditCodesOf(q: Queries, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await q
    .select({ id: organisations.id, creditCode: organisations.creditCode })
    .from(organisations)
    .where(inArray(organisations.id, [...new Set(ids)]));
  return new Map(rows.map(({ id, creditCode }) => [id, creditCode]));
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
  const organisation = await organisationById(tx.q, membership.organisationId);
  const { duties } = organisation;
  if (duties !== null && !duties.includes(membership.role)) {
    throw notItsDuty('role', organisation, membership.role, duties);
  }
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
