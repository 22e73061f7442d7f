import { v7 as newId } from 'uuid';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { hasBid } from '../../db/bids.ts';
import type { Tx } from '../../db/access/database.ts';
import { obtainedAt } from '../../db/documents.ts';
import { recordEvent } from '../../db/events.ts';
import { insertGrievance, type Grievance } from '../../db/grievances.ts';
import { wake } from '../../db/engine/outbox.ts';
import { stageConflict, type Procurement } from '../../db/procurements.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { due } from '../../domain/law/due.ts';
import { rulesOf } from '../../domain/law/limits.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import type { ProcurementStage } from '../../domain/stages.ts';
import { grievanceSubject } from '../../domain/subjects.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';

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
export async function fileGrievance(tx: Tx, actor: Actor, filing: NewGrievance): Promise<Grievance> {
  const c = await actOn(tx, filing.procurementId);
  const { regime } = c.procurement;
  const lotNo = filing.target === 'documents' ? 0 : filing.lotNo;
  const rule = filing.target === 'documents' ? await documentsWindow(c, filing) : await resultWindow(c, lotNo, filing);
  const grievance: Grievance = {
    id: newId(),
    procurementId: c.id,
    lotNo,
    kind: regime === 'tendering' ? 'objection' : 'query',
    target: filing.target,
    filedBy: filing.organisationId,
    textZh: filing.textZh,
    filedAt: tx.now,
    replyDueAt: due(replyRuleOf(c.procurement, filing.target), tx.now, tx.calendar).due,
    rule,
    // 条例 22, 54: an objection stops the activity; a query stops the signing of the contract only (政府采购法实施条例 54).
    suspends: regime === 'tendering' ? 'activity' : 'contract',
    state: 'filed',
    repliedAt: null,
    outcome: null,
    effect: null,
    replyZh: null,
  };
  await insertGrievance(tx.q, grievance);
  if (grievance.suspends === 'activity') {
    const stopped = filing.target === 'documents' ? 'bid-deadline' : 'publicity-end';
    c.timeline.suspend(newId(), lotNo, stopped, grievance.id);
  } else {
    for (const no of lotNo === 0 ? c.lots.map((lot) => lot.no) : [lotNo]) {
      if (c.milestone(no, 'contract')?.state === 'planned') c.timeline.suspend(newId(), no, 'contract', grievance.id);
    }
  }
  recordAudit(tx, actor, {
    action: 'grievance.file',
    procurementId: c.id,
    subject: `grievance/${grievance.id}`,
    detail: { kind: grievance.kind, target: grievance.target, lotNo, replyDueAt: grievance.replyDueAt },
    sealed: true,
  });
  recordEvent(tx, {
    kind: 'grievance.filed',
    procurementId: c.id,
    lotNo,
    organisationId: filing.organisationId,
    subject: `grievance/${grievance.id}`,
    sealed: true,
  });
  wake(tx, grievanceSubject(grievance.id));
  await saveCases(tx, [c]);
  return grievance;
}

/** 对招标文件: by who obtained them, until the cut-off. Returns the rule that sets it. */
async function documentsWindow(c: TenderCase, filing: NewGrievance): Promise<string> {
  const { tx, procurement, rules } = c;
  // A query may come after the opening: it runs from when the supplier obtained the documents (财政部令94号 11).
  const stages: readonly ProcurementStage[] =
    procurement.regime === 'government' ? ['bidding', 'opening', 'evaluation'] : ['bidding'];
  if (!stages.includes(procurement.stage)) throw stageConflict('procurement', procurement.stage, stages);
  const obtained = await obtainedAt(tx.q, c.id, filing.organisationId);
  if (obtained === null) {
    throw new DomainError('forbidden', {
      messageZh: '只有依法获取招标文件的潜在投标人可以对招标文件提出异议或质疑',
      messageEn: 'Only who obtained the documents may object to or query them',
      details: { field: 'target', given: 'documents' },
    });
  }
  const rule = rules.objectionDocuments;
  let until = c.timeline.get(0, 'objection-documents-end').dueAt ?? 0;
  if (procurement.regime === 'government') {
    // From receipt of the documents or the end of the notice period, whichever is later (政府采购法实施条例 53).
    until = Math.max(until, due(rule, obtained, tx.calendar).due);
  }
  // While an objection stops the activity the deadline this is counted back from does not come nearer.
  if (!c.stands(0, 'bid-deadline')) refuseLate(tx.now, until, rule);
  return rule;
}

/** 对评标结果 / 中标结果: by who bid for the lot, within the window. Returns the rule that sets it. */
async function resultWindow(c: TenderCase, lotNo: number, filing: NewGrievance): Promise<string> {
  const { tx, procurement, rules } = c;
  const { stage } = c.lot(lotNo);
  if (!(await hasBid(tx.q, c.id, lotNo, filing.organisationId))) {
    throw new DomainError('forbidden', {
      messageZh: '只有参加本标段投标的供应商可以对结果提出异议或质疑',
      messageEn: 'Only a bidder for the lot may object to or query its result',
      details: { field: 'lotNo', given: lotNo },
    });
  }
  const rule = rules.resultGrievance;
  const key = procurement.regime === 'tendering' ? 'publicity-end' : 'query-result-end';
  const window = c.milestone(lotNo, key);
  // A result that was set aside can be objected to no more; the next one opens a window of its own.
  if (!window || window.state === 'cancelled') {
    throw stageConflict('lot', stage, procurement.regime === 'tendering' ? ['publicity'] : ['contract']);
  }
  if (!c.stands(lotNo, key)) refuseLate(tx.now, window.dueAt ?? 0, rule);
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
