/** 评标专家, as a pool has them. Days are `YYYY-MM-DD`. */
export interface Expert {
  readonly id: string;
  /** The pool's own number of the person. */
  readonly number: string;
  readonly name: string;
  /** 专业: codes of the classification that the pool uses. */
  readonly fields: readonly string[];
  readonly region: string | null;
  readonly employer: Employer;
  readonly credentials: readonly Credential[];
  readonly ties: readonly Tie[];
  readonly suspension: Suspension | null;
}

export interface Employer {
  readonly name: string;
  /** 统一社会信用代码; null where it is not known. */
  readonly creditCode: string | null;
}

/** 职称、执业资格. */
export interface Credential {
  readonly title: string;
  readonly number: string | null;
  /** Its last day; null: it does not expire. */
  readonly validUntil: string | null;
}

/**
 * 利害关系: `employment` 劳动关系, `office` 董事、监事, `holding` 控股股东、实际控制人, `kin` 与其负责人有亲属关系, `interest` 其他. The first
 * three count for some years after they ended.
 */
export const TIE_KINDS = ['employment', 'office', 'holding', 'kin', 'interest'] as const;
export type TieKind = (typeof TIE_KINDS)[number];

export interface Tie {
  readonly kind: TieKind;
  readonly creditCode: string;
  readonly name: string;
  /** Its last day; null: it lasts. */
  readonly until: string | null;
}

export interface Suspension {
  readonly from: string;
  /** Its last day; null: until it is lifted. */
  readonly until: string | null;
  readonly reasonZh: string;
}
