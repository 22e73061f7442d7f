import type { MilestoneKey } from '../law/milestones.ts';
import { FINAL_LOT_STAGES, type LotStage, type ProcurementStage } from '../stages.ts';

/** What the platform does by itself at an instant. */
export type UnattendedAct =
  'publish-tender' | 'close' | 'conclude' | 'end-publicity' | 'award-period-end' | 'review-duties';

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
  readonly procurement: {
    readonly stage: ProcurementStage;
    readonly noticeAt: number;
    readonly bidDeadline: number | null;
  };
  readonly lots: readonly { readonly no: number; readonly stage: LotStage }[];
  milestone(lotNo: number, key: MilestoneKey): OrderedMilestone | undefined;
  /** What is planned and not yet done. */
  outstanding(lotNo: number): readonly OrderedMilestone[];
  /** Whether the clock of a milestone is stopped. */
  stands(lotNo: number, key: MilestoneKey): boolean;
}

/** At once: there is nothing to wait for. */
const NOW = 0;
const PEOPLE: Next = { ended: false, at: null, act: null };
const ENDED: Next = { ended: true, at: null, act: null };
const by = (act: UnattendedAct, at: number | null): Next => (at === null ? PEOPLE : { ended: false, at, act });

/**
 * The order of a procurement: what each stage waits for, and what the platform does then.
 * @returns the next act of the procurement as a whole (lot 0)
 */
export function nextOfProcurement(tender: Standing): Next {
  const { procurement } = tender;
  switch (procurement.stage) {
    case 'draft':
      return PEOPLE;
    // 招标公告: at the announced instant.
    case 'launched':
      return by('publish-tender', procurement.noticeAt);
    // 投标截止与开标 at the same instant (招标投标法 34, 财政部令87号 39); an objection stops the clock.
    case 'bidding':
      return tender.stands(0, 'bid-deadline') ? PEOPLE : by('close', procurement.bidDeadline);
    // 开标 of sealed bids: a workflow of its own combines custodians and bids.
    case 'opening':
      return PEOPLE;
    // 评标 … 合同: each lot continues on its own, and the procurement ends with the last.
    case 'evaluation':
      return tender.lots.every(({ stage }) => FINAL_LOT_STAGES.includes(stage)) ? by('conclude', NOW) : PEOPLE;
    // 终止后退还费用和保证金 (招标投标法实施条例 31, 财政部令87号 29).
    case 'terminated':
      return tender.outstanding(0).length === 0 ? ENDED : nextDuty(tender, 0);
    case 'concluded':
      return ENDED;
    default:
      return unknownStage(procurement.stage);
  }
}

/** The order of a lot (标段 / 包), from its evaluation to the end of its last duty. */
export function nextOfLot(tender: Standing, lotNo: number): Next {
  const stage = tender.lots.find(({ no }) => no === lotNo)?.stage;
  switch (stage) {
    // Until it is opened a lot follows its procurement: a workflow of its own would have nothing to wait for.
    case 'pending':
    case 'opening':
      return ENDED;
    // 评标: until the committee's report is delivered.
    case 'evaluation':
      return PEOPLE;
    // 公示 (tendering): candidates stand public; an objection stops the clock (条例 54).
    case 'publicity': {
      const until = tender.milestone(lotNo, 'publicity-end')?.dueAt ?? null;
      return tender.stands(lotNo, 'publicity-end') ? PEOPLE : by('end-publicity', after(until) ?? NOW);
    }
    // 定标: government, a purchaser silent to the end of the period is deemed to have chosen the first-ranked (87号令 68).
    case 'award': {
      const award = tender.milestone(lotNo, 'award');
      return by('award-period-end', award && !award.overdue ? after(award.dueAt) : null);
    }
    // 中标通知 … 合同: duties, each with its limit; what is overdue is recorded.
    case 'contract':
      return nextDuty(tender, lotNo);
    // 公告、备案、退保证金; after the last of them the lot is archived.
    case 'performance':
      return tender.outstanding(lotNo).length === 0 ? by('review-duties', NOW) : nextDuty(tender, lotNo);
    case 'archived':
    case 'stopped':
    case 'terminated':
      return ENDED;
    default:
      return unknownStage(stage);
  }
}

/** A period includes its last instant. */
const after = (lastInstant: number | null): number | null => (lastInstant === null ? null : lastInstant + 1);

function nextDuty(tender: Standing, lotNo: number): Next {
  const instants = tender
    .outstanding(lotNo)
    .filter(({ key, overdue }) => !overdue && !tender.stands(lotNo, key))
    .flatMap(({ dueAt }) => after(dueAt) ?? []);
  return by('review-duties', instants.length === 0 ? null : Math.min(...instants));
}

/** Written by a newer release, or invalid: nothing is guessed. */
function unknownStage(stage: unknown): never {
  throw new Error(`unknown stage ${String(stage)}`);
}

/** The stages in which a lot has a workflow of its own. */
export const GOING_LOT_STAGES: readonly LotStage[] = ['evaluation', 'publicity', 'award', 'contract', 'performance'];
