import type { Calendar } from '../../domain/law/calendar.ts';
import { plan, type PlannedMilestone, type ProcurementFacts } from '../../domain/law/plan.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import type { TenderCase } from '../tender/case.ts';
import { factsOf } from './facts.ts';

/** The input of a tender's plan: its dates, and when its notice was in fact published. */
export interface DrawnTender {
  readonly tender: Parameters<typeof factsOf>[0];
  readonly notice: { readonly state: string; readonly actualAt: number | null } | undefined;
}

/** Periods run from the day on which the notice was in fact published. */
export function actualNotice({ notice }: Pick<DrawnTender, 'notice'>): Pick<ProcurementFacts, 'actual'> {
  return notice?.state === 'done' && notice.actualAt !== null ? { actual: { notice: notice.actualAt } } : {};
}

/** The milestones up to the opening by the tender's present dates. */
export function drawnBidding(of: DrawnTender, calendar: Calendar): { drawn: PlannedMilestone; window: boolean }[] {
  const { milestones } = procedureOf(of.tender);
  const upToOpening = milestones.slice(0, milestones.findIndex(({ key }) => key === 'opening') + 1);
  const windowOf = new Map(upToOpening.map(({ key, window = false }) => [key, window]));
  return plan({ ...factsOf(of.tender), ...actualNotice(of) }, calendar).milestones.flatMap((drawn) => {
    const window = windowOf.get(drawn.key);
    return window === undefined ? [] : [{ drawn, window }];
  });
}

/** Plans the timeline up to the opening by the tender's dates; what is done is kept. */
export function planBidding(c: TenderCase): void {
  const of = { tender: c.tender, notice: c.milestone(0, 'notice') };
  const before = c.milestone(0, 'opening')?.dueAt ?? null;
  for (const { drawn, window } of drawnBidding(of, c.tx.calendar)) c.timeline.planAsDrawn(0, drawn, { window });
  moveCommittees(c, before);
}

/** A committee (评标委员会) is due as long after the opening as it was. */
function moveCommittees(c: TenderCase, before: number | null): void {
  const opening = c.milestone(0, 'opening')?.dueAt ?? null;
  if (before === null || opening === null || before === opening) return;
  for (const { no } of c.lots) {
    const committee = c.milestone(no, 'committee');
    if (committee?.state !== 'planned' || committee.dueAt === null) continue;
    planCommittee(c, no, committee.dueAt + opening - before);
  }
}

/** Plans when the committee of a lot must be complete: at its evaluation, or, as long as nobody has set that, at the opening. */
export function planCommittee(c: TenderCase, lotNo: number, at: number | null): void {
  const { milestones } = c.definition;
  const { ifNobodyActs, counts = [] } = milestones.find(({ key }) => key === 'committee') ?? {};
  const meaning = ifNobodyActs && ifNobodyActs !== 'breach' ? { ifNobodyActs } : {};
  c.timeline.planAt(
    lotNo,
    'committee',
    at,
    counts.map(({ rule }) => rule),
    meaning,
  );
}
