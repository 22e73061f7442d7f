import { MINUTE_MS } from '../civil-time.ts';
import type { Calendar } from '../law/calendar.ts';
import { due } from '../law/due.ts';
import { firstOfficeHour } from '../law/timeline.ts';
import type { Procedure } from '../procedures/procedure.ts';

/** Why the platform could not open a draw as it was planned. */
export interface DrawPlanFailure {
  readonly code: string;
  readonly messageZh: string;
  readonly messageEn: string;
}

/** No rule names an hour: people of three parties are needed. */
const OFFICE_HOUR = 9;

/** When a draw begins (civil epoch ms). */
export interface PlannedDraw {
  readonly evaluationAt: number;
  /** So long before the evaluation; null: at the first office hour of the window of the law. */
  readonly leadMinutes: number | null;
}

/**
 * When the platform opens a planned draw (civil epoch ms); null: the law of the procedure knows no window, and nobody has
 * said how long before the evaluation it is.
 */
export function drawBegins(
  { committee }: Pick<Procedure, 'committee'>,
  { evaluationAt, leadMinutes }: PlannedDraw,
  calendar: Calendar,
): number | null {
  if (leadMinutes !== null) return evaluationAt - leadMinutes * MINUTE_MS;
  if (committee.window === undefined) return null;
  return firstOfficeHour(calendar, due(committee.window, evaluationAt, calendar).due, OFFICE_HOUR);
}
