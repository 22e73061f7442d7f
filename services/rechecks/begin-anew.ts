import type { Actor } from '../../db/audit.ts';
import { latestDraw, type Draw } from '../../db/committees/draws.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { actsOf } from '../../db/evaluation/sheets.ts';
import { record } from '../evaluation/proceedings.ts';
import type { TenderCase } from '../tender/case.ts';
import { allBids } from './begin.ts';
import { openRecheck } from './open.ts';

/**
 * 重新组建: what the former committee found is void, also in a recheck, where the other one judges all bids anew. Whom the purchaser found
 * not to qualify, it has found (财政部令87号 44).
 * @rule gp-committee-replacement
 */
export async function beginAnew(
  c: TenderCase,
  actor: Actor,
  { before, draw }: { readonly before: Draw; readonly draw: Draw },
): Promise<void> {
  const { tx } = c;
  for (const { by, act } of await actsOf(tx.q, before.id)) {
    if (act.kind !== 'unqualified') continue;
    const { bidId, item, ground } = act;
    await record(tx, draw, { by, actor, act, detail: { bidId, item, ground } });
  }
  const place = { procurementId: draw.procurementId, lotNo: draw.lotNo };
  const [recheck, stated, report] = await Promise.all([
    openRecheck(c, draw.lotNo),
    schemeOf(tx.q, place),
    latestDecision(tx.q, place, 'report'),
  ]);
  if (!recheck || !stated || report?.payload.made !== 'here') return;
  const bidIds = await allBids(c, draw.lotNo);
  await record(tx, draw, {
    ...{ by: 'purchaser', actor },
    act: { kind: 'reopen', recheckId: recheck.id, from: 'review', bidIds, items: null, found: false },
    detail: { recheckId: recheck.id, bidIds },
  });
}

/** Whether another committee was drawn since the recheck was referred: it may change everything. */
export const isAnew = async (
  { tx, id }: TenderCase,
  lotNo: number,
  { receivedAt }: Pick<Decision, 'receivedAt'>,
): Promise<boolean> => ((await latestDraw(tx.q, { procurementId: id, lotNo }))?.openedAt ?? 0) >= receivedAt;
