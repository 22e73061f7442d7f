import type { MemberKind } from '../committees/composition.ts';
import type { PresenceLine } from './presence.ts';
import type { Reopened } from './reopened.ts';
import type { RequestState } from './requested.ts';
import type { MotionState, PartState } from './proceedings.ts';
import type { Scheme } from './scheme/scheme.ts';
import type { Outcome } from './scoring/outcome.ts';
import type { TieTerms } from './scoring/tie-order.ts';
import type { NumberedBid } from './sheets/blind.ts';
import type { Answer } from './sheets/before-signing.ts';
import type { Signature, Signing } from './sheets/decisions.ts';
import type { MarkSheet } from './sheets/marks.ts';
import type { Seating } from './venues.ts';

/** 评标报告 as it is printed: every mark, reason, dissent and formula. Members are numbers: their names are secret until the award. */
export interface EvaluationRecord {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly procurement: string;
  readonly lotTitle: string;
  readonly words: { readonly evaluation: string; readonly committee: string; readonly bid: string };
  readonly drill: boolean;
  readonly scheme: Scheme;
  readonly schemeHash: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly kind: MemberKind;
    readonly replaced: boolean;
    readonly signature: Signature['as'] | null;
    readonly reasonsZh: string | null;
  }[];
  readonly leader: string | null;
  /** Of a report that follows a recheck: what was looked at again. */
  readonly reopened: Pick<Reopened, 'recheckId' | 'bidIds' | 'items'> | null;
  readonly bids: readonly { readonly bidId: string; readonly supplier: string }[];
  /** 暗标编号; null: nothing was blind. */
  readonly numbering: {
    readonly secret: string;
    readonly commitment: string;
    readonly bids: readonly NumberedBid[];
  } | null;
  readonly sheets: readonly MarkSheet[];
  readonly findings: readonly PartState['findings'][number][];
  readonly answers: readonly Answer[];
  readonly motions: readonly MotionState[];
  readonly requests: readonly RequestState[];
  /** When the purchaser extended the time, until when, and how many of how many members had asked (条例 48). */
  readonly extensions: readonly {
    readonly at: number;
    readonly until: number;
    readonly asking: number;
    readonly of: number;
  }[];
  /** Where it sat, as stated last; null: nobody stated it. */
  readonly seating: Seating | null;
  /** Who was checked in, left and came back, and at which venue. */
  readonly presence: readonly Pick<PresenceLine, 'at' | 'event' | 'memberId' | 'venue'>[];
  readonly outcome: Outcome;
  /** Of equal bids. */
  readonly tieRule: string;
  /** 随机抽取: the bids in the random order, and all that it comes from; null: it decided nothing. */
  readonly drawn: {
    readonly terms: TieTerms;
    readonly bids: readonly { readonly bidId: string; readonly file: string }[];
  } | null;
  readonly signing: Signing;
  readonly rules: Readonly<Record<string, string>>;
  /** When the last member signed (civil epoch ms). */
  readonly endedAt: number;
}
