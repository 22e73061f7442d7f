import { and, asc, eq, inArray } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { formatInstant } from '../domain/civil-time.ts';
import { DomainError } from '../domain/errors.ts';
import { due } from '../domain/law/due.ts';
import { rulesOf } from '../domain/law/limits.ts';
import type { ProcurementStage } from '../domain/stages.ts';
import { getRule, type RuleId } from '../domain/law/rulebook.ts';
import { recordAudit, type Actor } from './audit.ts';
import { hasBid } from './bids.ts';
import type { Queries, Tx } from './access/database.ts';
import { obtainedAt } from './documents.ts';
import { enqueue } from './outbox.ts';
import { lotOf, notFound, procurementById, stageConflict, type Procurement } from './procurements.ts';
import { grievances } from './schema/sqlite.ts';
import { openGrievances, suspend, suspensionsOf, type Place } from './suspensions.ts';
import { findMilestone, milestoneOf } from './timeline.ts';
import { recordDeadline } from '../services/custodians/set-deadline.ts';

export type Grievance = typeof grievances.$inferSelect;

export interface NewGrievance {
  readonly procurementId: string;
  /** 0 for one against the documents. */
  readonly lotNo: number;
  readonly target: 'documents' | 'result';
  /** Who files it. */
  readonly organisationId: string;
  readonly textZh: string;
}

/** The rule that sets the time for the reply, counted from the filing. */
export function replyRuleOf(
  { regime, noticeAt }: Pick<Procurement, 'regime' | 'noticeAt'>,
  target: Grievance['target'],
): RuleId {
  const rules = rulesOf(regime, noticeAt);
  return target === 'documents' ? rules.objectionDocumentsReply : rules.resultGrievanceReply;
}

/**
 * Files an objection (异议, tendering) or a query (质疑, government procurement). Whether it is in time is decided here,
 * and what the law stops, stops in this transaction.
 * @throws DomainError `grievance-late`, `forbidden` to who took no part, `stage-conflict`, `not-found`
 */
export async function fileGrievance(
  tx: Tx,
  actor: Actor,
  filing: NewGrievance,
): Promise<{ grievance: Grievance; messageId: string }> {
  const tender = await procurementById(tx.q, filing.procurementId);
  const place: Place =
    filing.target === 'documents'
      ? { procurementId: tender.id, lotNo: 0 }
      : { procurementId: tender.id, lotNo: filing.lotNo };
  const rule =
    filing.target === 'documents'
      ? await documentsWindow(tx, tender, filing)
      : await resultWindow(tx, tender, place, filing);
  const grievance: Grievance = {
    id: newId(),
    ...place,
    kind: tender.regime === 'tendering' ? 'objection' : 'query',
    target: filing.target,
    filedBy: filing.organisationId,
    textZh: filing.textZh,
    filedAt: tx.now,
    replyDueAt: due(replyRuleOf(tender, filing.target), tx.now, tx.calendar).due,
    rule,
    // 条例 22, 54: an objection stops the activity; a query stops the signing of the contract only (政府采购法实施条例 54).
    suspends: tender.regime === 'tendering' ? 'activity' : 'contract',
    state: 'filed',
    repliedAt: null,
    outcome: null,
    effect: null,
    replyZh: null,
  };
  await tx.q.insert(grievances).values(grievance);
  if (grievance.suspends === 'activity') {
    await suspend(tx, place, filing.target === 'documents' ? 'bid-deadline' : 'publicity-end', grievance.id);
    if (filing.target === 'documents') await recordDeadline(tx, tender.id, null);
  } else {
    for (const lotNo of place.lotNo === 0 ? tender.lots.map(({ no }) => no) : [place.lotNo]) {
      const contract = await findMilestone(tx.q, { ...place, lotNo }, 'contract');
      if (contract?.state === 'planned') await suspend(tx, { ...place, lotNo }, 'contract', grievance.id);
    }
  }
  recordAudit(tx, actor, {
    action: 'grievance.file',
    procurementId: tender.id,
    subject: `grievance/${grievance.id}`,
    detail: { kind: grievance.kind, target: grievance.target, lotNo: place.lotNo, replyDueAt: grievance.replyDueAt },
    sealed: true,
  });
  return { grievance, messageId: await enqueue(tx, 'start-grievance', grievance.id) };
}

/** 对招标文件: by who obtained them, until the cut-off. Returns the rule that sets it. */
async function documentsWindow(tx: Tx, tender: Procurement, filing: NewGrievance): Promise<string> {
  // A query may come after the opening: it runs from when the supplier obtained the documents (财政部令94号 11).
  const stages: readonly ProcurementStage[] =
    tender.regime === 'government' ? ['bidding', 'opening', 'evaluation'] : ['bidding'];
  if (!stages.includes(tender.stage)) throw stageConflict('procurement', tender.stage, stages);
  const obtained = await obtainedAt(tx.q, tender.id, filing.organisationId);
  if (obtained === null) {
    throw new DomainError('forbidden', {
      messageZh: '只有依法获取招标文件的潜在投标人可以对招标文件提出异议或质疑',
      messageEn: 'Only who obtained the documents may object to or query them',
      details: { field: 'target', given: 'documents' },
    });
  }
  const rule = rulesOf(tender.regime, tender.noticeAt).objectionDocuments;
  const window = await milestoneOf(tx.q, { procurementId: tender.id, lotNo: 0 }, 'objection-documents-end');
  let until = window.dueAt ?? 0;
  if (tender.regime === 'government') {
    // From receipt of the documents or the end of the notice period, whichever is later (政府采购法实施条例 53).
    until = Math.max(until, due(rule, obtained, tx.calendar).due);
  }
  // While an objection stops the activity the deadline this is counted back from does not come nearer.
  const stands = (await openGrievances(tx.q, { procurementId: tender.id, lotNo: 0 }, 'bid-deadline')).length > 0;
  if (!stands) refuseLate(tx.now, until, rule);
  return rule;
}

/** 对评标结果 / 中标结果: by who bid for the lot, within the window. Returns the rule that sets it. */
async function resultWindow(tx: Tx, tender: Procurement, place: Place, filing: NewGrievance): Promise<string> {
  const { stage } = await lotOf(tx.q, tender.id, place.lotNo);
  if (!(await hasBid(tx.q, tender.id, place.lotNo, filing.organisationId))) {
    throw new DomainError('forbidden', {
      messageZh: '只有参加本标段投标的供应商可以对结果提出异议或质疑',
      messageEn: 'Only a bidder for the lot may object to or query its result',
      details: { field: 'lotNo', given: place.lotNo },
    });
  }
  const rule = rulesOf(tender.regime, tender.noticeAt).resultGrievance;
  const key = tender.regime === 'tendering' ? 'publicity-end' : 'query-result-end';
  const window = await findMilestone(tx.q, place, key);
  // A result that was set aside can be objected to no more; the next one opens a window of its own.
  if (!window || window.state === 'cancelled') {
    throw stageConflict('lot', stage, tender.regime === 'tendering' ? ['publicity'] : ['contract']);
  }
  const stands = (await suspensionsOf(tx.q, place, key)).some(({ until }) => until === null);
  if (!stands) refuseLate(tx.now, window.dueAt ?? 0, rule);
  return rule;
}

function refuseLate(now: number, until: number, ruleId: string): void {
  if (now <= until) return;
  const { law, article } = getRule(ruleId);
  throw new DomainError('grievance-late', {
    messageZh: `提出期限已于 ${formatInstant(until)} 届满（${law}第${article}条）`,
    messageEn: `The time to file ended at ${formatInstant(until)} (${law} art. ${article})`,
    details: { rule: ruleId, law, article, latestLawful: formatInstant(until), receivedAt: formatInstant(now) },
  });
}

/** A contract planned while a query is open may not be signed until it is answered (政府采购法实施条例 54). */
export async function suspendContract(tx: Tx, place: Place): Promise<void> {
  const open = await tx.q
    .select()
    .from(grievances)
    .where(
      and(
        eq(grievances.procurementId, place.procurementId),
        inArray(grievances.lotNo, [0, place.lotNo]),
        inArray(grievances.state, ['filed', 'overdue']),
        eq(grievances.suspends, 'contract'),
      ),
    );
  for (const { id } of open) await suspend(tx, place, 'contract', id);
}

/** @throws DomainError `not-found` */
export async function grievanceById(q: Queries, id: string): Promise<Grievance> {
  const [row] = await q.select().from(grievances).where(eq(grievances.id, id));
  if (!row) throw notFound('grievance', id);
  return row;
}

export async function changeGrievance(
  tx: Tx,
  id: string,
  change: Partial<Pick<Grievance, 'state' | 'repliedAt' | 'outcome' | 'effect' | 'replyZh'>>,
): Promise<void> {
  await tx.q.update(grievances).set(change).where(eq(grievances.id, id));
}

export async function listGrievances(
  q: Queries,
  filter: { procurementId?: string; filedBy?: string },
): Promise<Grievance[]> {
  return q
    .select()
    .from(grievances)
    .where(
      and(
        filter.procurementId ? eq(grievances.procurementId, filter.procurementId) : undefined,
        filter.filedBy ? eq(grievances.filedBy, filter.filedBy) : undefined,
      ),
    )
    .orderBy(asc(grievances.id));
}
