import { NotSigned } from '../../proofs/signing.ts';
import { SealError } from '../../sealing/fault.ts';

/** A sentence in both languages, and a link to the rule that it names. */
export interface Words {
  readonly zh: string;
  readonly en: string;
  readonly rule?: string;
}

/** An error that the user can fix. */
export class UserError extends Error {
  constructor(
    readonly zh: string,
    readonly en: string,
    /** From the API: the status and code of its response, and the address of the rule that it names. */
    readonly answered: { readonly status: number; readonly code: string; readonly rule?: string } | null = null,
  ) {
    super(en);
  }
}

export function wordsOf(error: unknown): Words {
  if (error instanceof UserError)
    return { zh: error.zh, en: error.en, ...(error.answered?.rule ? { rule: error.answered.rule } : {}) };
  if (error instanceof SealError) return { zh: error.messageZh, en: error.messageEn };
  if (error instanceof NotSigned)
    return { zh: `平台签名不成立：${error.message}`, en: `the platform signature is not valid: ${error.message}` };
  return { zh: `未能完成：${String(error)}`, en: `it failed: ${String(error)}` };
}
