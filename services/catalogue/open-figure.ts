import type { TenderCase } from '../tender/case.ts';
import { catalogueView } from './in-force.ts';

/** Whether the amount reaches the figure for open tenders, where that decides the size of the committee. */
export async function reachesOpenFigure({ tx, tender, rules }: TenderCase): Promise<boolean> {
  if (rules.committeeMinOpenFigure === undefined) return false;
  const { threshold } = await catalogueView(tx.q, tender);
  return threshold !== null && threshold.openFen !== null && tender.budgetFen >= threshold.openFen;
}
