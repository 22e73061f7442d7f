import type { Expert } from './expert.ts';

/** An expert as a pool gives one: without what this platform adds. */
export type GivenExpert = Omit<Expert, 'id'> & { readonly telephone: string | null };

/** What a draw needs of a pool that is kept elsewhere. It names no tender. */
export interface PoolNeed {
  readonly pool: string;
  /** Codes of the fields, and how many of each will be drawn. */
  readonly fields: readonly { readonly field: string; readonly seats: number }[];
  readonly regions: readonly string[] | null;
  /** The day of the evaluation, `YYYY-MM-DD`. */
  readonly on: string;
  /** 统一社会信用代码 of those whose staff may not serve. */
  readonly excludedEmployers: readonly string[];
}

export const POOL_REQUEST = 'KB-POOL-REQUEST-1';

/** How experts come from a pool that is kept elsewhere: by files today; a service of its keeper would be another of these. */
export interface PoolAdapter<Answer> {
  /** What its keeper is given. */
  ask(need: PoolNeed): { readonly name: string; readonly mediaType: string; readonly content: string };
  /** What the keeper gave back. */
  read(answer: Answer): Promise<GivenRows>;
}

export interface GivenRows {
  readonly experts: readonly GivenExpert[];
  readonly faults: readonly RowFault[];
}

export interface RowFault {
  /** Counts from 1. */
  readonly line: number;
  readonly field: string;
  readonly zh: string;
  readonly en: string;
}
