import type * as z from 'zod';
import type { Database } from '../../db/access/database.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import { timelineOf, type TimelineEntry } from '../../db/tender/timeline.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { suspendedWith, type EndedSuspension, type Suspended } from '../../domain/suspended.ts';
import { pastSuspensionsOf, suspendedIn } from '../../services/tender/suspended.ts';
import { milestoneView, type milestoneSchema } from '../law/views.ts';

/** The stored timeline of a tender, each milestone with the suspensions of the clock that it is counted by. */
export async function timelineItems(
  db: Pick<Database, 'read' | 'now'>,
  procurement: ProcurementRow,
): Promise<z.infer<typeof milestoneSchema>[]> {
  const definition = procedureOf(procurement);
  const suspended = await suspendedIn(db.read, procurement, db.now());
  const past = await pastSuspensionsOf(db.read, procurement, db.now());
  const isOf =
    ({ lotNo, key }: TimelineEntry) =>
    (one: Suspended | EndedSuspension): boolean =>
      one.lotNo === lotNo && suspendedWith(definition, one.milestone).has(key);
  return (await timelineOf(db.read, procurement.id)).map((each) =>
    milestoneView(each, definition.words, suspended.filter(isOf(each)), past.filter(isOf(each))),
  );
}
