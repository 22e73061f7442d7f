import { civilDayOf, DAY_MS, formatInstant, instantEn, instantZh } from '../civil-time.ts';
import { soon } from '../postponed.ts';
import type { Calendar } from './calendar.ts';
import { chinaCalendar } from './calendar.ts';
import { checkMoney } from './check-money.ts';
import { due } from './due.ts';
import { FACT_OF_MILESTONE } from './facts.ts';
import { hintsTogether } from './hints.ts';
import type { MilestoneKey } from './milestones.ts';
import { procedureOf } from '../procedures/index.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { Plan } from './plan.ts';
import type { PeriodUnit, Rule } from './rule.ts';
import { getRule } from './rulebook.ts';
import { bidValidityEnd } from './bid-validity.ts';
import type { AppliedRule, PlannedMilestone } from './timeline.ts';
import { breachOf, logicViolation, severityOf, type Violation } from './violation.ts';

export type { Violation } from './violation.ts';

export interface CheckOptions {
  /** Ids of RECALLED rules that the installation's configuration confirms: they block. */
  readonly confirmed?: ReadonlySet<string>;
  /** The present instant, epoch ms; absent: dates in the past are not checked. */
  readonly now?: number;
  /** The calendar the plan was drawn with, for the rest-day check. Default: `chinaCalendar`. */
  readonly calendar?: Calendar;
}

export const UNIT_ZH: Readonly<Record<PeriodUnit, string>> = {
  calendar_day: '日',
  working_day: '个工作日',
  month: '个月',
  year: '年',
  hour: '小时',
  minute: '分钟',
};
export const UNIT_EN: Readonly<Record<PeriodUnit, string>> = {
  calendar_day: 'day(s)',
  working_day: 'working day(s)',
  month: 'month(s)',
  year: 'year(s)',
  hour: 'hour(s)',
  minute: 'minute(s)',
};

/** The fact at fault, as a path into `ProcurementFacts`. */
function fieldOf(milestone: Pick<PlannedMilestone, 'key' | 'state'>): string {
  const field = (FACT_OF_MILESTONE as Partial<Record<MilestoneKey, string>>)[milestone.key];
  return milestone.state === 'done' || field === undefined ? `actual.${milestone.key}` : field;
}

function amountText(rule: Rule): { zh: string; en: string } {
  if (rule.amount === undefined || rule.unit === undefined || rule.amount === 0) return { zh: '', en: '' };
  const unit = rule.unit as PeriodUnit;
  return { zh: `（${rule.amount}${UNIT_ZH[unit]}）`, en: ` (${rule.amount} ${UNIT_EN[unit]})` };
}

function isEarly(at: number, applied: AppliedRule): boolean {
  if (applied.earliest === undefined) return false;
  return applied.compare === 'day' ? civilDayOf(at) < civilDayOf(applied.earliest) : at < applied.earliest;
}

function isLate(at: number, applied: AppliedRule): boolean {
  return applied.latest !== undefined && at > applied.latest;
}

/** How a milestone that was given or has happened breaks one rule. */
function judge(milestone: PlannedMilestone, applied: AppliedRule, confirmed: CheckOptions['confirmed']): Violation[] {
  const early = isEarly(milestone.at, applied);
  if (!early && !isLate(milestone.at, applied)) return [];
  const rule = getRule(applied.id);
  const limit = (early ? applied.earliest : applied.latest) as number;
  const lawful = formatInstant(limit);
  const given = formatInstant(milestone.at);
  const amount = amountText(rule);
  const arguable = early && applied.arguableFrom !== undefined && milestone.at >= applied.arguableFrom;
  const noteZh = `${arguable ? '；期限最后一日为休息日，是否顺延有不同理解' : ''}${applied.advisory ? `；${applied.advisory.zh}` : ''}${applied.provisional ? '；放假安排未公布，为暂定' : ''}`;
  const noteEn = `${arguable ? '; the last day is a rest day, and whether the period rolls is disputed' : ''}${applied.advisory ? `; ${applied.advisory.en}` : ''}${applied.provisional ? '; provisional: the holiday notice is not out' : ''}`;
  const [orderZh, orderEn] = early
    ? ['早于最早合法时间', 'before the earliest lawful']
    : ['晚于最迟合法时间', 'after the latest lawful'];
  // Beyond the horizon a duty is warned about by its earliest bound, and certainly late only after its latest.
  const perhapsInTime = !early && applied.latestPossible !== undefined && milestone.at <= applied.latestPossible;
  return [
    breachOf(rule, applied.advisory || perhapsInTime || arguable ? 'warn' : severityOf(rule, confirmed), {
      field: fieldOf(milestone),
      given,
      ...(early ? { earliestLawful: lawful } : { latestLawful: lawful }),
      messageZh: `${milestone.nameZh} ${instantZh(milestone.at)} ${orderZh} ${instantZh(limit)}：${rule.nameZh}${amount.zh}${noteZh}`,
      messageEn: `${milestone.nameEn} ${instantEn(milestone.at)} is ${orderEn} instant ${instantEn(limit)}${amount.en}${noteEn}`,
    }),
  ];
}

/** Each may not come after the next. `day`: on one day both orders are accepted: notices often have dates only. */
const ORDER: readonly (readonly [MilestoneKey, MilestoneKey, 'instant' | 'day'])[] = [
  ['intention', 'notice', 'day'],
  ['notice', 'documents-from', 'day'],
  ['documents-from', 'documents-until', 'instant'],
  ['documents-from', 'bid-deadline', 'instant'],
  ['documents-until', 'bid-deadline', 'instant'],
  ['opening', 'evaluation-report', 'instant'],
  ['evaluation-report', 'publicity-start', 'day'],
  ['publicity-start', 'publicity-end', 'instant'],
  ['evaluation-report', 'award', 'instant'],
  ['award', 'award-notice', 'day'],
  ['award-notice', 'contract', 'instant'],
  ['contract', 'contract-publication', 'day'],
  ['contract', 'contract-filing', 'day'],
];

type Milestones = ReadonlyMap<MilestoneKey, PlannedMilestone>;

function isStated(milestone: PlannedMilestone): boolean {
  return milestone.state === 'given' || milestone.state === 'done';
}

function checkOrder(milestones: Milestones): Violation[] {
  const violations: Violation[] = [];
  for (const [earlierKey, laterKey, compare] of ORDER) {
    const earlier = milestones.get(earlierKey);
    const later = milestones.get(laterKey);
    // A calculated date cannot contradict a given one: its own rule judges it.
    const stated = earlier && later && isStated(later) && (isStated(earlier) || earlierKey === 'documents-from');
    if (!stated) continue;
    const reversed = compare === 'day' ? civilDayOf(later.at) < civilDayOf(earlier.at) : later.at < earlier.at;
    if (!reversed) continue;
    violations.push(
      logicViolation('order', 'block', {
        field: fieldOf(later),
        given: formatInstant(later.at),
        earliestLawful: formatInstant(earlier.at),
        messageZh: `${later.nameZh}（${instantZh(later.at)}）早于${earlier.nameZh}（${instantZh(earlier.at)}）`,
        messageEn: `${later.nameEn} (${instantEn(later.at)}) is before ${earlier.nameEn} (${instantEn(earlier.at)})`,
      }),
    );
  }
  return violations;
}

/** Facts that are in the future when a procurement is launched; a notice of today may have today's midnight. */
const AHEAD: readonly (readonly [MilestoneKey, 'instant' | 'day'])[] = [
  ['notice', 'day'],
  ['documents-from', 'day'],
  ['documents-until', 'instant'],
  ['bid-deadline', 'instant'],
  ['opening', 'instant'],
];

function checkPast(milestones: Milestones, now: number): Violation[] {
  const violations: Violation[] = [];
  for (const [key, compare] of AHEAD) {
    const milestone = milestones.get(key);
    if (milestone?.state !== 'given') continue;
    const past = compare === 'day' ? civilDayOf(milestone.at) < civilDayOf(now) : milestone.at <= now;
    if (!past) continue;
    violations.push(
      logicViolation('past', 'block', {
        field: fieldOf(milestone),
        given: formatInstant(milestone.at),
        earliestLawful: formatInstant(compare === 'day' ? now : soon(now)),
        messageZh: `${milestone.nameZh}（${instantZh(milestone.at)}）已经过去，现在是 ${instantZh(now)}`,
        messageEn: `${milestone.nameEn} (${instantEn(milestone.at)}) is in the past; it is now ${instantEn(now)}`,
      }),
    );
  }
  return violations;
}

/** 采购意向 that nobody has stated, and whose last lawful day has passed: it was published, or the notice is too early. */
function checkIntention({ facts }: Plan, milestones: Milestones, now: number, calendar: Calendar): Violation[] {
  const intention = milestones.get('intention');
  const [applied] = intention?.rules ?? [];
  if (intention?.state !== 'proposed' || applied?.latest === undefined || applied.latest >= now) return [];
  const rule = getRule(applied.id);
  const noticeAt = earliestNotice(applied.id, facts.noticeAt, now, calendar);
  return [
    breachOf(rule, 'warn', {
      field: 'intentionAt',
      given: null,
      latestLawful: formatInstant(applied.latest),
      messageZh: `未填写${intention.nameZh}的时间，按公告时间最迟应于 ${instantZh(applied.latest)} 公开，现已过去：已经公开的请填写，尚未公开的${noticeAt === null ? '公告应当推迟' : `公告不早于 ${instantZh(noticeAt)}`}`,
      messageEn: `${intention.nameEn}: no date is stated, and by the date of the notice it was due by ${instantEn(applied.latest)}, which has passed; state when it was published, or, where it was not, ${noticeAt === null ? 'put the notice off' : `give the notice on ${instantEn(noticeAt)} or later`}`,
    }),
  ];
}

/** Days of a notice that are tried. */
const FARTHEST_NOTICE_DAYS = 90;

/** The first day from its own on, at its time of day, on which a notice leaves time for an intention published now. */
function earliestNotice(rule: string, noticeAt: number, now: number, calendar: Calendar): number | null {
  for (let days = 0; days <= FARTHEST_NOTICE_DAYS; days += 1) {
    const at = noticeAt + days * DAY_MS;
    if (!calendar.isCovered(civilDayOf(at))) return null;
    if (due(rule, at, calendar).due >= now) return at;
  }
  return null;
}

/**
 * A bid deadline on a rest day, of a plan or where it moves to one.
 * @param field the field that states it
 */
export function restDay(
  { words }: Pick<Procedure, 'words'>,
  deadline: number,
  calendar: Calendar,
  field: string,
): Violation[] {
  const day = civilDayOf(deadline);
  if (!calendar.isCovered(day)) return [];
  const status = calendar.status(day, 'least-work');
  if (status.works) return [];
  const why = status.why ?? '';
  return [
    logicViolation('rest-day', 'warn', {
      field,
      given: formatInstant(deadline),
      messageZh: `${words.bidding}截止时间落在休息日（${why}）`,
      messageEn: `The bid deadline falls on a rest day (${why})`,
    }),
  ];
}

function checkRestDay({ facts }: Plan, milestones: Milestones, calendar: Calendar): Violation[] {
  const deadline = milestones.get('bid-deadline');
  if (!deadline || !isStated(deadline)) return [];
  return restDay(procedureOf(facts), deadline.at, calendar, fieldOf(deadline));
}

/** Evaluation, award and contract should fit into the bid validity (12号令 40, 30号令 62). */
function checkValidity({ facts }: Plan, milestones: Milestones): Violation[] {
  const { bidValidityDays: days } = facts;
  if (days === undefined) return [];
  const { rules, words } = procedureOf(facts);
  if (!Number.isSafeInteger(days) || days <= 0) {
    return [
      logicViolation('bid-validity', 'block', {
        field: 'bidValidityDays',
        given: days,
        messageZh: `${words.bidding}有效期应为正整数日：${days}`,
        messageEn: `The bid validity must be a positive whole number of days: ${days}`,
      }),
    ];
  }
  const deadline = milestones.get('bid-deadline');
  const contract = milestones.get('contract');
  if (!deadline || !contract) return [];
  const end = bidValidityEnd(deadline.at, days);
  if (end >= contract.at) return [];
  const rule = getRule(rules.bidValidity);
  return [
    breachOf(rule, 'warn', {
      field: 'bidValidityDays',
      given: days,
      limit: civilDayOf(contract.at) - civilDayOf(deadline.at),
      messageZh: `${words.bidding}有效期至 ${instantZh(end)} 届满，不足以覆盖${words.evaluation}、定标和签订合同（最迟 ${instantZh(contract.at)}）`,
      messageEn: `The bid validity ends ${instantEn(end)}, before the contract need be signed (${instantEn(contract.at)})`,
    }),
  ];
}

/**
 * All errors of a plan at once; empty where there are none. Only what is given or has happened is judged: what the
 * plan itself proposed is lawful by construction. The lawful instants that are named go together: whoever takes all
 * of them has a lawful plan.
 */
export function check(plan: Plan, options: CheckOptions = {}): Violation[] {
  return hintsTogether(plan, options.calendar ?? chinaCalendar, (each) => checkAlone(each, options));
}

/** As `check`, each date judged by the others as they are given, lawful or not. */
export function checkAlone(plan: Plan, options: CheckOptions = {}): Violation[] {
  const milestones: Milestones = new Map(plan.milestones.map((milestone) => [milestone.key, milestone]));
  return [
    ...plan.milestones
      .filter(isStated)
      .flatMap((milestone) => milestone.rules.flatMap((applied) => judge(milestone, applied, options.confirmed))),
    ...checkOrder(milestones),
    ...(options.now === undefined ? [] : checkPast(milestones, options.now)),
    ...(options.now === undefined
      ? []
      : checkIntention(plan, milestones, options.now, options.calendar ?? chinaCalendar)),
    ...checkRestDay(plan, milestones, options.calendar ?? chinaCalendar),
    ...checkMoney(plan.facts, options.confirmed),
    ...checkValidity(plan, milestones),
  ];
}

/** Whether any violation stops the step. */
export function blocks(violations: readonly Violation[]): boolean {
  return violations.some(({ severity }) => severity === 'block');
}
