import type { DepositForm } from '../law/facts.ts';
import type { AwardItem, Instalment } from './stated.ts';

// What people record of a contract after the award, as their decisions hold it. Instants are epoch ms, money is fen.

/**
 * `received`: the purchaser has the bond; `released`, `kept`: what of it went back, or was kept for a breach;
 * `payment-guarantee` (工程款支付担保): the purchaser has given its own beside it.
 */
export const BOND_STEPS = ['received', 'released', 'kept', 'payment-guarantee'] as const;

export interface BondStep {
  step: (typeof BOND_STEPS)[number];
  /** Of which winner: another may follow it. */
  bidId: string;
  amountFen: number;
  form: DepositForm;
  at: number;
  reference: string;
  documentId: string | null;
  /** Why it is kept. */
  reasonZh: string | null;
}

/** `supplement` (补充合同): more of the same; `variation` (变更): other terms. */
export const CHANGE_KINDS = ['supplement', 'variation', 'suspension', 'resumption', 'termination'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/**
 * `public-interest`: going on would harm the interests of state and society (政府采购法 50); `ruling`: a decision on a complaint, of a
 * court or an arbitrator; `by-law`: another case of the law; `agreed`: both parties agree.
 */
export const CHANGE_GROUNDS = ['public-interest', 'ruling', 'by-law', 'agreed'] as const;
export type ChangeGround = (typeof CHANGE_GROUNDS)[number];

export interface ContractChange {
  kind: ChangeKind;
  /** Null of a supplement, which has its own article, and of a resumption. */
  ground: ChangeGround | null;
  reasonZh: string;
  signedAt: number;
  documentId: string;
  /** Of a supplement what it adds; else the sum of the contract from now on; null: it stays. */
  amountFen: number | null;
  /** What is to be paid from now on beside what was paid; of a supplement: beside all; null: as before. */
  payments: Instalment[] | null;
  /** Of a supplement: what more is bought. */
  items: AwardItem[];
  /** Of a variation: the time of performance from now on, counted from the signing; null or absent: it stays. */
  period?: string | null | undefined;
}

/** Each side states when it delivered, or was delivered to; payments count from the earlier. */
export type ContractSide = 'purchaser' | 'supplier';

export interface Delivery {
  /** The instalment that it is for; null: the whole. */
  instalment: number | null;
  deliveredAt: number | null;
  /** When the purchaser received the invoice. */
  invoicedAt: number | null;
  documentId: string | null;
  by: ContractSide;
}

/**
 * `user`: 实际使用人; `third-party`: 第三方机构; `other-bidder`: 参加本项目的其他供应商; `served`: 服务对象 of a public service
 * (政府采购法实施条例 45).
 */
export const ACCEPTANCE_ROLES = [
  'purchaser',
  'user',
  'third-party',
  'expert',
  'other-bidder',
  'served',
  'supplier',
] as const;

export interface Acceptance {
  /** The instalment that it is of; null: the whole. */
  instalment: number | null;
  at: number;
  parties: { name: string; role: (typeof ACCEPTANCE_ROLES)[number]; organisation: string | null }[];
  /** 每一项技术、服务、安全标准的履约情况. */
  items: { nameZh: string; met: boolean; noteZh: string | null }[];
  opinionZh: string;
  documentId: string;
  /** What follows where an item is not met, and until when it is put right; null: it is not put right. */
  consequenceZh: string | null;
  rectifyBy: number | null;
  /** Why it was performed after its last day. */
  lateReasonZh?: string | null | undefined;
}

export interface Payment {
  instalment: number;
  amountFen: number;
  /** 逾期利息 paid beside it. */
  interestFen: number;
  paidAt: number;
  /** 支付凭证号. */
  voucher: string;
  /** What the bank transfer of the voucher came to, where it pays more than this; null or absent: this alone. */
  transferFen?: number | null | undefined;
  /** As it is compared; recorded by the platform. */
  voucherKey?: string;
  documentId: string | null;
}
