import type { PoolLevel } from '../experts/pool.ts';
import type { RuleId } from '../law/rulebook.ts';

/** How the committee of a procedure is made (评标委员会, 询价小组): each point by its rule. */
export interface CommitteeDefinition {
  /** Experts are drawn at random from a pool. */
  readonly random: RuleId;
  /** Pools of these levels only (`random` says so); absent: any. */
  readonly poolLevels?: readonly PoolLevel[];
  /** Where that fails, the purchaser may choose experts itself: with the consent of its authority, or for a reason on file. */
  readonly direct: { readonly rule: RuleId; readonly needs: 'consent' | 'reason' };
  /** The names are secret until the result. */
  readonly secret: RuleId;
  /** The draw is not earlier than so long before the evaluation; a reason on record allows it. */
  readonly window?: RuleId;
  /** The members are usually settled before the opening. */
  readonly beforeOpening?: RuleId;
  /** The purchaser’s representative is not its leader (组长); absent: may be. */
  readonly purchaserNotLeader?: RuleId;
  /** Where more than this share of the members ask for more time, the purchaser extends it; absent: no article says so. */
  readonly moreTime?: RuleId;
  /** When a member is replaced, and what becomes of what he did. */
  readonly replacement: { readonly rule: RuleId; readonly void?: RuleId };
  /** No committee in time: the evaluation stops, and another is made. */
  readonly shortfall: RuleId;
  readonly bars: {
    readonly qualification: RuleId;
    readonly kin: RuleId;
    readonly interest: RuleId;
    /** What has ended counts for so many years; absent: only what lasts does. */
    readonly recent?: RuleId;
    /** Staff of the purchaser, of the agency, of an authority; absent: no article says so, and they are excluded without one. */
    readonly purchaser?: RuleId;
    readonly agency?: RuleId;
    readonly authority?: RuleId;
    /** Who was a member of the committee whose result did not stand. */
    readonly again?: RuleId;
  };
}
