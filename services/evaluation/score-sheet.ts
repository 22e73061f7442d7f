import { drawsOf } from '../../db/committees/draws.ts';
import { actsAmong } from '../../db/evaluation/sheets.ts';
import { openedBids, unsealingsOf } from '../../db/openings/unsealings.ts';
import type { Queries } from '../../db/access/database.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { evaluate } from '../../domain/evaluation/scoring/evaluate.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { sheetOf, type ScoreSheet } from '../../proofs/sheet.ts';
import { tieOrderOf } from './tie-order.ts';

/**
 * 得分说明: the score sheet of a bidder, from what was reported.
 * @throws DomainError `not-found` for who did not bid, or where the evaluation was not held here
 */
export async function scoreSheetOf(q: Queries, place: TenderPlace, supplierId: string): Promise<ScoreSheet> {
  const { procurementId, lotNo } = place;
  const unknown = () => notFound('score-sheet', `${procurementId}/lot/${lotNo}`);
  const bids = await openedBids(q, procurementId, lotNo);
  const own = bids.find((each) => each.supplierId === supplierId);
  if (!own) throw unknown();
  // Of whichever committee: one that is drawn for a recheck has reported nothing yet.
  const draws = (await drawsOf(q, place)).map(({ id }) => id);
  const reported = (await actsAmong(q, draws, ['report']))
    .flatMap(({ act }) => (act.kind === 'report' ? [act] : []))
    .at(-1);
  if (!reported) throw unknown();
  const { input } = reported;
  const order = tieOrderOf(place, bids, await unsealingsOf(q, procurementId));
  const sheet = sheetOf(order, input, evaluate(input), own.id, (rule) => citationOf(rule));
  if (!sheet) throw unknown();
  return sheet;
}
