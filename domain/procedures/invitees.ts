import type { Role } from '../roles.ts';

/**
 * How an invited supplier was chosen: known to the purchaser (招标投标法 17), passed a prequalification, from the database of
 * suppliers (供应商库), recommended by the purchaser or by an expert (财政部令74号 12).
 */
export const INVITEE_SOURCES = [
  'known',
  'prequalification',
  'database',
  'recommended-by-purchaser',
  'recommended-by-expert',
] as const;
export type InviteeSource = (typeof INVITEE_SOURCES)[number];

/** An invited supplier (被邀请人). Its credit code is unique to its organisation. */
export interface Invitee {
  readonly organisationId: string;
  readonly source: InviteeSource;
  /** 推荐意见: why it was recommended. */
  readonly reasonZh: string | null;
  /** 职责: what its people may do here, where that is recorded. */
  readonly duties?: readonly Role[] | null;
}

/** The case of the law by which a procedure was chosen, counted from 1, and the number of the approval it needs (文号). */
export interface MethodGround {
  readonly case: number;
  readonly approvalNumber: string | null;
}
