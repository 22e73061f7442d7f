import type { Database, Tx } from '../db/access/database.ts';
import { acceptDecision, decisionToCarryOut, latestAccepted, type Decision } from '../db/decisions.ts';
import { recordAudit, UNATTENDED } from '../db/audit.ts';
import { assertDepositsReturned } from '../services/deposits/held.ts';
import { publishNotice } from '../db/notices.ts';
import { advanceLot, lotOf, procurementById, stageConflict } from '../db/procurements.ts';
import { openGrievances, suspensionsOf, type Place } from '../db/suspensions.ts';
import { complete, findMilestone, markOverdue, outstanding, planAt, planByRule } from '../db/timeline.ts';
import { formatInstant } from '../domain/civil-time.ts';
import { DECISION_STAGES } from '../domain/decisions.ts';
import { DomainError } from '../domain/errors.ts';
import { rulesOf } from '../domain/law/limits.ts';
import type { MilestoneKey } from '../domain/law/milestones.ts';
import { getRule } from '../domain/law/rulebook.ts';
import type { LotStage } from '../domain/stages.ts';
import type { Acted } from './acted.ts';
import { overdueIsRecorded } from './award.ts';
import { placeOf, supplierNames } from './evaluation.ts';
import { transact } from './transact.ts';

export const contractActivities = (db: Database) => ({
  /** 签订合同: as the bid was, within its limit, and not while a query that may change the result is open. */
  contract: ({ decisionId }: { decisionId: string }): Promise<{ stage: LotStage }> =>
    transact(db, { decisionId }, async (tx) => {
      const decision = await decisionToCarryOut(tx, 'contract', decisionId);
      const place = await placeOf(tx, decisionId);
      const { stage, awardedAt } = await lotOf(tx.q, place.procurementId, place.lotNo);
      if (!decision) return { stage };
      if (stage !== 'contract') throw stageConflict('lot', stage, ['contract'], DECISION_STAGES.contract);
      await refuseUnlawfulContract(tx, place, decision, awardedAt ?? 0);
      const { regime, noticeAt } = await procurementById(tx.q, place.procurementId);
      const rules = rulesOf(regime, noticeAt);
      const { signedAt } = decision.payload;
      await complete(tx, place, 'contract', { by: decision.actor.role, at: signedAt });
      if (rules.contractPublication) {
        await planByRule(tx, place, 'contract-publication', rules.contractPublication, signedAt, overdueIsRecorded);
      } else {
        await planAt(tx, place, 'contract-publication', null, []);
      }
      if (rules.contractFiling) {
        await planByRule(tx, place, 'contract-filing', rules.contractFiling, signedAt, overdueIsRecorded);
      }
      if (!(await findMilestone(tx.q, place, 'deposits-losers'))) {
        await planByRule(tx, place, 'deposits-losers', rules.depositsLosers, signedAt, overdueIsRecorded);
      }
      await planByRule(tx, place, 'deposits-winner', rules.depositsWinner, signedAt, overdueIsRecorded);
      await advanceLot(tx, place.procurementId, place.lotNo, 'performance');
      await acceptDecision(tx, decision);
      return { stage: 'performance' };
    }),

  /** 合同公告, and duties done outside the platform: filing, written report, deposits returned. */
  perform: ({ decisionId }: { decisionId: string }): Promise<void> =>
    transact(db, { decisionId }, async (tx) => {
      const decision = await decisionToCarryOut(tx, ['publish-contract', 'duty'], decisionId);
      if (!decision) return;
      const place = await placeOf(tx, decisionId);
      const key: MilestoneKey = 'key' in decision.payload ? decision.payload.key : 'contract-publication';
      const milestone = await findMilestone(tx.q, place, key);
      if (milestone?.state !== 'planned') {
        throw new DomainError('stage-conflict', {
          messageZh: `该事项（${key}）尚未产生或已经办结`,
          messageEn: `This duty (${key}) has not arisen or is done already`,
          details: { field: 'key', given: key, state: milestone?.state ?? null },
        });
      }
      if (key === 'deposits-losers' || key === 'deposits-winner') await assertDepositsReturned(tx, place, key);
      if ('textZh' in decision.payload) {
        const tender = await procurementById(tx.q, place.procurementId);
        const contract = await latestAccepted(tx.q, place, 'contract');
        const { winnerBidId } = await lotOf(tx.q, place.procurementId, place.lotNo);
        await publishNotice(tx, decision.actor, {
          ...place,
          kind: 'contract',
          titleZh: `${tender.title}第${place.lotNo}标段合同公告`,
          content: {
            supplier: (await supplierNames(tx, place)).get(winnerBidId ?? ''),
            amountFen: contract?.payload.amountFen,
            signedAt: contract ? formatInstant(contract.payload.signedAt) : null,
            textZh: decision.payload.textZh,
            documentId: decision.payload.documentId,
          },
          legalAt: decision.receivedAt,
        });
      }
      await complete(tx, place, key, { by: decision.actor.role, at: decision.receivedAt });
      await acceptDecision(tx, decision);
    }),

  /**
   * Looks through the duties of a lot (or, lot 0, of a terminated procurement): puts those overdue on the record, and
   * ends the lot when none is left.
   */
  reviewDuties: (place: Place): Promise<Acted<{ stage: LotStage }>> =>
    transact(db, place, async (tx) => {
      const stage = place.lotNo === 0 ? null : (await lotOf(tx.q, place.procurementId, place.lotNo)).stage;
      if (stage !== null && stage !== 'contract' && stage !== 'performance') return { outcome: 'done', stage };
      let next: number | null = null;
      const duties = await outstanding(tx.q, place);
      for (const { key, dueAt, overdue } of duties) {
        if (dueAt === null || overdue) continue;
        if ((await openGrievances(tx.q, place, key)).length > 0) continue;
        if (tx.now <= dueAt) {
          next = Math.min(next ?? dueAt + 1, dueAt + 1);
          continue;
        }
        await markOverdue(tx, place, key);
      }
      if (duties.length > 0 || stage === 'contract') return { outcome: 'not-yet', at: next };
      if (stage === null) return { outcome: 'done', stage: 'terminated' };
      const { regime, noticeAt } = await procurementById(tx.q, place.procurementId);
      const { archive } = rulesOf(regime, noticeAt);
      if (archive) await planByRule(tx, place, 'archive-until', archive, tx.now, { window: true });
      await advanceLot(tx, place.procurementId, place.lotNo, 'archived');
      recordAudit(tx, UNATTENDED, {
        action: 'lot.archive',
        procurementId: place.procurementId,
        subject: `lot/${place.lotNo}`,
      });
      return { outcome: 'done', stage: 'archived' };
    }),
});

async function refuseUnlawfulContract(
  tx: Tx,
  place: Place,
  decision: Decision<'contract'>,
  awardedAt: number,
): Promise<void> {
  const { amountFen, signedAt } = decision.payload;
  const standstills = await suspensionsOf(tx.q, place, 'contract');
  const open = standstills.filter(({ until }) => until === null);
  // One signed while a query stood open is not mended by recording it after the reply.
  const signedIn = standstills.filter(({ from, until }) => until !== null && from <= signedAt && signedAt < until);
  const inTheWay = open.length > 0 ? open : signedIn;
  if (inTheWay.length > 0) {
    const { law, article } = getRule('gp-challenge-suspend-contract');
    throw new DomainError(open.length > 0 ? 'suspended' : 'unlawful', {
      messageZh: `质疑尚未答复，可能影响中标结果，应当暂停签订合同（${law}第${article}条）`,
      messageEn: `A query that may change the result is not answered: no contract may be signed (${law} art. ${article})`,
      details: {
        rule: 'gp-challenge-suspend-contract',
        law,
        article,
        grievanceIds: inTheWay.map(({ grievanceId }) => grievanceId),
        ...(open.length > 0 ? {} : { field: 'signedAt', given: formatInstant(signedAt) }),
      },
    });
  }
  const { regime, noticeAt } = await procurementById(tx.q, place.procurementId);
  const { law, article } = getRule(rulesOf(regime, noticeAt).contract);
  const { winnerBidId } = await lotOf(tx.q, place.procurementId, place.lotNo);
  const report = await latestAccepted(tx.q, place, 'report');
  const price = report?.payload.candidates.find(({ bidId }) => bidId === winnerBidId)?.priceFen;
  if (price !== amountFen) {
    throw new DomainError('unlawful', {
      // Without the figures: a refusal goes through the workflow's history, which holds no price.
      messageZh: '合同金额应与中标价一致，不得订立背离合同实质性内容的协议（招标投标法第46条）',
      messageEn: 'The contract must be for the price that won (招标投标法 art. 46)',
      details: { field: 'amountFen', law: '招标投标法', article: '46' },
    });
  }
  if (signedAt < awardedAt || signedAt > decision.receivedAt) {
    throw new DomainError('unlawful', {
      messageZh: `签订时间应在中标通知书发出（${formatInstant(awardedAt)}）之后、登记之前（${law}第${article}条）`,
      messageEn: `The contract is signed after the notice of award (${formatInstant(awardedAt)}) and before it is recorded (${law} art. ${article})`,
      details: {
        field: 'signedAt',
        given: formatInstant(signedAt),
        earliestLawful: formatInstant(awardedAt),
        latestLawful: formatInstant(decision.receivedAt),
        law,
        article,
      },
    });
  }
}
