import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * What is recorded of the past has happened, and not before what it follows.
 * @throws DomainError `unlawful`
 */
export function assertNotLater(
  c: TenderCase,
  {
    field,
    at,
    notBefore,
    rule,
  }: { readonly field: string; readonly at: number; readonly notBefore: number; readonly rule: string | undefined },
): void {
  const { now } = c.tx;
  if (at >= notBefore && at <= now) return;
  const { zh, en, details } = citationOf(rule);
  throw new DomainError('unlawful', {
    messageZh: `所填时间应不早于 ${instantZh(notBefore)}，且不晚于登记之时（${instantZh(now)}）${zh}`,
    messageEn: `The time is not before ${instantEn(notBefore)} and not after it is recorded (${instantEn(now)})${en}`,
    details: {
      ...{ field, given: formatInstant(at) },
      ...{ earliestLawful: formatInstant(notBefore), latestLawful: formatInstant(now) },
      ...details,
    },
  });
}
