import { UNATTENDED, type Actor } from '../db/audit.ts';
import type { Database, Tx } from '../db/access/database.ts';
import {
  acceptDecision,
  decisionToCarryOut,
  latestAccepted,
  refuseDecision,
  waitingDecision,
  type Decision,
} from '../db/decisions.ts';
import { bidUnknown } from '../db/bids.ts';
import { tenderDocumentsOf } from '../db/documents.ts';
import { suspendContract } from '../db/grievances.ts';
import { publishNotice } from '../db/notices.ts';
import { advanceLot, lotOf, procurementById, stageConflict } from '../db/procurements.ts';
import type { Place } from '../db/suspensions.ts';
import { complete, markOverdue, milestoneOf, planByRule, recordDone } from '../db/timeline.ts';
import { formatInstant } from '../domain/civil-time.ts';
import { DECISION_STAGES } from '../domain/decisions.ts';
import { DomainError } from '../domain/errors.ts';
import { rulesOf } from '../domain/law/limits.ts';
import { getRule } from '../domain/law/rulebook.ts';
import type { LotStage } from '../domain/stages.ts';
import type { Acted } from './acted.ts';
import { refusalOf } from './failures.ts';
import { placeOf, supplierNames } from './evaluation.ts';
import { partiesOf } from './parties.ts';
import { transact } from './transact.ts';

export const awardActivities = (db: Database) => ({
  /** 定标: the purchaser chooses, in the order of the candidates unless the law gives a ground to pass one over. */
  award: async ({ decisionId }: { decisionId: string }): Promise<{ stage: LotStage }> => {
    try {
      return await transact(db, { decisionId }, (tx) => awardAsDecided(tx, decisionId));
    } catch (error) {
      // On the record at once: a decision that waits holds back what is deemed, one that was refused does not.
      const refused = refusalOf(error);
      if (refused) await transact(db, { decisionId }, (tx) => refuseDecision(tx, decisionId, refused));
      throw error;
    }
  },

  /**
   * The end of the purchaser's period to decide. Government: silent without good reason, it is deemed to have chosen
   * the first-ranked candidate (财政部令87号 68). Tendering: the bids' validity ends, which is put on the record.
   */
  awardDue: (place: Place): Promise<Acted<{ stage: LotStage }>> =>
    transact(db, place, async (tx) => {
      const { stage } = await lotOf(tx.q, place.procurementId, place.lotNo);
      if (stage !== 'award') return { outcome: 'done', stage };
      const { dueAt, overdue } = await milestoneOf(tx.q, place, 'award');
      if (dueAt === null || overdue) return { outcome: 'not-yet', at: null };
      if (tx.now <= dueAt) return { outcome: 'not-yet', at: dueAt + 1 };
      const { regime, noticeAt } = await procurementById(tx.q, place.procurementId);
      if (!rulesOf(regime, noticeAt).awardDecision) {
        await markOverdue(tx, place, 'award');
        return { outcome: 'not-yet', at: null };
      }
      // Decided in time, but the workflow has not heard of it yet: it will.
      if (await waitingDecision(tx.q, place, 'award', dueAt)) return { outcome: 'not-yet', at: null };
      const report = await latestAccepted(tx.q, place, 'report');
      const first = report?.payload.candidates.find(({ rank }) => rank === 1);
      if (!first) throw new Error(`no first-ranked candidate for ${place.procurementId}/${place.lotNo}`);
      await announceAward(tx, UNATTENDED, place, {
        bidId: first.bidId,
        determinedAt: dueAt,
        deemed: true,
        reasonZh: null,
      });
      return { outcome: 'done', stage: 'contract' };
    }),
});

async function awardAsDecided(tx: Tx, decisionId: string): Promise<{ stage: LotStage }> {
  const decision = await decisionToCarryOut(tx, 'award', decisionId);
  const place = await placeOf(tx, decisionId);
  const { stage } = await lotOf(tx.q, place.procurementId, place.lotNo);
  if (!decision) return { stage };
  if (stage !== 'award') throw stageConflict('lot', stage, ['award'], DECISION_STAGES.award);
  await refuseUnlawfulChoice(tx, place, decision);
  await announceAward(tx, decision.actor, place, {
    bidId: decision.payload.bidId,
    determinedAt: decision.receivedAt,
    deemed: false,
    reasonZh: decision.payload.reasonZh,
  });
  await acceptDecision(tx, decision);
  return { stage: 'contract' };
}

async function refuseUnlawfulChoice(tx: Tx, place: Place, decision: Decision<'award'>): Promise<void> {
  const { regime, noticeAt } = await procurementById(tx.q, place.procurementId);
  const { dueAt } = await milestoneOf(tx.q, place, 'award');
  const rules = rulesOf(regime, noticeAt);
  if (rules.awardDecision && dueAt !== null && decision.receivedAt > dueAt) {
    const { law, article } = getRule(rules.award);
    throw new DomainError('stage-conflict', {
      messageZh: `确定期限已于 ${formatInstant(dueAt)} 届满，视同确定排名第一的候选人（${law}第${article}条）`,
      messageEn: `The period to decide ended at ${formatInstant(dueAt)}; the first-ranked candidate is deemed chosen (${law} art. ${article})`,
      details: { rule: rules.award, law, article, latestLawful: formatInstant(dueAt) },
    });
  }
  const report = await latestAccepted(tx.q, place, 'report');
  const chosen = report?.payload.candidates.find(({ bidId }) => bidId === decision.payload.bidId);
  if (!chosen) throw bidUnknown(decision.payload.bidId);
  if (chosen.rank !== 1 && decision.payload.ground === null) {
    const { law, article } = getRule(rules.award);
    throw new DomainError('unlawful', {
      messageZh: `应当确定排名第一的中标候选人为中标人；选择第 ${chosen.rank} 名须说明法定情形（${law}第${article}条）`,
      messageEn: `The first-ranked candidate must be chosen; rank ${chosen.rank} needs one of the statutory grounds (${law} art. ${article})`,
      details: { field: 'ground', rule: rules.award, law, article, given: null },
    });
  }
}

/** 中标公告与中标通知书: at once, to the winner, the losers and the public; and the duties that follow begin to run. */
async function announceAward(
  tx: Tx,
  actor: Actor,
  place: Place,
  award: { bidId: string; determinedAt: number; deemed: boolean; reasonZh: string | null },
): Promise<void> {
  const tender = await procurementById(tx.q, place.procurementId);
  const rules = rulesOf(tender.regime, tender.noticeAt);
  const report = await latestAccepted(tx.q, place, 'report');
  const winner = report?.payload.candidates.find(({ bidId }) => bidId === award.bidId);
  const suppliers = await supplierNames(tx, place);
  await complete(tx, place, 'award', { by: actor.role, at: award.determinedAt, deemed: award.deemed });
  const noticeEnd = rules.awardNoticePeriod
    ? await planByRule(tx, place, 'award-notice-end', rules.awardNoticePeriod, tx.now, { window: true })
    : null;
  const documents = await tenderDocumentsOf(tx.q, tender.id);
  const { projectNumber, purchaserAddress, purchaserTelephone, agencyAddress, agencyTelephone, projectContact } =
    tender.particulars ?? {};
  await publishNotice(tx, actor, {
    ...place,
    kind: 'award',
    titleZh: `${tender.title}第${place.lotNo}标段中标结果公告`,
    content: {
      ...(await partiesOf(tx, tender)),
      ...{ purchaserAddress, purchaserTelephone, agencyAddress, agencyTelephone, projectContact },
      title: tender.title,
      projectNumber,
      lotTitle: tender.lots.find(({ no }) => no === place.lotNo)?.title,
      winner: suppliers.get(award.bidId),
      winnerAddress: winner?.address,
      items: winner?.items,
      smeDeclarationZh: winner?.smeDeclarationZh,
      noticeUntil: noticeEnd === null || noticeEnd.dueAt === null ? null : formatInstant(noticeEnd.dueAt),
      documents: documents.map(({ id, name, sha256 }) => ({ id, name, sha256 })),
      priceFen: winner?.priceFen,
      rank: winner?.rank,
      determinedAt: formatInstant(award.determinedAt),
      deemed: award.deemed,
      reasonZh: award.reasonZh,
      // The committee's names are secret until here and public from here (招标投标法 37, 财政部令87号 69).
      committee: report?.payload.committee.map(({ name }) => name),
    },
    legalAt: award.determinedAt,
  });
  if (rules.awardAnnounce) {
    await planByRule(tx, place, 'award-notice', rules.awardAnnounce, award.determinedAt);
    await complete(tx, place, 'award-notice', { by: 'unattended' });
  } else {
    await recordDone(
      tx,
      place,
      'award-notice',
      award.determinedAt,
      rules.awardNotice ? [rules.awardNotice] : [],
      'unattended',
    );
  }
  if (noticeEnd) {
    await planByRule(tx, place, 'query-result-end', rules.resultGrievance, noticeEnd.dueAt ?? tx.now, {
      window: true,
      ifNobodyActs: {
        zh: '期满未提出质疑的，不得再就中标结果质疑、投诉',
        en: 'Who has not queried by then can no longer query or complain of the result',
      },
    });
    await planByRule(tx, place, 'deposits-losers', rules.depositsLosers, tx.now, overdueIsRecorded);
  }
  if (rules.writtenReport) {
    await planByRule(tx, place, 'written-report', rules.writtenReport, award.determinedAt, overdueIsRecorded);
  }
  await planByRule(tx, place, 'contract', rules.contract, tx.now, overdueIsRecorded);
  await suspendContract(tx, place);
  await advanceLot(tx, place.procurementId, place.lotNo, 'contract', {
    winnerBidId: award.bidId,
    awardedAt: tx.now,
    deemed: award.deemed,
  });
}

export const overdueIsRecorded = {
  ifNobodyActs: {
    zh: '逾期未办的，记入审计记录，监督部门可查',
    en: 'What is not done in time is put on the record for the supervisors',
  },
} as const;
