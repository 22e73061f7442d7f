import { formatInstant, parseInstant } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { Calendar } from './calendar.ts';
import type { FACT_OF_MILESTONE, ProcurementFacts } from './facts.ts';
import { plan, type Plan } from './plan.ts';
import type { Violation } from './violation.ts';

type Judge = (plan: Plan) => Violation[];
type Field = (typeof FACT_OF_MILESTONE)[keyof typeof FACT_OF_MILESTONE];

/** The dates in the order in which one is counted from another. */
const FIELDS: readonly Field[] = [
  'noticeAt',
  'documentsFrom',
  'documentsUntil',
  'bidDeadline',
  'openingAt',
  'intentionAt',
];
/** Each date moves a few times at most: by its rules, by the order, by what is past. */
const MOST_MOVES = 4 * FIELDS.length;

const earliestOf = ({ earliestLawful }: Violation): number =>
  earliestLawful ? parseInstant(earliestLawful) : -Infinity;
const latestOf = ({ latestLawful }: Violation): number => (latestLawful ? parseInstant(latestLawful) : Infinity);

/** Where the violations of one date, all with a lawful instant, move it to. */
function lawfulAt(violations: readonly Violation[]): number | null {
  const earliest = Math.max(...violations.map(earliestOf));
  if (earliest > -Infinity) return earliest;
  const latest = Math.min(...violations.map(latestOf));
  return latest < Infinity ? latest : null;
}

interface Mended {
  readonly facts: ProcurementFacts;
  /** The violations for which each date moved first. */
  readonly because: ReadonlyMap<Field, readonly Violation[]>;
}

/** The facts with every date moved to where its violations allow it, one after another. */
function mend(facts: ProcurementFacts, calendar: Calendar, judge: Judge, counts: (each: Violation) => boolean): Mended {
  const because = new Map<Field, readonly Violation[]>();
  let mended = facts;
  for (let move = 0; move < MOST_MOVES; move += 1) {
    const violations = judge(plan(mended, calendar)).filter(counts);
    const next = FIELDS.flatMap((field) => {
      const own = violations.filter((each) => each.field === field);
      const at = mended[field] === undefined ? null : lawfulAt(own);
      return at === null || at === mended[field] ? [] : [{ field, own, at }];
    })[0];
    if (!next) break;
    if (!because.has(next.field)) because.set(next.field, next.own);
    mended = { ...mended, [next.field]: next.at };
  }
  return { facts: mended, because };
}

/**
 * The violations of a plan, with lawful instants that go together: each is counted from the others as they will be, and
 * a date that is lawful only beside an unlawful one is named too. Those of one date name the same instant.
 */
export function hintsTogether({ facts, ...drawn }: Plan, calendar: Calendar, judge: Judge): Violation[] {
  const alone = judge({ facts, ...drawn });
  const moves = FIELDS.some(
    (field) => facts[field] !== undefined && alone.some((each) => each.field === field && lawfulAt([each]) !== null),
  );
  if (!moves) return alone;
  try {
    const needed = mend(facts, calendar, judge, ({ severity }) => severity === 'block');
    const all = mend(facts, calendar, judge, () => true);
    const hinted = alone.filter((each) => lawfulAt([each]) !== null);
    const added = FIELDS.flatMap((field): Violation[] => {
      const own = hinted.filter((each) => each.field === field);
      const [must] = needed.because.get(field) ?? [];
      if (must && !own.some(({ severity }) => severity === 'block')) return [must];
      const [may] = all.because.get(field) ?? [];
      return may && !must && own.length === 0 ? [{ ...may, severity: 'warn' }] : [];
    });
    const stands = alone.filter(({ field, rule }) => !added.some((each) => each.field === field && each.rule === rule));
    return [...stands, ...added].map((each) => together(each, facts, all, calendar, judge));
  } catch (error) {
    // Dates that nobody can count to yet have no hints that go together.
    if (error instanceof DomainError && error.code === 'calendar-year-not-loaded') return alone;
    throw error;
  }
}

/** A violation as it is once the other dates are lawful. */
function together(
  violation: Violation,
  facts: ProcurementFacts,
  { facts: mended }: Mended,
  calendar: Calendar,
  judge: Judge,
): Violation {
  const field = FIELDS.find((each) => each === violation.field);
  const given = field && facts[field];
  const moved = field && mended[field];
  if (field === undefined || given === undefined || moved === undefined) return violation;
  const beside = judge(plan({ ...mended, [field]: given }, calendar));
  const same = beside.find((each) => each.field === field && each.rule === violation.rule) ?? violation;
  const hint = formatInstant(moved);
  const { earliestLawful, latestLawful } = same;
  return {
    ...same,
    severity: violation.severity,
    ...(earliestLawful === undefined ? {} : { earliestLawful: hint }),
    ...(latestLawful === undefined ? {} : { latestLawful: hint }),
  };
}
