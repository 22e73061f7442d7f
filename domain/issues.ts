import { DomainError } from './errors.ts';

/** One error in a request: which field, which rule it breaks. */
export interface Issue {
  /** `lots.0.budgetFen`; `Idempotency-Key` for a header; empty for the body as a whole. */
  readonly field: string;
  readonly rule: string;
  readonly messageZh: string;
  readonly messageEn: string;
}

/** All errors of a request at once. */
export function badInput(issues: readonly Issue[]): DomainError {
  const named = (message: 'messageZh' | 'messageEn', sign: string) =>
    issues.map((issue) => (issue.field === '' ? issue[message] : `${issue.field}${sign}${issue[message]}`));
  return new DomainError('bad-input', {
    messageZh: named('messageZh', '：').join('；'),
    messageEn: named('messageEn', ': ').join('; '),
    details: { issues },
  });
}
