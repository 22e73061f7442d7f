import { nextOfLot, nextOfProcurement } from '../../../domain/procedures/order.ts';
import { FINAL_LOT_STAGES, LOT_STAGES_AT } from '../../../domain/stages.ts';
import { standingOf } from '../../../services/tender/advance.ts';
import { LAWFUL_ORDER } from '../../setup/tenders/lawful-order.ts';
import type { Seen } from './judge.ts';

export function* stagesAgree({ now }: Seen): Iterable<string> {
  const { stage } = now.procurement;
  for (const lot of now.lots) {
    if (!LOT_STAGES_AT[stage].includes(lot.stage)) yield `lot ${lot.no} is at ${lot.stage} in a tender at ${stage}`;
  }
}

/** Nothing before what the law has before it, nothing unattended before its instant, and nothing deemed at another. */
export function* inOrder({ now }: Seen): Iterable<string> {
  for (const { no } of now.lots) {
    let last: { key: string; at: number } = { key: 'the beginning', at: 0 };
    // What an earlier evaluation led to stays on the timeline until the next one replaces it.
    const again = Math.max(
      0,
      ...now.grievances.map((each) => (each.lotNo === no && each.effect === 're-evaluate' ? (each.repliedAt ?? 0) : 0)),
    );
    for (const key of LAWFUL_ORDER) {
      const row = now.milestones.find((each) => each.key === key && (each.lotNo === 0 || each.lotNo === no));
      if (!row || row.actualAt === null || row.state === 'cancelled') continue;
      if (row.lotNo === no && row.actualAt <= again) continue;
      if (row.actualAt < last.at) yield `${key} of lot ${no} came ${last.at - row.actualAt} ms before ${last.key}`;
      last = { key, at: row.actualAt };
    }
  }
  for (const { key, lotNo, state, dueAt, actualAt } of now.milestones) {
    if (state === 'cancelled' || dueAt === null || actualAt === null) continue;
    const early = key === 'publicity-end' ? actualAt <= dueAt : actualAt < dueAt;
    if (['notice', 'bid-deadline', 'opening', 'publicity-end'].includes(key) && early)
      yield `${key} of lot ${lotNo} came ${dueAt - actualAt} ms early`;
    if (state === 'deemed' && actualAt !== dueAt)
      yield `${key} of lot ${lotNo} is deemed at another instant than its last`;
  }
}

/** Time or an act of somebody leads on from wherever a tender is; what has ended has nothing left to be done. */
export function* hasWayOut({ story, now }: Seen): Iterable<string> {
  const standing = standingOf(now);
  const { stage } = now.procurement;
  const open = now.grievances.some(({ state }) => state !== 'replied');
  const next = nextOfProcurement(standing);
  const { acts } = story.definition;
  const byPeople = (of: 'procurement' | 'lot', at: string): boolean =>
    Object.values(acts).some((act) => ((act[of] ?? []) as readonly string[]).includes(at));
  const goesOn = now.lots.some((lot) => !FINAL_LOT_STAGES.includes(lot.stage));
  if (!next.ended && next.at === null && stage !== 'draft' && !goesOn && !byPeople('procurement', stage) && !open)
    yield `a tender at ${stage} waits for nothing`;
  for (const lot of now.lots) {
    const following = nextOfLot(standing, lot.no);
    if (following.ended || following.at !== null) continue;
    if (!byPeople('lot', lot.stage) && !open && stage !== 'opening')
      yield `lot ${lot.no} at ${lot.stage} waits for nothing`;
  }
}
