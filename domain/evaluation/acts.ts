import type { PriceCorrection } from '../decisions.ts';
import type { Claim, Failed, ScoringInput } from './scoring/input.ts';
import type { Exact } from './scoring/fraction.ts';
import type { Reopened } from './reopened.ts';
import type { Signature } from './sheets/decisions.ts';
import type { SheetPart } from './sheets/marks.ts';
import type { PresenceAct } from './venues.ts';

// What members of a committee, bidders and the purchaser do in an evaluation.

/**
 * What a committee asks of a bidder: to explain a low price; to confirm a corrected one; or 澄清, on one of the grounds of the law (from 1).
 */
export type Inquiry =
  | { readonly on: 'low-price' }
  | { readonly on: 'correction'; readonly motionId: string }
  | ({ readonly on: 'clarification' } & Clarification);

export interface Clarification {
  /** The item of the article. */
  readonly ground: number;
  readonly textZh: string;
  /** What the bidder confirms, or does not, one by one. */
  readonly confirm: readonly string[];
  /** It is of the blind part: members know the bid by its number. */
  readonly blind?: boolean | undefined;
}

/** What a committee decides by its majority. */
export type Motion =
  /** The price of a bid that was handed in without a seal: it is in no manifest. */
  | { readonly on: 'price'; readonly bidId: string; readonly priceFen: number }
  /** `minutes`: how long the bidder may take to confirm it. */
  | {
      readonly on: 'correction';
      readonly bidId: string;
      readonly minutes: number;
      readonly corrections: readonly PriceCorrection[];
    }
  | { readonly on: 'brand'; readonly bidId: string; readonly brand: string }
  | { readonly on: 'claims'; readonly bidId: string; readonly claims: readonly Claim[] }
  | { readonly on: 'deviations'; readonly bidId: string; readonly deviations: Readonly<Record<string, Exact>> }
  | { readonly on: 'low-price'; readonly bidId: string; readonly reasonable: boolean; readonly reasonZh: string }
  | ({ readonly on: 'clarification'; readonly bidId: string; readonly minutes: number } & Clarification)
  /** 评分畸高、畸低: the mark of a member that a recheck was referred for (财政部令87号 64). */
  | {
      readonly on: 'outlier';
      readonly bidId: string;
      readonly item: string;
      readonly memberId: string;
      readonly reasonZh: string;
    }
  | { readonly on: 'competition'; readonly left: 'sufficient' | 'insufficient'; readonly reasonZh: string };

export const MOTIONS = [
  'price',
  'correction',
  'brand',
  'claims',
  'deviations',
  'low-price',
  'clarification',
  'outlier',
  'competition',
] as const satisfies readonly Motion['on'][];

export type CommitteeAct =
  /** 资格审查 by the purchaser, where it is the purchaser's to do: a bid that does not qualify. */
  | ({ readonly kind: 'unqualified'; readonly bidId: string } & Pick<Failed, 'item' | 'ground' | 'reasonZh'>)
  /** Of a representative; an expert's is kept with the call. */
  | { readonly kind: 'cleared' }
  | { readonly kind: 'leader'; readonly memberId: string }
  /** 签署: the own sheets of a part. */
  | { readonly kind: 'part'; readonly part: SheetPart; readonly hash: string }
  | { readonly kind: 'answer'; readonly key: string; readonly reasonZh: string }
  | { readonly kind: 'motion'; readonly motion: Motion }
  | { readonly kind: 'vote'; readonly motionId: string; readonly yes: boolean }
  /** A bidder is to answer until then (civil epoch ms). */
  | { readonly kind: 'ask'; readonly bidId: string; readonly until: number; readonly about: Inquiry }
  /** Of a bidder; `name`: who signs it. */
  | {
      readonly kind: 'explanation';
      readonly requestId: string;
      readonly textZh: string;
      /** Of each item that it was asked to confirm. */
      readonly confirmed: readonly boolean[];
      readonly name: string | null;
    }
  /** The time was over, and nobody had answered. */
  | { readonly kind: 'unanswered'; readonly requestId: string }
  | { readonly kind: 'confirmation'; readonly motionId: string; readonly yes: boolean; readonly name: string }
  /** A member finds the time too short. */
  | { readonly kind: 'more-time'; readonly reasonZh: string }
  /** Of the purchaser: the evaluation may last until then (civil epoch ms). */
  | { readonly kind: 'extended'; readonly until: number; readonly asking: number; readonly of: number }
  /** Of the report; `hash` of the outcome that it is of. */
  | {
      readonly kind: 'signature';
      readonly as: Signature['as'];
      readonly reasonsZh: string | null;
      readonly hash: string;
    }
  /** The leader ends the signing (civil epoch ms): who has not signed by then refused to, without reasons. */
  | { readonly kind: 'close'; readonly until: number }
  | PresenceAct
  | Reopened
  /** What was reported. */
  | { readonly kind: 'report'; readonly decisionId: string; readonly documentId: string; readonly input: ScoringInput };

export interface RecordedAct {
  readonly id: string;
  /** A member, the purchaser, the centre, or the bid whose bidder did it. */
  readonly by: string;
  readonly act: CommitteeAct;
  readonly at: number;
}
