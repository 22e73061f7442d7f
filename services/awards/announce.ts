import { isRecommended } from '../../domain/procedures/entry.ts';
import type { Actor } from '../../db/audit.ts';
import { documentsOf } from '../../db/documents.ts';
import { openQueriesOf } from '../../db/grievances.ts';
import { inviteesOf } from '../../db/invitees.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import { latestDecision } from '../../db/decisions.ts';
import { planContractInValidity, planPerformanceBond } from '../contracts/plan.ts';
import { documentsForSuppliers } from '../documents/visible.ts';
import { committeeReported } from '../evaluation/committee.ts';
import { suspendContracts } from '../grievances/suspend.ts';
import { publishHeldRecord } from '../openings/record.ts';
import { correctedOf } from '../notices/corrected.ts';
import { publishNotice } from '../notices/publish.ts';
import type { TenderCase } from '../tender/case.ts';

export interface Award {
  readonly bidId: string;
  readonly determinedAt: number;
  /** 视为: the purchaser did not act. */
  readonly deemed: boolean;
  readonly reasonZh: string | null;
}

/**
 * 中标公告与中标通知书: at once, to the winner, the losers and the public; and the duties that follow begin to run.
 * @rule gp-award-notice-same-time
 */
export async function announceAward(c: TenderCase, actor: Actor, lotNo: number, award: Award): Promise<void> {
  const { tx, timeline } = c;
  const place = { procurementId: c.id, lotNo };
  const [report, bids, documents, queries] = await Promise.all([
    latestDecision(tx.q, place, 'report'),
    openedBids(tx.q, c.id, lotNo),
    documentsOf(tx.q, c.id).then((all) => documentsForSuppliers(tx.q, all)),
    openQueriesOf(tx.q, c.id),
  ]);
  timeline.complete(lotNo, 'award', { by: actor.role, at: award.determinedAt, deemed: award.deemed });
  c.planFollowing(lotNo, 'award', award.determinedAt);
  timeline.complete(lotNo, 'award-notice', { by: 'unattended' });
  c.planFollowing(lotNo, 'award-notice', tx.now);
  planContractInValidity(c, lotNo);
  await planPerformanceBond(c, lotNo, award.bidId, tx.now);
  await publishHeldRecord(c, lotNo);
  const winner = bids.find(({ id }) => id === award.bidId)?.supplier;
  const candidate = report?.payload.candidates.find(({ bidId }) => bidId === award.bidId);
  publishNotice(
    c,
    actor,
    'award',
    { lotNo, legalAt: award.determinedAt },
    {
      winner,
      candidate: candidate && { ...candidate, ...(await correctedOf(c, lotNo, winner)) },
      noticeUntil: c.milestone(lotNo, 'award-notice-end')?.dueAt ?? null,
      documents,
      determinedAt: award.determinedAt,
      deemed: award.deemed,
      reasonZh: award.reasonZh,
      committee: report && (await committeeReported(tx, place, report.payload, true)),
      recommendations: await recommendationsOf(c),
    },
  );
  suspendContracts(c, lotNo, queries);
  c.advanceLot(lotNo, 'contract', { winnerBidId: award.bidId, awardedAt: tx.now, deemed: award.deemed });
}

/**
 * Invited suppliers that were recommended in writing, and why: published with the result.
 * @rule gp-award-recommend-list
 */
async function recommendationsOf(c: TenderCase): Promise<{ supplier: string; reasonZh: string | null }[]> {
  if (c.definition.entry.by === 'notice') return [];
  const invited = await inviteesOf(c.tx.q, c.id);
  return invited.filter(isRecommended).map(({ name, reasonZh }) => ({ supplier: name, reasonZh }));
}
