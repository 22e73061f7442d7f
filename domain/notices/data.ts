import type { Acceptance, ContractChange } from '../contracts/acts.ts';
import type { AwardItem, Candidate, GrievanceEffect, TerminationGround } from '../decisions.ts';
import type { Kind, Procedure, TenderRegime } from '../law/facts.ts';
import type { MilestoneKey } from '../law/milestones.ts';
import type { Attendee } from '../openings/attendance.ts';
import type { Particulars } from './particulars.ts';

// What each notice is made of. Instants are civil epoch ms, money is fen.

/** Purchaser and agency, by name. */
export interface Parties {
  readonly purchaser: string;
  readonly agency: string | null;
}

interface AnnouncedTender {
  readonly regime: TenderRegime;
  readonly procedure: Procedure;
  readonly kind: Kind;
  readonly budgetFen: number;
  readonly contentZh: string;
  readonly lots: readonly {
    readonly no: number;
    readonly title: string;
    readonly budgetFen: number;
    readonly bidBondFen: number | null;
    readonly performanceBondPermille?: number | null;
  }[];
  readonly particulars: Particulars | null;
  readonly documentsFrom: number | null;
  readonly documentsUntil: number | null;
  readonly bidDeadline: number | null;
  readonly bidValidityDays: number | null;
  /** Null where bids are not sealed to custodians. */
  readonly sealing: object | null;
  readonly objectionMinutes: number | null;
}

/** An entry of the record of an opening. */
export interface RecordedBid {
  readonly bidId: string;
  readonly supplierId?: string;
  readonly supplier: string;
  readonly sha256: string;
  readonly size: number;
  readonly receivedAt: number;
  /** Of sealed bids only: state, price, period, quality, reason, other bids with the same files. */
  readonly unsealed?: object;
  readonly deposit?: object;
}

/** Events of an opening, for all lots of a tender (电子招标投标办法 30, 32). */
export interface Incidents {
  readonly custodians: readonly {
    readonly custodian: string;
    readonly state: string;
    readonly reason: string | null;
    readonly at: number | null;
  }[];
  readonly pauses: readonly { readonly reasonZh: string; readonly from: number; readonly until: number | null }[];
  readonly outages: readonly { readonly from: number; readonly until: number | null }[];
  readonly faults: readonly {
    /** Null: of all bids. */
    readonly bidId: string | null;
    readonly minutes: number | null;
    readonly reasonZh: string;
    readonly at: number;
  }[];
  readonly objections: readonly {
    readonly lotNo: number;
    readonly textZh: string;
    readonly filedAt: number;
    readonly answerZh: string | null;
    readonly answeredAt: number | null;
  }[];
  /** Who was present; null where nobody recorded it. */
  readonly attendance?: readonly Attendee[] | null;
  readonly signatures?: readonly {
    readonly lotNo: number;
    readonly organisation: string;
    readonly role: string;
    readonly signedAt: number;
  }[];
}

/** What was opened, as it was called then. */
interface RecordHeading {
  readonly projectNumber: string | null;
  readonly place: string | null;
  readonly lotTitle: string;
  readonly ceilingFen: number | null;
}

/** A published date that a new calendar has moved. */
export interface MovedDate {
  readonly key: string;
  readonly nameZh: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** Why a notice is amended: by the purchaser, since a clock runs again, or by a new holiday arrangement. */
type Amendment =
  | {
      readonly because: 'documents';
      readonly textZh: string;
      readonly affectsBids: boolean;
      readonly documentIds: readonly string[];
      readonly bidDeadlineBefore: number;
      /** Null: it has passed while its clock is suspended, and the next one is not set yet. */
      readonly bidDeadline: number | null;
    }
  | { readonly because: 'resumed'; readonly bidDeadlineBefore: number | null; readonly bidDeadline: number }
  | { readonly because: 'publicity-resumed'; readonly before: number | null; readonly after: number }
  /** The committee has looked again and kept its result: the publicity continues. */
  | { readonly because: 'rechecked'; readonly before: number | null; readonly after: number }
  /** The committee has looked again: the award that was announced does not stand. */
  | { readonly because: 'result-changed' }
  | {
      /** A supervisor ended the pause of the opening that it had ordered. */
      readonly because: 'opening-resumed';
      readonly pausedAt: number;
      readonly resumedAt: number;
    }
  | {
      readonly because: 'calendar';
      /** The notice of the State Council. */
      readonly sourceZh: string;
      readonly sourceUrl: string | null;
      readonly changes: readonly MovedDate[];
    };

/** What a procurement begins with. */
interface Call {
  readonly tender: AnnouncedTender;
  readonly noticeUntil: number | null;
  /** As `depositNotice` returns it. */
  readonly deposit: Readonly<Record<string, unknown>>;
}

/** What the builder of each kind takes. */
export interface NoticeData {
  readonly tender: Call;
  /** To invited suppliers only, until the opening. */
  readonly invitation: Call;
  readonly amendment: Amendment;
  /** 暂停公告: a clock does not run until a grievance is replied to, or a supervisor resumes it. */
  readonly suspension: {
    readonly milestone: MilestoneKey;
    /** Its end as it was. */
    readonly before: number | null;
    readonly since: number;
    readonly replyDueAt: number | null;
    readonly whyZh: string;
    readonly nextZh: string;
    readonly law: string;
    readonly article: string;
  };
  readonly clarification: {
    readonly questionId: string;
    readonly questionZh: string;
    readonly answerZh: string;
    /** Whether it may affect how bids are written, as who answered said. */
    readonly affectsBids: boolean;
  };
  readonly 'opening-record': {
    readonly openedAt: number;
    /** Whether bids are sealed to custodians. */
    readonly sealed: boolean;
    readonly bids: readonly RecordedBid[];
    readonly incidents: Incidents;
    readonly heading?: RecordHeading | null;
    /** Whether bidders that were not present are taken to accept it. */
    readonly absentAccept?: boolean;
  };
  readonly 'lot-failed': {
    readonly rule: string;
    readonly law: string | null;
    readonly article: string | null;
    readonly reasonZh: string;
    readonly reasonEn: string;
    readonly nextSteps: readonly object[];
  };
  readonly candidates: {
    readonly candidates: readonly (Candidate & { readonly supplier: string | undefined })[];
    readonly publicityUntil: number | null;
  };
  readonly award: {
    readonly winner: string | undefined;
    /** As the committee recommended the winner. */
    readonly candidate:
      | {
          readonly priceFen: number;
          readonly rank: number;
          readonly address?: string | undefined;
          readonly items?: readonly AwardItem[] | undefined;
          readonly smeDeclarationZh?: string | undefined;
        }
      | undefined;
    readonly noticeUntil: number | null;
    readonly documents: readonly { readonly id: string; readonly name: string; readonly sha256: string }[];
    readonly determinedAt: number;
    /** 视为: the purchaser did not act. */
    readonly deemed: boolean;
    readonly reasonZh: string | null;
    readonly committee: readonly { readonly name: string }[] | undefined;
    /** 推荐意见: invited suppliers that were recommended in writing, and why (财政部令87号 69, 74号 18). */
    readonly recommendations: readonly { readonly supplier: string; readonly reasonZh: string | null }[];
  };
  readonly 'grievance-reply': {
    readonly target: string;
    readonly outcome: 'rejected' | 'upheld';
    readonly effect: GrievanceEffect;
    readonly replyZh: string;
    /** What it answers and rests on, without the filer's name. */
    readonly answered?: {
      readonly projectNumber: string | null;
      readonly questions: readonly string[];
      readonly filedAt: number;
      readonly repliedAt: number;
      readonly factsZh: string | null;
      readonly lawZh: string | null;
      readonly respondent: string;
      readonly complaint: {
        readonly zh: string;
        readonly law: string;
        readonly article: string;
        /** Its last instant; null where it is counted from what somebody knew. */
        readonly until: number | null;
      };
    };
  };
  readonly contract: {
    readonly supplier: string | undefined;
    readonly amountFen: number | undefined;
    readonly signedAt: number | null;
    readonly textZh: string;
    readonly documentId: string | null;
    /** 中小企业预留合同. */
    readonly reserved?: boolean | undefined;
  };
  readonly 'contract-change': {
    readonly supplier: string | undefined;
    readonly change: ContractChange['kind'];
    readonly ground: ContractChange['ground'];
    readonly reasonZh: string;
    readonly amountBeforeFen: number;
    readonly amountFen: number;
    readonly signedAt: number;
    readonly version: number;
    readonly documentId: string;
  };
  readonly acceptance: {
    readonly supplier: string | undefined;
    readonly instalment: number | null;
    readonly passed: boolean;
    readonly acceptedAt: number;
    readonly parties: Acceptance['parties'];
    readonly items: Acceptance['items'];
    readonly opinionZh: string;
    readonly consequenceZh: string | null;
    readonly rectifyBy: number | null;
  };
  readonly termination: {
    readonly ground: TerminationGround;
    readonly reasonZh: string;
    readonly law: string;
    readonly article: string;
    /** Those that end by it. */
    readonly lots?: readonly { readonly no: number; readonly title: string }[];
    /** Whether others go on. */
    readonly inPart?: boolean;
  };
  readonly correction: Correction;
}

/** A field of a notice as it stood, and as it should have been. */
export interface Change {
  /** Its path in the content of the corrected notice. */
  readonly field: string;
  readonly nameZh: string;
  readonly before: string | number | null;
  readonly after: string | number;
}

/** What a correction (更正公告) is made of. */
interface Correction {
  /** The notice that states what is put right. */
  readonly of: {
    readonly kind: Exclude<NoticeKind, 'correction'>;
    readonly id: string;
    readonly titleZh: string;
    readonly publishedAt: number;
    readonly hash: string;
  };
  readonly changes: readonly Change[];
  readonly textZh: string | null;
  readonly reasonZh: string;
  readonly law: string;
  readonly article: string;
  /** What the record says, whatever a text says: winner and price of an award. */
  readonly unchanged: Readonly<Record<string, unknown>>;
  /** What is counted again from the correction. */
  readonly periods: readonly { readonly key: string; readonly nameZh: string; readonly until: number | null }[];
}

/** 公告的种类, in the order of a tender. */
export type NoticeKind = keyof NoticeData;
