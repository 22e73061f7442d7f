import { describe, expect, it } from 'vitest';
import { drawBegins } from '../../domain/committees/plan.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { at } from '../setup/tenders/tender.ts';

const begins = (regime: 'government' | 'tendering', evaluationAt: string, leadMinutes: number | null = null) =>
  drawBegins(
    procedureOf({ regime, procedure: 'open-tender' }),
    { evaluationAt: at(evaluationAt), leadMinutes },
    chinaCalendar,
  );

describe('when a planned draw begins', () => {
  it('government: not earlier than two working days before the evaluation (财库〔2016〕198号 14), at 9 o’clock', () => {
    // Monday 20 April: Friday the 17th is one, Thursday the 16th is two.
    expect(begins('government', '2026-04-20T09:00+08:00')).toBe(at('2026-04-16T09:00+08:00'));
    // 4 to 6 April are off (清明节): before Wednesday the 8th at 9:00 come Tuesday the 7th and Friday the 3rd.
    expect(begins('government', '2026-04-08T09:00+08:00')).toBe(at('2026-04-03T09:00+08:00'));
    // At 9:00 of the 3rd an evaluation at 14:00 is more than two days away: the next working day.
    expect(begins('government', '2026-04-08T14:00+08:00')).toBe(at('2026-04-07T09:00+08:00'));
  });

  it('where the law sets no window somebody says how long before it is', () => {
    expect(begins('tendering', '2026-04-20T14:00+08:00')).toBeNull();
    expect(begins('tendering', '2026-04-20T14:00+08:00', 180)).toBe(at('2026-04-20T11:00+08:00'));
  });
});
