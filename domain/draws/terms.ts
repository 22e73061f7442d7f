import type { RuleId } from '../law/rulebook.ts';

/** The format of a draw (抽取) and of its record (docs/draw.md). */
export const DRAW_FORMAT = 'KB-DRAW-1';

/**
 * Who gives a part of the seed, in the order in which their parts are joined: the purchaser or its agency, the centre, the
 * supervisor.
 */
export const DRAW_PARTIES = ['purchaser', 'centre', 'supervisor'] as const;
export type DrawParty = (typeof DRAW_PARTIES)[number];

/** It operates the platform and could read what is stored: its part is public before another is handed in. */
export const FIRST_TO_REVEAL: DrawParty = 'centre';

/** Fewer parts than this make no seed: one party alone would decide. */
export const LEAST_PARTS = 2;

/** Why somebody of a pool is not among those who are drawn from. */
export const EXCLUSIONS = [
  'field',
  'region',
  'suspended',
  'credential',
  'purchaser',
  'agency',
  'authority',
  'recent',
  'kin',
  'interest',
  'earlier-member',
] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

export interface ExclusionReason {
  readonly code: Exclusion;
  /** Null where no article says so: the documents, or the pool, do. */
  readonly rule: RuleId | null;
}

/** Seats that are drawn together: so many experts of one field (专业). */
export interface SeatGroup {
  readonly field: string;
  readonly seats: number;
}

/** Somebody who is drawn from, without a name. */
export interface DrawCandidate {
  /** SHA-256 over a salt and the person (proofs/draw.ts). */
  readonly label: string;
  /** What stands for the employer in this draw only: those of one unit have the same. */
  readonly unit: string;
  readonly fields: readonly string[];
}

/** 自行选定、直接确定: by whose consent, under which number; null where the law asks for a reason only. */
export interface DirectChoice {
  readonly rule: RuleId;
  readonly reasonZh: string;
  readonly approval: { readonly authority: string; readonly number: string } | null;
}

/** All that is settled before the parties commit themselves; its hash is in the log. */
export interface DrawTerms {
  readonly format: typeof DRAW_FORMAT;
  readonly drawId: string;
  readonly procurementId: string;
  readonly lotNo: number;
  /** Civil epoch ms, as all instants. */
  readonly openedAt: number;
  readonly commitUntil: number;
  /** Until then only the centre hands its part in; the others after it, and by `revealUntil`. */
  readonly firstRevealUntil: number;
  readonly revealUntil: number;
  readonly evaluationAt: number;
  readonly pools: readonly {
    readonly id: string;
    readonly name: string;
    /** Of its content at the opening of the draw. */
    readonly hash: string;
    readonly size: number;
  }[];
  readonly groups: readonly SeatGroup[];
  /** Why experts may be chosen and not drawn where nobody is left to draw from; null: they may not. */
  readonly direct: DirectChoice | null;
  /** No two who serve are of one employer (同一单位). */
  readonly onePerUnit: boolean;
  /** In the order of their labels. */
  readonly candidates: readonly DrawCandidate[];
  readonly excluded: readonly { readonly label: string; readonly reasons: readonly ExclusionReason[] }[];
}

/** The order in which those of a field are called: the first are drawn, the others are substitutes in this order. */
export interface GroupOrder {
  readonly field: string;
  readonly labels: readonly string[];
}
