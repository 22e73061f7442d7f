import { and, asc, eq, exists, gt, inArray, lte, notInArray, or, sql, type SQL } from 'drizzle-orm';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { ProcurementStage } from '../../domain/stages.ts';
import type { Queries } from '../access/database.ts';
import { bids, grievances, invitees, milestones, obtainers, procurements } from '../schema/sqlite.ts';
import { unsuspended } from './suspensions.ts';

/** Whose tenders: those an organisation runs, those it takes part in as a supplier, or every one. */
export type DueScope = { readonly runBy: string } | { readonly joinedBy: string } | 'everywhere';

export interface DueQuery {
  readonly scope: DueScope;
  /** Of tenders at these stages only. */
  readonly stages: readonly ProcurementStage[];
  readonly keys: { readonly in: readonly MilestoneKey[] } | { readonly out: readonly MilestoneKey[] };
  /** Due after this instant, where given, and not after `until`. */
  readonly after?: number;
  readonly until: number;
  readonly limit: number;
}

export interface DueMilestone {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly key: MilestoneKey;
  readonly dueAt: number;
  readonly ifNobodyActs: { readonly zh: string; readonly en: string } | null;
  readonly provisional: boolean;
  readonly title: string;
  readonly regime: (typeof procurements.$inferSelect)['regime'];
  readonly procedure: (typeof procurements.$inferSelect)['procedure'];
}

/** What is due in timelines, undone and not suspended, the earliest first; never more than `limit`. */
export async function dueMilestones(q: Queries, given: DueQuery): Promise<DueMilestone[]> {
  const { scope, stages, keys, after, until, limit } = given;
  if (stages.length === 0) return [];
  const isRunner = scope !== 'everywhere' && 'runBy' in scope;
  const rows = await q
    .select({
      procurementId: milestones.procurementId,
      lotNo: milestones.lotNo,
      key: milestones.key,
      dueAt: milestones.dueAt,
      ifNobodyActs: milestones.ifNobodyActs,
      provisional: milestones.provisional,
      title: procurements.title,
      regime: procurements.regime,
      procedure: procurements.procedure,
    })
    .from(milestones)
    .innerJoin(procurements, eq(procurements.id, milestones.procurementId))
    .where(
      and(
        // A partial index has what is planned; a window closes by time alone.
        isRunner ? inArray(milestones.state, ['planned', 'window']) : sql`${milestones.state} = 'planned'`,
        within(q, scope),
        inArray(procurements.stage, [...stages]),
        'in' in keys ? inArray(milestones.key, [...keys.in]) : notInArray(milestones.key, [...keys.out]),
        after === undefined ? undefined : gt(milestones.dueAt, after),
        lte(milestones.dueAt, until),
        unsuspended(q),
      ),
    )
    .orderBy(
      isRunner ? sql`+${milestones.dueAt}` : asc(milestones.dueAt),
      asc(milestones.procurementId),
      asc(milestones.lotNo),
    )
    .limit(limit);
  return rows.flatMap(({ dueAt, ...row }) => (dueAt === null ? [] : [{ ...row, dueAt }]));
}

/** Of the tenders of a scope. An organisation's own are few: they are found first, however much is due elsewhere. */
function within(q: Queries, scope: DueScope): SQL | undefined {
  if (scope === 'everywhere') return undefined;
  if ('runBy' in scope)
    return inArray(
      milestones.procurementId,
      q.select({ id: procurements.id }).from(procurements).where(isRunBy(scope.runBy)),
    );
  const { joinedBy } = scope;
  const one = { one: sql`1` };
  return or(
    exists(
      q
        .select(one)
        .from(obtainers)
        .where(and(of(obtainers), eq(obtainers.organisationId, joinedBy))),
    ),
    exists(
      q
        .select(one)
        .from(invitees)
        .where(and(of(invitees), eq(invitees.organisationId, joinedBy))),
    ),
    exists(
      q
        .select(one)
        .from(bids)
        .where(and(of(bids), eq(bids.supplierId, joinedBy))),
    ),
  );
}

const of = (table: typeof obtainers | typeof invitees | typeof bids): SQL =>
  eq(table.procurementId, milestones.procurementId);

const isRunBy = (organisationId: string): SQL | undefined =>
  or(eq(procurements.purchaserId, organisationId), eq(procurements.agencyId, organisationId));

export interface DueReply {
  readonly grievanceId: string;
  readonly kind: 'objection' | 'query';
  readonly procurementId: string;
  readonly lotNo: number;
  readonly dueAt: number;
  readonly title: string;
}

/** Objections and queries that wait for a reply, the earliest first. @param runBy null: everywhere */
export async function dueReplies(
  q: Queries,
  { runBy: organisationId, limit }: { readonly runBy: string | null; readonly limit: number },
): Promise<DueReply[]> {
  return q
    .select({
      grievanceId: grievances.id,
      kind: grievances.kind,
      procurementId: grievances.procurementId,
      lotNo: grievances.lotNo,
      dueAt: grievances.replyDueAt,
      title: procurements.title,
    })
    .from(grievances)
    .innerJoin(procurements, eq(procurements.id, grievances.procurementId))
    .where(and(sql`${grievances.state} <> 'replied'`, organisationId === null ? undefined : isRunBy(organisationId)))
    .orderBy(asc(grievances.replyDueAt), asc(grievances.id))
    .limit(limit);
}
