import { recordAudit, UNATTENDED, type Actor } from '../db/audit.ts';
import type { Database, Tx } from '../db/access/database.ts';
import { acceptDecision, decisionById, decisionToCarryOut } from '../db/decisions.ts';
import { changeGrievance, grievanceById, type Grievance } from '../db/grievances.ts';
import { latestNotice, publishNotice } from '../db/notices.ts';
import { advanceLot, changeProcurement, lotOf, procurementById, type Procurement } from '../db/procurements.ts';
import { endSuspensions } from '../db/suspensions.ts';
import { cancelPlanned, runOn } from '../db/timeline.ts';
import { planBidding } from '../db/launch.ts';
import type { GrievanceEffect } from '../domain/decisions.ts';
import { formatInstant } from '../domain/civil-time.ts';
import { DomainError } from '../domain/errors.ts';
import type { MilestoneKey } from '../domain/law/milestones.ts';
import { getRule } from '../domain/law/rulebook.ts';
import type { LotStage } from '../domain/stages.ts';
import type { Acted } from './acted.ts';
import { NO_WINNER, stoppedUnder, stopLot } from './stopping.ts';
import { transact } from './transact.ts';
import { recordDeadline } from '../services/custodians/set-deadline.ts';

/** What falls away when a lot goes back to its evaluation. */
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

export const grievanceActivities = (db: Database) => ({
  /** 答复: publishes the reply without the filer's name, gives the clock its time back, and does what the reply orders. */
  reply: ({ decisionId }: { decisionId: string }): Promise<{ lotStage: LotStage | null }> =>
    transact(db, { decisionId }, async (tx) => {
      const decision = await decisionToCarryOut(tx, 'reply', decisionId);
      const grievance = await grievanceById(tx.q, (await decisionById(tx.q, decisionId)).grievanceId ?? '');
      if (!decision) return { lotStage: await movedTo(tx, grievance, grievance.effect) };
      if (grievance.state === 'replied') {
        throw new DomainError('grievance-settled', {
          messageZh: '该异议（质疑）已经答复',
          messageEn: 'This grievance was replied to already',
          details: { grievanceId: grievance.id },
        });
      }
      const { outcome, effect, textZh } = decision.payload;
      refuseSenselessEffect(grievance, outcome, effect);
      await changeGrievance(tx, grievance.id, {
        state: 'replied',
        repliedAt: decision.receivedAt,
        outcome,
        effect,
        replyZh: textZh,
      });
      const tender = await procurementById(tx.q, grievance.procurementId);
      await publishNotice(tx, decision.actor, {
        procurementId: grievance.procurementId,
        lotNo: grievance.lotNo,
        kind: 'grievance-reply',
        titleZh: `${tender.title}${grievance.kind === 'objection' ? '异议' : '质疑'}答复`,
        content: { target: grievance.target, outcome, effect, replyZh: textZh },
        legalAt: decision.receivedAt,
      });
      for (const { lotNo, milestone } of await endSuspensions(tx, grievance.id)) {
        const place = { procurementId: grievance.procurementId, lotNo };
        const until = await runOn(tx, place, milestone);
        if (milestone === 'bid-deadline' && until !== null && until !== tender.bidDeadline) {
          await changeProcurement(tx, tender.id, { bidDeadline: until });
          await planBidding(tx, { ...tender, bidDeadline: until });
          await announceMovedDeadline(tx, decision.actor, tender, until);
        }
        if (milestone === 'bid-deadline') await recordDeadline(tx, tender.id, until ?? tender.bidDeadline);
      }
      await carryOut(tx, grievance, effect, decision.actor);
      await acceptDecision(tx, decision);
      return { lotStage: await movedTo(tx, grievance, effect) };
    }),

  /** The reply is overdue: on the record, and what was stopped stays stopped. */
  replyOverdue: ({
    grievanceId,
  }: {
    grievanceId: string;
  }): Promise<Acted<{ replied?: { lotStage: LotStage | null } }>> =>
    transact(db, { grievanceId }, async (tx) => {
      const grievance = await grievanceById(tx.q, grievanceId);
      if (grievance.state === 'replied') {
        return { outcome: 'done', replied: { lotStage: await movedTo(tx, grievance, grievance.effect) } };
      }
      if (grievance.state === 'overdue') return { outcome: 'done' };
      if (tx.now <= grievance.replyDueAt) return { outcome: 'not-yet', at: grievance.replyDueAt + 1 };
      await changeGrievance(tx, grievanceId, { state: 'overdue' });
      recordAudit(tx, UNATTENDED, {
        action: 'grievance.overdue',
        procurementId: grievance.procurementId,
        subject: `grievance/${grievanceId}`,
        detail: { replyDueAt: grievance.replyDueAt },
        sealed: true,
      });
      return { outcome: 'done' };
    }),
});

/** Where the ruling moved the lot; null where it did not, so that late news of it moves nothing back. */
async function movedTo(
  tx: Tx,
  { procurementId, lotNo }: Grievance,
  effect: GrievanceEffect | null,
): Promise<LotStage | null> {
  return lotNo === 0 || effect === null || effect === 'none' ? null : (await lotOf(tx.q, procurementId, lotNo)).stage;
}

/** 更正公告: every bidder, not the objector alone, must learn that the clock runs again, and until when. */
async function announceMovedDeadline(tx: Tx, actor: Actor, tender: Procurement, bidDeadline: number): Promise<void> {
  const original = await latestNotice(tx.q, tender.id, 0, 'tender');
  await publishNotice(tx, actor, {
    procurementId: tender.id,
    lotNo: 0,
    kind: 'amendment',
    titleZh: `${tender.title}恢复招标及延期公告`,
    content: {
      textZh: '对招标文件的异议已经答复，招标投标活动恢复，投标截止时间按暂停的时间顺延。',
      affectsBids: false,
      documentIds: [],
      bidDeadlineBefore: tender.bidDeadline === null ? null : formatInstant(tender.bidDeadline),
      bidDeadline: formatInstant(bidDeadline),
    },
    legalAt: tx.now,
    ...(original ? { corrects: original.id } : {}),
  });
}

function refuseSenselessEffect(grievance: Grievance, outcome: 'rejected' | 'upheld', effect: GrievanceEffect): void {
  const possible = effect === 'none' || (outcome === 'upheld' && grievance.lotNo !== 0);
  if (possible) return;
  throw new DomainError('bad-input', {
    messageZh: '驳回的异议（质疑）、对招标文件的异议（质疑）不能产生重新评标或重新招标的后果；招标文件应以澄清公告修改',
    messageEn: 'A grievance that is rejected, or is against the documents, cannot order this; documents are amended',
    details: { field: 'effect', given: effect, outcome, target: grievance.target },
  });
}

async function carryOut(
  tx: Tx,
  grievance: Grievance,
  effect: GrievanceEffect,
  actor: Parameters<typeof stopLot>[1],
): Promise<void> {
  const place = { procurementId: grievance.procurementId, lotNo: grievance.lotNo };
  switch (effect) {
    case 'none':
      return;
    case 're-evaluate':
      await cancelPlanned(tx, place, AFTER_EVALUATION);
      await advanceLot(tx, place.procurementId, place.lotNo, 'evaluation', NO_WINNER);
      return;
    case 'retender': {
      const tender = await procurementById(tx.q, place.procurementId);
      const rule = getRule(tender.regime === 'government' ? 'gp-challenge-outcomes' : 'works-invalid-81');
      const reason = stoppedUnder(
        tender.regime,
        rule.id,
        '异议（质疑）成立且影响中标结果，重新招标（采购）',
        'A grievance was upheld that affects the result: to be tendered again',
      );
      await stopLot(tx, actor, tender, place.lotNo, reason);
      return;
    }
  }
}
