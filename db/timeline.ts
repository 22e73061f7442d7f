import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { due } from '../domain/law/due.ts';
import type { MilestoneKey } from '../domain/law/milestones.ts';
import type { PlannedMilestone } from '../domain/law/plan.ts';
import { recount } from '../domain/law/recount.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { remainingAfter, resumePeriod } from '../domain/pauses.ts';
import { recordAudit, UNATTENDED } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { noteUnattended } from './access/seen.ts';
import { prepared } from './access/statements.ts';
import { milestones, openingPauses, type MilestoneRule } from './schema/sqlite.ts';
import { suspensionsOf, type Place } from './suspensions.ts';

export type Milestone = typeof milestones.$inferSelect;

interface Meaning {
  /** 视为: what follows when nobody acts in time. */
  readonly ifNobodyActs?: { zh: string; en: string };
  /** It closes by time alone: nobody acts at its end. */
  readonly window?: boolean;
}

/** Plans a milestone whose instant a rule yields, counted from `from` (civil epoch ms). Planned anew, it replaces. */
export async function planByRule(
  tx: Tx,
  place: Place,
  key: MilestoneKey,
  ruleId: string,
  from: number,
  meaning: Meaning = {},
): Promise<Milestone> {
  const result = due(ruleId, from, tx.calendar);
  return plan(tx, place, key, {
    fromAt: from,
    // A person's right runs to the latest day it may prove to end on; a duty is owed by the earliest.
    dueAt: meaning.window ? result.bounds.latest : result.due,
    earliest: result.provisional ? result.bounds.earliest : null,
    latest: result.provisional ? result.bounds.latest : null,
    rules: [citation(ruleId)],
    trace: [...result.trace],
    provisional: result.provisional,
    ...meaningColumns(meaning),
  });
}

/** Plans a milestone whose instant people chose within what the rules allow; `at` null: the law sets no limit. */
export async function planAt(
  tx: Tx,
  place: Place,
  key: MilestoneKey,
  at: number | null,
  ruleIds: readonly string[],
  meaning: Meaning = {},
): Promise<Milestone> {
  return plan(tx, place, key, {
    fromAt: null,
    dueAt: at,
    earliest: null,
    latest: null,
    rules: ruleIds.map(citation),
    trace: [],
    provisional: false,
    ...meaningColumns(meaning),
  });
}

/**
 * Stores a milestone as the domain's plan has it. What is done already stands, and a bidder's time that was promised is
 * not shortened.
 */
export async function planAsDrawn(tx: Tx, place: Place, drawn: PlannedMilestone, meaning: Meaning = {}): Promise<void> {
  const stored = await findMilestone(tx.q, place, drawn.key);
  if (stored?.state === 'done') return;
  const counted = {
    dueAt: drawn.at,
    earliest: drawn.bounds?.earliest ?? null,
    latest: drawn.bounds?.latest ?? null,
    provisional: drawn.provisional,
    trace: drawn.trace,
  };
  const { dueAt, earliest, latest, provisional, trace } = stored ? recount(drawn.key, stored, counted) : counted;
  await plan(tx, place, drawn.key, {
    fromAt: null,
    dueAt,
    earliest,
    latest,
    rules: drawn.rules.map(({ id }) => citation(id)),
    trace: [...trace],
    provisional,
    ...meaningColumns({ ...(drawn.ifNobodyActs ? { ifNobodyActs: drawn.ifNobodyActs } : {}), ...meaning }),
  });
}

const meaningColumns = (meaning: Meaning) => ({
  ifNobodyActs: meaning.ifNobodyActs ?? null,
  state: meaning.window ? ('window' as const) : ('planned' as const),
});

async function plan(
  tx: Tx,
  place: Place,
  key: MilestoneKey,
  planned: Pick<
    Milestone,
    'fromAt' | 'dueAt' | 'earliest' | 'latest' | 'rules' | 'trace' | 'provisional' | 'ifNobodyActs' | 'state'
  >,
): Promise<Milestone> {
  const fresh = { ...planned, actualAt: null, by: null, overdue: false };
  const [row] = await tx.q
    .insert(milestones)
    .values({ procurementId: place.procurementId, lotNo: place.lotNo, key, firstDueAt: planned.dueAt, ...fresh })
    .onConflictDoUpdate({ target: [milestones.procurementId, milestones.lotNo, milestones.key], set: fresh })
    .returning();
  return row as Milestone;
}

function citation(ruleId: string): MilestoneRule {
  const { id, law, article, status } = getRule(ruleId);
  return { id, law, article, status };
}

/** Puts on the record that a milestone was done, at this transaction's instant, and whether that was in time. */
export async function complete(
  tx: Tx,
  place: Place,
  key: MilestoneKey,
  done: {
    /** `unattended`, or the role of who did it. */
    by: string;
    /** The instant that counts where it is not this one: when the decision was received, when the contract was signed. */
    at?: number;
    /** 视为: it was not done but deemed done. */
    deemed?: boolean;
  },
): Promise<void> {
  const current = await milestoneOf(tx.q, place, key);
  const at = done.at ?? tx.now;
  if (done.by === 'unattended' && current.dueAt !== null) {
    noteUnattended({ key, legalAt: current.dueAt, actualAt: tx.now });
  }
  await tx.q
    .update(milestones)
    .set({
      state: done.deemed ? 'deemed' : 'done',
      actualAt: at,
      by: done.by,
      overdue: done.by !== 'unattended' && current.dueAt !== null && at > current.dueAt,
    })
    .where(one(place, key));
}

/** An event that the law wants at once: planned and done in one. */
export async function recordDone(
  tx: Tx,
  place: Place,
  key: MilestoneKey,
  legalAt: number,
  ruleIds: readonly string[],
  by: string,
): Promise<void> {
  await planAt(tx, place, key, legalAt, ruleIds);
  await complete(tx, place, key, { by });
}

/** Puts on the record that what was due is not done. */
export async function markOverdue(tx: Tx, place: Place, key: MilestoneKey): Promise<void> {
  const { dueAt } = await milestoneOf(tx.q, place, key);
  await tx.q.update(milestones).set({ overdue: true }).where(one(place, key));
  recordAudit(tx, UNATTENDED, {
    action: 'duty.overdue',
    procurementId: place.procurementId,
    subject: `lot/${place.lotNo}`,
    detail: { key, dueAt },
  });
}

export async function cancelPlanned(tx: Tx, place: Place, keys?: readonly MilestoneKey[]): Promise<void> {
  await tx.q
    .update(milestones)
    .set({ state: 'cancelled' })
    .where(
      and(
        at(place),
        inArray(milestones.state, ['planned', 'window']),
        keys ? inArray(milestones.key, [...keys]) : undefined,
      ),
    );
}

/**
 * Where the clock of a milestone ends now that a suspension of it has ended (domain/pauses.ts); null while another is
 * open.
 */
export async function runOn(tx: Tx, place: Place, key: MilestoneKey): Promise<number | null> {
  const milestone = await findMilestone(tx.q, place, key);
  if (!milestone || milestone.dueAt === null || milestone.state !== 'planned') return null;
  const suspensions = await suspensionsOf(tx.q, place, key);
  if (suspensions.some(({ until }) => until === null)) return null;
  const rule = milestone.rules[0];
  if (milestone.fromAt === null || rule === undefined) {
    // An instant that people chose: only the standstill that ends now is new, earlier ones have moved it already.
    const began = suspensions.reduceRight(
      (start, each) => (each.until !== null && each.until >= start ? Math.min(start, each.from) : start),
      tx.now,
    );
    const moved = remainingAfter(
      { deadline: milestone.dueAt, suspensions: [{ from: began, until: tx.now }] },
      tx.calendar,
    );
    await tx.q.update(milestones).set({ dueAt: moved.at, provisional: moved.provisional }).where(one(place, key));
    return moved.at;
  }
  const resumed = resumePeriod({ rule: rule.id, from: milestone.fromAt, suspensions }, tx.calendar);
  if (resumed.due === null) return null;
  const { dueAt, trace } = recount(key, milestone, { ...milestone, dueAt: resumed.due, trace: resumed.trace });
  await tx.q
    .update(milestones)
    .set({ dueAt, trace: [...trace], provisional: resumed.provisional })
    .where(one(place, key));
  return dueAt;
}

export async function findMilestone(q: Queries, place: Place, key: MilestoneKey): Promise<Milestone | undefined> {
  const [row] = await selectMilestone(q).execute({ procurementId: place.procurementId, lotNo: place.lotNo, key });
  return row;
}

const selectMilestone = prepared((q) =>
  q
    .select()
    .from(milestones)
    .where(
      and(
        eq(milestones.procurementId, sql.placeholder('procurementId')),
        eq(milestones.lotNo, sql.placeholder('lotNo')),
        eq(milestones.key, sql.placeholder('key')),
      ),
    )
    .prepare(),
);

/** @throws Error when it was never planned: a defect, not a person's mistake */
export async function milestoneOf(q: Queries, place: Place, key: MilestoneKey): Promise<Milestone> {
  const row = await findMilestone(q, place, key);
  if (!row) throw new Error(`milestone ${key} of ${place.procurementId}/${place.lotNo} was never planned`);
  return row;
}

/** What is planned and not done yet at a place. */
export async function outstanding(q: Queries, place: Place): Promise<Milestone[]> {
  return q
    .select()
    .from(milestones)
    .where(and(at(place), eq(milestones.state, 'planned')))
    .orderBy(byInstant, asc(milestones.key));
}

export type OpeningPause = typeof openingPauses.$inferSelect;

/** A milestone with what a supervisor has paused of it; only an opening can be. */
export interface TimelineEntry extends Milestone {
  readonly pauses: readonly OpeningPause[];
}

/** The whole stored timeline, in the order of its instants. */
export async function timelineOf(q: Queries, procurementId: string): Promise<TimelineEntry[]> {
  const rows = await q
    .select()
    .from(milestones)
    .where(eq(milestones.procurementId, procurementId))
    .orderBy(byInstant, asc(milestones.lotNo), asc(milestones.key));
  const pauses = await pausesOf(q, procurementId);
  return rows.map((row) => ({ ...row, pauses: row.key === 'opening' ? pauses : [] }));
}

export async function pausesOf(q: Queries, procurementId: string): Promise<OpeningPause[]> {
  return q
    .select()
    .from(openingPauses)
    .where(eq(openingPauses.procurementId, procurementId))
    .orderBy(asc(openingPauses.from), asc(openingPauses.id));
}

/** What has no limit comes first, on either database. */
const byInstant = sql`${milestones.dueAt} asc nulls first`;
const at = (place: Place) => and(eq(milestones.procurementId, place.procurementId), eq(milestones.lotNo, place.lotNo));
const one = (place: Place, key: MilestoneKey) => and(at(place), eq(milestones.key, key));
