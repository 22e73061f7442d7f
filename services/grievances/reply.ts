import { recordAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { recordEvent } from '../../db/events.ts';
import { changeGrievance, grievanceById, type Grievance } from '../../db/grievances.ts';
import { organisationById } from '../../db/organisations.ts';
import { wake } from '../../db/engine/outbox.ts';
import { RESUMED, resumedClocksOf } from '../../db/tender/suspensions.ts';
import type { DecisionPayloads, GrievanceEffect, Recheck } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertNamesNoAsker, type Asker } from '../../domain/grievances/asker.ts';
import type { ReplyBasis } from '../../domain/grievances/letter.ts';
import { questionsOf } from '../../domain/grievances/questions.ts';
import { due } from '../../domain/law/due.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf } from '../../domain/law/violation.ts';
import type { NoticeData } from '../../domain/notices/data.ts';
import { grievanceSubject, lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { seenOf } from '../../domain/text.ts';
import { NO_WINNER, failedUnder, failLot } from '../lots/fail.ts';
import { publishNotice } from '../notices/publish.ts';
import { allBids, beginRecheck } from '../rechecks/begin.ts';
import { openRecheck } from '../rechecks/open.ts';
import { assertDue, groundOf, notOn, refuseContradicted } from '../rechecks/refer.ts';
import { planBidding } from '../procurements/bidding.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { setResultAside } from '../awards/set-aside.ts';
import { askerOf } from './askers.ts';

/**
 * 答复: publishes the reply without the filer's name, resumes the clock with the lost time added, and applies the ruling.
 * @throws DomainError `grievance-settled`, `bad-input`, `unlawful`, `not-found`
 */
export async function replyToGrievance(
  tx: Tx,
  actor: Actor,
  grievanceId: string,
  reply: DecisionPayloads['reply'],
): Promise<Decision<'reply'>> {
  const grievance = await grievanceById(tx.q, grievanceId);
  if (grievance.state === 'replied') {
    throw new DomainError('grievance-settled', {
      messageZh: '该异议（质疑）已经答复',
      messageEn: 'This grievance was replied to already',
      details: { grievanceId },
    });
  }
  const { outcome, effect, textZh } = reply;
  const c = await actOn(tx, grievance.procurementId);
  assertEffectApplies(c, grievance, outcome, effect);
  const recheck = await recheckOf(c, grievance, reply);
  refuseWithoutBasis(c, reply);
  const filer = { ...(await askerOf(tx.q, grievance.filedBy)), letter: grievance.letter };
  assertNamesNoAsker({ replyZh: textZh, factsZh: reply.factsZh, lawZh: reply.lawZh }, filer);
  const respondent = await respondentOf(c, actor);
  const basis = { factsZh: reply.factsZh ?? null, lawZh: reply.lawZh ?? null, respondent };
  const replied = { state: 'replied', repliedAt: tx.now, outcome, effect, replyZh: textZh, basis } as const;
  await changeGrievance(tx, grievanceId, replied);
  const { lotNo, target } = grievance;
  const answered = answeredBy(c, grievance, filer, basis);
  publishNotice(c, actor, 'grievance-reply', { lotNo }, { target, outcome, effect, replyZh: textZh, answered });
  await resumeClocks(c, actor, grievanceId, effect);
  await carryOut(c, grievance, effect, actor, recheck);
  const decision = c.decide('reply', actor, grievance.lotNo, reply, grievanceId);
  recordEvent(tx, {
    kind: 'grievance.replied',
    procurementId: c.id,
    lotNo: grievance.lotNo,
    organisationId: grievance.filedBy,
    subject: `grievance/${grievanceId}`,
    confidential: true,
  });
  wake(tx, grievanceSubject(grievanceId));
  await saveCases(tx, [c]);
  return decision;
}

/**
 * 质疑答复 states what it rests on (财政部令94号 15).
 * @throws DomainError `unlawful`
 */
function refuseWithoutBasis(c: TenderCase, { factsZh, lawZh }: DecisionPayloads['reply']): void {
  const { replyContents } = c.definition.grievances;
  if (replyContents === undefined) return;
  const rule = getRule(replyContents);
  const violations = (
    [
      ['factsZh', factsZh, '事实依据', 'the facts'],
      ['lawZh', lawZh, '法律依据', 'the law'],
    ] as const
  )
    .filter(([, value]) => value === undefined || seenOf(value) === '')
    .map(([field, , zh, en]) =>
      breachOf(rule, 'block', {
        field,
        given: null,
        messageZh: `${c.definition.words.grievance}答复应当载明${zh}，未填写`,
        messageEn: `A reply must state ${en}; it is not given`,
      }),
    );
  if (violations.length === 0) return;
  throw new DomainError('unlawful', {
    messageZh: violations.map(({ messageZh }) => messageZh).join('；'),
    messageEn: violations.map(({ messageEn }) => messageEn).join('; '),
    details: { violations },
  });
}

/** 答复人: the party that replies, or the purchaser that it replies for. */
async function respondentOf({ tx, procurement }: TenderCase, { organisationId }: Actor): Promise<string> {
  const { purchaserId, agencyId } = procurement;
  const party = organisationId !== null && organisationId === agencyId ? agencyId : purchaserId;
  return (await organisationById(tx.q, party)).name;
}

/** What the notice repeats of the grievance, and the right to complain. */
function answeredBy(
  c: TenderCase,
  grievance: Grievance,
  filer: Asker,
  basis: ReplyBasis,
): NonNullable<NoticeData['grievance-reply']['answered']> {
  const { tx, procurement } = c;
  const { rule, from, zh } = c.definition.grievances.complaint;
  const { law, article, amount, unit } = getRule(rule);
  const term = `${amount ?? ''}${unit === 'working_day' ? '个工作日' : '日'}内`;
  const start = from === 'reply-end' ? `自答复期满后${term}` : `自知道或者应当知道之日起${term}`;
  return {
    projectNumber: procurement.particulars?.projectNumber ?? null,
    questions: questionsOf(grievance, filer),
    filedAt: grievance.filedAt,
    repliedAt: tx.now,
    ...basis,
    complaint: {
      ...{ law, article },
      zh: `${zh}（${start}）。`,
      until: from === 'reply-end' ? due(rule, grievance.replyDueAt, tx.calendar).due : null,
    },
  };
}

/** 更正公告: every bidder, not only the objector, must be notified that a clock runs again, and of its new end. */
async function resumeClocks(c: TenderCase, actor: Actor, grievanceId: string, effect: GrievanceEffect): Promise<void> {
  const resumed = await resumedClocksOf(c.tx.q, c.id);
  for (const { lotNo, milestone } of c.timeline.endSuspensions(grievanceId)) {
    const before = c.milestone(lotNo, milestone)?.dueAt ?? null;
    const moved = resumed.findLast((each) => each.lotNo === lotNo && each.milestone === milestone);
    const after = c.timeline.resume(lotNo, milestone, moved?.at ?? null);
    if (after === null) continue;
    // One that is set aside or tendered again ends by its ruling, whatever is left of its clock.
    const clock = { lotNo, milestone, before, after: effect === 'none' ? after : null };
    recordAudit(c.tx, UNATTENDED, {
      action: RESUMED,
      procurementId: c.id,
      subject: lotNo === 0 ? procurementSubject(c.id) : lotSubject(c.id, lotNo),
      detail: clock,
    });
    if (milestone === 'bid-deadline') {
      c.change({ bidDeadline: after });
      planBidding(c);
      publishNotice(
        c,
        actor,
        'amendment',
        { lotNo },
        { because: 'resumed', bidDeadlineBefore: before, bidDeadline: after },
      );
    }
    // A result that is set aside stands public no more.
    if (milestone === 'publicity-end' && effect === 'none') {
      publishNotice(c, actor, 'amendment', { lotNo }, { because: 'publicity-resumed', before, after });
    }
  }
}

function assertEffectApplies(
  c: TenderCase,
  grievance: Grievance,
  outcome: 'rejected' | 'upheld',
  effect: GrievanceEffect,
): void {
  const possible = effect === 'none' || (outcome === 'upheld' && grievance.lotNo !== 0);
  if (possible) return;
  const { documents, evaluation, grievance: word, tendering } = c.definition.words;
  throw new DomainError('bad-input', {
    messageZh: `驳回的${word}、对${documents}的${word}不能产生重新${evaluation}或重新${tendering}的后果；${documents}应以澄清公告修改`,
    messageEn: 'A grievance that is rejected, or is against the documents, cannot order this; documents are amended',
    details: { field: 'effect', given: effect, outcome, target: grievance.target },
  });
}

/**
 * On which ground, and by when, the same committee evaluates again: where the law lists the grounds, on one of them alone (财政部令87号 64).
 * @throws DomainError `unlawful`, `bad-input`
 */
async function recheckOf(
  c: TenderCase,
  { id, lotNo }: Grievance,
  { effect, textZh, recheck }: DecisionPayloads['reply'],
): Promise<Recheck | null> {
  if (effect !== 're-evaluate') return null;
  const ground = recheck?.ground ?? 'grievance';
  const defined = groundOf(c, ground, 'recheck.ground');
  if (!defined.stages.includes('evaluation')) throw notOn(c, ground, defined.rule);
  await refuseContradicted(c, lotNo, defined, ground, 'recheck.ground');
  const dueAt = assertDue(c, recheck?.dueAt ?? null, null, 'recheck.dueAt');
  return {
    ...{ ground, grievanceId: id, bidIds: await allBids(c, lotNo), items: null },
    ...{ reasonZh: textZh, documentId: null, dueAt, dueRule: null },
  };
}

async function carryOut(
  c: TenderCase,
  grievance: Grievance,
  effect: GrievanceEffect,
  actor: Actor,
  recheck: Recheck | null,
): Promise<void> {
  const { lotNo } = grievance;
  switch (effect) {
    case 'none':
      return;
    case 're-evaluate':
      setResultAside(c, lotNo);
      c.timeline.endSuspensions((await openRecheck(c, lotNo))?.id ?? '');
      c.advanceLot(lotNo, 'evaluation', NO_WINNER);
      if (recheck) await beginRecheck(c, actor, lotNo, recheck);
      return;
    case 'retender': {
      const reason = failedUnder(
        c,
        c.rules.resultInvalid,
        `异议（质疑）成立且影响${c.definition.words.award}结果，${c.definition.words.again}`,
        'A grievance was upheld that affects the result: to be tendered again',
      );
      await failLot(c, actor, lotNo, reason);
      return;
    }
  }
}
