/**
 * Every code a `DomainError` may carry. One flat list: the API maps each code to a status in one table, and nobody
 * matches a message by its text. Append; do not rename a code that was released.
 */
export const ERROR_CODES = [
  'bad-instant',
  'bad-date',
  'unknown-rule',
  'rule-has-no-period',
  'rule-not-suspendable',
  'bad-suspension',
  'bad-calendar',
  'calendar-year-not-loaded',
  'procedure-not-supported',
  'rulebook-unknown',
  'bad-facts',
  // storage
  'database-busy',
  'database-full',
  'database-unreachable',
  'schema-altered',
  'acknowledged-missing',
  'database-unfit',
  'database-role',
  'file-too-large',
  'file-empty',
  // what is requested
  'bad-input',
  'not-found',
  'forbidden',
  'unauthenticated',
  'account-locked',
  'already-exists',
  'last-administrator',
  'stage-conflict',
  'version-conflict',
  'idempotency-conflict',
  'unlawful',
  // bidding
  'bid-late',
  'bid-unknown',
  'not-invited',
  'offer-made',
  'conflict-of-interest',
  // grievances
  'grievance-late',
  'grievance-settled',
  // decisions
  'suspended',
  // prepared by one person, confirmed by another
  'second-person',
  'prepared-settled',
  // access
  'not-mandated',
  'mandate-settled',
  'password-change-required',
  'precondition-required',
  'request-in-progress',
  'too-many-requests',
  'hash-mismatch',
  'upload-incomplete',
  'range-not-satisfiable',
  'request-timeout',
  'method-not-allowed',
  'media-type-unsupported',
  'malformed-request',
  'idempotency-key-missing',
  'cross-site',
  // the calendar
  'bad-calendar-file',
  'calendar-conflict',
  // sealed bids
  'not-sealed',
  'seal-unfit',
  'custodians-missing',
  'quota-exceeded',
  'upload-unknown',
  'upload-offset',
  'upload-busy',
  'tus-version',
  'opening-paused',
  'share-unfit',
  'share-late',
  // deposits
  'deposits-held',
  'rates-missing',
  // drills
  'not-a-drill',
  'clock-busy',
  'nothing-due',
  // the clock
  'clock-jumped',
  'clock-not-in-doubt',
  // accounts
  'one-time-password-spent',
  'invitation-void',
  'not-confirmed',
  'reset-pending',
  'second-factor-required',
  'code-locked',
  'verification-required',
  'not-linked',
  'provider-unreachable',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error reports to its caller: a sentence in both languages, and details for machines. */
export interface DomainErrorParts {
  readonly messageZh: string;
  readonly messageEn: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The only error the domain throws on purpose; anything else that escapes is a defect. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly details?: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, parts: DomainErrorParts) {
    super(`${parts.messageZh} / ${parts.messageEn}`);
    this.code = code;
    this.messageZh = parts.messageZh;
    this.messageEn = parts.messageEn;
    if (parts.details) this.details = parts.details;
  }
}

const TRANSIENT: readonly string[] = ['database-busy', 'database-full', 'database-unreachable', 'clock-jumped'];

/** Storage that is busy, full or unreachable, and a clock in doubt, recover: retry. Every other refusal would be repeated. */
export const isTransient = (error: unknown): boolean => error instanceof DomainError && TRANSIENT.includes(error.code);
