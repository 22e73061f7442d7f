import type { MilestoneKey } from '../law/milestones.ts';
import { FINAL_LOT_STAGES, LOT_STAGES, type LotStage, type ProcurementStage } from '../stages.ts';
import type { Ends, Procedure, StageDefinition, UnattendedAct } from './procedure.ts';

/** What comes next by itself: an act with its civil instant (`at` null: people act first), or the end. */
export type Next =
  | { readonly ended: false; readonly at: null; readonly act: null }
  | { readonly ended: false; readonly at: number; readonly act: UnattendedAct }
  | { readonly ended: true; readonly at: null; readonly act: null };

/** The fields of a milestone that the order needs (civil epoch ms). */
interface OrderedMilestone {
  readonly key: MilestoneKey;
  /** The last instant that is in time. */
  readonly dueAt: number | null;
  readonly overdue: boolean;
}

/** What a tender's next acts depend on. Lot 0 is the procurement as a whole. */
export interface Standing {
  readonly definition: Pick<Procedure, 'stages'>;
  readonly procurement: {
    readonly stage: ProcurementStage;
    readonly noticeAt: number;
    readonly bidDeadline: number | null;
  };
  readonly lots: readonly { readonly no: number; readonly stage: LotStage }[];
  milestone(lotNo: number, key: MilestoneKey): OrderedMilestone | undefined;
  /** What is planned and not yet done. */
  outstanding(lotNo: number): readonly OrderedMilestone[];
  /** Whether the clock of a milestone is suspended. */
  isSuspended(lotNo: number, key: MilestoneKey): boolean;
}

/** At once: there is nothing to wait for. */
const NOW = 0;
const PEOPLE: Next = { ended: false, at: null, act: null };
const ENDED: Next = { ended: true, at: null, act: null };
const by = (act: UnattendedAct, at: number | null): Next => (at === null ? PEOPLE : { ended: false, at, act });

/** The stage of a list. @throws Error where there is none: written by a newer release, or invalid; nothing is guessed */
function stageOf<S extends string>(stages: readonly StageDefinition<S>[], stage: S | undefined): StageDefinition<S> {
  const found = stages.find((each) => each.stage === stage);
  if (!found) throw new Error(`unknown stage ${String(stage)}`);
  return found;
}

/** Whether a stage may lead to another. */
export const mayLead = <S extends string>(stages: readonly StageDefinition<S>[], from: S, to: S): boolean =>
  stages.some(({ stage, next }) => stage === from && next.includes(to));

/** The stages that may lead to another. */
export const leadingTo = <S extends string>(stages: readonly StageDefinition<S>[], to: S): S[] =>
  stages.filter(({ next }) => next.includes(to)).map(({ stage }) => stage);

/** The next act of the procurement as a whole (lot 0), as the order of its procedure says. */
export function nextOfProcurement(tender: Standing): Next {
  // Nobody waits for a draft, nor for one whose launch was withdrawn: its launch starts a workflow.
  if (tender.procurement.stage === 'draft') return ENDED;
  return nextOf(tender, 0, stageOf(tender.definition.stages.procurement, tender.procurement.stage).ends);
}

/** The next act of a lot (标段 / 包). Until it is opened it follows its procurement, without a workflow of its own. */
export function nextOfLot(tender: Standing, lotNo: number): Next {
  const stage = tender.lots.find(({ no }) => no === lotNo)?.stage;
  if (owes(tender, lotNo, stage)) return nextDuty(tender, lotNo);
  return sooner(nextOf(tender, lotNo, stageOf(tender.definition.stages.lot, stage).ends), recheckEnd(tender, lotNo));
}

/** The end of the time that the committee has to look again, in any stage. */
function recheckEnd(tender: Standing, lotNo: number): Next {
  const recheck = tender.outstanding(lotNo).find(({ key, overdue }) => key === 'recheck' && !overdue);
  return by('review-duties', after(recheck?.dueAt ?? null));
}

const sooner = (one: Next, other: Next): Next =>
  one.ended || other.at === null || (one.at !== null && one.at <= other.at) ? one : other;

function nextOf(tender: Standing, lotNo: number, ends: Ends): Next {
  switch (ends.by) {
    case 'people':
    case 'opening':
      return PEOPLE;
    case 'procurement':
    case 'nothing':
      return ENDED;
    case 'instant': {
      const { noticeAt, bidDeadline } = tender.procurement;
      return tender.isSuspended(lotNo, ends.of) ? PEOPLE : by(ends.act, ends.of === 'notice' ? noticeAt : bidDeadline);
    }
    case 'period': {
      if (tender.isSuspended(lotNo, ends.of)) return PEOPLE;
      const period = tender.milestone(lotNo, ends.of);
      const last = period && !period.overdue ? period.dueAt : null;
      return by(ends.act, after(last) ?? (ends.without === 'at-once' ? NOW : null));
    }
    case 'lots':
      return haveEnded(tender, FINAL_LOT_STAGES) ? by(ends.act, NOW) : PEOPLE;
    case 'duties':
      if (ends.then === 'people' || tender.outstanding(lotNo).length > 0) return nextDuty(tender, lotNo);
      if (lotNo === 0 && !haveEnded(tender, LOT_STAGES)) return PEOPLE;
      return ends.then === 'ended' ? ENDED : by('review-duties', NOW);
  }
}

/** Whether a lot was terminated by itself, and its deposits are not back yet: then it ends with the last of them. */
const owes = (tender: Standing, lotNo: number, stage: LotStage | undefined): boolean =>
  stage === 'terminated' && tender.outstanding(lotNo).length > 0;

const haveEnded = (tender: Standing, stages: readonly LotStage[]): boolean =>
  tender.lots.every(({ no, stage }) => stages.includes(stage) && !owes(tender, no, stage));

/** A period includes its last instant. */
const after = (lastInstant: number | null): number | null => (lastInstant === null ? null : lastInstant + 1);

/** Duties, each with its limit: what is overdue is put on the record. */
function nextDuty(tender: Standing, lotNo: number): Next {
  const instants = tender
    .outstanding(lotNo)
    .filter(({ key, overdue }) => !overdue && !tender.isSuspended(lotNo, key))
    .flatMap(({ dueAt }) => after(dueAt) ?? []);
  return by('review-duties', instants.length === 0 ? null : Math.min(...instants));
}

/** The stages in which a lot has a workflow of its own, in any procedure; besides, one that was terminated and owes deposits. */
export const GOING_LOT_STAGES: readonly LotStage[] = ['evaluation', 'publicity', 'award', 'contract', 'performance'];
