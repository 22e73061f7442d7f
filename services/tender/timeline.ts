import type { CaseMilestone, CaseProcurement, CaseSuspension } from '../../db/tender/cases.ts';
import type { Tx } from '../../db/access/database.ts';
import { noteUnattended } from '../../db/access/seen.ts';
import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { MilestoneRule } from '../../db/schema/sqlite.ts';
import { due } from '../../domain/law/due.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { PlannedMilestone } from '../../domain/law/plan.ts';
import { recount } from '../../domain/law/recount.ts';
import { getRule, pinnedRule } from '../../domain/law/rulebook.ts';
import { remainingAfter, resumePeriod } from '../../domain/pauses.ts';

export interface Meaning {
  /** 视为: what follows when nobody acts in time. */
  readonly ifNobodyActs?: { zh: string; en: string };
  /** It closes by time alone: no act ends it. */
  readonly window?: boolean;
}

type Planned = Pick<
  CaseMilestone,
  'fromAt' | 'dueAt' | 'earliest' | 'latest' | 'rules' | 'trace' | 'provisional' | 'ifNobodyActs' | 'state'
>;

const nameOf = (lotNo: number, key: MilestoneKey): string => `${lotNo}/${key}`;

/**
 * The milestones of a tender and the intervals in which their clocks are suspended, as one transaction changes them. Lot
 * 0 is the procurement as a whole. Changes are in `changed`, to be written by the case.
 */
export class Timeline {
  readonly changed = new Set<CaseMilestone>();
  readonly newSuspensions: CaseSuspension[] = [];
  readonly endedSuspensions: CaseSuspension[] = [];
  private readonly milestones: Map<string, CaseMilestone>;
  private readonly tx: Tx;
  private readonly procurementId: string;
  /** Of the rulebook that the tender was launched under. */
  private readonly rulebookVersion: string;
  private readonly suspensions: CaseSuspension[];

  constructor(
    tx: Tx,
    { id: procurementId, rulebookVersion }: Pick<CaseProcurement, 'id' | 'rulebookVersion'>,
    milestones: readonly CaseMilestone[],
    suspensions: readonly CaseSuspension[],
  ) {
    this.tx = tx;
    this.procurementId = procurementId;
    this.rulebookVersion = rulebookVersion;
    this.milestones = new Map(milestones.map((row) => [nameOf(row.lotNo, row.key), { ...row }]));
    this.suspensions = suspensions.map((row) => ({ ...row }));
  }

  get rows(): CaseMilestone[] {
    return [...this.milestones.values()];
  }

  find(lotNo: number, key: MilestoneKey): CaseMilestone | undefined {
    return this.milestones.get(nameOf(lotNo, key));
  }

  /** @throws Error when it was never planned: a defect, not a person's mistake */
  get(lotNo: number, key: MilestoneKey): CaseMilestone {
    const row = this.find(lotNo, key);
    if (!row) throw new Error(`milestone ${key} of ${this.procurementId}/${lotNo} was never planned`);
    return row;
  }

  /** What is planned and not done yet at a place. */
  outstanding(lotNo: number): CaseMilestone[] {
    return this.rows.filter((row) => row.lotNo === lotNo && row.state === 'planned');
  }

  /**
   * Plans a milestone whose instant a rule determines, counted from `from` (civil epoch ms). A second call replaces the
   * plan.
   */
  planByRule(lotNo: number, key: MilestoneKey, ruleId: string, from: number, meaning: Meaning = {}): CaseMilestone {
    const result = due(ruleId, from, this.tx.calendar);
    return this.plan(lotNo, key, {
      fromAt: from,
      // A person's right runs to the latest possible day; a duty is owed by the earliest.
      dueAt: meaning.window ? result.bounds.latest : result.due,
      earliest: result.provisional ? result.bounds.earliest : null,
      latest: result.provisional ? result.bounds.latest : null,
      rules: [citation(ruleId)],
      trace: [...result.trace],
      provisional: result.provisional,
      ...meaningColumns(meaning),
    });
  }

  /** Plans a milestone whose instant people chose within the rules; `at` null: the law sets no limit. */
  planAt(lotNo: number, key: MilestoneKey, at: number | null, ruleIds: readonly string[], meaning: Meaning = {}) {
    return this.plan(lotNo, key, {
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

  /** Stores a milestone as the domain's plan has it. What is done is kept, and a bidder's time is not shortened. */
  planAsDrawn(lotNo: number, drawn: PlannedMilestone, meaning: Meaning = {}): void {
    const stored = this.find(lotNo, drawn.key);
    if (stored?.state === 'done') return;
    const counted = {
      dueAt: drawn.at,
      earliest: drawn.bounds?.earliest ?? null,
      latest: drawn.bounds?.latest ?? null,
      provisional: drawn.provisional,
      trace: drawn.trace,
    };
    const { dueAt, earliest, latest, provisional, trace } = stored ? recount(drawn.key, stored, counted) : counted;
    this.plan(lotNo, drawn.key, {
      fromAt: null,
      dueAt,
      earliest,
      latest,
      rules: drawn.rules.map((rule) => citation(rule.id)),
      trace: [...trace],
      provisional,
      ...meaningColumns({ ...(drawn.ifNobodyActs ? { ifNobodyActs: drawn.ifNobodyActs } : {}), ...meaning }),
    });
  }

  private plan(lotNo: number, key: MilestoneKey, planned: Planned): CaseMilestone {
    const before = this.find(lotNo, key);
    const row: CaseMilestone = {
      procurementId: this.procurementId,
      lotNo,
      key,
      firstDueAt: before?.firstDueAt ?? planned.dueAt,
      ...planned,
      actualAt: null,
      by: null,
      overdue: false,
    };
    if (before) this.changed.delete(before);
    this.milestones.set(nameOf(lotNo, key), row);
    this.changed.add(row);
    return row;
  }

  /**
   * Records that a milestone was done, and whether that was in time.
   * @param done `by`: `unattended`, or the role of the actor; `at`: the instant that counts where it is not this one;
   *   `deemed` (视为): it was not done but deemed done
   */
  complete(lotNo: number, key: MilestoneKey, done: { by: string; at?: number; deemed?: boolean }): void {
    const row = this.get(lotNo, key);
    const at = done.at ?? this.tx.now;
    if (done.by === 'unattended' && row.dueAt !== null) {
      noteUnattended({ key, legalAt: row.dueAt, actualAt: this.tx.now });
    }
    this.set(row, {
      state: done.deemed ? 'deemed' : 'done',
      actualAt: at,
      by: done.by,
      overdue: done.by !== 'unattended' && row.dueAt !== null && at > row.dueAt,
    });
  }

  /** Records that what was due is not done. */
  markOverdue(lotNo: number, key: MilestoneKey): void {
    const row = this.get(lotNo, key);
    this.set(row, { overdue: true });
    recordAudit(this.tx, UNATTENDED, {
      action: 'duty.overdue',
      procurementId: this.procurementId,
      subject: `lot/${lotNo}`,
      detail: { key, dueAt: row.dueAt },
    });
  }

  /**
   * Updates a milestone by another calendar; one recorded as overdue by a provisional date, and not due yet, no longer
   * is.
   */
  recalculated(
    lotNo: number,
    key: MilestoneKey,
    ends: Pick<CaseMilestone, 'dueAt' | 'earliest' | 'latest' | 'provisional'>,
    trace: readonly unknown[],
  ): void {
    const isLater = ends.dueAt !== null && ends.dueAt >= this.tx.now;
    this.set(this.get(lotNo, key), { ...ends, trace: [...trace], ...(isLater ? { overdue: false } : {}) });
  }

  cancelPlanned(lotNo: number, keys?: readonly MilestoneKey[]): void {
    for (const row of this.rows) {
      if (row.lotNo !== lotNo || (row.state !== 'planned' && row.state !== 'window')) continue;
      if (keys && !keys.includes(row.key)) continue;
      this.set(row, { state: 'cancelled' });
    }
  }

  /** Cancels milestones also where they were done: what they led to counts no more, and the trail keeps that they were. */
  setAside(lotNo: number, keys: readonly MilestoneKey[]): void {
    for (const row of this.rows) {
      if (row.lotNo !== lotNo || !keys.includes(row.key) || row.state === 'cancelled') continue;
      this.set(row, { state: 'cancelled', actualAt: null, by: null });
    }
  }

  private set(row: CaseMilestone, change: Partial<CaseMilestone>): void {
    Object.assign(row, change);
    this.changed.add(row);
  }

  get everySuspension(): readonly CaseSuspension[] {
    return this.suspensions;
  }

  suspensionsOf(lotNo: number, key: MilestoneKey): CaseSuspension[] {
    return this.suspensions.filter((row) => row.lotNo === lotNo && row.milestone === key);
  }

  /** The grievances that suspend the clock of a milestone. */
  suspendedBy(lotNo: number, key: MilestoneKey): string[] {
    return this.suspensionsOf(lotNo, key)
      .filter(({ until }) => until === null)
      .map(({ grievanceId }) => grievanceId);
  }

  suspend(id: string, lotNo: number, milestone: MilestoneKey, grievanceId: string): void {
    const row = {
      id,
      procurementId: this.procurementId,
      lotNo,
      milestone,
      grievanceId,
      from: this.tx.now,
      until: null,
    };
    this.suspensions.push(row);
    this.newSuspensions.push(row);
  }

  /** Ends every interval that the grievance opened; returns those whose clocks may resume. */
  endSuspensions(grievanceId: string): CaseSuspension[] {
    const open = this.suspensions.filter((row) => row.grievanceId === grievanceId && row.until === null);
    for (const row of open) {
      row.until = this.tx.now;
      this.endedSuspensions.push(row);
    }
    return open;
  }

  /**
   * The new end of a milestone's clock after a suspension has ended (domain/pauses.ts); null while another is open.
   * @param movedAt when an earlier suspension moved it last; null: none has
   */
  resume(lotNo: number, key: MilestoneKey, movedAt: number | null): number | null {
    const row = this.find(lotNo, key);
    if (!row || row.dueAt === null || row.state !== 'planned') return null;
    const suspensions = this.suspensionsOf(lotNo, key);
    if (suspensions.some(({ until }) => until === null)) return null;
    const rule = row.rules[0];
    if (row.fromAt === null || rule === undefined) {
      // An instant that people chose: only the suspension that ends now is added, earlier ones have moved it already.
      const began = suspensions.reduceRight(
        (start, each) => (each.until !== null && each.until >= start ? Math.min(start, each.from) : start),
        this.tx.now,
      );
      const from = Math.max(began, movedAt ?? began);
      const moved = remainingAfter(
        { deadline: row.dueAt, suspensions: [{ from, until: this.tx.now }] },
        this.tx.calendar,
      );
      this.set(row, { dueAt: moved.at, provisional: moved.provisional });
      return moved.at;
    }
    const resumed = resumePeriod(
      { rule: pinnedRule(rule.id, this.rulebookVersion), from: row.fromAt, suspensions },
      this.tx.calendar,
    );
    if (resumed.due === null) return null;
    const { dueAt, trace } = recount(key, row, { ...row, dueAt: resumed.due, trace: resumed.trace });
    this.set(row, { dueAt, trace: [...trace], provisional: resumed.provisional });
    return dueAt;
  }
}

const meaningColumns = (meaning: Meaning) => ({
  ifNobodyActs: meaning.ifNobodyActs ?? null,
  state: meaning.window ? ('window' as const) : ('planned' as const),
});

function citation(ruleId: string): MilestoneRule {
  const { id, law, article, status } = getRule(ruleId);
  return { id, law, article, status };
}

export const overdueIsRecorded = {
  ifNobodyActs: {
    zh: '逾期未办的，记入审计记录，监督部门可查',
    en: 'What is not done in time is recorded for the supervisors',
  },
} as const;
