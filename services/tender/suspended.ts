import type { Queries } from '../../db/access/database.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import { grievanceIntervalsOf, openPausesOf } from '../../db/tender/suspensions.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { orderedPause, suspendedBy, type Suspended } from '../../domain/suspended.ts';

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
  const [intervals, pauses] = await Promise.all([grievanceIntervalsOf(q, ids), openPausesOf(q, ids)]);
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
          ...paused.map((pause) => orderedPause(definition, pause)),
        ],
      ];
    }),
  );
}

/** Of one tender. */
export const suspendedIn = async (q: Queries, tender: ProcurementRow, now: number): Promise<readonly Suspended[]> =>
  (await suspendedOf(q, [tender], now)).get(tender.id) ?? [];
