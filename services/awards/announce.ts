import type { Actor } from '../../db/audit.ts';
import { tenderDocumentsOf } from '../../db/documents.ts';
import { openQueriesOf } from '../../db/grievances.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import { latestDecision } from '../../db/decisions.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { suspendContracts } from '../grievances/suspend.ts';
import { publishNotice } from '../notices/publish.ts';
import { partiesOf } from '../procurements/parties.ts';
import type { TenderCase } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';

export interface Award {
  readonly bidId: string;
  readonly determinedAt: number;
  /** 视为: the purchaser did not act. */
  readonly deemed: boolean;
  readonly reasonZh: string | null;
}

/** 中标公告与中标通知书: at once, to the winner, the losers and the public; and the duties that follow begin to run. */
export async function announceAward(c: TenderCase, actor: Actor, lotNo: number, award: Award): Promise<void> {
  const { tx, tender, rules, timeline } = c;
  const place = { procurementId: c.id, lotNo };
  const [report, bids, documents, parties, queries] = await Promise.all([
    latestDecision(tx.q, place, 'report'),
    openedBids(tx.q, c.id, lotNo),
    tenderDocumentsOf(tx.q, c.id),
    partiesOf(tx, tender),
    openQueriesOf(tx.q, c.id),
  ]);
  const winner = report?.payload.candidates.find(({ bidId }) => bidId === award.bidId);
  timeline.complete(lotNo, 'award', { by: actor.role, at: award.determinedAt, deemed: award.deemed });
  const noticeEnd = rules.awardNoticePeriod
    ? timeline.planByRule(lotNo, 'award-notice-end', rules.awardNoticePeriod, tx.now, { window: true })
    : null;
  const { projectNumber, purchaserAddress, purchaserTelephone, agencyAddress, agencyTelephone, projectContact } =
    tender.particulars ?? {};
  publishNotice(c, actor, {
    lotNo,
    kind: 'award',
    titleZh: `${tender.title}第${lotNo}标段中标结果公告`,
    content: {
      ...parties,
      ...{ purchaserAddress, purchaserTelephone, agencyAddress, agencyTelephone, projectContact },
      title: tender.title,
      projectNumber,
      lotTitle: c.lot(lotNo).title,
      winner: bids.find(({ id }) => id === award.bidId)?.supplier,
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
    timeline.planByRule(lotNo, 'award-notice', rules.awardAnnounce, award.determinedAt);
    timeline.complete(lotNo, 'award-notice', { by: 'unattended' });
  } else {
    const by = rules.awardNotice ? [rules.awardNotice] : [];
    timeline.recordDone(lotNo, 'award-notice', award.determinedAt, by, 'unattended');
  }
  if (noticeEnd) {
    timeline.planByRule(lotNo, 'query-result-end', rules.resultGrievance, noticeEnd.dueAt ?? tx.now, {
      window: true,
      ifNobodyActs: {
        zh: '期满未提出质疑的，不得再就中标结果质疑、投诉',
        en: 'Who has not queried by then can no longer query or complain of the result',
      },
    });
    timeline.planByRule(lotNo, 'deposits-losers', rules.depositsLosers, tx.now, overdueIsRecorded);
  }
  if (rules.writtenReport) {
    timeline.planByRule(lotNo, 'written-report', rules.writtenReport, award.determinedAt, overdueIsRecorded);
  }
  timeline.planByRule(lotNo, 'contract', rules.contract, tx.now, overdueIsRecorded);
  suspendContracts(c, lotNo, queries);
  c.advanceLot(lotNo, 'contract', { winnerBidId: award.bidId, awardedAt: tx.now, deemed: award.deemed });
}
