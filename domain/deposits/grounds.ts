import type { RuleId } from '../law/rulebook.ts';

/** Grounds for keeping a deposit, each by its rule; a procedure's definition lists those that it has. */
export const FORFEIT_GROUNDS = {
  /** 投标截止后撤销投标文件. */
  'withdrawn-after-deadline': 'works-withdraw-before-deadline',
  /** 因投标人原因未解密, 视为撤销. */
  'not-decrypted': 'e-decrypt-fault',
  /** 中标人无正当理由不订立合同. */
  'contract-refused': 'works-contract-sign',
  /** 招标文件载明的不予退还情形. */
  'as-documents-say': 'gp-doc-required-items',
} as const satisfies Readonly<Record<string, RuleId>>;
export type ForfeitGround = keyof typeof FORFEIT_GROUNDS;
export const FORFEIT_GROUND_KEYS = Object.keys(FORFEIT_GROUNDS) as [ForfeitGround, ...ForfeitGround[]];
