import { v7 as newId } from 'uuid';
import { recordAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import { hasBid } from '../../db/bids.ts';
import type { Tx } from '../../db/access/database.ts';
import { obtainedAt } from '../../db/documents.ts';
import { recordEvent } from '../../db/events.ts';
import { insertGrievance, type Grievance } from '../../db/grievances.ts';
import { wake } from '../../db/engine/outbox.ts';
import type { Procurement } from '../../db/procurements.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { due } from '../../domain/law/due.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { citationOf, getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { grievanceSubject } from '../../domain/subjects.ts';
import { suspendedBy } from '../../domain/suspended.ts';
import { publishNotice } from '../notices/publish.ts';
import { assertInvited } from '../procurements/invited.ts';
import type { GrievanceLetter } from '../../domain/grievances/letter.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
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
  /** 质疑函, as far as it states what the law asks. */
  readonly letter?: GrievanceLetter | null;
  /** The interest of who takes no part (其他利害关系人). */
  readonly interestZh?: string | null;
}

/** The rule that sets the time for the reply, counted from the filing. */
export function replyRuleOf(
  procurement: Pick<Procurement, 'regime' | 'procedure' | 'rulebookVersion'>,
  target: Grievance['target'],
): RuleId {
  return procedureOf(procurement).grievances[target].reply;
}

/**
 * Files an objection (异议, tendering) or a query (质疑, government procurement). Whether it is in time is decided here,
 * and what the law suspends is suspended in this transaction.
 * @throws DomainError `grievance-late`, `forbidden` for a non-participant, `not-invited`, `stage-conflict`, `not-found`
 */
export async function fileGrievance(tx: Tx, actor: Actor, filing: NewGrievance): Promise<Grievance> {
  const c = await actOn(tx, filing.procurementId);
  await assertInvited(tx.q, c.procurement, filing.organisationId);
  const { kind, suspends, [filing.target]: against } = c.definition.grievances;
  const lotNo = filing.target === 'documents' ? 0 : filing.lotNo;
  const rule = filing.target === 'documents' ? await documentsWindow(c, filing) : await resultWindow(c, lotNo, filing);
  const grievance: Grievance = {
    id: newId(),
    procurementId: c.id,
    lotNo,
    kind,
    target: filing.target,
    filedBy: filing.organisationId,
    textZh: filing.textZh,
    filedAt: tx.now,
    replyDueAt: due(replyRuleOf(c.procurement, filing.target), tx.now, tx.calendar).due,
    rule: getRule(rule).id,
    suspends,
    state: 'filed',
    repliedAt: null,
    outcome: null,
    effect: null,
    replyZh: null,
    letter: filing.letter ?? null,
    interestZh: filing.interestZh ?? null,
    attachments: null,
    basis: null,
  };
  await insertGrievance(tx.q, grievance);
  if (suspends === 'activity') {
    const isFirst = !c.isSuspended(lotNo, against.suspends);
    c.timeline.suspend(newId(), lotNo, against.suspends, grievance.id);
    if (isFirst) announceSuspension(c, grievance);
  } else {
    for (const no of lotNo === 0 ? c.lots.map((lot) => lot.no) : [lotNo]) {
      if (c.milestone(no, against.suspends)?.state !== 'planned') continue;
      c.timeline.suspend(newId(), no, against.suspends, grievance.id);
    }
  }
  recordAudit(tx, actor, {
    action: 'grievance.file',
    procurementId: c.id,
    subject: `grievance/${grievance.id}`,
    detail: { kind: grievance.kind, target: grievance.target, lotNo, replyDueAt: grievance.replyDueAt },
    confidential: true,
  });
  recordEvent(tx, {
    kind: 'grievance.filed',
    procurementId: c.id,
    lotNo,
    organisationId: filing.organisationId,
    subject: `grievance/${grievance.id}`,
    confidential: true,
  });
  wake(tx, grievanceSubject(grievance.id));
  await saveCases(tx, [c]);
  return grievance;
}

/** 暂停公告: everybody learns that a clock does not run, why, and what follows; nobody learns who objected. */
function announceSuspension(c: TenderCase, { lotNo, target, filedAt, replyDueAt }: Grievance): void {
  const { grievances } = c.definition;
  if (!grievances.suspensionNotice) return;
  const milestone = grievances[target].suspends;
  const interval = { lotNo, milestone, target, from: filedAt, until: null, replyDueAt };
  for (const { rule, why, next, since } of suspendedBy(c.definition, [interval], c.tx.now)) {
    const { law, article } = getRule(rule);
    publishNotice(
      c,
      UNATTENDED,
      'suspension',
      { lotNo },
      {
        ...{ milestone, since, replyDueAt, law, article },
        before: c.milestone(lotNo, milestone)?.dueAt ?? null,
        whyZh: why.zh,
        nextZh: next.zh,
      },
    );
  }
}

/** 对招标文件: by a supplier that obtained them, until the cut-off. Returns the rule that sets it. */
async function documentsWindow(c: TenderCase, filing: NewGrievance): Promise<string> {
  const { tx, procurement } = c;
  const { words, grievances } = c.definition;
  const { stages, rule, fromObtaining } = grievances.documents;
  if (!stages.includes(procurement.stage)) {
    throw stageConflict(c.definition, { what: 'procurement', stage: procurement.stage, wanted: stages, rule });
  }
  const obtained = await obtainedAt(tx.q, c.id, filing.organisationId);
  if (obtained === null && !isInterested(c, filing)) {
    const { zh, en, details } = citationOf(grievances.documents.who);
    const others = othersMayFile(c);
    throw new DomainError('forbidden', {
      messageZh: `只有依法获取${words.documents}的潜在${words.bidder}可以对${words.documents}提出${words.grievance}${zh}${others.zh}`,
      messageEn: `Only who obtained the documents may object to or query them${en}${others.en}`,
      details: { field: 'target', given: 'documents', ...details },
    });
  }
  let until = c.timeline.get(0, 'objection-documents-end').dueAt ?? 0;
  if (fromObtaining) {
    // From receipt of the documents or the end of the notice period, whichever is later (政府采购法实施条例 53).
    // Documents that come with the letter are received with it, whenever they are downloaded.
    const received = c.rules.documents === undefined ? procurement.noticeAt : (obtained ?? procurement.noticeAt);
    until = Math.max(until, due(rule, received, tx.calendar).due);
  }
  // While an objection suspends the clock, the deadline that this is counted back from does not approach.
  if (!c.isSuspended(0, 'bid-deadline')) refuseLate(tx.now, until, rule);
  return rule;
}

/** 对评标结果 / 中标结果: by a bidder of the lot, within the window. Returns the rule that sets it. */
async function resultWindow(c: TenderCase, lotNo: number, filing: NewGrievance): Promise<string> {
  const { tx } = c;
  const { words, grievances } = c.definition;
  const { rule, window: key, stage: wanted } = grievances.result;
  const { stage } = c.lot(lotNo);
  if (!(await hasBid(tx.q, c.id, lotNo, filing.organisationId)) && !isInterested(c, filing)) {
    const { zh, en, details } = citationOf(grievances.result.who);
    const others = othersMayFile(c);
    throw new DomainError('forbidden', {
      messageZh: `只有递交了本标段${words.bid}的供应商可以对结果提出${words.grievance}${zh}${others.zh}`,
      messageEn: `Only a bidder for the lot may object to or query its result${en}${others.en}`,
      details: { field: 'lotNo', given: lotNo, ...details },
    });
  }
  const window = c.milestone(lotNo, key);
  // No objection is possible to a result that was set aside; the next result opens its own window.
  if (!window || window.state === 'cancelled') {
    throw stageConflict(c.definition, { what: 'lot', stage, wanted: [wanted], rule });
  }
  if (!c.isSuspended(lotNo, key)) refuseLate(tx.now, window.dueAt ?? 0, rule);
  return rule;
}

/** 其他利害关系人: who states the interest that it has in a tender that it takes no part in; not who runs it. */
function isInterested({ definition, procurement }: TenderCase, { interestZh, organisationId }: NewGrievance): boolean {
  if (definition.grievances.interested === undefined || !interestZh) return false;
  return organisationId !== procurement.purchaserId && organisationId !== procurement.agencyId;
}

function othersMayFile({ definition }: TenderCase): { zh: string; en: string } {
  const { interested } = definition.grievances;
  if (interested === undefined) return { zh: '', en: '' };
  const { zh, en } = citationOf(interested);
  return {
    zh: `；其他利害关系人应当说明利害关系（interestZh）${zh}`,
    en: `; others state the interest that they have (interestZh)${en}`,
  };
}

function refuseLate(now: number, until: number, ruleId: string): void {
  if (now <= until) return;
  const { id: rule, law, article } = getRule(ruleId);
  throw new DomainError('grievance-late', {
    messageZh: `提出期限已于 ${instantZh(until)} 届满（${law}第${article}条）`,
    messageEn: `The time to file ended at ${instantEn(until)} (${law} art. ${article})`,
    details: { rule, law, article, latestLawful: formatInstant(until), receivedAt: formatInstant(now) },
  });
}
