import { and, asc, eq, exists, gt, inArray, isNull, lt, ne, notExists, notInArray, or, sql } from 'drizzle-orm';
import { GOING_LOT_STAGES } from '../../domain/procedures/order.ts';
import { FINAL_LOT_STAGES, type LotStage, type ProcurementStage } from '../../domain/stages.ts';
import { parseSubject, type Subject } from '../../domain/subjects.ts';
import type { Queries } from '../access/database.ts';
import { bids, grievances, lots, milestones, procurements } from '../schema/sqlite.ts';

/** A tender that workflows run to its end. */
export interface RunningTender {
  readonly id: string;
  readonly stage: ProcurementStage;
  /** The lots that have a workflow of their own: opened and not ended, or terminated with deposits still to be given back. */
  readonly lots: readonly { readonly no: number; readonly stage: LotStage }[];
}

const GOING: readonly ProcurementStage[] = ['launched', 'bidding', 'opening', 'evaluation'];

/** Launched and not ended, or terminated with fees and deposits still to be given back. */
const running = (q: Queries) =>
  or(
    inArray(procurements.stage, [...GOING]),
    and(
      eq(procurements.stage, 'terminated'),
      or(
        exists(
          q
            .select({ key: milestones.key })
            .from(milestones)
            .where(
              and(
                eq(milestones.procurementId, procurements.id),
                eq(milestones.lotNo, 0),
                eq(milestones.state, 'planned'),
              ),
            ),
        ),
        exists(
          q
            .select({ no: lots.no })
            .from(lots)
            .where(and(eq(lots.procurementId, procurements.id), owing(q))),
        ),
      ),
    ),
  );

/** A lot that was terminated by itself, and owes deposits. */
const owing = (q: Queries) =>
  and(
    eq(lots.stage, 'terminated'),
    exists(
      q
        .select({ key: milestones.key })
        .from(milestones)
        .where(
          and(
            eq(milestones.procurementId, lots.procurementId),
            eq(milestones.lotNo, lots.no),
            eq(milestones.state, 'planned'),
          ),
        ),
    ),
  );

/** A page of them, by id; `after`: the last of the page before. */
export async function runningTenders(q: Queries, after: string | undefined, limit: number): Promise<RunningTender[]> {
  const rows = await q
    .select({ id: procurements.id, stage: procurements.stage })
    .from(procurements)
    .where(and(running(q), after === undefined ? undefined : gt(procurements.id, after)))
    .orderBy(asc(procurements.id))
    .limit(limit);
  return withLots(q, rows);
}

/** Those of these that are still running. */
export async function runningAmong(q: Queries, ids: readonly string[]): Promise<RunningTender[]> {
  if (ids.length === 0) return [];
  const rows = await q
    .select({ id: procurements.id, stage: procurements.stage })
    .from(procurements)
    .where(and(running(q), inArray(procurements.id, [...ids])));
  return withLots(q, rows);
}

async function withLots(
  q: Queries,
  tenders: readonly { id: string; stage: ProcurementStage }[],
): Promise<RunningTender[]> {
  if (tenders.length === 0) return [];
  const ids = tenders.map(({ id }) => id);
  const going = await q
    .select({ procurementId: lots.procurementId, no: lots.no, stage: lots.stage })
    .from(lots)
    .where(and(inArray(lots.procurementId, ids), or(inArray(lots.stage, [...GOING_LOT_STAGES]), owing(q))))
    .orderBy(asc(lots.procurementId), asc(lots.no));
  const lotsOf = new Map<string, { no: number; stage: LotStage }[]>(ids.map((id) => [id, []]));
  for (const { procurementId, no, stage } of going) lotsOf.get(procurementId)?.push({ no, stage });
  return tenders.map((tender) => ({ ...tender, lots: lotsOf.get(tender.id) ?? [] }));
}

export interface UnansweredGrievance {
  readonly id: string;
  readonly state: 'filed' | 'overdue' | 'replied';
}

const unanswered = inArray(grievances.state, ['filed', 'overdue']);

/** A page of those without a reply, by id. */
export async function unansweredGrievances(
  q: Queries,
  after: string | undefined,
  limit: number,
): Promise<UnansweredGrievance[]> {
  return q
    .select({ id: grievances.id, state: grievances.state })
    .from(grievances)
    .where(and(unanswered, after === undefined ? undefined : gt(grievances.id, after)))
    .orderBy(asc(grievances.id))
    .limit(limit);
}

/** Those of these that are still without a reply. */
export async function unansweredAmong(q: Queries, ids: readonly string[]): Promise<UnansweredGrievance[]> {
  if (ids.length === 0) return [];
  return q
    .select({ id: grievances.id, state: grievances.state })
    .from(grievances)
    .where(and(unanswered, inArray(grievances.id, [...ids])));
}

/** Grievances without a reply that are not recorded as overdue, with the last instant for it (civil epoch ms). */
export async function repliesDue(q: Queries): Promise<{ readonly id: string; readonly replyDueAt: number }[]> {
  return q
    .select({ id: grievances.id, replyDueAt: grievances.replyDueAt })
    .from(grievances)
    .where(eq(grievances.state, 'filed'));
}

const MOST_PASSED = 500;

/**
 * Running tenders in which something due before `instant` (civil epoch ms) may not be done: a superset, since only
 * their whole timeline shows what waits for people.
 */
export async function perhapsPassed(q: Queries, instant: number): Promise<string[]> {
  const ofLot = and(eq(milestones.procurementId, lots.procurementId), eq(milestones.lotNo, lots.no));
  const lotsOf = eq(lots.procurementId, procurements.id);
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(
      and(
        running(q),
        or(
          exists(
            q
              .select({ one: sql`1` })
              .from(milestones)
              .where(
                and(
                  eq(milestones.procurementId, procurements.id),
                  sql`${milestones.state} = 'planned'`,
                  eq(milestones.overdue, false),
                  lt(milestones.dueAt, instant),
                ),
              ),
          ),
          and(
            eq(procurements.stage, 'evaluation'),
            notExists(
              q
                .select({ one: sql`1` })
                .from(lots)
                .where(and(lotsOf, notInArray(lots.stage, [...FINAL_LOT_STAGES]))),
            ),
          ),
          exists(
            q
              .select({ one: sql`1` })
              .from(lots)
              .where(
                and(
                  lotsOf,
                  eq(lots.stage, 'performance'),
                  notExists(
                    q
                      .select({ one: sql`1` })
                      .from(milestones)
                      .where(and(ofLot, eq(milestones.state, 'planned'))),
                  ),
                ),
              ),
          ),
        ),
      ),
    )
    .orderBy(asc(procurements.id))
    .limit(MOST_PASSED);
  return rows.map(({ id }) => id);
}

/** Search attributes of a workflow that belongs to a tender: `kind` is works, goods or services. */
export interface TenderTraits {
  readonly kind: string;
  readonly regime: string;
}

/** By subject; subjects that name no tender have none. */
export async function tenderTraits(q: Queries, subjects: readonly string[]): Promise<Map<string, TenderTraits>> {
  const ids = new Map(subjects.flatMap((subject) => procurementOf(subject)));
  if (ids.size === 0) return new Map();
  const rows = await q
    .select({ id: procurements.id, kind: procurements.kind, regime: procurements.regime })
    .from(procurements)
    .where(inArray(procurements.id, [...new Set(ids.values())]));
  const traits = new Map(rows.map(({ id, ...rest }) => [id, rest]));
  return new Map(
    [...ids].flatMap(([subject, id]) => {
      const found = traits.get(id);
      return found ? [[subject, found] as const] : [];
    }),
  );
}

function procurementOf(subject: string): readonly (readonly [string, string])[] {
  let parsed: Subject;
  try {
    parsed = parseSubject(subject);
  } catch {
    return [];
  }
  return 'procurementId' in parsed ? [[subject, parsed.procurementId]] : [];
}

/** Whether a running tender's timeline was last counted by another calendar. */
export async function behindCalendar(q: Queries, hash: string): Promise<boolean> {
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(running(q), or(isNull(procurements.calendarHash), ne(procurements.calendarHash, hash))))
    .limit(1);
  return rows.length > 0;
}

/** Which of these subjects exist in the database, whether or not they have ended. */
export async function knownAmong(q: Queries, subjects: readonly Subject[]): Promise<(subject: Subject) => boolean> {
  const ids = { procurement: new Set<string>(), grievance: new Set<string>(), bid: new Set<string>() };
  for (const subject of subjects) {
    if ('procurementId' in subject) ids.procurement.add(subject.procurementId);
    else if (subject.kind === 'grievance') ids.grievance.add(subject.grievanceId);
    else if (subject.kind === 'refund') ids.bid.add(subject.bidId);
  }
  const [tenders, filed, handedIn] = await Promise.all([
    q
      .select({ id: procurements.id })
      .from(procurements)
      .where(inArray(procurements.id, [...ids.procurement])),
    q
      .select({ id: grievances.id })
      .from(grievances)
      .where(inArray(grievances.id, [...ids.grievance])),
    q
      .select({ id: bids.id })
      .from(bids)
      .where(inArray(bids.id, [...ids.bid])),
  ]);
  const known = new Set([...tenders, ...filed, ...handedIn].map(({ id }) => id));
  return (subject) => {
    if ('procurementId' in subject) return known.has(subject.procurementId);
    if (subject.kind === 'grievance') return known.has(subject.grievanceId);
    return subject.kind === 'refund' ? known.has(subject.bidId) : true;
  };
}
