import { v7 as newId } from 'uuid';
import { recordAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import {
  readCases,
  writeCases,
  type CaseChanges,
  type CaseLot,
  type CaseMilestone,
  type CaseProcurement,
  type CaseRows,
  type LotChange,
  type NoticeHead,
  type ProcurementChange,
} from '../../db/tender/cases.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { recordEvent } from '../../db/events.ts';
import type { Notice } from '../../db/notices.ts';
import type { NewOpening } from '../../db/openings/openings.ts';
import { wake } from '../../db/engine/outbox.ts';
import { notFound } from '../../db/procurements.ts';
import type { NoticeKind, Parties } from '../../domain/notices/data.ts';
import type { DecisionKind, DecisionPayloads } from '../../domain/decisions.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { ruleInForce, type RuleId } from '../../domain/law/rulebook.ts';
import { procedureOf, rulesInForce } from '../../domain/procedures/index.ts';
import { stageConflict, type StageRefused } from '../../domain/procedures/out-of-stage.ts';
import type { Procedure, ProcedureRules, StageDefinition } from '../../domain/procedures/procedure.ts';
import { custodianNoticeSubject, lotSubject, openingSubject, procurementSubject } from '../../domain/subjects.ts';
import { FINAL_LOT_STAGES, type LotStage, type ProcurementStage } from '../../domain/stages.ts';
import { deadlineHash } from '../../proofs/deadline.ts';
import {
  GOING_LOT_STAGES,
  leadingTo,
  mayLead,
  nextOfLot,
  nextOfProcurement,
  type Next,
  type Standing,
} from '../../domain/procedures/order.ts';
import { overdueIsRecorded, Timeline } from './timeline.ts';

/**
 * A tender as one transaction sees it: its rows are read once, acts change them in memory, and `saveCases` writes the
 * changes, with the events and wakes that follow from them. Lot 0 is the procurement as a whole.
 */
export class TenderCase implements Standing {
  readonly tx: Tx;
  readonly timeline: Timeline;
  readonly parties: Parties;
  readonly openings: NewOpening[] = [];
  readonly published: Notice[] = [];
  readonly decisions: Decision[] = [];
  procurement: CaseProcurement;
  lots: CaseLot[];
  private readonly notices: NoticeHead[];
  private readonly deadline: CaseRows['deadline'];
  private readonly tenderChange: ProcurementChange = {};
  private readonly lotChanges = new Map<number, LotChange>();
  private readonly before: ReadonlyMap<number, Before>;

  constructor(tx: Tx, rows: CaseRows) {
    this.tx = tx;
    this.procurement = rows.procurement;
    this.parties = rows.parties;
    this.lots = rows.lots;
    this.notices = [...rows.notices];
    this.deadline = rows.deadline;
    this.timeline = new Timeline(tx, rows.procurement, rows.milestones, rows.suspensions);
    this.before = new Map([0, ...rows.lots.map(({ no }) => no)].map((no) => [no, this.standingOf(no)]));
  }

  get id(): string {
    return this.procurement.id;
  }

  /** The procurement with its lots, as the law's functions take it. */
  get tender(): CaseProcurement & { readonly lots: CaseLot[] } {
    return { ...this.procurement, lots: this.lots };
  }

  get definition(): Procedure {
    return procedureOf(this.procurement);
  }

  /** Those in force at its notice. */
  get rules(): ProcedureRules {
    return rulesInForce(this.definition, this.procurement.noticeAt);
  }

  /**
   * Plans what is counted from an event of a lot, as the definition says: what a window that opens now leads to is
   * counted from its end.
   * @param at when the event was (civil epoch ms)
   * @param only nothing else is planned, where only some of it is counted again
   */
  planFollowing(lotNo: number, event: MilestoneKey, at: number, only?: readonly MilestoneKey[]): void {
    for (const { key, counts = [], otherwise, window = false, atArchive, ifNobodyActs } of this.definition.milestones) {
      const [count] = counts;
      if (count?.from !== event || count.endOf || atArchive || only?.includes(key) === false) continue;
      if (!ruleInForce(count.rule, this.procurement.noticeAt)) continue;
      const meaning = {
        window,
        ...(ifNobodyActs === 'breach' ? overdueIsRecorded : ifNobodyActs && { ifNobodyActs }),
      };
      const atOnce = typeof otherwise === 'object' && 'at' in otherwise;
      const { dueAt } = atOnce
        ? this.timeline.planAt(lotNo, key, at, [count.rule], meaning)
        : this.timeline.planByRule(lotNo, key, count.rule, at, meaning);
      if (window && dueAt !== null) this.planFollowing(lotNo, key, dueAt, only);
    }
  }

  /**
   * @param lotNo 0: an act on the procurement as a whole
   * @throws DomainError `stage-conflict`, with the rule that ties the act to its stage; `not-found`
   */
  assertStage(act: DecisionKind, lotNo: number): void {
    const { rule, ...allowed } = this.definition.acts[act];
    const what = lotNo === 0 && allowed.procurement ? 'procurement' : 'lot';
    if (what === 'procurement')
      this.assertIn({ what, stage: this.procurement.stage, wanted: allowed[what] ?? [], rule });
    else this.assertIn({ what, stage: this.lot(lotNo).stage, wanted: allowed[what] ?? [], rule });
  }

  private assertIn(asked: StageRefused): void {
    const wanted: readonly string[] = asked.wanted;
    if (!wanted.includes(asked.stage)) throw stageConflict(this.definition, asked);
  }

  /** @throws DomainError `not-found` */
  lot(no: number): CaseLot {
    const lot = this.lots.find((each) => each.no === no);
    if (!lot) throw notFound('lot', `${this.id}/lot/${no}`);
    return lot;
  }

  milestone(lotNo: number, key: MilestoneKey): CaseMilestone | undefined {
    return this.timeline.find(lotNo, key);
  }

  outstanding(lotNo: number): readonly CaseMilestone[] {
    return this.timeline.outstanding(lotNo);
  }

  isSuspended(lotNo: number, key: MilestoneKey): boolean {
    return this.timeline.suspendedBy(lotNo, key).length > 0;
  }

  next(lotNo: number): Next {
    return lotNo === 0 ? nextOfProcurement(this) : nextOfLot(this, lotNo);
  }

  /** Changes what may change within a stage (the deadline, by an amendment). */
  change(change: ProcurementChange): void {
    this.procurement = { ...this.procurement, ...change };
    Object.assign(this.tenderChange, change);
  }

  /**
   * Moves the procurement to its next stage, with what else becomes true by it.
   * @throws DomainError `stage-conflict`
   */
  advance(to: ProcurementStage, change: ProcurementChange = {}): void {
    const { stage } = this.procurement;
    const stages = this.definition.stages.procurement;
    if (!mayLead(stages, stage, to)) {
      const wanted = leadingTo(stages, to);
      throw stageConflict(this.definition, { what: 'procurement', stage, wanted, rule: this.ruleOf(stages, to) });
    }
    this.change({ ...change, stage: to });
    this.event('procurement.stage', 0, { stage: to });
  }

  /**
   * Moves a lot to its next stage, with what else becomes true by it.
   * @throws DomainError `stage-conflict`
   */
  advanceLot(no: number, to: LotStage, change: LotChange = {}): void {
    const lot = this.lot(no);
    const stages = this.definition.stages.lot;
    if (!mayLead(stages, lot.stage, to)) {
      const wanted = leadingTo(stages, to);
      throw stageConflict(this.definition, { what: 'lot', stage: lot.stage, wanted, rule: this.ruleOf(stages, to) });
    }
    const changed = { ...change, stage: to };
    this.lots = this.lots.map((each) => (each.no === no ? { ...each, ...changed } : each));
    this.lotChanges.set(no, { ...this.lotChanges.get(no), ...changed });
    this.event('lot.stage', no, { stage: to });
  }

  /** The rule of a stage that cannot come yet, or any more. */
  private ruleOf<S extends string>(stages: readonly StageDefinition<S>[], to: S): RuleId {
    if (to === 'terminated') return this.definition.rules.termination;
    return stages.find(({ stage }) => stage === to)?.rule ?? this.definition.rules.bidPreparation;
  }

  /** The newest notice of a kind, for one that corrects it. */
  latestNotice(lotNo: number, kind: NoticeKind): NoticeHead | undefined {
    return this.notices
      .filter((each) => each.lotNo === lotNo && each.kind === kind)
      .reduce<NoticeHead | undefined>((last, each) => (last && last.version > each.version ? last : each), undefined);
  }

  /** Adds a notice that services/notices/publish.ts has made. */
  addNotice(notice: Notice): void {
    this.notices.push(notice);
    this.published.push(notice);
  }

  /** Adds a person's act (recorded with its instant), in the transaction of its change. */
  decide<K extends DecisionKind>(
    kind: K,
    actor: Actor,
    lotNo: number,
    payload: DecisionPayloads[K],
    grievanceId: string | null = null,
  ): Decision<K> {
    const decision: Decision<K> = {
      id: newId(),
      kind,
      procurementId: this.id,
      lotNo,
      grievanceId,
      payload,
      actor,
      receivedAt: this.tx.now,
    };
    this.decisions.push(decision);
    recordAudit(this.tx, actor, {
      action: `decision.${kind}`,
      procurementId: this.id,
      subject: `decision/${decision.id}`,
      detail: { lotNo, receivedAt: decision.receivedAt },
    });
    return decision;
  }

  private standingOf(lotNo: number): Before {
    const stage = lotNo === 0 ? this.procurement.stage : this.lot(lotNo).stage;
    return { stage, next: this.next(lotNo) };
  }

  /**
   * Writes the bid deadline in force to the log, unless it is there already: custodians believe only the log. While its
   * clock is suspended, and after a termination, there is none.
   */
  private settleDeadline(): CaseChanges['deadlines'] {
    const { stage, bidDeadline, sealing } = this.procurement;
    const wasBidding = this.deadline !== null && this.before.get(0)?.stage === 'bidding';
    if (stage !== 'bidding' && !(stage === 'terminated' && wasBidding)) return [];
    const inForce = stage === 'terminated' || this.isSuspended(0, 'bid-deadline') ? null : bidDeadline;
    if (this.deadline && this.deadline.bidDeadline === inForce) return [];
    const row = {
      procurementId: this.id,
      version: (this.deadline?.version ?? 0) + 1,
      bidDeadline: inForce,
      setAt: this.tx.now,
    };
    const { version } = row;
    recordAudit(this.tx, UNATTENDED, {
      action: 'deadline.set',
      procurementId: this.id,
      subject: `procurement/${this.id}`,
      detail: {
        version,
        bidDeadline: inForce,
        hash: deadlineHash({ procurementId: this.id, version, bidDeadline: inForce }),
      },
    });
    this.event('deadline.moved', 0, { version, bidDeadline: inForce });
    if (sealing) wake(this.tx, custodianNoticeSubject(this.id, version));
    return [row];
  }

  private event(kind: string, lotNo: number, detail: Record<string, unknown>, subject?: string): void {
    recordEvent(this.tx, {
      kind,
      procurementId: this.id,
      lotNo,
      subject: subject ?? (lotNo === 0 ? procurementSubject(this.id) : lotSubject(this.id, lotNo)),
      detail,
    });
  }

  /**
   * The changes, with the events and wakes that follow. A workflow is woken where something begins, ends or comes
   * earlier than it knows; one whose instant has come wakes by its timer.
   */
  settle(): CaseChanges {
    for (const no of [0, ...this.lots.map((lot) => lot.no)]) {
      const before = this.before.get(no) as Before;
      const now = this.standingOf(no);
      const subject = no === 0 ? procurementSubject(this.id) : lotSubject(this.id, no);
      if (mustWake(no, before, now, this.tx.now)) wake(this.tx, subject);
    }
    const [stage, now] = [this.before.get(0)?.stage, this.procurement.stage];
    // The close starts an opening and a termination ends it early; its conclusion needs no wake.
    if (stage !== now && (now === 'opening' || (stage === 'opening' && now === 'terminated'))) {
      wake(this.tx, openingSubject(this.id));
    }
    for (const notice of this.published) {
      this.event('notice.published', notice.lotNo, { kind: notice.kind }, `notice/${notice.id}`);
    }
    return {
      procurements: Object.keys(this.tenderChange).length > 0 ? [{ id: this.id, set: this.tenderChange }] : [],
      lots: [...this.lotChanges].map(([no, set]) => ({ procurementId: this.id, no, set })),
      milestones: [...this.timeline.changed],
      newSuspensions: this.timeline.newSuspensions,
      endedSuspensions: this.timeline.endedSuspensions.map(({ id, until }) => ({ id, until: until ?? this.tx.now })),
      notices: this.published,
      deadlines: this.settleDeadline(),
      openings: this.openings,
      decisions: this.decisions,
    };
  }
}

interface Before {
  readonly stage: ProcurementStage | LotStage;
  readonly next: Next;
}

function isCarried(lotNo: number, { stage, next }: Before): boolean {
  if (lotNo === 0) return stage !== 'draft';
  return (GOING_LOT_STAGES as readonly string[]).includes(stage) || (stage === 'terminated' && !next.ended);
}

function mustWake(lotNo: number, before: Before, now: Before, instant: number): boolean {
  const wasCarried = isCarried(lotNo, before);
  if (!wasCarried) return isCarried(lotNo, now);
  if (before.next.at !== null && before.next.at <= instant) return false;
  if (now.stage !== before.stage || now.next.ended !== before.next.ended) return true;
  return now.next.at !== null && (before.next.at === null || now.next.at < before.next.at);
}

/** @throws DomainError `not-found` */
export async function loadCase(tx: Tx, procurementId: string): Promise<TenderCase> {
  const [only] = await loadCases(tx, [procurementId]);
  if (!only) throw notFound('procurement', procurementId);
  return only;
}

/** The existing ones of these, by their ids. */
export async function loadCases(tx: Tx, ids: readonly string[]): Promise<TenderCase[]> {
  return (await readCases(tx.q, ids)).map((rows) => new TenderCase(tx, rows));
}

/** Writes the changes of these tenders, once, at the end of the act. */
export async function saveCases(tx: Tx, cases: readonly TenderCase[]): Promise<void> {
  const settled = cases.map((each) => each.settle());
  const all = <K extends keyof CaseChanges>(key: K) => settled.flatMap((each) => [...each[key]]) as CaseChanges[K];
  await writeCases(tx.q, {
    procurements: all('procurements'),
    lots: all('lots'),
    milestones: all('milestones'),
    newSuspensions: all('newSuspensions'),
    endedSuspensions: all('endedSuspensions'),
    notices: all('notices'),
    deadlines: all('deadlines'),
    openings: all('openings'),
    decisions: all('decisions'),
  });
}

/** Whether every lot has ended (the invariant of a concluded procurement). */
export const allEnded = (lots: readonly Pick<CaseLot, 'stage'>[]): boolean =>
  lots.every(({ stage }) => FINAL_LOT_STAGES.includes(stage));
