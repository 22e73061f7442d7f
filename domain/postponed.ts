import { civilDayOf, DAY_MS, MINUTE_MS, startOfDay, timeOfDay } from './civil-time.ts';
import type { Calendar } from './law/calendar.ts';

// Instants that the platform computes and people act by: never earlier than they are owed, and at a time that people
// expect and can read.

/**
 * A deadline that moves to a later one: the first instant from `notBefore` on that has the time of day of the deadline
 * and is on a workday. `provisional`: a day beyond the calendar's horizon was used.
 * @throws DomainError `calendar-year-not-loaded`
 */
export function postponed(
  deadline: number,
  notBefore: number,
  calendar: Calendar,
): { readonly at: number; readonly provisional: boolean } {
  let at = startOfDay(civilDayOf(notBefore)) + timeOfDay(deadline);
  if (at < notBefore) at += DAY_MS;
  let provisional = false;
  for (;;) {
    const status = calendar.status(civilDayOf(at), 'least-work');
    if (status.assumed) provisional = true;
    if (status.works) return { at, provisional };
    at += DAY_MS;
  }
}

/** The first whole minute from an instant on. */
export const wholeMinute = (at: number): number => Math.ceil(at / MINUTE_MS) * MINUTE_MS;

/** An instant for somebody who reads a refusal and acts by it: a whole minute, and not over before it is sent. */
export const soon = (now: number): number => wholeMinute(now) + MINUTE_MS;
