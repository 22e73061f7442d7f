import type { Database } from '../db/access/database.ts';
import { acceptDecision, decisionToCarryOut } from '../db/decisions.ts';
import { publishNotice } from '../db/notices.ts';
import { advanceLot, advanceProcurement, procurementById, stageConflict } from '../db/procurements.ts';
import { cancelPlanned, planAt, planByRule } from '../db/timeline.ts';
import { withdrawUnfinished } from '../db/uploads.ts';
import type { TerminationGround } from '../domain/decisions.ts';
import { DomainError } from '../domain/errors.ts';
import { getPeriodRule } from '../domain/law/due.ts';
import { rulesOf } from '../domain/law/limits.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { FINAL_LOT_STAGES } from '../domain/stages.ts';
import { overdueIsRecorded } from './award.ts';
import { transact } from './transact.ts';
import { recordDeadline } from '../services/custodians/set-deadline.ts';

/** The one ground on which each regime lets a tender be terminated (30号令 15, 财政部令87号 29). */
const LAWFUL_GROUND: Readonly<Record<'tendering' | 'government', TerminationGround>> = {
  tendering: 'force-majeure',
  government: 'task-cancelled',
};

const LAW_OF_GROUND = {
  tendering: { law: '30号令', article: '15' },
  government: { law: '财政部令87号', article: '29' },
} as const;

export const terminationActivities = (db: Database) => ({
  /** 终止招标: publishes it with its reason, ends every lot, and starts the duty to give fees and deposits back. */
  terminate: ({ decisionId }: { decisionId: string }): Promise<void> =>
    transact(db, { decisionId }, async (tx) => {
      const decision = await decisionToCarryOut(tx, 'terminate', decisionId);
      if (!decision) return;
      const { procurementId, payload } = decision;
      const tender = await procurementById(tx.q, procurementId);
      const rule = getRule(rulesOf(tender.regime, tender.noticeAt).termination);
      if (payload.ground !== LAWFUL_GROUND[tender.regime]) {
        throw new DomainError('unlawful', {
          messageZh: `终止招标的理由不成立：${tender.regime === 'tendering' ? '除不可抗力外，招标公告发布后不得终止招标（30号令第15条）' : '除因重大变故采购任务取消外，不得终止招标（财政部令87号第29条）'}`,
          messageEn: `Not a lawful ground: ${tender.regime === 'tendering' ? 'after the notice only force majeure ends a tender (30号令 art. 15)' : 'only a major change that cancels the task does (财政部令87号 art. 29)'}`,
          details: {
            field: 'ground',
            given: payload.ground,
            lawful: LAWFUL_GROUND[tender.regime],
            ...LAW_OF_GROUND[tender.regime],
          },
        });
      }
      const awarded = tender.lots.find(({ stage }) => ['contract', 'performance', 'archived'].includes(stage));
      if (awarded) throw stageConflict('lot', awarded.stage, ['pending', 'evaluation', 'publicity', 'award']);
      for (const { no, stage } of tender.lots) {
        if (FINAL_LOT_STAGES.includes(stage)) continue;
        await advanceLot(tx, procurementId, no, 'terminated');
        await cancelPlanned(tx, { procurementId, lotNo: no });
      }
      const whole = { procurementId, lotNo: 0 };
      await cancelPlanned(tx, whole);
      await withdrawUnfinished(tx, procurementId, 'terminated');
      await advanceProcurement(tx, procurementId, 'terminated', { endedAt: tx.now });
      // A tender terminated before its notice was out has taken no fees or deposits, and nobody was told of it.
      if (tender.stage !== 'launched') {
        // Bids that are in stay sealed: no custodian finds that a deadline of theirs has passed.
        if (tender.stage === 'bidding') await recordDeadline(tx, procurementId, null);
        await publishNotice(tx, decision.actor, {
          ...whole,
          kind: 'termination',
          titleZh: `${tender.title}终止公告`,
          content: { ground: payload.ground, reasonZh: payload.reasonZh, law: rule.law, article: rule.article },
          legalAt: decision.receivedAt,
        });
        if (rule.amount === undefined) await planAt(tx, whole, 'deposits-losers', null, [rule.id], overdueIsRecorded);
        else {
          const { id } = getPeriodRule(rule.id);
          await planByRule(tx, whole, 'deposits-losers', id, decision.receivedAt, overdueIsRecorded);
        }
      }
      await acceptDecision(tx, decision);
    }),
});
