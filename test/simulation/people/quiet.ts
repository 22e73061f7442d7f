import { nextOfLot, nextOfProcurement } from '../../../domain/procedures/order.ts';
import { standingOf } from '../../../services/tender/advance.ts';
import type { Story } from './story.ts';

/** Whether nothing is due by itself: what is due is done first, whoever acts. */
export function isQuiet({ seen }: Story, at: number): boolean {
  if (!seen) return true;
  const standing = standingOf(seen);
  const next = [nextOfProcurement(standing), ...seen.lots.map(({ no }) => nextOfLot(standing, no))];
  return next.every((each) => each.at === null || each.at > at);
}
