import { formatInstant } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { ProcedureWords } from '../procedures/words.ts';

/** When the documents of a tender are issued (招标文件的获取). */
export interface DocumentPeriod {
  readonly documentsFrom: number | null;
  readonly documentsUntil: number | null;
}

/**
 * Documents are issued in their period, or, where there is none, with the letter; a supplier that has them may
 * download them again.
 * @throws DomainError `stage-conflict`
 */
export function assertHandedOut(
  period: DocumentPeriod,
  obtainedAt: number | null,
  now: number,
  words: ProcedureWords,
): void {
  const { documentsFrom: from, documentsUntil: until } = period;
  if (from !== null && now < from)
    throw outOf(period, `${words.documents}尚未开始发出`, 'The documents are not available yet');
  if (obtainedAt === null && until !== null && now > until) {
    throw outOf(period, `获取${words.documents}的时间已经截止`, 'The time to obtain the documents has ended');
  }
}

function outOf({ documentsFrom, documentsUntil }: DocumentPeriod, messageZh: string, messageEn: string): DomainError {
  const shown = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms));
  return new DomainError('stage-conflict', {
    messageZh,
    messageEn,
    details: { documentsFrom: shown(documentsFrom), documentsUntil: shown(documentsUntil) },
  });
}
