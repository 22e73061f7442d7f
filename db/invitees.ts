import { and, asc, eq, inArray, isNull, not, or, sql, type SQL } from 'drizzle-orm';
import type { Role } from '../domain/roles.ts';
import type { Invitee } from '../domain/procedures/invitees.ts';
import type { Queries, Tx } from './access/database.ts';
import { prepared } from './access/statements.ts';
import type { ProcurementStage } from '../domain/stages.ts';
import { invitees, notices, organisations, procurements } from './schema/sqlite.ts';

export type InviteeRow = typeof invitees.$inferSelect;

/** An invited supplier with its name. */
export interface NamedInvitee extends InviteeRow {
  readonly name: string;
  readonly duties: Role[] | null;
}

export async function insertInvitees(q: Queries, procurementId: string, list: readonly Invitee[]): Promise<void> {
  if (list.length === 0) return;
  await q.insert(invitees).values(
    list.map(({ organisationId, source, reasonZh }, position) => ({
      ...{ procurementId, organisationId, position, source, reasonZh },
      invitedAt: null,
    })),
  );
}

/** Replaces those of a draft. */
export async function replaceInvitees(q: Queries, procurementId: string, list: readonly Invitee[]): Promise<void> {
  await q.delete(invitees).where(eq(invitees.procurementId, procurementId));
  await insertInvitees(q, procurementId, list);
}

/** In the order of the draft. Confidential until the opening, from suppliers too (招标投标法 22). */
export async function inviteesOf(q: Queries, procurementId: string): Promise<NamedInvitee[]> {
  const rows = await q
    .select({ invitee: invitees, name: organisations.name, duties: organisations.duties })
    .from(invitees)
    .innerJoin(organisations, eq(organisations.id, invitees.organisationId))
    .where(eq(invitees.procurementId, procurementId))
    .orderBy(asc(invitees.position));
  return rows.map(({ invitee, name, duties }) => ({ ...invitee, name, duties }));
}

/** Records that the invitations went out. */
export async function markInvited(tx: Tx, procurementId: string): Promise<void> {
  await tx.q
    .update(invitees)
    .set({ invitedAt: tx.now })
    .where(and(eq(invitees.procurementId, procurementId), isNull(invitees.invitedAt)));
}

const anyInvitee = sql`exists (select 1 from invitees i where i.procurement_id = ${procurements.id})`;
const isInvitee = (organisationId: SQL.Aliased | ReturnType<typeof sql.placeholder>): SQL =>
  sql`exists (select 1 from invitees i where i.procurement_id = ${procurements.id} and i.organisation_id = ${organisationId})`;

/** Whether a supplier may take part in a procurement of the same statement: anybody may where nobody is invited. */
export const mayTakePart = (supplierId: ReturnType<typeof sql.placeholder>): SQL<boolean> =>
  sql<boolean>`(not ${anyInvitee} or ${isInvitee(supplierId)})`;

/** Whether invited suppliers are making their offers: only they know of the procurement, and who runs it. */
export const isInvitationUnderWay: SQL = sql`(${procurements.stage} = 'bidding' and ${anyInvitee})`;

/** Whether it was terminated before its call (招标公告, 投标邀请书) was published: then it never became public. */
const wasNeverCalled: SQL = sql`(${procurements.stage} = 'terminated' and not exists (select 1 from ${notices} n
  where n.procurement_id = ${procurements.id} and n.lot_no = 0 and n.kind in ('tender', 'invitation')))`;

/**
 * Whether an organisation may know of a procurement of the same statement that was launched: until its opening, one with
 * invited suppliers is known only to them and to those who run it; one that was never called, to those who run it.
 */
export const isKnownTo = (viewer: ReturnType<typeof sql.placeholder>): SQL =>
  sql`(${procurements.purchaserId} = ${viewer} or ${procurements.agencyId} = ${viewer}
    or (not ${wasNeverCalled} and (not ${isInvitationUnderWay} or ${isInvitee(viewer)})))`;

/** Whether the call of a procurement was published, and it is more than a draft to those outside. */
export async function wasCalled(
  q: Queries,
  { id, stage }: { readonly id: string; readonly stage: ProcurementStage },
): Promise<boolean> {
  if (stage !== 'terminated') return stage !== 'draft' && stage !== 'launched';
  return (await selectCalled(q).execute({ id })).length > 0;
}

const selectCalled = prepared((q) =>
  q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.id, sql.placeholder('id')), not(wasNeverCalled)))
    .prepare(),
);

/** The same, as a condition on rows with the id of a procurement. */
export const isOfKnownTo = (procurementId: SQL | { getSQL(): SQL }, viewer: ReturnType<typeof sql.placeholder>): SQL =>
  sql`exists (select 1 from ${procurements} where ${procurements.id} = ${procurementId} and ${isKnownTo(viewer)})`;

/** @param viewer an organisation; empty: the public */
export async function knows(q: Queries, procurementId: string, viewer: string): Promise<boolean> {
  return (await selectKnown(q).execute({ procurementId, viewer })).length > 0;
}

const selectKnown = prepared((q) =>
  q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.id, sql.placeholder('procurementId')), isKnownTo(sql.placeholder('viewer'))))
    .prepare(),
);

/** Of these procurements, those that the public may not know of yet. */
export async function unknownToPublic(q: Queries, procurementIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (procurementIds.length === 0) return new Set();
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(inArray(procurements.id, [...new Set(procurementIds)]), or(isInvitationUnderWay, wasNeverCalled)));
  return new Set(rows.map(({ id }) => id));
}

/** Whether a supplier is among the invited. */
export async function isInvited(q: Queries, procurementId: string, organisationId: string): Promise<boolean> {
  return (await selectInvited(q).execute({ procurementId, organisationId })).length > 0;
}

const selectInvited = prepared((q) =>
  q
    .select({ position: invitees.position })
    .from(invitees)
    .where(
      and(
        eq(invitees.procurementId, sql.placeholder('procurementId')),
        eq(invitees.organisationId, sql.placeholder('organisationId')),
      ),
    )
    .limit(1)
    .prepare(),
);
