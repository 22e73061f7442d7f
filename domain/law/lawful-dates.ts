import { postponed } from '../postponed.ts';
import type { Calendar } from './calendar.ts';
import { checkAlone } from './check.ts';
import type { ProcurementFacts } from './facts.ts';
import { milestoneOf, plan } from './plan.ts';

/** The dates that a purchaser fixes, and that bidders rely on. */
export interface FixedDates {
  readonly documentsUntil: number | undefined;
  readonly bidDeadline: number | undefined;
}

/**
 * The dates of a tender whose other facts have changed (a late notice, a new calendar): where they are no longer lawful
 * they move to the first workday that is, at their time of day. Never earlier than they were.
 * @param since dates before it have passed and stay (civil epoch ms); default: none has
 * @throws DomainError `calendar-year-not-loaded`
 */
export function lawfulDates(facts: ProcurementFacts, calendar: Calendar, since = -Infinity): FixedDates {
  const moved = (
    field: 'documentsUntil' | 'bidDeadline',
    key: 'documents-until' | 'bid-deadline',
    now: ProcurementFacts,
  ) => {
    const given = now[field];
    if (given === undefined || given < since) return given;
    const drawn = plan(now, calendar);
    const isShort = checkAlone(drawn, { calendar }).some((each) => each.field === field && each.severity === 'block');
    if (!isShort) return given;
    const until = field === 'bidDeadline' ? (now.documentsUntil ?? given) : given;
    const notBefore = Math.max(given, until, milestoneOf(drawn, key)?.earliest ?? given);
    return postponed(given, notBefore, calendar).at;
  };
  const documentsUntil = moved('documentsUntil', 'documents-until', facts);
  const withDocuments = documentsUntil === undefined ? facts : { ...facts, documentsUntil };
  return { documentsUntil, bidDeadline: moved('bidDeadline', 'bid-deadline', withDocuments) };
}
