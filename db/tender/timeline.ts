import { and, asc, eq, sql } from 'drizzle-orm';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { Queries } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import { milestones, openingPauses } from '../schema/sqlite.ts';
import type { TenderPlace } from './place.ts';

export type Milestone = typeof milestones.$inferSelect;

export async function findMilestone(q: Queries, place: TenderPlace, key: MilestoneKey): Promise<Milestone | undefined> {
  const [row] = await selectMilestone(q).execute({ procurementId: place.procurementId, lotNo: place.lotNo, key });
  return row;
}

const selectMilestone = prepared((q) =>
  q
    .select()
    .from(milestones)
    .where(
      and(
        eq(milestones.procurementId, sql.placeholder('procurementId')),
        eq(milestones.lotNo, sql.placeholder('lotNo')),
        eq(milestones.key, sql.placeholder('key')),
      ),
    )
    .prepare(),
);

/** @throws Error when it was never planned: a defect, not a person's mistake */
export async function milestoneOf(q: Queries, place: TenderPlace, key: MilestoneKey): Promise<Milestone> {
  const row = await findMilestone(q, place, key);
  if (!row) throw new Error(`milestone ${key} of ${place.procurementId}/${place.lotNo} was never planned`);
  return row;
}

/** What is planned and not done yet at a place. */
export async function outstanding(q: Queries, place: TenderPlace): Promise<Milestone[]> {
  return q
    .select()
    .from(milestones)
    .where(and(at(place), eq(milestones.state, 'planned')))
    .orderBy(byInstant, asc(milestones.key));
}

export type OpeningPause = typeof openingPauses.$inferSelect;

/** A milestone with the pauses that a supervisor ordered; only an opening can have any. */
export interface TimelineEntry extends Milestone {
  readonly pauses: readonly OpeningPause[];
}

/** The whole stored timeline, in the order of its instants. */
export async function timelineOf(q: Queries, procurementId: string): Promise<TimelineEntry[]> {
  const rows = await q
    .select()
    .from(milestones)
    .where(eq(milestones.procurementId, procurementId))
    .orderBy(byInstant, asc(milestones.lotNo), asc(milestones.key));
  const pauses = await pausesOf(q, procurementId);
  return rows.map((row) => ({ ...row, pauses: row.key === 'opening' ? pauses : [] }));
}

export async function pausesOf(q: Queries, procurementId: string): Promise<OpeningPause[]> {
  return q
    .select()
    .from(openingPauses)
    .where(eq(openingPauses.procurementId, procurementId))
    .orderBy(asc(openingPauses.from), asc(openingPauses.id));
}

/** Rows without a limit come first, on either database. */
const byInstant = sql`${milestones.dueAt} asc nulls first`;
const at = (place: TenderPlace) =>
  and(eq(milestones.procurementId, place.procurementId), eq(milestones.lotNo, place.lotNo));
