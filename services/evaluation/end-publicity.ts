import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import { bidValidityEnd } from '../../domain/law/bid-validity.ts';
import type { TenderCase } from '../tender/case.ts';

/** 公示期满: the publicity window has ended with no objection open; the purchaser may now decide. */
export function endPublicity(c: TenderCase, lotNo: number): void {
  const dueAt = c.milestone(lotNo, 'publicity-end')?.dueAt ?? null;
  c.timeline.complete(lotNo, 'publicity-end', { by: 'unattended' });
  planAwardInBidValidity(c, lotNo);
  c.advanceLot(lotNo, 'award');
  recordAudit(c.tx, UNATTENDED, {
    action: 'lot.end-publicity',
    procurementId: c.id,
    subject: `lot/${lotNo}`,
    detail: { dueAt },
  });
}

/** 评标和定标应当在投标有效期内完成 (12号令 40). */
function planAwardInBidValidity(c: TenderCase, lotNo: number): void {
  const { bidDeadline, bidValidityDays } = c.procurement;
  const { bidding, winner, bidder } = c.definition.words;
  const until = bidDeadline === null || bidValidityDays === null ? null : bidValidityEnd(bidDeadline, bidValidityDays);
  c.timeline.planAt(lotNo, 'award', until, [c.rules.bidValidity], {
    ifNobodyActs: {
      zh: `${bidding}有效期内未确定${winner}的，应当通知所有${bidder}延长${bidding}有效期`,
      en: 'If no award is made within the bid validity, all bidders must be asked to extend it',
    },
  });
}
