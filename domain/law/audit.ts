import {
  type CivilDay,
  civilDayOf,
  DAY_MS,
  endOfDay,
  formatDay,
  formatInstant,
  instantEn,
  instantZh,
  MINUTE_MS,
  parseDate,
} from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { chinaCalendar, type Calendar } from './calendar.ts';
import { UNIT_EN, UNIT_ZH } from './check.ts';
import { cited, due, getPeriodRule, type Due, type PeriodRule } from './due.ts';
import type { Procedure, TenderRegime } from './facts.ts';
import { findProcedure, PROCEDURE_DEFINITIONS, tenderOf } from '../procedures/index.ts';
import { REGIME_DEFINITIONS } from '../procedures/regimes.ts';
import type { ProcedureRules } from '../procedures/procedure.ts';
import { citeEn, citeZh, type PeriodUnit, type RuleStatus } from './rule.ts';
import { ruleInForce, type RuleId } from './rulebook.ts';
import { severityOf } from './violation.ts';

/** A date as published: epoch ms; where no clock was printed, the first instant of its civil day. */
export interface PublishedDate {
  readonly at: number;
  readonly dayOnly?: boolean;
}

type Dates<Name extends string> = { readonly [N in Name]?: PublishedDate | undefined };

/** The content of a notice published elsewhere, with the names of published files, so that findings use them too. */
export interface PublishedFacts extends Dates<'published' | 'doc_from' | 'doc_to' | 'deadline' | 'opening'> {
  readonly regime?: TenderRegime | undefined;
  readonly procedure?: Procedure | undefined;
  /** Default: true. False where the project seems not to require a tender: some breaches are then borderline. */
  readonly mandatory?: boolean | undefined;
  readonly publicity?: readonly Dates<'from' | 'to'>[];
  /** `material`: whether it affects the bids; absent: not known. */
  readonly corrections?: readonly (Dates<'date' | 'old_deadline' | 'new_deadline'> & {
    readonly material?: boolean | undefined;
  })[];
  /** Notices of the same procurement that followed a failed one. */
  readonly rounds?: readonly Dates<'published' | 'doc_from' | 'doc_to' | 'deadline'>[];
  /** When the result and the contract were announced. */
  readonly announced?: Dates<'award' | 'contract'>;
  /** 质疑, its reply, and the complaint (投诉). */
  readonly complaint?: Dates<'query' | 'reply' | 'complain'>;
  /** Paths of what was published, and could not be read. */
  readonly unread?: ReadonlySet<string>;
}

/** `unknown`: no data to judge by, or not countable; nothing is guessed. */
export type AuditVerdict = 'lawful' | 'borderline' | 'unlawful' | 'unknown';

export interface AuditCheck {
  readonly rule: RuleId;
  readonly law: string;
  readonly article: string;
  readonly status: RuleStatus;
  readonly bound: 'min' | 'max' | 'exact';
  /** What the rule requires, and what was found from `from` to `to`, in `unit`; null: not countable. */
  readonly need: number;
  readonly found: number | null;
  readonly unit: PeriodUnit;
  /** Paths of the two dates of the count: `doc_from`, `publicity.0.to`. */
  readonly from: string;
  readonly to: string;
  readonly verdict: AuditVerdict;
  readonly messageZh: string;
  readonly messageEn: string;
}

export interface Contradiction {
  readonly fields: readonly [string, string];
  /** As published: `2026-03-27`, or an instant in +08:00. */
  readonly values: readonly [string, string];
  readonly messageZh: string;
  readonly messageEn: string;
}

export interface Audit {
  readonly verdict: AuditVerdict;
  readonly checks: readonly AuditCheck[];
  readonly contradictions: readonly Contradiction[];
  /** Paths of missing dates that a rule needs. */
  readonly missing: readonly string[];
}

export interface AuditOptions {
  readonly calendar?: Calendar;
  /** Ids of RECALLED rules that bind; the breach of any other RECALLED rule is at most borderline. */
  readonly confirmed?: ReadonlySet<string>;
}

type Rules = Partial<
  Pick<ProcedureRules, 'documents' | 'documentsFromIssue' | 'bidPreparation' | 'amendment' | 'opening' | 'publicity'>
>;

const definedIn = (regime: TenderRegime): Partial<Record<Procedure, Rules>> =>
  Object.fromEntries(
    PROCEDURE_DEFINITIONS.filter((each) => each.regime === regime).map(({ procedure, rules }) => [procedure, rules]),
  );

/** The rules that notices of each procedure are judged by. */
const RULES: Readonly<Record<TenderRegime, Partial<Record<Procedure, Rules>>>> = {
  tendering: definedIn('tendering'),
  government: {
    'invited-tender': tenderOf('government').rules,
    inquiry: { bidPreparation: 'inq-response-min', amendment: 'inq-clarify' },
    ...definedIn('government'),
    negotiation: { bidPreparation: 'neg-response-min', amendment: 'neg-clarify' },
    consultation: {
      documentsFromIssue: 'cons-doc-sale',
      bidPreparation: 'cons-doc-prep',
      amendment: 'cons-clarify',
    },
    'single-source': { publicity: 'ss-publicity' },
  },
};

const rulesFor = ({ regime, procedure }: PublishedFacts): Rules =>
  (regime && procedure && RULES[regime][procedure]) ?? {};

/** Whether the documents are available from the notice on, where the law counts them from it. */
const countsDocumentsFromNotice = ({ regime, procedure }: PublishedFacts): boolean =>
  regime !== undefined &&
  procedure !== undefined &&
  (findProcedure({ regime, procedure }) ?? tenderOf(regime)).milestones.find(({ key }) => key === 'documents-until')
    ?.counts?.[0]?.from === 'notice';

type Named = readonly [path: string, date: PublishedDate | undefined];

/** Dates of one part of a notice, each with its path. */
const named = <P, T extends (keyof P & string)[]>(part: P, at: string, ...names: T) =>
  names.map((name) => [at + name, part[name]]) as { [I in keyof T]: Named };

const iso = ({ at, dayOnly }: PublishedDate): string => (dayOnly ? formatDay(civilDayOf(at)) : formatInstant(at));
const shownZh = ({ at, dayOnly }: PublishedDate): string => (dayOnly ? formatDay(civilDayOf(at)) : instantZh(at));
const shownEn = ({ at, dayOnly }: PublishedDate): string => (dayOnly ? formatDay(civilDayOf(at)) : instantEn(at));

/** Unless both sides have a time of day, only days can be compared. */
function compare(a: PublishedDate, b: PublishedDate): number {
  return a.dayOnly || b.dayOnly ? civilDayOf(a.at) - civilDayOf(b.at) : a.at - b.at;
}

interface Leniency {
  /** Reached only with the first day counted: lawful, not borderline. */
  readonly firstDayCounts?: boolean;
  /** Where what is published does not make a breach certain. */
  readonly doubtful?: boolean;
}

/** The period from an instant; undefined beyond the calendar. */
function periodFrom({ id }: PeriodRule, from: number, calendar: Calendar): Due | undefined {
  try {
    return due(id, from, calendar);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'calendar-year-not-loaded') return undefined;
    throw error;
  }
}

function verdictOf(
  rule: PeriodRule,
  from: PublishedDate,
  to: PublishedDate,
  calendar: Calendar,
  firstDayCounts?: boolean,
): AuditVerdict {
  const { amount, bound, unit } = rule;
  if (bound === 'exact') return compare(from, to) === 0 ? 'lawful' : 'unlawful';
  const plain = unit === 'calendar_day';
  const start = civilDayOf(from.at);
  const days = civilDayOf(to.at) - start;
  if (rule.direction === 'backward') {
    // 15日前: lawful by the hour, borderline by the day. That our own cut-off avoids rest days is caution, not law.
    const limit = plain ? to.at - amount * DAY_MS : periodFrom(rule, to.at, calendar)?.due;
    if (limit === undefined) return days < amount ? 'unlawful' : 'unknown';
    if ((from.dayOnly ? endOfDay(start) : from.at) <= limit) return 'lawful';
    return start <= civilDayOf(limit) ? 'borderline' : 'unlawful';
  }
  const ends = periodFrom(rule, from.at, calendar);
  if (bound === 'max') {
    // There are never more working days than days, and rolling only lengthens.
    if (ends ? to.at <= ends.due : days <= amount) return 'lawful';
    return ends && to.at > ends.bounds.latest ? 'unlawful' : 'unknown';
  }
  const nthDay = (end: Due | undefined, day: CivilDay): CivilDay | undefined =>
    plain ? day + amount : end && parseDate(end.nthDay as string);
  const last = nthDay(ends, start);
  if (last === undefined) return days + 1 < amount ? 'unlawful' : 'unknown';
  if (start + days >= last) return 'lawful';
  if (!plain && ends?.provisional) return 'unknown';
  // Started a day earlier, the period ends as if the first day were counted.
  if (start + days < (nthDay(periodFrom(rule, from.at - DAY_MS, calendar), start - 1) ?? last)) return 'unlawful';
  return firstDayCounts ? 'lawful' : 'borderline';
}

/** Working days that no loaded arrangement can tell. */
const UNCOUNTED = {
  zh: '；其间有日期的放假安排未载入，不能计数',
  en: '; the holiday arrangement of some of these days is not loaded: they cannot be counted',
};

interface Judged extends Omit<Audit, 'verdict'> {
  readonly contradictory: readonly (readonly [Named, Named])[];
  /** A rule needs a date that was published, and could not be read. */
  readonly needsUnread: boolean;
}

function judged(facts: PublishedFacts, options: AuditOptions): Judged {
  const { calendar = chinaCalendar, confirmed } = options;
  const checks: AuditCheck[] = [];
  const contradictions: Contradiction[] = [];
  const contradictory: [Named, Named][] = [];
  const missing = new Set<string>();
  const unread = facts.unread ?? new Set<string>();
  const { corrections = [], publicity = [], rounds = [], announced = {}, complaint, regime } = facts;

  /** Compares each date with the nearest earlier milestone that it must not precede. */
  function ordered(dates: readonly Named[]): void {
    dates.forEach(([path, date], index) => {
      const [before, earlier] =
        dates
          .slice(0, index)
          .reverse()
          .find(([, each]) => each && date && compare(each, date) > 0) ?? [];
      if (!before || !earlier || !date) return;
      contradictory.push([
        [before, earlier],
        [path, date],
      ]);
      contradictions.push({
        fields: [before, path],
        values: [iso(earlier), iso(date)],
        messageZh: `${before}（${shownZh(earlier)}）与 ${path}（${shownZh(date)}）矛盾`,
        messageEn: `${before} (${shownEn(earlier)}) contradicts ${path} (${shownEn(date)})`,
      });
    });
  }

  function judge(id: RuleId | undefined, [a, from]: Named, [b, to]: Named, leniency: Leniency = {}): void {
    if (id === undefined) return;
    if (!from) missing.add(a);
    if (!to) missing.add(b);
    if (!from || !to || !ruleInForce(id, (facts.published ?? from).at)) return;
    const rule = getPeriodRule(id);
    const { unit, amount: need } = rule;
    const bound = rule.bound as AuditCheck['bound'];
    const strict = verdictOf(rule, from, to, calendar, leniency.firstDayCounts);
    const doubtful = leniency.doubtful || severityOf(rule, confirmed) === 'warn';
    const [first, last] = [civilDayOf(from.at) - (leniency.firstDayCounts ? 1 : 0), civilDayOf(to.at)];
    const working = unit === 'working_day';
    const found =
      working && !calendar.isCountable(first, last)
        ? null
        : working
          ? calendar.countWorkdays(first, last)
          : unit === 'minute'
            ? (to.at - from.at) / MINUTE_MS
            : last - first;
    const uncounted = found === null ? UNCOUNTED : { zh: '', en: '' };
    const sign = { min: '≥', max: '≤', exact: '=' }[bound];
    checks.push({
      rule: id,
      ...cited(rule),
      bound,
      need,
      found,
      unit,
      from: a,
      to: b,
      verdict: strict === 'unlawful' && doubtful ? 'borderline' : strict,
      messageZh: `${a} ${shownZh(from)} → ${b} ${shownZh(to)}：${found ?? '?'}，应${sign}${need}${UNIT_ZH[unit]}（${citeZh(rule)}）${uncounted.zh}`,
      messageEn: `${a} ${shownEn(from)} → ${b} ${shownEn(to)}: ${found ?? '?'}, need ${sign}${need} ${UNIT_EN[unit]} (${citeEn(rule)})${uncounted.en}`,
    });
  }

  const rules = rulesFor(facts);
  if (!regime && !complaint) missing.add('regime');
  if (!facts.procedure && !complaint) missing.add('method');
  // 招标投标法 24 and 条例 54 bind projects that must be tendered by law.
  const binding: Leniency = { doubtful: facts.mandatory === false };

  [facts, ...rounds].forEach((notice, index) => {
    // The first round is often listed twice.
    if (index > 0 && notice.published?.at === facts.published?.at) return;
    const dates = named(notice, index > 0 ? `rounds.${index - 1}.` : '', 'published', 'doc_from', 'doc_to', 'deadline');
    ordered(dates);
    const [issued, from, until, end] = dates;
    if (!(from[1] ?? until[1] ?? end[1]) && (publicity.length > 0 || corrections.length > 0 || complaint)) return;
    judge(rules.documents, countsDocumentsFromNotice(facts) || !from[1] ? issued : from, until);
    if (from[1]) judge(rules.documentsFromIssue, from, until, { firstDayCounts: true });
    else if (rules.bidPreparation) missing.add(from[0]);
    // Documents are not issued before the notice: a period too short from the notice is too short.
    judge(rules.bidPreparation, from[1] ? from : issued, end, binding);
  });

  const [deadline, opening] = named(facts, '', 'deadline', 'opening');
  if (deadline[1] && opening[1]) {
    judge(rules.opening, deadline, opening);
    ordered([deadline, opening]);
    ordered([opening, deadline]);
  } else if (unread.has('opening')) judge(rules.opening, deadline, opening);
  publicity.forEach((part, index) => {
    const dates = named(part, `publicity.${index}.`, 'from', 'to');
    ordered([opening, ...dates]);
    judge(rules.publicity, ...dates, binding);
  });
  corrections.forEach((part, index) => {
    const [date, moved] = named(part, `corrections.${index}.`, 'date', 'new_deadline');
    const end = moved[1] || !deadline[1] ? moved : deadline;
    ordered([date, end]);
    if (part.material !== false) judge(rules.amendment, date, end, { doubtful: part.material === undefined });
  });
  const [award, contract] = named(announced, 'announced.', 'award', 'contract');
  if (award[1] && contract[1]) {
    ordered([award, contract]);
    // A contract published late may have been signed in time.
    judge((regime && REGIME_DEFINITIONS[regime].contract) ?? undefined, award, contract, { doubtful: true });
  }
  if (complaint && !(regime && tenderOf(regime).grievances.kind === 'objection')) {
    const dates = named(complaint, 'complaint.', 'query', 'reply', 'complain');
    ordered(dates);
    const [query, reply, complain] = dates;
    judge('gp-challenge-reply', query, reply);
    // The time to complain runs from the end of the time to reply, no earlier than the reply (94令 17).
    if (complain[1]) judge('gp-complaint-file', reply, complain, { doubtful: true });
  }

  return {
    checks,
    contradictions,
    contradictory,
    missing: [...missing].filter((path) => !unread.has(path)),
    needsUnread: [...missing].some((path) => unread.has(path)),
  };
}

/** The same facts with another date at a path: `doc_from`, `publicity.0.to`. */
function withDate(facts: PublishedFacts, path: string, date: PublishedDate): PublishedFacts {
  const changed = (part: unknown, [head = '', ...rest]: readonly string[]): unknown => {
    const value = rest.length === 0 ? date : changed((part as Record<string, unknown>)[head], rest);
    return Array.isArray(part) ? part.with(Number(head), value) : { ...(part as object), [head]: value };
  };
  return changed(facts, path.split('.')) as PublishedFacts;
}

const worstOf = (checks: readonly AuditCheck[]): AuditVerdict | undefined =>
  (['unlawful', 'borderline', 'unknown'] as const).find((each) => checks.some(({ verdict }) => verdict === each));

/**
 * Judges what a notice published, as published: a date that contradicts another is reported, and still used as it is.
 *
 * A minimum is reached when its last day is (招标投标法 24 and 政府采购法 35 count to the day of the deadline, 民法典 201 leaves
 * out the first day). What reaches it only with the first day counted is borderline. That a minimum has not lapsed
 * whole, or ends on a rest day, is no finding against others: docs/law.md.
 *
 * Two dates that contradict each other within one day are a slip of hours (documents from 19:00 of a notice published at 19:48): they leave
 * the verdict as it is, where it is the same whichever of them holds for both.
 */
export function auditNotice(facts: PublishedFacts, options: AuditOptions = {}): Audit {
  const { checks, contradictions, contradictory, missing, needsUnread } = judged(facts, options);
  const worst = worstOf(checks);
  const harmless = contradictory.every(
    ([[a, first], [b, second]]) =>
      first &&
      second &&
      civilDayOf(first.at) === civilDayOf(second.at) &&
      [withDate(facts, a, second), withDate(facts, b, first)].every(
        (other) => worstOf(judged(other, options).checks) === worst,
      ),
  );
  const doubtful = !harmless || needsUnread || checks.length === 0;
  const verdict = worst === 'unlawful' || worst === 'borderline' ? worst : doubtful ? 'unknown' : (worst ?? 'lawful');
  return { verdict, checks, contradictions, missing };
}
