// 第二因素: codes of a device (RFC 6238), and recovery codes for who is without it.

/** What every authenticator takes: six digits, a new code each 30 seconds. */
export const CODE_DIGITS = 6;
export const STEP_SECONDS = 30;
/** A code of the step before or after is taken too: the clocks of devices differ (RFC 6238 5.2). */
export const TOLERANCE_SECONDS = STEP_SECONDS;

export const RECOVERY_CODES = 10;

/** Wrong codes in a row after which the account takes none for a while. */
const FAILURES = 5;
const DAY_MS = 86_400_000;

/**
 * For how long no code is taken after so many wrong ones in a row (ms); 0: the next one is. Each further five wrong ones
 * double it, up to a day: who has the password, and guesses for a year, tries about 2,000 codes of a million.
 */
export function lockAfter(failures: number, lockMs: number): number {
  if (failures === 0 || failures % FAILURES !== 0) return 0;
  return Math.min(lockMs * 2 ** (failures / FAILURES - 1), Math.max(DAY_MS, lockMs));
}

/** A recovery code as it is compared: people type it with and without its hyphens, in capitals or not. */
export const recoveryCodeOf = (typed: string): string => typed.normalize('NFKC').replace(/[\s-]/g, '').toLowerCase();

/** Digits alone are the code of a device; anything else is a recovery code. */
export const deviceCodeOf = (typed: string): string | null => {
  const digits = typed.normalize('NFKC').replace(/\s/g, '');
  return /^\d{6}$/.test(digits) ? digits : null;
};
