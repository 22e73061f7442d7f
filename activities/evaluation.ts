import type { Database, Tx } from '../db/access/database.ts';
import { acceptDecision, decisionById, decisionToCarryOut, type Decision } from '../db/decisions.ts';
import { bidUnknown } from '../db/bids.ts';
import { openedBids } from '../db/unsealings.ts';
import { DEPOSIT_INVALID_RULE } from '../domain/deposits/grounds.ts';
import { depositEntries } from '../services/deposits/standings.ts';
import { publishNotice } from '../db/notices.ts';
import { advanceLot, lotOf, procurementById, stageConflict, type Procurement } from '../db/procurements.ts';
import { openGrievances, type Place } from '../db/suspensions.ts';
import { complete, milestoneOf, planAt, planByRule } from '../db/timeline.ts';
import { recordAudit, UNATTENDED } from '../db/audit.ts';
import { civilDayOf, endOfDay, formatInstant } from '../domain/civil-time.ts';
import { DECISION_STAGES } from '../domain/decisions.ts';
import { DomainError } from '../domain/errors.ts';
import { checkBidderCount, checkCandidates, checkCommittee, rulesOf } from '../domain/law/limits.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { breachOf, type Violation } from '../domain/law/violation.ts';
import { evaluationOf, missingInReport } from '../domain/notices/contents.ts';
import type { LotStage } from '../domain/stages.ts';
import type { Acted } from './acted.ts';
import { partiesOf } from './parties.ts';
import { stoppedUnder, stopLot, tooFewBidders } from './stopping.ts';
import { transact } from './transact.ts';

export const evaluationActivities = (db: Database) => ({
  /**
   * 评标报告: takes the committee's report. Tendering: the candidates go public (公示). Government: the purchaser's
   * period to decide begins. A lot without enough competition is stopped.
   */
  report: ({ decisionId }: { decisionId: string }): Promise<{ stage: LotStage }> =>
    transact(db, { decisionId }, async (tx) => {
      const decision = await decisionToCarryOut(tx, 'report', decisionId);
      const place = await placeOf(tx, decisionId);
      if (!decision) return { stage: (await lotOf(tx.q, place.procurementId, place.lotNo)).stage };
      const tender = await procurementById(tx.q, place.procurementId);
      const lot = await lotOf(tx.q, place.procurementId, place.lotNo);
      if (lot.stage !== 'evaluation') throw stageConflict('lot', lot.stage, ['evaluation'], DECISION_STAGES.report);
      await refuseDefectiveReport(tx, tender, decision);
      const rules = rulesOf(tender.regime, tender.noticeAt);
      if (rules.reportDelivery) {
        await planByRule(tx, place, 'evaluation-report', rules.reportDelivery, decision.payload.evaluationEndedAt);
      } else {
        await planAt(tx, place, 'evaluation-report', null, []);
      }
      await complete(tx, place, 'evaluation-report', { by: decision.actor.role, at: decision.receivedAt });
      await acceptDecision(tx, decision);

      const stop = noCompetition(tender, decision);
      if (stop) {
        await stopLot(tx, decision.actor, tender, place.lotNo, stop);
        return { stage: 'stopped' };
      }
      if (rules.publicity) {
        await publishCandidates(tx, tender, place, decision);
        await advanceLot(tx, place.procurementId, place.lotNo, 'publicity');
        return { stage: 'publicity' };
      }
      if (rules.awardDecision) {
        await planByRule(tx, place, 'award', rules.awardDecision, decision.receivedAt, {
          ifNobodyActs: {
            zh: '逾期未确定且无正当理由的，视同确定评标报告推荐的排名第一的中标候选人为中标人',
            en: 'If the purchaser stays silent, the first-ranked candidate is deemed chosen',
          },
        });
      }
      await advanceLot(tx, place.procurementId, place.lotNo, 'award');
      return { stage: 'award' };
    }),

  /** 公示期满: the publicity window has run out with no objection open; the purchaser may now decide. */
  endPublicity: (place: Place): Promise<Acted<{ stage: LotStage }>> =>
    transact(db, place, async (tx) => {
      const { stage } = await lotOf(tx.q, place.procurementId, place.lotNo);
      if (stage !== 'publicity') return { outcome: 'done', stage };
      const stoppedBy = await openGrievances(tx.q, place, 'publicity-end');
      if (stoppedBy.length > 0) return { outcome: 'suspended', grievanceIds: stoppedBy };
      const { dueAt } = await milestoneOf(tx.q, place, 'publicity-end');
      if (dueAt !== null && tx.now <= dueAt) return { outcome: 'not-yet', at: dueAt + 1 };
      await complete(tx, place, 'publicity-end', { by: 'unattended' });
      await planAwardInBidValidity(tx, place);
      await advanceLot(tx, place.procurementId, place.lotNo, 'award');
      recordAudit(tx, UNATTENDED, {
        action: 'lot.end-publicity',
        procurementId: place.procurementId,
        subject: `lot/${place.lotNo}`,
        detail: { dueAt },
      });
      return { outcome: 'done', stage: 'award' };
    }),
});

export async function placeOf(tx: Tx, decisionId: string): Promise<Place> {
  const { procurementId, lotNo } = await decisionById(tx.q, decisionId);
  return { procurementId, lotNo };
}

async function publishCandidates(
  tx: Tx,
  tender: Procurement,
  place: Place,
  decision: Decision<'report'>,
): Promise<void> {
  const rules = rulesOf(tender.regime, tender.noticeAt);
  if (!rules.publicity || !rules.publicityStart) return;
  await planByRule(tx, place, 'publicity-start', rules.publicityStart, decision.receivedAt);
  await complete(tx, place, 'publicity-start', { by: 'unattended' });
  const { dueAt } = await planByRule(tx, place, 'publicity-end', rules.publicity, tx.now, {
    ifNobodyActs: {
      zh: '公示期满无异议的，招标人依法确定中标人',
      en: 'If nobody objects, the purchaser may decide the award',
    },
  });
  const suppliers = await supplierNames(tx, place);
  await publishNotice(tx, UNATTENDED, {
    ...place,
    kind: 'candidates',
    titleZh: `${tender.title}第${place.lotNo}标段中标候选人公示`,
    content: {
      ...(await partiesOf(tx, tender)),
      title: tender.title,
      lotTitle: tender.lots.find(({ no }) => no === place.lotNo)?.title,
      objectionChannel: tender.particulars?.objectionChannel,
      supervisor: tender.particulars?.supervisor,
      candidates: decision.payload.candidates
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ bidId, items: _items, ...candidate }) => ({
          ...candidate,
          evaluationZh: evaluationOf(candidate),
          supplier: suppliers.get(bidId),
        })),
      publicityUntil: dueAt === null ? null : formatInstant(dueAt),
    },
    legalAt: decision.receivedAt,
  });
}

/** 评标和定标应当在投标有效期内完成 (12号令 40). */
async function planAwardInBidValidity(tx: Tx, place: Place): Promise<void> {
  const { bidDeadline, bidValidityDays } = await procurementById(tx.q, place.procurementId);
  const until =
    bidDeadline === null || bidValidityDays === null ? null : endOfDay(civilDayOf(bidDeadline) + bidValidityDays);
  await planAt(tx, place, 'award', until, ['works-eval-in-bid-validity'], {
    ifNobodyActs: {
      zh: '投标有效期内未确定中标人的，应当通知所有投标人延长投标有效期',
      en: 'If no award is made within the bid validity, all bidders must be asked to extend it',
    },
  });
}

export async function supplierNames(tx: Tx, place: Place): Promise<Map<string, string>> {
  const bids = await openedBids(tx.q, place.procurementId, place.lotNo);
  return new Map(bids.map(({ id, supplier }) => [id, supplier]));
}

async function refuseDefectiveReport(tx: Tx, tender: Procurement, decision: Decision<'report'>): Promise<void> {
  const { committee, candidates, rejected, qualified, conforming, evaluationEndedAt } = decision.payload;
  const standing = new Set((await openedBids(tx.q, decision.procurementId, decision.lotNo)).map(({ id }) => id));
  for (const { bidId } of [...candidates, ...rejected]) if (!standing.has(bidId)) throw bidUnknown(bidId);
  const violations: Violation[] = [
    ...checkCommittee(tender.regime, {
      members: committee.length,
      experts: committee.filter(({ kind }) => kind === 'expert').length,
      // 采购预算金额 is the project's (财政部令87号 47), however it is divided into lots.
      budgetFen: tender.budgetFen,
    }),
    ...checkCandidates(tender.regime, candidates.length),
    ...(tender.particulars === null || noCompetition(tender, decision)
      ? []
      : missingInReport(tender, decision.payload)),
  ].filter(({ severity }) => severity === 'block');
  violations.push(...(await withoutDeposit(tx, tender, decision)));
  const ranks = candidates.map(({ rank }) => rank).sort((a, b) => a - b);
  const namedTwice = new Set(candidates.map(({ bidId }) => bidId)).size !== candidates.length;
  if (namedTwice || ranks.some((rank, index) => rank !== index + 1)) {
    throw badReport(
      'candidates',
      '中标候选人应当从 1 起连续标明排序，且不得重复',
      'Candidates must be ranked 1, 2, 3 … once each',
    );
  }
  const out = new Set(rejected.map(({ bidId }) => bidId));
  if (candidates.some(({ bidId }) => out.has(bidId))) {
    throw badReport('candidates', '被否决的投标不能推荐为中标候选人', 'A rejected bid cannot be a candidate');
  }
  // The counts decide whether the lot goes on: they cannot say more than the bids do.
  if (qualified > standing.size || conforming > Math.min(qualified, standing.size - out.size)) {
    throw badReport(
      'conforming',
      '合格、实质响应的投标人数与投标、否决情况不符',
      'The counts of qualified and conforming bids contradict the bids and the rejections',
    );
  }
  if (candidates.length > conforming) {
    throw badReport('candidates', '中标候选人多于有效投标', 'There are more candidates than conforming bids');
  }
  const openedAt = tender.openedAt ?? 0;
  if (evaluationEndedAt < openedAt || evaluationEndedAt > decision.receivedAt) {
    throw badReport(
      'evaluationEndedAt',
      '评标结束时间应在开标之后、报告送达之前',
      'The evaluation must have ended after the opening and before the report',
    );
  }
  if (violations.length > 0) {
    throw new DomainError('unlawful', {
      messageZh: violations.map(({ messageZh }) => messageZh).join('；'),
      messageEn: violations.map(({ messageEn }) => messageEn).join('; '),
      details: { violations },
    });
  }
}

/** 未按要求提交投标保证金的投标无效, where the documents say so; bids are named by their ids, since histories hold no names. */
async function withoutDeposit(tx: Tx, tender: Procurement, decision: Decision<'report'>): Promise<Violation[]> {
  const { procurementId, lotNo, payload } = decision;
  if (!tender.depositDecides) return [];
  const depositOf = await depositEntries(tx.q, tender, lotNo);
  const bidders = new Map((await openedBids(tx.q, procurementId, lotNo)).map(({ id, supplierId }) => [id, supplierId]));
  return payload.candidates
    .filter(({ bidId }) => depositOf(bidders.get(bidId) ?? '').deposit?.held === false)
    .map(({ bidId }) =>
      breachOf(getRule(DEPOSIT_INVALID_RULE[tender.regime]), 'block', {
        field: 'candidates',
        given: bidId,
        messageZh: `投标 ${bidId} 未按招标文件在投标截止前提交投标保证金，其投标无效，不得推荐为中标候选人`,
        messageEn: `Bid ${bidId} has no deposit by the deadline as the documents ask: it is invalid and no candidate`,
      }),
    );
}

function badReport(field: string, messageZh: string, messageEn: string): DomainError {
  return new DomainError('bad-input', { messageZh, messageEn, details: { field } });
}

/** Why the lot cannot go on after the report; undefined where it can. */
function noCompetition(
  tender: Procurement,
  { payload }: Decision<'report'>,
): Parameters<typeof stopLot>[4] | undefined {
  for (const [stage, count] of [
    ['qualified', payload.qualified],
    ['conforming', payload.conforming],
  ] as const) {
    const tooFew = checkBidderCount(tender.regime, count, { stage }).find(({ severity }) => severity === 'block');
    if (tooFew) return tooFewBidders(tender, tooFew);
  }
  if (payload.candidates.length === 0) {
    return stoppedUnder(
      tender.regime,
      tender.regime === 'government' ? 'gp-void-grounds' : 'works-all-rejected-retender',
      '所有投标均被否决',
      'All bids were rejected',
    );
  }
  // Too few conforming bids leave the committee of a works tender the choice (12号令 27).
  const few = checkBidderCount(tender.regime, payload.conforming, { stage: 'conforming' });
  if (few.length > 0 && payload.competition === 'insufficient') {
    return stoppedUnder(
      tender.regime,
      'works-lt3-valid-after-rejection',
      '有效投标不足法定数，评标委员会认为明显缺乏竞争，否决全部投标',
      'Too few valid bids are left and the committee finds no competition: all are rejected',
    );
  }
  return undefined;
}
