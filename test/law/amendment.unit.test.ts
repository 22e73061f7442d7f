import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDate, startOfDay } from '../../domain/civil-time.ts';
import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import { checkAmendment, earliestDeadlineAfterAmendment } from '../../domain/law/amendment.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';

const amendedAt = fc.integer({ min: startOfDay(parseDate('2024-02-01')), max: startOfDay(parseDate('2026-11-30')) });
const procedure = fc.constantFrom(...PROCEDURE_DEFINITIONS);

test('the earliest deadline after an amendment is lawful, and an instant before it is not (条例21, 31)', () => {
  fc.assert(
    fc.property(procedure, amendedAt, (which, at) => {
      const bidDeadline = earliestDeadlineAfterAmendment(which, at, chinaCalendar);
      expect(checkAmendment(which, { amendedAt: at, bidDeadline }, chinaCalendar)).toEqual([]);
      expect(checkAmendment(which, { amendedAt: at, bidDeadline: bidDeadline - 1 }, chinaCalendar)).toHaveLength(1);
    }),
  );
});
