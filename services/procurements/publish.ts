import { UNATTENDED } from '../../db/audit.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import { civilDayOf, MINUTE_MS } from '../../domain/civil-time.ts';
import { depositNotice } from '../../domain/deposits/notice.ts';
import { lawfulDates } from '../../domain/law/lawful-dates.ts';
import { publishNotice } from '../notices/publish.ts';
import type { TenderCase } from '../tender/case.ts';
import { callKindOf } from '../../domain/procedures/entry.ts';
import { planBidding } from './bidding.ts';
import { factsOf } from './facts.ts';
import { sendInvitations } from './invited.ts';
import { sealingTerms } from '../custodians/sealing-terms.ts';

/**
 * 招标公告, 投标邀请书: publishes the tender at the instant announced, or sends its invitations, and opens the bidding.
 * @param depositAccount where bidders pay their deposits to; null where only the documents name it
 */
export async function publishTender(c: TenderCase, depositAccount: BankAccount | null): Promise<void> {
  c.timeline.complete(0, 'notice', { by: 'unattended' });
  allowForDelay(c);
  // Its bids are sealed to the keys in force now, for its whole life.
  const sealing = await sealingTerms(c.tx.q, c.procurement.bidderWindowMinutes);
  c.advance('bidding', sealing ? { sealing } : {});
  const { tender, procurement } = c;
  publishNotice(
    c,
    UNATTENDED,
    callKindOf(c.definition),
    { lotNo: 0, legalAt: procurement.noticeAt },
    {
      tender,
      noticeUntil: c.milestone(0, 'notice-end')?.dueAt ?? null,
      deposit: depositNotice(tender, depositAccount),
    },
  );
  await sendInvitations(c);
}

/**
 * A notice published late (an outage) starts every period later: the plan moves with it, so that no bidder gets a
 * shorter period than the law requires. What must move keeps its time of day.
 */
function allowForDelay(c: TenderCase): void {
  const { tx, tender } = c;
  // Periods are counted in days from the day of the event: within that day nothing changes.
  if (civilDayOf(tx.now) <= civilDayOf(tender.noticeAt)) return;
  const facts = {
    ...factsOf(tender),
    noticeAt: tx.now,
    ...(tender.documentsFrom === null ? {} : { documentsFrom: Math.max(lastMinute(tx.now), tender.documentsFrom) }),
  };
  const { documentsUntil, bidDeadline } = lawfulDates(facts, tx.calendar);
  c.change({
    ...(tender.documentsFrom === null ? {} : { documentsFrom: facts.documentsFrom ?? null }),
    ...(tender.documentsUntil === null ? {} : { documentsUntil: documentsUntil ?? tender.documentsUntil }),
    bidDeadline: bidDeadline ?? tender.bidDeadline,
  });
  planBidding(c);
}

/** The minute that an instant is in. */
const lastMinute = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;
