import { assertInstant } from '../civil-time.ts';
import type { MilestoneKey } from './milestones.ts';

/** The forms of a bid bond (投标保证金): 银行转账, 保函, 保证保险. None of them is cash. */
export const DEPOSIT_FORMS = ['transfer', 'guarantee', 'insurance'] as const;
export type DepositForm = (typeof DEPOSIT_FORMS)[number];

export const REGIMES = ['tendering', 'government', 'land', 'state-assets'] as const;
/** Legal system (法律体系): 招标投标法, 政府采购法, 国土39号令, 32号令. */
export type Regime = (typeof REGIMES)[number];

/** The regimes whose open tender has a timeline. */
export type TenderRegime = 'tendering' | 'government';

export const PROCEDURES = [
  'open-tender',
  'invited-tender',
  'negotiation',
  'consultation',
  'inquiry',
  'single-source',
  'framework',
  'listing',
  'auction',
] as const;
/** Procedure (采购方式). */
export type Procedure = (typeof PROCEDURES)[number];

export const KINDS = ['works', 'goods', 'services'] as const;
export type Kind = (typeof KINDS)[number];

export interface LotFacts {
  readonly no: number;
  readonly budgetFen: number;
  readonly bidBondFen?: number;
  /** Performance bond (履约保证金) in thousandths of the contract price. */
  readonly performanceBondPermille?: number;
}

/** What is known of a procurement when its timeline is drawn. Instants are epoch ms, money is fen. */
export interface ProcurementFacts {
  readonly regime: Regime;
  readonly procedure: Procedure;
  readonly kind: Kind;
  /** 依法必须进行招标: default true. Where false, the limits that apply only to such projects advise and do not bind. */
  readonly mandatory?: boolean;
  readonly intentionAt?: number;
  readonly noticeAt: number;
  /** Default: `noticeAt`. */
  readonly documentsFrom?: number;
  readonly documentsUntil?: number;
  readonly bidDeadline?: number;
  readonly openingAt?: number;
  /** 投标有效期, calendar days from the bid deadline. */
  readonly bidValidityDays?: number;
  readonly budgetFen?: number;
  readonly lots?: readonly LotFacts[];
  /** The forms accepted for bid bonds; absent: every lawful one. */
  readonly depositForms?: readonly DepositForm[];
  /** The version of the rulebook that it was launched under; absent: the one in use. */
  readonly rulebookVersion?: string;
  /** When milestones actually happened; this replaces the plan, and what follows runs from it. */
  readonly actual?: Readonly<Partial<Record<MilestoneKey, number>>>;
}

/** The fact that sets each milestone that can be set in advance. */
export const FACT_OF_MILESTONE = {
  intention: 'intentionAt',
  notice: 'noticeAt',
  'documents-from': 'documentsFrom',
  'documents-until': 'documentsUntil',
  'bid-deadline': 'bidDeadline',
  opening: 'openingAt',
} as const satisfies Partial<Record<MilestoneKey, keyof ProcurementFacts>>;

/** @throws DomainError `bad-instant` for any instant that is not whole milliseconds. */
export function assertInstants(facts: ProcurementFacts): void {
  assertInstant(facts.noticeAt, 'noticeAt');
  for (const field of Object.values(FACT_OF_MILESTONE)) {
    const value = facts[field];
    if (value !== undefined) assertInstant(value, field);
  }
  for (const [key, value] of Object.entries(facts.actual ?? {})) {
    if (value !== undefined) assertInstant(value, `actual.${key}`);
  }
}
