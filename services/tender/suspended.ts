import type { Queries } from '../../db/access/database.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import {
  grievanceIntervalsIn,
  grievanceIntervalsOf,
  openPausesOf,
  recheckIntervalsOf,
  resumedClocksOf,
} from '../../db/tender/suspensions.ts';
import { pausesOf } from '../../db/tender/timeline.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import {
  endedPause,
  endedRechecks,
  endedSuspensions,
  orderedPause,
  recheckSuspension,
  suspendedBy,
  type EndedSuspension,
  type Suspended,
} from '../../domain/suspended.ts';
import { bidderWindowOf } from '../openings/window.ts';

/**
 * The clocks of tenders that do not run now, by the id of the tender; empty where all of them run.
 * @param now civil epoch ms
 */
export async function suspendedOf(
  q: Queries,
  tenders: readonly ProcurementRow[],
  now: number,
): Promise<ReadonlyMap<string, readonly Suspended[]>> {
  const announced = tenders.filter(({ stage }) => stage !== 'draft' && stage !== 'launched');
  const ids = announced.map(({ id }) => id);
  const [intervals, rechecks, pauses] = await Promise.all([
    grievanceIntervalsOf(q, ids),
    recheckIntervalsOf(q, ids),
    openPausesOf(q, ids),
  ]);
  const isOf =
    (id: string) =>
    (row: { readonly procurementId: string }): boolean =>
      row.procurementId === id;
  return new Map(
    announced.map((tender) => {
      const definition = procedureOf(tender);
      const paused = ['bidding', 'opening'].includes(tender.stage) ? pauses.filter(isOf(tender.id)) : [];
      return [
        tender.id,
        [
          ...suspendedBy(definition, intervals.filter(isOf(tender.id)), now),
          ...rechecks
            .filter(isOf(tender.id))
            .filter(({ until }) => until === null)
            .map((recheck) => recheckSuspension(definition, recheck)),
          ...paused.map((pause) => orderedPause(definition, pause)),
        ],
      ];
    }),
  );
}

/** Of one tender. */
export const suspendedIn = async (q: Queries, tender: ProcurementRow, now: number): Promise<readonly Suspended[]> =>
  (await suspendedOf(q, [tender], now)).get(tender.id) ?? [];

/** The suspensions of a tender that have ended, oldest first. @param now civil epoch ms */
export async function pastSuspensionsOf(
  q: Queries,
  tender: ProcurementRow,
  now: number,
): Promise<readonly EndedSuspension[]> {
  if (tender.stage === 'draft' || tender.stage === 'launched') return [];
  const definition = procedureOf(tender);
  const [intervals, rechecks, resumed, pauses, window] = await Promise.all([
    grievanceIntervalsIn(q, tender.id),
    recheckIntervalsOf(q, [tender.id]),
    resumedClocksOf(q, tender.id),
    pausesOf(q, tender.id),
    bidderWindowOf(q, tender, now),
  ]);
  const ended = pauses.flatMap(({ from, until, reasonZh }) => {
    if (until === null) return [];
    const lost = window ? Math.min(until, window.until ?? until) - Math.max(from, window.from) : 0;
    return [endedPause(definition, { from, until, reasonZh }, Math.max(0, lost))];
  });
  return [
    ...endedSuspensions(definition, intervals, resumed),
    ...endedRechecks(definition, rechecks, resumed),
    ...ended,
  ].sort((a, b) => a.since - b.since);
}
