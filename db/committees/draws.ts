import { and, asc, desc, eq, inArray, isNotNull, lt, notExists, notInArray, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { DrawState } from '../../domain/committees/state.ts';
import type { DrawParty } from '../../domain/draws/terms.ts';
import { FINAL_LOT_STAGES } from '../../domain/stages.ts';
import type { Queries, Tx } from '../access/database.ts';
import { notFound } from '../procurements.ts';
import {
  audit,
  committeeCalls,
  drawParts,
  drawPlans,
  draws,
  lots,
  milestones,
  procurements,
} from '../schema/sqlite.ts';
import type { TenderPlace } from '../tender/place.ts';

export type Draw = typeof draws.$inferSelect;
export type DrawPart = typeof drawParts.$inferSelect;
export type DrawPlan = typeof drawPlans.$inferSelect;
export type CommitteeCall = typeof committeeCalls.$inferSelect;

export async function insertDraw(tx: Tx, draw: Draw): Promise<void> {
  await tx.q.insert(draws).values(draw);
}

/** @throws DomainError `not-found` */
export async function drawById(q: Queries, id: string): Promise<Draw> {
  const [row] = await q.select().from(draws).where(eq(draws.id, id));
  if (!row) throw notFound('draw', id);
  return row;
}

/** The last draw of a lot; undefined where there was none. */
export async function latestDraw(q: Queries, { procurementId, lotNo }: TenderPlace): Promise<Draw | undefined> {
  const [row] = await q
    .select()
    .from(draws)
    .where(and(eq(draws.procurementId, procurementId), eq(draws.lotNo, lotNo)))
    .orderBy(desc(draws.round))
    .limit(1);
  return row;
}

export const drawsOf = (q: Queries, { procurementId, lotNo }: TenderPlace): Promise<Draw[]> =>
  q
    .select()
    .from(draws)
    .where(and(eq(draws.procurementId, procurementId), eq(draws.lotNo, lotNo)))
    .orderBy(asc(draws.round))
    .execute();

export async function changeDraw(tx: Tx, id: string, change: Partial<Draw>): Promise<void> {
  await tx.q.update(draws).set(change).where(eq(draws.id, id));
}

/** In these states, of all tenders: where, and what their terms say. */
export const drawsIn = (q: Queries, states: readonly DrawState[]): Promise<Draw[]> =>
  q
    .select()
    .from(draws)
    .where(inArray(draws.state, [...states]))
    .orderBy(asc(draws.id))
    .execute();

/** Which draws a page of them has. */
export interface DrawFilter {
  /** Absent: in any state. */
  readonly states?: readonly DrawState[] | undefined;
  /** Of tenders that this organisation runs, as purchaser or as agency; absent: of all. */
  readonly runBy?: { readonly as: 'purchaser' | 'agency'; readonly organisationId: string } | undefined;
  readonly procurementId?: string | undefined;
  readonly lotNo?: number | undefined;
  /** The id of the last draw of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The last draw of each lot, the newest first. */
export async function drawsEverywhere(
  q: Queries,
  { states, runBy, procurementId, lotNo, after, limit }: DrawFilter,
): Promise<{ readonly draw: Draw; readonly title: string }[]> {
  const later = alias(draws, 'later');
  return q
    .select({ draw: draws, title: procurements.title })
    .from(draws)
    .innerJoin(procurements, eq(procurements.id, draws.procurementId))
    .where(
      and(
        states && inArray(draws.state, [...states]),
        runBy && eq(runBy.as === 'agency' ? procurements.agencyId : procurements.purchaserId, runBy.organisationId),
        procurementId === undefined ? undefined : eq(draws.procurementId, procurementId),
        lotNo === undefined ? undefined : eq(draws.lotNo, lotNo),
        after === undefined ? undefined : lt(draws.id, after),
        notExists(
          q
            .select({ id: later.id })
            .from(later)
            .where(
              and(
                eq(later.procurementId, draws.procurementId),
                eq(later.lotNo, draws.lotNo),
                sql`${later.round} > ${draws.round}`,
              ),
            ),
        ),
      ),
    )
    .orderBy(desc(draws.id))
    .limit(limit);
}

/** Complete, of lots that are being evaluated, or whose committee looks at its report again. */
export async function drawsEvaluating(q: Queries): Promise<Draw[]> {
  const rows = await q
    .select({ draw: draws })
    .from(draws)
    .innerJoin(lots, and(eq(lots.procurementId, draws.procurementId), eq(lots.no, draws.lotNo)))
    .leftJoin(
      milestones,
      and(
        eq(milestones.procurementId, lots.procurementId),
        eq(milestones.lotNo, lots.no),
        sql`${milestones.key} = 'recheck'`,
        sql`${milestones.state} = 'planned'`,
        notInArray(lots.stage, [...FINAL_LOT_STAGES]),
      ),
    )
    .where(
      and(sql`${draws.state} = 'formed'`, or(sql`${lots.stage} = 'evaluation'`, isNotNull(milestones.procurementId))),
    )
    .orderBy(asc(draws.id));
  return rows.map(({ draw }) => draw);
}

export async function insertPart(tx: Tx, part: DrawPart): Promise<void> {
  await tx.q.insert(drawParts).values(part);
}

/** In the order of the commitments. */
export const partsOf = (q: Queries, drawId: string): Promise<DrawPart[]> =>
  q
    .select()
    .from(drawParts)
    .where(eq(drawParts.drawId, drawId))
    .orderBy(asc(drawParts.committedAt), asc(drawParts.party))
    .execute();

export async function changePart(
  tx: Tx,
  { drawId, party }: { readonly drawId: string; readonly party: DrawParty },
  change: Partial<DrawPart>,
): Promise<void> {
  await tx.q
    .update(drawParts)
    .set(change)
    .where(and(eq(drawParts.drawId, drawId), eq(drawParts.party, party)));
}

/** In the order in which they were made. */
export const callsOf = (q: Queries, drawId: string): Promise<CommitteeCall[]> =>
  q.select().from(committeeCalls).where(eq(committeeCalls.drawId, drawId)).orderBy(asc(committeeCalls.no)).execute();

/** What the parties gave to each of these draws, and who was called, in their order. */
export async function proceedingsOf(
  q: Queries,
  drawIds: readonly string[],
): Promise<{ readonly parts: readonly DrawPart[]; readonly calls: readonly CommitteeCall[] }> {
  if (drawIds.length === 0) return { parts: [], calls: [] };
  const [parts, calls] = await Promise.all([
    q
      .select()
      .from(drawParts)
      .where(inArray(drawParts.drawId, [...drawIds]))
      .orderBy(asc(drawParts.committedAt), asc(drawParts.party)),
    q
      .select()
      .from(committeeCalls)
      .where(inArray(committeeCalls.drawId, [...drawIds]))
      .orderBy(asc(committeeCalls.no)),
  ]);
  return { parts, calls };
}

export async function callsTagged(q: Queries, tags: readonly string[]): Promise<CommitteeCall[]> {
  if (tags.length === 0) return [];
  return q
    .select()
    .from(committeeCalls)
    .where(inArray(committeeCalls.tag, [...tags]));
}

export async function insertCalls(tx: Tx, calls: readonly CommitteeCall[]): Promise<void> {
  if (calls.length > 0) await tx.q.insert(committeeCalls).values([...calls]);
}

export async function changeCall(
  tx: Tx,
  { drawId, no }: Pick<CommitteeCall, 'drawId' | 'no'>,
  change: Partial<CommitteeCall>,
): Promise<void> {
  await tx.q
    .update(committeeCalls)
    .set(change)
    .where(and(eq(committeeCalls.drawId, drawId), eq(committeeCalls.no, no)));
}

/** The last plan of a lot's draw; undefined where there is none. */
export async function latestPlan(q: Queries, { procurementId, lotNo }: TenderPlace): Promise<DrawPlan | undefined> {
  const [row] = await q
    .select()
    .from(drawPlans)
    .where(and(eq(drawPlans.procurementId, procurementId), eq(drawPlans.lotNo, lotNo)))
    .orderBy(desc(drawPlans.version))
    .limit(1);
  return row;
}

export async function insertPlan(tx: Tx, plan: DrawPlan): Promise<void> {
  await tx.q.insert(drawPlans).values(plan);
}

export async function settlePlan(
  tx: Tx,
  { procurementId, lotNo, version }: Pick<DrawPlan, 'procurementId' | 'lotNo' | 'version'>,
  change: Pick<DrawPlan, 'settledAt' | 'failure'>,
): Promise<void> {
  await tx.q
    .update(drawPlans)
    .set(change)
    .where(and(eq(drawPlans.procurementId, procurementId), eq(drawPlans.lotNo, lotNo), eq(drawPlans.version, version)));
}

/** The lots whose committee is due, and not recorded as overdue; whether or not there is a draw. */
export const committeesDue = (q: Queries): Promise<{ procurementId: string; lotNo: number }[]> =>
  q
    .select({ procurementId: milestones.procurementId, lotNo: milestones.lotNo })
    .from(milestones)
    .where(and(eq(milestones.key, 'committee'), sql`${milestones.state} = 'planned'`, eq(milestones.overdue, false)))
    .orderBy(asc(milestones.procurementId), asc(milestones.lotNo))
    .execute();

/** The entries of the log about a draw, in their order. */
export const entriesOfDraw = (q: Queries, { id, procurementId }: Pick<Draw, 'id' | 'procurementId'>) =>
  q
    .select({ seq: audit.seq, hash: audit.hash, action: audit.action, detail: audit.detail })
    .from(audit)
    .where(
      and(
        eq(audit.procurementId, procurementId),
        eq(audit.subject, `draw/${id}`),
        inArray(audit.action, ['draw.open', 'draw.commit']),
      ),
    )
    .orderBy(asc(audit.seq))
    .execute();
