import { UNATTENDED } from '../../db/audit.ts';
import { latestDecision } from '../../db/decisions.ts';
import type { TenderCase } from '../tender/case.ts';
import { announceAward } from './announce.ts';

/**
 * The end of the purchaser's period to decide. Government: a purchaser that has not acted, without good reason, is
 * deemed to have chosen the first-ranked candidate (财政部令87号 68). Tendering: the bids' validity ends, which is recorded.
 */
export async function endAwardPeriod(c: TenderCase, lotNo: number): Promise<void> {
  if (!c.rules.awardDecision) {
    c.timeline.markOverdue(lotNo, 'award');
    return;
  }
  const report = await latestDecision(c.tx.q, { procurementId: c.id, lotNo }, 'report');
  const first = report?.payload.candidates.find(({ rank }) => rank === 1);
  if (!first) throw new Error(`no first-ranked candidate for ${c.id}/${lotNo}`);
  await announceAward(c, UNATTENDED, lotNo, {
    bidId: first.bidId,
    determinedAt: c.timeline.get(lotNo, 'award').dueAt ?? c.tx.now,
    deemed: true,
    reasonZh: null,
  });
}
