import type { CommitteeDefinition } from '../committees/definition.ts';
import type { ContractDefinition } from '../contracts/definition.ts';
import type { CorrectionDefinition } from './correction.ts';
import type { RecheckDefinition, ReplacementDefinition } from './after-report.ts';
import type { EvaluationMethod } from '../evaluation/methods.ts';
import type { SchemeDefinition } from '../evaluation/scheme/definition.ts';
import type { MilestoneKey } from '../law/milestones.ts';
import type { AwardGround, CorrectionStep, DecisionKind, TerminationGround } from '../decisions.ts';
import type { DepositDefinition } from '../deposits/definition.ts';
import type { InviteeSource } from './invitees.ts';
import type { NoticeKind } from '../notices/data.ts';
import type { ContentLists } from '../notices/lists.ts';
import type { Kind, Procedure as ProcedureName, TenderRegime } from '../law/facts.ts';
import type { Bilingual, Effect } from '../law/timeline.ts';
import type { RuleScope } from '../law/rule.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { LotStage, ProcurementStage } from '../stages.ts';
import type { ProcedureWords } from './words.ts';

// What a procedure (采购方式) is, as data: a file each. Code elsewhere reads it, and never compares the regime or procedure.

/** The rules of a procedure, by purpose. Absent: it has no such rule. */
export interface ProcedureRules {
  readonly intention?: RuleId;
  readonly noticePeriod?: RuleId;
  /** How long documents are issued; absent: there is no period of issue, they come with the letter. */
  readonly documents?: RuleId;
  /** A second count of the document period, from another event. */
  readonly documentsFromIssue?: RuleId;
  /** Tender documents are announced with the result; absent: the law does not ask for it. */
  readonly documentsWithResult?: RuleId;
  /** The budget of the project is published, and divided whole among its lots. */
  readonly lotBudgets?: RuleId;
  /** A ceiling price is set within the budget; absent: no article limits it. */
  readonly ceiling?: RuleId;
  /** What may be charged for documents. */
  readonly documentsPrice?: RuleId;
  readonly bidPreparation: RuleId;
  readonly amendment: RuleId;
  readonly opening?: RuleId;
  readonly objectionDocuments: RuleId;
  readonly objectionDocumentsReply: RuleId;
  readonly minBidders: RuleId;
  readonly minQualified?: RuleId;
  readonly minConforming?: RuleId;
  /** Where too few conforming bids leave the decision to the committee instead of a failure. */
  readonly fewConforming?: RuleId;
  readonly committeeMin: RuleId;
  readonly committeeMin7?: RuleId;
  /** Budget from which `committeeMin7` applies. */
  readonly committee7Budget?: RuleId;
  /** Size of the committee from the figure for open tenders (公开招标数额标准). */
  readonly committeeMinOpenFigure?: RuleId;
  readonly committeeOdd: RuleId;
  readonly committeeExperts: RuleId;
  readonly candidatesMax?: RuleId;
  readonly candidatesMin?: RuleId;
  readonly reportDelivery?: RuleId;
  readonly publicityStart?: RuleId;
  readonly publicity?: RuleId;
  readonly resultGrievance: RuleId;
  readonly resultGrievanceReply: RuleId;
  readonly awardDecision?: RuleId;
  /** What applies when the purchaser does not decide. */
  readonly award: RuleId;
  readonly awardNotice?: RuleId;
  readonly awardAnnounce?: RuleId;
  readonly awardNoticePeriod?: RuleId;
  readonly contract: RuleId;
  readonly contractPublication?: RuleId;
  readonly contractFiling?: RuleId;
  readonly writtenReport?: RuleId;
  /** The same duty, counted from another event by another text: the earlier applies. */
  readonly writtenReportAlso?: RuleId;
  readonly depositsLosers: RuleId;
  readonly depositsWinner: RuleId;
  /** Absent: the law sets no time for it. */
  readonly withdrawalRefund?: RuleId;
  readonly termination: RuleId;
  readonly archive?: RuleId;
  readonly bidBondShare: RuleId;
  readonly performanceBond: RuleId;
  /** 评标、定标 must be done within the bid validity (投标有效期). */
  readonly bidValidity: RuleId;
  /** The documents must state the bid validity. */
  readonly bidValiditySet?: RuleId;
  /** Every bid was rejected. */
  readonly allRejected: RuleId;
  /** A grievance that affects the result was upheld: to be tendered again. */
  readonly resultInvalid: RuleId;
  /** A bid is refused that is late, an upload that is incomplete at the deadline, or not sealed as required. */
  readonly lateBid: RuleId;
  readonly incompleteBid: RuleId;
  readonly unsealedBid?: RuleId;
  /** A bid is withdrawn until the deadline only. */
  readonly lateWithdrawal: RuleId;
  /** A sealed bid that is not opened: through its bidder’s fault it counts as revoked, else as withdrawn. */
  readonly notDecrypted?: RuleId;
  /** An objection to the opening is made on the spot. */
  readonly openingObjection?: RuleId;
  /** The opening is recorded, and those present sign. */
  readonly openingRecord?: RuleId;
  /** Members of the committee are not present at the opening. */
  readonly committeeNotAtOpening?: RuleId;
  /** Who was not present is taken to accept the opening. */
  readonly absentAtOpening?: RuleId;
  /** It is signed within the validity of the bids, too. */
  readonly contractInValidity?: RuleId;
  /** The contract is on the terms of the documents and the bid. */
  readonly contractTerms?: RuleId;
  /** No contract is signed while a grievance is open. */
  readonly contractSuspension?: RuleId;
  /** A supervisor may order a suspension, of the opening too. */
  readonly openingPause: RuleId;
  /** An agency acts within its mandate only. */
  readonly agencyMandate: RuleId;
  /** The purchaser, who has an interest in common with it, the agency, and who operates the platform do not bid. */
  readonly purchaserNotBid: RuleId;
  readonly agencyNotBid: RuleId;
  readonly operatorNotBid?: RuleId;
  /** Bidders of one head, or one of which controls the other. */
  readonly relatedBidders: RuleId;
  /** Signs by which bidders are deemed to collude. */
  readonly deemedCollusion?: RuleId;
}

/** What a milestone is counted from: another one, the later of two, or the end of the day of one. */
export type From = MilestoneKey | { readonly later: readonly MilestoneKey[] } | { readonly endOfDayOf: MilestoneKey };

/** A rule on a milestone. */
export interface Count {
  readonly rule: RuleId;
  readonly from: From;
  readonly effect: Effect;
  /** Default `instant`. */
  readonly compare?: 'day' | 'instant';
  /** If the Nth day itself is a rest day, ending on it warns and does not block. */
  readonly arguableRoll?: true;
  /** It binds 依法必须进行招标的项目 only; for others it advises. */
  readonly bindsMandatory?: true;
  /** It only advises, and why. */
  readonly advisory?: Bilingual;
  /** The milestone may not come before that window has ended, whatever end was set for it. */
  readonly endOf?: MilestoneKey;
}

/**
 * The instant of a milestone that nobody has set. `earliest`, `latest`: that end of what its rules allow; `end`: the
 * end of its period; `latest-end`: its latest end where a holiday notice is not out; a key: the instant of that
 * milestone; `after`: once that window has ended; `officeHour`: the first such hour of a working day that its rules
 * and these milestones allow, but together with `as` where that is set.
 */
export type Otherwise =
  | 'given'
  | 'earliest'
  | 'latest'
  | 'end'
  | 'latest-end'
  | { readonly at: MilestoneKey }
  | { readonly after: MilestoneKey }
  | { readonly endOfDayOf: MilestoneKey }
  | { readonly officeHour: number; readonly notBefore: readonly MilestoneKey[]; readonly as?: MilestoneKey };

/** How suppliers come to take part. */
export type Entry =
  | { readonly by: 'notice' }
  | {
      readonly by: 'invitation';
      /** The least number of invited suppliers. */
      readonly min: RuleId;
      /** Lawful ways of choosing them. */
      readonly sources: readonly InviteeSource[];
      /** Cases in which the procedure may be chosen. */
      readonly grounds: RuleId;
      /** Cases (from 1) that need somebody's approval by themselves. */
      readonly approvedCases?: readonly number[];
      /** The most that the purchaser may recommend, as a share of all who are recommended. */
      readonly recommendedShare?: RuleId;
      /** Who runs the procurement may not be invited to it. */
      readonly conflict: RuleId;
    };

/** 法定节点. They are computed in the order of the definition: each may be counted from those above it. */
export interface MilestoneDefinition {
  readonly key: MilestoneKey;
  /** The calculation of the first is shown. */
  readonly counts?: readonly Count[];
  readonly otherwise: Otherwise;
  /** If it is not given, it is proposed, not only projected. */
  readonly proposed?: true;
  /** It closes by time alone: nobody acts at its end. */
  readonly window?: true;
  /** Of a running tender it is planned when the lot is archived, from that instant. */
  readonly atArchive?: true;
  /** What the law deems, or threatens, when nobody acts by then; `breach`: that of its first rule. */
  readonly ifNobodyActs?: Bilingual | 'breach';
}

/** A duty from an event to the end of its period; overdue after that. */
export const duty = (key: MilestoneKey, from: MilestoneKey, rule: RuleId): MilestoneDefinition => ({
  key,
  counts: [{ rule, from, effect: 'latest' }],
  otherwise: 'latest',
  ifNobodyActs: 'breach',
});

/** What the platform does by itself at an instant. */
export type UnattendedAct =
  'publish-tender' | 'close' | 'conclude' | 'end-publicity' | 'award-period-end' | 'review-duties';

/**
 * What ends a stage. `people`: only their acts; `opening`: the workflow that combines custodians and bids;
 * `procurement`: a lot follows its procurement; `instant`: when it has come; `period`: once its last instant has passed,
 * unless that is on the record as overdue (then people); `lots`: when every lot has ended; `duties`: each is reviewed at
 * its end, and what follows the last of them. Nothing happens by itself while a clock is suspended.
 */
export type Ends =
  | { readonly by: 'people' | 'opening' | 'procurement' }
  | { readonly by: 'instant'; readonly of: 'notice' | 'bid-deadline'; readonly act: UnattendedAct }
  | {
      readonly by: 'period';
      readonly of: MilestoneKey;
      readonly act: UnattendedAct;
      /** Where no period is planned; default: people act. */
      readonly without?: 'at-once';
    }
  | { readonly by: 'lots'; readonly act: UnattendedAct }
  | { readonly by: 'duties'; readonly then: 'people' | 'archived' | 'ended' }
  /** Nothing follows. */
  | { readonly by: 'nothing' };

/** A stage: what happens in it, what ends it, and the stages it may lead to. What is not listed is refused. */
export interface StageDefinition<S> extends Bilingual {
  readonly stage: S;
  readonly ends: Ends;
  /** The rule that ends it. */
  readonly rule?: RuleId;
  readonly next: readonly S[];
}

/** An act that is allowed in some stages only, and the rule that says so. */
export interface ActDefinition {
  readonly procurement?: readonly ProcurementStage[];
  readonly lot?: readonly LotStage[];
  readonly rule: RuleId;
}

/** What may be done after a lot failed. */
export interface NextStep extends Bilingual {
  readonly action: 'retender' | 'change-of-method' | 'no-tender';
}

/** A kind of grievance (异议 / 质疑) against one thing. */
export interface GrievanceDefinition {
  readonly rule: RuleId;
  /** Who may file it. */
  readonly who?: RuleId;
  readonly reply: RuleId;
  /** What it suspends the clock of; for a whole tender, in each lot that has it planned. */
  readonly suspends: MilestoneKey;
  /** The rule by which it does. */
  readonly suspension: RuleId;
}

export interface EvaluationDefinition {
  /** The methods that the documents may choose from, and the rule that says so. */
  readonly methods: readonly EvaluationMethod[];
  readonly rule: RuleId;
  /** By which rule the documents state the method, and whether its lack only warns; absent: there is nothing to choose. */
  readonly stated?: { readonly rule: RuleId; readonly warns?: true };
  /** The rule of the order in which a method ranks; absent: `rule`. */
  readonly order: Readonly<Partial<Record<EvaluationMethod, RuleId>>>;
  /** What ranks bids of one score; absent: the documents say. */
  readonly equalScores?: 'price';
  /** 否决投标、投标无效的情形: the items of this rule, numbered from 1. */
  readonly rejection: {
    readonly rule: RuleId;
    /** The item of those who are not qualified. */
    readonly unqualified?: number;
    /** The item of those whose price is above the limit, where it says nothing else. */
    readonly onlyOverPrice?: number;
    /** The item of those without the deposit that the documents ask for. */
    readonly deposit?: number;
    /** The item of consortia without their agreement. */
    readonly consortium?: number;
  };
  /** A price above the ceiling is invalid; where the budget binds, also one above it. */
  readonly overPrice: { readonly rule: RuleId; readonly budget: boolean };
  /** 报价修正: the lawful steps, in their order. */
  readonly correction: {
    readonly rule: RuleId;
    readonly steps: readonly CorrectionStep[];
    /** What a corrected price is that its bidder has not confirmed; absent where none is corrected. */
    readonly unconfirmed?: 'invalid' | 'not-binding';
  };
  /** 评标办法: what the machine-readable scheme of the documents may state, and how bids are scored under it. */
  readonly scheme: SchemeDefinition;
}

export interface Procedure {
  readonly regime: TenderRegime;
  readonly procedure: ProcedureName;
  /** Names of it in rules for some proceedings only. */
  readonly scope: RuleScope;
  readonly words: ProcedureWords;
  readonly entry: Entry;
  /** What a supplier may do with its offer until the deadline. */
  readonly offers: { readonly replaceable: true } | { readonly replaceable: false; readonly rule: RuleId };
  /** Whether the opening is public; else its record is published with the result. */
  readonly publicOpening: boolean;
  readonly evaluation: EvaluationDefinition;
  readonly committee: CommitteeDefinition;
  readonly contract: ContractDefinition;
  /** The notices that a procurement has which goes its whole way, in their order; others are published as they arise. */
  readonly notices: readonly NoticeKind[];
  /** What the law requires in a notice; for a kind that is not listed it has no list. */
  readonly noticeContents: ContentLists;
  readonly corrections: CorrectionDefinition;
  readonly rules: ProcedureRules;
  readonly milestones: readonly MilestoneDefinition[];
  /** The order of the procurement as a whole, and of each lot from its evaluation on, top to bottom. */
  readonly stages: {
    readonly procurement: readonly StageDefinition<ProcurementStage>[];
    readonly lot: readonly StageDefinition<LotStage>[];
  };
  readonly acts: Readonly<Record<DecisionKind, ActDefinition>>;
  readonly termination: {
    /** The only grounds for terminating it after the notice, and the rule that says so. */
    readonly grounds: readonly TerminationGround[];
    readonly rule: RuleId;
    /** Grounds on which texts differ: taken, with a warning by the rule. */
    readonly disputed?: readonly TerminationGround[];
  } & Bilingual;
  /** Why another candidate than the first-ranked may be chosen; the rule is `rules.award`. */
  readonly otherThanFirst: readonly AwardGround[];
  readonly recheck: RecheckDefinition;
  readonly replacement: ReplacementDefinition;
  readonly deposits: DepositDefinition;
  readonly failure: {
    readonly rule: RuleId;
    /** Too few offers fail a lot by `rule` itself, and not by the rule that sets their number. */
    readonly decides?: true;
    readonly next: readonly NextStep[];
    /** What may follow besides, where a re-tender has too few offers again, of such projects. */
    readonly second?: NextStep & { readonly rule: RuleId; readonly kinds: readonly Kind[] };
    /** The rule of what may follow; default: `rule`. */
    readonly nextRule?: RuleId;
  };
  readonly grievances: {
    readonly kind: 'objection' | 'query';
    readonly suspends: 'activity' | 'contract';
    /** The rule of the notice of a suspension (暂停公告); absent: none is published. */
    readonly suspensionNotice?: RuleId;
    /** What the letter states, and what comes with it; absent: the law prescribes no contents. */
    readonly letter?: {
      readonly rule: RuleId;
      readonly evidence: RuleId;
      /** Of one filed by a proxy. */
      readonly authorisation: RuleId;
      readonly authorised: RuleId;
      /** What is missing is no ground for refusing it. */
      readonly notRefused: RuleId;
    };
    /** Others than those who take part may file it too, with the interest that they have. */
    readonly interested?: RuleId;
    /** What the reply must state; absent: the law prescribes no contents. */
    readonly replyContents?: RuleId;
    /** The right to complain about the reply: counted from the end of the time for it, or from when one knew. */
    readonly complaint: Bilingual & { readonly rule: RuleId; readonly from: 'reply-end' | 'knowledge' };
    readonly documents: GrievanceDefinition & {
      readonly stages: readonly ProcurementStage[];
      /** It runs from when the filer obtained the documents, where that ends later (政府采购法实施条例 53). */
      readonly fromObtaining: boolean;
    };
    readonly result: GrievanceDefinition & {
      /** The window in which it may be filed, and the stage of the lot then. */
      readonly window: MilestoneKey;
      readonly stage: LotStage;
    };
  };
}
