import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDate, parseInstant, startOfDay } from '../../domain/civil-time.ts';
import { PROCEDURE_DEFINITIONS, procedureOf } from '../../domain/procedures/index.ts';
import { checkAmendment, earliestDeadlineAfterAmendment } from '../../domain/law/amendment.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';

const amendedAt = fc.integer({ min: startOfDay(parseDate('2024-02-01')), max: startOfDay(parseDate('2026-11-30')) });
const procedure = fc.constantFrom(...PROCEDURE_DEFINITIONS);

test('of an inquiry it is a working day, three of them after the amendment, and every later one is lawful (74令45)', () => {
  const inquiry = procedureOf({ regime: 'government', procedure: 'inquiry' });
  const at = (text: string) => parseInstant(`${text}+08:00`);
  const amended = at('2026-04-28T10:00:00');
  // 29 and 30 April, then the holiday to 5 May: the third is Wednesday 6 May.
  expect(earliestDeadlineAfterAmendment(inquiry, amended, chinaCalendar)).toBe(at('2026-05-06T10:00:00'));
  const refused = (bidDeadline: number) =>
    checkAmendment(inquiry, { amendedAt: amended, bidDeadline }, chinaCalendar).map(
      ({ earliestLawful }) => earliestLawful,
    );
  for (const early of ['2026-05-01T10:00:00', '2026-05-04T10:00:00', '2026-05-06T09:00:00']) {
    expect(refused(at(early)), early).toEqual(['2026-05-06T10:00:00+08:00']);
  }
  for (const later of ['2026-05-06T10:00:00', '2026-05-07T09:00:00']) expect(refused(at(later)), later).toEqual([]);
});

test('the earliest deadline after an amendment is lawful, and an instant before it is not (条例21, 31)', () => {
  fc.assert(
    fc.property(procedure, amendedAt, (which, at) => {
      const bidDeadline = earliestDeadlineAfterAmendment(which, at, chinaCalendar);
      expect(checkAmendment(which, { amendedAt: at, bidDeadline }, chinaCalendar)).toEqual([]);
      expect(checkAmendment(which, { amendedAt: at, bidDeadline: bidDeadline - 1 }, chinaCalendar)).toHaveLength(1);
    }),
  );
});
