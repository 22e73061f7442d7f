import type { AwardGround, RecheckGround } from '../decisions.ts';
import type { ForfeitGround } from '../deposits/grounds.ts';
import type { MilestoneKey } from '../law/milestones.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { LotStage } from '../stages.ts';

// What may follow a report: its committee may look at it again (复核), and an award may be lost.

/** A ground on which a procedure lets the committee look again. */
export interface RecheckGroundDefinition {
  readonly rule: RuleId;
  /** The stages of the lot in which it may be referred. */
  readonly stages: readonly LotStage[];
  /** A grievance about the result is referred with it. */
  readonly ofGrievance?: true;
  /** What it is about, where the documents' items decide: the examination of the bids, or the marks. */
  readonly about?: 'review' | 'marks';
  /** The committee itself must find it, by its majority, before a mark is changed. */
  readonly found?: true;
  /** What the platform itself evaluates cannot be wrong in this way. */
  readonly excludedHere?: true;
}

export interface RecheckDefinition {
  readonly grounds: Readonly<Partial<Record<RecheckGround, RecheckGroundDefinition>>>;
  /** The rule that allows no other ground. */
  readonly only: RuleId;
  /** A query that is referred must be about one of the grounds; absent: a grievance is a ground of its own. */
  readonly onGrievance?: RuleId;
  /** The clock that stands still while the committee looks again, by the stage of the lot. */
  readonly suspends: Readonly<Partial<Record<LotStage, MilestoneKey>>>;
  /** It is reported to the supervisor in writing. */
  readonly report?: RuleId;
}

/** 取消中标资格: what may follow where an award is not taken up, or does not stand. */
export interface ReplacementDefinition {
  /** Why a winner loses the award, each by its rule: a closed list. */
  readonly grounds: Readonly<Partial<Record<AwardGround, RuleId>>>;
  /** The rule of the choice between the next-ranked and a new tender. */
  readonly rule: RuleId;
  /** The deposit is kept, on the ground of deposits that is named. */
  readonly keepsDeposit: Readonly<Partial<Record<AwardGround, ForfeitGround>>>;
  /** The next-ranked follows only while this rule's number of conforming bids is left. */
  readonly enough?: Readonly<Partial<Record<AwardGround, RuleId>>>;
  /** That the result has changed is reported in writing, where a grievance led to it. */
  readonly report?: RuleId;
  /** Who refused the contract takes no part in the new tender. */
  readonly barred?: RuleId;
  /** What else follows for who has lost the award: on record, for who supervises it. */
  readonly consequences?: Readonly<Partial<Record<AwardGround, readonly RuleId[]>>>;
}
