// What the doctor tells: one finding a check.

export interface Finding {
  name: string;
  ok: 'ok' | 'warn' | 'fail';
  detailZh: string;
  detailEn: string;
  /** What to do about it, in both languages; nothing when there is nothing to do. */
  mend: { zh: string; en: string } | null;
}

/** What one check has found. */
export type Verdict = Omit<Finding, 'name'>;

export const ok = (detailZh: string, detailEn: string): Verdict => ({ ok: 'ok', detailZh, detailEn, mend: null });
export const warn = (detailZh: string, detailEn: string, zh: string, en: string): Verdict => ({
  ok: 'warn',
  detailZh,
  detailEn,
  mend: { zh, en },
});
export const fail = (...told: Parameters<typeof warn>): Verdict => ({ ...warn(...told), ok: 'fail' });
/** As it should be here; told all the same what it would want elsewhere. */
export const okay = (...[zh, en]: Parameters<typeof warn>): Verdict => ok(zh, en);

export const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
