import { and, asc, eq, inArray } from 'drizzle-orm';
import { formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { growCalendar, judgeYear } from '../../domain/law/calendar-growth.ts';
import { check } from '../../domain/law/check.ts';
import { due } from '../../domain/law/due.ts';
import { MILESTONE_NAMES, type MilestoneKey } from '../../domain/law/milestones.ts';
import { milestoneOf, plan } from '../../domain/law/plan.ts';
import { PUBLISHED_DATES, recount, type Recounted } from '../../domain/law/recount.ts';
import { resumePeriod } from '../../domain/pauses.ts';
import type { LotStage } from '../../domain/stages.ts';
import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { CalendarImport } from '../../db/calendar.ts';
import type { Database, Queries, Tx } from '../../db/access/database.ts';
import { replyRuleOf } from '../../db/grievances.ts';
import { actualNotice, drawnBidding, factsOf } from '../../db/launch.ts';
import { latestNotice, publishNotice } from '../../db/notices.ts';
import { changeProcurement, procurementById, type Procurement } from '../../db/procurements.ts';
import { runningTender, runningTenders, type RunningTender } from '../../db/running.ts';
import { grievances, milestones, type NoticeKind } from '../../db/schema/sqlite.ts';
import { suspensionsOf } from '../../db/suspensions.ts';
import { timelineOf, type Milestone } from '../../db/timeline.ts';
import { recordDeadline } from '../custodians/set-deadline.ts';

/** When something ends, and how sure that is (civil epoch ms). */
export interface Ends {
  readonly dueAt: number | null;
  readonly earliest: number | null;
  readonly latest: number | null;
  readonly provisional: boolean;
}

/** One date that a new count changes. */
export interface RecountedDate {
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  /** `reply`: of a grievance. */
  readonly key: MilestoneKey | 'reply';
  readonly nameZh: string;
  readonly nameEn: string;
  readonly grievanceId: string | null;
  readonly before: Ends;
  readonly after: Ends;
  /** The instant itself is another; else only how sure it is. */
  readonly moves: boolean;
  /** It would end earlier and stays, since it is a bidder's time. */
  readonly kept: boolean;
  /** It moves, and it stands in a published notice: a notice of change is published. */
  readonly notice: boolean;
  /** By the new count it was over already. */
  readonly passed: boolean;
  readonly trace: readonly unknown[];
}

export interface TenderRecount {
  readonly procurementId: string;
  readonly title: string;
  readonly dates: readonly RecountedDate[];
  /** Clocks that stand still: counted by the calendar in force when they run on. */
  readonly suspended: readonly { readonly lotNo: number; readonly key: MilestoneKey }[];
}

type FixedDates = Pick<Procurement, 'documentsUntil' | 'bidDeadline'>;

const OPEN_STATES = ['planned', 'window'] as const;
/** Counted from the end of another window, and moving with it. */
const RUNS_FROM: Partial<Record<MilestoneKey, MilestoneKey>> = { 'query-result-end': 'award-notice-end' };

const endsOf = ({ dueAt, earliest, latest, provisional }: Ends): Ends => ({ dueAt, earliest, latest, provisional });
const sameEnds = (one: Ends, other: Ends): boolean => JSON.stringify(endsOf(one)) === JSON.stringify(endsOf(other));

/**
 * What a calendar makes of the dates of a running tender that are not done and not past. Reads only: the preview and
 * the re-plan are this one function.
 * @throws DomainError `calendar-year-not-loaded`
 */
export async function countAnew(
  q: Queries,
  tender: Procurement,
  calendar: Calendar,
  now: number,
): Promise<TenderRecount & { readonly fixed: FixedDates }> {
  const rows = await timelineOf(q, tender.id);
  const open = rows.filter((row) => isOpen(row) && (row.dueAt === null || row.dueAt >= now || row.provisional));
  const dates: RecountedDate[] = [];
  const suspended: { lotNo: number; key: MilestoneKey }[] = [];
  const fixed = await lawfulDates(q, tender, calendar, now);

  const keep = (row: Milestone, recounted: Recounted): void => {
    if (sameEnds(row, recounted) && !recounted.kept) return;
    const moves = row.dueAt !== recounted.dueAt;
    dates.push({
      lotNo: row.lotNo,
      key: row.key,
      nameZh: MILESTONE_NAMES[row.key].zh,
      nameEn: MILESTONE_NAMES[row.key].en,
      grievanceId: null,
      before: endsOf(row),
      after: endsOf(recounted),
      moves,
      kept: recounted.kept,
      notice: moves && PUBLISHED_DATES.has(row.key) && tender.stage !== 'launched',
      passed: moves && recounted.dueAt !== null && recounted.dueAt < now,
      trace: recounted.trace,
    });
  };

  if (tender.stage === 'launched' || tender.stage === 'bidding') {
    for (const { drawn } of await drawnBidding(q, { ...tender, ...fixed }, calendar)) {
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
  // What runs from the end of another window comes after it.
  counted.sort((a, b) => Number(a.key in RUNS_FROM) - Number(b.key in RUNS_FROM));
  for (const row of counted) {
    const place = { procurementId: tender.id, lotNo: row.lotNo };
    const stops = await suspensionsOf(q, place, row.key);
    if (stops.some(({ until }) => until === null)) {
      suspended.push({ lotNo: row.lotNo, key: row.key });
      continue;
    }
    const before = RUNS_FROM[row.key];
    const moved = dates.find(({ lotNo, key }) => lotNo === row.lotNo && key === before)?.after.dueAt;
    const from = moved ?? row.fromAt ?? 0;
    const rule = row.rules[0]?.id ?? '';
    const result =
      stops.length > 0 ? resumePeriod({ rule, from, suspensions: stops }, calendar) : due(rule, from, calendar);
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
  dates.push(...(await repliesAnew(q, tender, calendar, now)));
  return { procurementId: tender.id, title: tender.title, dates, suspended, fixed };
}

const isOpen = ({ state }: Milestone): boolean => (OPEN_STATES as readonly string[]).includes(state);

/** The replies that purchasers owe (异议、质疑的答复): duties, which follow the law's count. */
async function repliesAnew(q: Queries, tender: Procurement, calendar: Calendar, now: number): Promise<RecountedDate[]> {
  const rows = await q
    .select()
    .from(grievances)
    .where(and(eq(grievances.procurementId, tender.id), eq(grievances.state, 'filed')))
    .orderBy(asc(grievances.id));
  return rows.flatMap((row) => {
    const { due: dueAt, trace, provisional, bounds } = due(replyRuleOf(tender, row.target), row.filedAt, calendar);
    if (dueAt === row.replyDueAt) return [];
    const sure = { earliest: null, latest: null, provisional: false };
    return [
      {
        lotNo: row.lotNo,
        key: 'reply' as const,
        nameZh: row.kind === 'objection' ? '异议答复' : '质疑答复',
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

/** The dates that the purchaser fixed; put off where a calendar shows that they leave bidders less than the law gives. */
async function lawfulDates(q: Queries, tender: Procurement, calendar: Calendar, now: number): Promise<FixedDates> {
  const { documentsUntil, bidDeadline } = tender;
  if (tender.stage !== 'launched' && tender.stage !== 'bidding') return { documentsUntil, bidDeadline };
  const facts = { ...factsOf(tender), ...(await actualNotice(q, tender.id)) };
  const short = new Set(
    check(plan(facts, calendar), { calendar })
      .filter(({ severity }) => severity === 'block')
      .map(({ field }) => field),
  );
  const { documentsUntil: _until, bidDeadline: _deadline, ...open } = facts;
  const lawful = plan(open, calendar);
  const later = (field: string, key: MilestoneKey, given: number | null): number | null =>
    // What is past does not change.
    given !== null && given >= now && short.has(field) ? Math.max(given, milestoneOf(lawful, key)?.at ?? given) : given;
  return {
    documentsUntil: later('documentsUntil', 'documents-until', documentsUntil),
    bidDeadline: later('bidDeadline', 'bid-deadline', bidDeadline),
  };
}

/** Why the dates are counted anew, as the notice of change says it. */
export interface RecountReason {
  /** The State Council's notice. */
  readonly sourceZh: string;
  readonly url: string | null;
}

/** Whom to tell, so that they wait until the new instants. */
export interface RecountedTender {
  readonly procurement: boolean;
  readonly lots: readonly number[];
  readonly grievances: readonly string[];
}

/**
 * Counts a tender anew by the calendar in force, once: what was counted by it already is left alone. Timeline, trace,
 * audit entry and notices of change are one transaction.
 */
export async function recountTender(tx: Tx, procurementId: string, reason: RecountReason): Promise<RecountedTender> {
  const running = await runningTender(tx.q, procurementId);
  if (!running) return { procurement: false, lots: [], grievances: [] };
  const tender = await procurementById(tx.q, procurementId);
  if (tender.calendarHash !== tx.calendar.hash) {
    const { dates, suspended, fixed } = await countAnew(tx.q, tender, tx.calendar, tx.now);
    for (const date of dates) await store(tx, procurementId, date);
    await changeProcurement(tx, procurementId, { calendarHash: tx.calendar.hash, ...changed(tender, fixed) });
    if (tender.stage === 'bidding') await recordDeadline(tx, procurementId, fixed.bidDeadline);
    await announce(tx, tender, dates, reason);
    recordAudit(tx, UNATTENDED, {
      action: 'procurement.recount',
      procurementId,
      subject: `procurement/${procurementId}`,
      detail: {
        calendarBefore: tender.calendarHash,
        calendar: tx.calendar.hash,
        sourceZh: reason.sourceZh,
        dates: dates.filter(({ grievanceId }) => grievanceId === null).map(inAudit),
        suspended,
      },
    });
    for (const date of dates.filter(({ grievanceId }) => grievanceId !== null)) {
      recordAudit(tx, UNATTENDED, {
        action: 'grievance.recount',
        procurementId,
        subject: `grievance/${date.grievanceId}`,
        detail: inAudit(date),
        sealed: true,
      });
    }
  }
  return toBeTold(tx.q, running);
}

const changed = (tender: Procurement, fixed: FixedDates): Partial<FixedDates> => ({
  ...(fixed.documentsUntil === tender.documentsUntil ? {} : { documentsUntil: fixed.documentsUntil }),
  ...(fixed.bidDeadline === tender.bidDeadline ? {} : { bidDeadline: fixed.bidDeadline }),
});

const inAudit = ({ lotNo, key, before, after, kept, passed }: RecountedDate) => ({
  lotNo,
  key,
  before: before.dueAt,
  after: after.dueAt,
  provisional: after.provisional,
  kept,
  passed,
});

async function store(tx: Tx, procurementId: string, date: RecountedDate): Promise<void> {
  if (date.grievanceId !== null) {
    if (date.after.dueAt === null) return;
    await tx.q.update(grievances).set({ replyDueAt: date.after.dueAt }).where(eq(grievances.id, date.grievanceId));
    return;
  }
  const later = date.after.dueAt !== null && date.after.dueAt >= tx.now;
  await tx.q
    .update(milestones)
    // What was put on the record as overdue by a provisional date, and is not, is so no longer.
    .set({ ...date.after, trace: [...date.trace], ...(later ? { overdue: false } : {}) })
    .where(
      and(
        eq(milestones.procurementId, procurementId),
        eq(milestones.lotNo, date.lotNo),
        eq(milestones.key, date.key as MilestoneKey),
        inArray(milestones.state, [...OPEN_STATES]),
      ),
    );
}

/** 更正公告: one for each place in which a published date moved. */
async function announce(
  tx: Tx,
  tender: Procurement,
  dates: readonly RecountedDate[],
  reason: RecountReason,
): Promise<void> {
  for (const lotNo of [...new Set(dates.filter(({ notice }) => notice).map((date) => date.lotNo))]) {
    const moved = dates.filter((date) => date.notice && date.lotNo === lotNo);
    const kind: NoticeKind = lotNo === 0 ? 'tender' : 'candidates';
    const corrected = await latestNotice(tx.q, tender.id, lotNo, kind);
    const written = (at: number | null) => (at === null ? null : formatInstant(at));
    const deadline = moved.find(({ key }) => key === 'bid-deadline');
    await publishNotice(tx, UNATTENDED, {
      procurementId: tender.id,
      lotNo,
      kind: 'amendment',
      titleZh: `${tender.title}${lotNo === 0 ? '' : `第${lotNo}标段`}时间变更公告`,
      content: {
        textZh: `根据${reason.sourceZh}，按新的放假安排重新计算法定期限，下列时间顺延；其余时间不变，原定时间不缩短。`,
        reasonZh: reason.sourceZh,
        sourceUrl: reason.url,
        affectsBids: false,
        documentIds: [],
        changes: moved.map(({ key, nameZh, before, after }) => ({
          key,
          nameZh,
          before: written(before.dueAt),
          after: written(after.dueAt),
        })),
        ...(deadline
          ? { bidDeadlineBefore: written(deadline.before.dueAt), bidDeadline: written(deadline.after.dueAt) }
          : {}),
      },
      legalAt: tx.now,
      ...(corrected ? { corrects: corrected.id } : {}),
    });
  }
}

const CARRIED: readonly LotStage[] = ['evaluation', 'publicity', 'award', 'contract', 'performance'];

async function toBeTold(q: Queries, { id, stage, lots }: RunningTender): Promise<RecountedTender> {
  const waiting = await q
    .select({ id: grievances.id })
    .from(grievances)
    .where(and(eq(grievances.procurementId, id), eq(grievances.state, 'filed')));
  return {
    // While its lots go their own ways the procurement waits for them alone.
    procurement: stage !== 'evaluation',
    lots: stage === 'evaluation' ? lots.filter((lot) => CARRIED.includes(lot.stage)).map(({ no }) => no) : [],
    grievances: waiting.map((each) => each.id),
  };
}

export interface Preview {
  /** Running tenders looked at. */
  readonly tenders: number;
  /** Those whose dates change, by id. */
  readonly changing: readonly TenderRecount[];
  /** Those that cannot be counted, and why. */
  readonly failing: readonly {
    readonly procurementId: string;
    readonly messageZh: string;
    readonly messageEn: string;
  }[];
}

const PAGE = 200;

/** What a calendar would make of every running tender. Writes nothing. */
export async function previewRecount(q: Queries, calendar: Calendar, now: number): Promise<Preview> {
  const changing: TenderRecount[] = [];
  const failing: { procurementId: string; messageZh: string; messageEn: string }[] = [];
  let tenders = 0;
  for (let after: string | undefined; ;) {
    const page = await runningTenders(q, after, PAGE);
    for (const { id } of page) {
      try {
        const { fixed: _fixed, ...recounted } = await countAnew(q, await procurementById(q, id), calendar, now);
        if (recounted.dates.length > 0) changing.push(recounted);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        failing.push({ procurementId: id, messageZh: error.messageZh, messageEn: error.messageEn });
      }
    }
    tenders += page.length;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return { tenders, changing, failing };
  }
}

export interface ImportPreview extends Preview {
  readonly outcome: 'new' | 'correction' | 'same';
  readonly calendar: Calendar;
}

/**
 * What importing a year would do, by the calendar it would make.
 * @throws DomainError `calendar-conflict`
 */
export async function previewImport(
  db: Database,
  { year, correct }: Pick<CalendarImport, 'year' | 'correct'>,
): Promise<ImportPreview> {
  const current = await db.calendar();
  const outcome = judgeYear(current, year, correct);
  const calendar = outcome === 'same' ? current : growCalendar(current, [year]);
  return { outcome, calendar, ...(await previewRecount(db.read, calendar, db.now())) };
}
