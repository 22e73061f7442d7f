/**
 * Grounds for keeping a deposit; a procedure's definition has the rule of each that it knows. In this order: 投标截止后撤销投标文件;
 * 因投标人原因未解密, 视为撤销; 中标人无正当理由不订立合同; 招标文件载明的不予退还情形.
 */
export const FORFEIT_GROUNDS = [
  'withdrawn-after-deadline',
  'not-decrypted',
  'contract-refused',
  'as-documents-say',
] as const;
export type ForfeitGround = (typeof FORFEIT_GROUNDS)[number];
