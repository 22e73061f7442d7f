import { civilDayOf } from '../../domain/civil-time.ts';
import { pinnedRule } from '../../domain/law/rulebook.ts';
import type { CaseLot, CaseMilestone, CaseProcurement, CaseSuspension } from '../../db/tender/cases.ts';
import type { Grievance } from '../../db/grievances.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { due } from '../../domain/law/due.ts';
import { milestoneName, type MilestoneKey } from '../../domain/law/milestones.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { lawfulDates } from '../../domain/law/lawful-dates.ts';
import { PUBLISHED_DATES, recount, type Recounted } from '../../domain/law/recount.ts';
import { resumePeriod } from '../../domain/pauses.ts';
import { replyRuleOf } from '../grievances/file.ts';
import { actualNotice, drawnBidding } from '../procurements/bidding.ts';
import { factsOf } from '../procurements/facts.ts';

/** When something ends, and how certain that is (civil epoch ms). */
export interface Ends {
  readonly dueAt: number | null;
  readonly earliest: number | null;
  readonly latest: number | null;
  readonly provisional: boolean;
}

/** One date that a calendar changes. */
export interface RecalculatedDate {
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  /** `reply`: of a grievance. */
  readonly key: MilestoneKey | 'reply';
  readonly nameZh: string;
  readonly nameEn: string;
  readonly grievanceId: string | null;
  readonly before: Ends;
  readonly after: Ends;
  /** The instant itself changes; else only its certainty. */
  readonly moves: boolean;
  /** It would end earlier and is kept, since it is a bidder's time. */
  readonly kept: boolean;
  /** It moves, and a published notice contains it: a notice of change is published. */
  readonly notice: boolean;
  /** By this calendar it was already over. */
  readonly passed: boolean;
  readonly trace: readonly unknown[];
}

/** A milestone that stands, on a rest day. */
export interface RestingMilestone {
  readonly lotNo: number;
  readonly key: MilestoneKey;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly at: number;
  /** `rest: 国庆节`, `weekend`. */
  readonly why: string;
}

export interface RecalculatedTender {
  readonly procurementId: string;
  readonly title: string;
  readonly dates: readonly RecalculatedDate[];
  /** Suspended clocks: calculated by the calendar in force when they resume. */
  readonly suspended: readonly { readonly lotNo: number; readonly key: MilestoneKey }[];
  /** Standing milestones that are on a rest day of this calendar: none of them moves by itself. */
  readonly resting: readonly RestingMilestone[];
  /** The dates that the purchaser fixed, after the recalculation. */
  readonly fixed: FixedDates;
}

type FixedDates = Pick<CaseProcurement, 'documentsUntil' | 'bidDeadline'>;

/** What a timeline is calculated from. */
export interface CalculatedFrom {
  readonly tender: CaseProcurement & { readonly lots: readonly CaseLot[] };
  readonly milestones: readonly CaseMilestone[];
  readonly suspensions: readonly CaseSuspension[];
  /** The grievances without a reply, in the order of their ids. */
  readonly filed: readonly Grievance[];
}

/** Counted from the end of another window, and moving with it. */
const RUNS_FROM: Partial<Record<MilestoneKey, MilestoneKey>> = { 'query-result-end': 'award-notice-end' };

const endsOf = ({ dueAt, earliest, latest, provisional }: Ends): Ends => ({ dueAt, earliest, latest, provisional });
const sameEnds = (one: Ends, other: Ends): boolean => JSON.stringify(endsOf(one)) === JSON.stringify(endsOf(other));

/**
 * Recalculates those dates of a running tender that are not done and not past: preview and recalculation share this
 * function.
 * @throws DomainError `calendar-year-not-loaded`
 */
export function recalculateTimeline(from: CalculatedFrom, calendar: Calendar, now: number): RecalculatedTender {
  const { tender, suspensions } = from;
  const { words } = procedureOf(tender);
  const open = inOrder(from.milestones).filter(
    (row) => isOpen(row) && (row.dueAt === null || row.dueAt >= now || row.provisional),
  );
  const dates: RecalculatedDate[] = [];
  const suspended: { lotNo: number; key: MilestoneKey }[] = [];
  const notice = from.milestones.find(({ lotNo, key }) => lotNo === 0 && key === 'notice');
  const fixed = fixedDates(from, notice, calendar, now);

  const keep = (row: CaseMilestone, result: Recounted): void => {
    if (sameEnds(row, result) && !result.kept) return;
    const moves = row.dueAt !== result.dueAt;
    const name = milestoneName(row.key, words);
    dates.push({
      lotNo: row.lotNo,
      key: row.key,
      nameZh: name.zh,
      nameEn: name.en,
      grievanceId: null,
      before: endsOf(row),
      after: endsOf(result),
      moves,
      kept: result.kept,
      notice: moves && PUBLISHED_DATES.has(row.key) && tender.stage !== 'launched',
      passed: moves && result.dueAt !== null && result.dueAt < now,
      trace: result.trace,
    });
  };

  if (isBefore(tender.stage)) {
    for (const { drawn } of drawnBidding({ tender: { ...tender, ...fixed }, notice }, calendar)) {
      const row = open.find(({ lotNo, key }) => lotNo === 0 && key === drawn.key);
      if (!row) continue;
      keep(
        row,
        recount(row.key, row, {
          dueAt: drawn.at,
          earliest: drawn.bounds?.earliest ?? null,
          latest: drawn.bounds?.latest ?? null,
          provisional: drawn.provisional,
          trace: drawn.trace,
        }),
      );
    }
  }

  const counted = open.filter(({ fromAt, rules }) => fromAt !== null && rules.length > 0);
  // Windows that start at the end of another window come after it.
  counted.sort((a, b) => Number(a.key in RUNS_FROM) - Number(b.key in RUNS_FROM));
  for (const row of counted) {
    const found = suspensions.filter(({ lotNo, milestone }) => lotNo === row.lotNo && milestone === row.key);
    if (found.some(({ until }) => until === null)) {
      suspended.push({ lotNo: row.lotNo, key: row.key });
      continue;
    }
    const before = RUNS_FROM[row.key];
    const moved = dates.find(({ lotNo, key }) => lotNo === row.lotNo && key === before)?.after.dueAt;
    const start = moved ?? row.fromAt ?? 0;
    const rule = pinnedRule(row.rules[0]?.id ?? '', tender.rulebookVersion);
    const result =
      found.length > 0 ? resumePeriod({ rule, from: start, suspensions: found }, calendar) : due(rule, start, calendar);
    if (result.due === null || result.bounds === null) continue;
    keep(
      row,
      recount(row.key, row, {
        dueAt: row.state === 'window' ? result.bounds.latest : result.due,
        earliest: result.provisional ? result.bounds.earliest : null,
        latest: result.provisional ? result.bounds.latest : null,
        provisional: result.provisional,
        trace: result.trace,
      }),
    );
  }
  dates.push(...recalculateReplies(from, calendar, now));
  const resting = open.flatMap((row): RestingMilestone[] => {
    const moved = dates.find(({ lotNo, key }) => lotNo === row.lotNo && key === row.key);
    const at = moved ? moved.after.dueAt : row.dueAt;
    const isSuspended = suspended.some(({ lotNo, key }) => lotNo === row.lotNo && key === row.key);
    if (at === null || at < now || isSuspended || !calendar.isKnown(civilDayOf(at))) return [];
    const { works, why = '' } = calendar.status(civilDayOf(at), 'least-work');
    if (works) return [];
    const name = milestoneName(row.key, words);
    return [{ lotNo: row.lotNo, key: row.key, nameZh: name.zh, nameEn: name.en, at, why }];
  });
  return { procurementId: tender.id, title: tender.title, dates, suspended, resting, fixed };
}

const isOpen = ({ state }: CaseMilestone): boolean => state === 'planned' || state === 'window';
const isBefore = (stage: CaseProcurement['stage']): boolean => stage === 'launched' || stage === 'bidding';

/** By instant; those without a limit come first. */
function inOrder(rows: readonly CaseMilestone[]): CaseMilestone[] {
  return rows.toSorted(
    (a, b) => (a.dueAt ?? -Infinity) - (b.dueAt ?? -Infinity) || a.lotNo - b.lotNo || (a.key < b.key ? -1 : 1),
  );
}

/** The replies that purchasers owe (异议、质疑的答复): duties, which follow the law's count. */
function recalculateReplies({ tender, filed }: CalculatedFrom, calendar: Calendar, now: number): RecalculatedDate[] {
  const { words } = procedureOf(tender);
  return filed.flatMap((row) => {
    const { due: dueAt, trace, provisional, bounds } = due(replyRuleOf(tender, row.target), row.filedAt, calendar);
    if (dueAt === row.replyDueAt) return [];
    const sure = { earliest: null, latest: null, provisional: false };
    return [
      {
        lotNo: row.lotNo,
        key: 'reply' as const,
        nameZh: `${words.grievance}答复`,
        nameEn: row.kind === 'objection' ? 'Reply to an objection' : 'Reply to a query',
        grievanceId: row.id,
        before: { dueAt: row.replyDueAt, ...sure },
        after: provisional ? { dueAt, ...bounds, provisional } : { dueAt, ...sure },
        moves: true,
        kept: false,
        notice: false,
        passed: dueAt < now,
        trace,
      },
    ];
  });
}

/**
 * The dates that the purchaser fixed; postponed where a calendar shows that they leave bidders less time than the law
 * requires. Past dates do not change.
 */
function fixedDates(
  { tender }: CalculatedFrom,
  notice: CaseMilestone | undefined,
  calendar: Calendar,
  now: number,
): FixedDates {
  const { documentsUntil, bidDeadline } = tender;
  if (!isBefore(tender.stage)) return { documentsUntil, bidDeadline };
  const lawful = lawfulDates({ ...factsOf(tender), ...actualNotice({ notice }) }, calendar, now);
  return { documentsUntil: lawful.documentsUntil ?? null, bidDeadline: lawful.bidDeadline ?? null };
}
