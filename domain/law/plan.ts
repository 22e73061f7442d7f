import { procedureOf } from '../procedures/index.ts';
import { layOut } from '../procedures/layout.ts';
import type { Calendar } from './calendar.ts';
import { assertInstants, type ProcurementFacts } from './facts.ts';
import { MILESTONES } from './milestones.ts';
import { RULEBOOK_VERSION } from './rulebook.ts';
import { Timeline, type PlannedMilestone } from './timeline.ts';

export type { Kind, LotFacts, Procedure, ProcurementFacts, Regime } from './facts.ts';
export { MILESTONES, type MilestoneKey } from './milestones.ts';
export type { AppliedRule, Bilingual, Effect, MilestoneState, PlannedMilestone } from './timeline.ts';

/** The whole legal timeline of a procurement, in the order of `MILESTONES`. */
export interface Plan {
  readonly facts: ProcurementFacts;
  readonly calendarHash: string;
  readonly rulebookVersion: string;
  readonly milestones: readonly PlannedMilestone[];
}

/**
 * Draws the timeline. What is given stays as given, lawful or not (`check` judges it); what is missing is proposed or
 * projected: duties at their latest lawful instant, windows at their end.
 * @throws DomainError `procedure-not-supported`, `bad-instant`, `calendar-year-not-loaded`
 */
export function plan(facts: ProcurementFacts, calendar: Calendar): Plan {
  const definition = procedureOf(facts);
  assertInstants(facts);
  const timeline = new Timeline(facts, calendar, definition.words);
  layOut(definition, timeline);
  const order = new Map(MILESTONES.map((key, index) => [key, index]));
  return {
    facts,
    calendarHash: calendar.hash,
    rulebookVersion: facts.rulebookVersion ?? RULEBOOK_VERSION,
    milestones: timeline.milestones.sort((a, b) => (order.get(a.key) ?? 0) - (order.get(b.key) ?? 0)),
  };
}

/** The milestone of a plan, if its regime has it. */
export function milestoneOf(
  timeline: Pick<Plan, 'milestones'>,
  key: PlannedMilestone['key'],
): PlannedMilestone | undefined {
  return timeline.milestones.find((milestone) => milestone.key === key);
}
