import type { Kind } from '../law/facts.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { ForfeitGround } from './grounds.ts';

/** 投标保证金. */
export interface DepositDefinition {
  /** A bid without its deposit is invalid, where the documents say so. */
  readonly invalidWithout: RuleId;
  /** Required before the bid deadline by the law itself, and not only by the documents. */
  readonly before?: RuleId;
  /** A guarantee must be valid as long as the bids. */
  readonly validity?: RuleId;
  /** It may not be restricted to money. */
  readonly forms?: RuleId;
  /** Grounds for keeping it, each by its rule: a closed list. */
  readonly forfeit: Readonly<Partial<Record<ForfeitGround, RuleId>>>;
  /** Money of several bidders from accounts of one payer: they are deemed to collude. */
  readonly sharedAccount?: RuleId;
  /** In a mandatory tender the money must come from the bidder's base account. */
  readonly baseAccount?: RuleId;
  /** Caps on its amount besides its share of the budget, by what is bought. */
  readonly caps?: Readonly<Partial<Record<Kind, RuleId>>>;
  /**
   * By which rules interest is paid with the refund after the contract, and after a termination; and money for each day after
   * the last day. Absent: the law says nothing of it.
   */
  readonly interest: { readonly contract?: RuleId; readonly termination?: RuleId; readonly late?: RuleId };
}
