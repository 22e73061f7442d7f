import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { recordEvent } from '../../db/events.ts';
import { changeGrievance, grievanceById, type Grievance } from '../../db/grievances.ts';
import { wake } from '../../db/engine/outbox.ts';
import type { DecisionPayloads, GrievanceEffect } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { grievanceSubject } from '../../domain/subjects.ts';
import { NO_WINNER, failedUnder, failLot } from '../lots/fail.ts';
import { publishNotice } from '../notices/publish.ts';
import { planBidding } from '../procurements/bidding.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';

/** What is cancelled when a lot goes back to its evaluation. */
const AFTER_EVALUATION: readonly MilestoneKey[] = [
  'publicity-start',
  'publicity-end',
  'award',
  'award-notice-end',
  'query-result-end',
  'contract',
  'written-report',
  'deposits-losers',
];

/**
 * 答复: publishes the reply without the filer's name, resumes the clock with the lost time added, and applies the ruling.
 * @throws DomainError `grievance-settled`, `bad-input`, `not-found`
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
  await changeGrievance(tx, grievanceId, { state: 'replied', repliedAt: tx.now, outcome, effect, replyZh: textZh });
  const { lotNo, target } = grievance;
  publishNotice(c, actor, 'grievance-reply', { lotNo }, { target, outcome, effect, replyZh: textZh });
  resumeClocks(c, actor, grievanceId, effect);
  await carryOut(c, grievance, effect, actor);
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

/** 更正公告: every bidder, not only the objector, must be notified that a clock runs again, and of its new end. */
function resumeClocks(c: TenderCase, actor: Actor, grievanceId: string, effect: GrievanceEffect): void {
  for (const { lotNo, milestone } of c.timeline.endSuspensions(grievanceId)) {
    const before = c.milestone(lotNo, milestone)?.dueAt ?? null;
    const after = c.timeline.resume(lotNo, milestone);
    if (after === null) continue;
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

async function carryOut(c: TenderCase, grievance: Grievance, effect: GrievanceEffect, actor: Actor): Promise<void> {
  const { lotNo } = grievance;
  switch (effect) {
    case 'none':
      return;
    case 're-evaluate':
      c.timeline.cancelPlanned(lotNo, AFTER_EVALUATION);
      c.advanceLot(lotNo, 'evaluation', NO_WINNER);
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
