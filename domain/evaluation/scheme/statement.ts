import type { Scheme } from './scheme.ts';

/** What no machine sees of a lot, as its drafter states it beside the scheme. */
export interface SchemeStatements {
  /** 技术、服务等标准统一. */
  readonly uniform: boolean;
  /** 专门面向中小企业. */
  readonly reserved: boolean;
  /** 不适用中小企业扶持政策 (财库〔2020〕46号 22). */
  readonly exempt: boolean;
  /** Of each rule that only people can judge: whether the documents contain such a thing. */
  readonly answers: Readonly<Record<string, boolean>>;
}

export interface StatedScheme {
  readonly lotNo: number;
  readonly scheme: Scheme;
  readonly statements: SchemeStatements;
}
