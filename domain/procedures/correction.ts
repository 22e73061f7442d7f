import type { MilestoneKey } from '../law/milestones.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { NoticeKind } from '../notices/data.ts';
import type { LotStage } from '../stages.ts';

/** What is counted again from the correction of a notice, in these stages of its lot. */
export interface Restart {
  /** The event that they are counted from. */
  readonly from: MilestoneKey;
  readonly milestones: readonly MilestoneKey[];
  readonly stages: readonly LotStage[];
  /** The stage to which the lot returns for it. */
  readonly stage?: LotStage;
}

/** 更正: how a published notice is put right. */
export interface CorrectionDefinition {
  /** The rule that asks for it; of some kinds, the one that says what they must state. */
  readonly rule: RuleId;
  readonly rules?: Readonly<Partial<Record<NoticeKind, RuleId>>>;
  /** Absent for a kind: nothing. */
  readonly restarts: Readonly<Partial<Record<NoticeKind, Restart>>>;
}
