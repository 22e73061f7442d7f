// The doctor's report: one finding per check.

export interface Finding {
  name: string;
  ok: 'ok' | 'warn' | 'fail';
  detailZh: string;
  detailEn: string;
  /** How to fix it, in both languages; nothing if nothing needs fixing. */
  mend: { zh: string; en: string } | null;
}

/** The finding of one check. */
export type Verdict = Omit<Finding, 'name'>;

export const ok = (detailZh: string, detailEn: string): Verdict => ({ ok: 'ok', detailZh, detailEn, mend: null });
export const warn = (detailZh: string, detailEn: string, zh: string, en: string): Verdict => ({
  ok: 'warn',
  detailZh,
  detailEn,
  mend: { zh, en },
});
export const fail = (...finding: Parameters<typeof warn>): Verdict => ({ ...warn(...finding), ok: 'fail' });
/** Correct for this installation; still states what other installations would need. */
export const okay = (...[zh, en]: Parameters<typeof warn>): Verdict => ok(zh, en);

export const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** In Chinese, where the error is one of ours. */
export const reasonZh = (error: unknown): string =>
  (error as { messageZh?: string } | null)?.messageZh ?? reasonOf(error);
