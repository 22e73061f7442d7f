import type { RuleId } from '../law/rulebook.ts';

/** On which a deposit may be kept, and in which regime; the list is closed. */
export const FORFEIT_GROUNDS = {
  /** 投标截止后撤销投标文件. */
  'withdrawn-after-deadline': { regime: 'tendering', rule: 'works-withdraw-before-deadline' },
  /** 因投标人原因未解密, 视为撤销. */
  'not-decrypted': { regime: 'tendering', rule: 'e-decrypt-fault' },
  /** 中标人无正当理由不订立合同. */
  'contract-refused': { regime: 'tendering', rule: 'works-contract-sign' },
  /** 招标文件载明的不予退还情形. */
  'as-documents-say': { regime: 'government', rule: 'gp-doc-required-items' },
} as const satisfies Readonly<Record<string, { regime: 'tendering' | 'government'; rule: RuleId }>>;
export type ForfeitGround = keyof typeof FORFEIT_GROUNDS;
export const FORFEIT_GROUND_KEYS = Object.keys(FORFEIT_GROUNDS) as [ForfeitGround, ...ForfeitGround[]];

/** By which a bid without its deposit is invalid, where the documents say so. */
export const DEPOSIT_INVALID_RULE = {
  tendering: 'works-major-deviation',
  government: 'gp-invalid-grounds',
} as const satisfies Readonly<Record<string, RuleId>>;
