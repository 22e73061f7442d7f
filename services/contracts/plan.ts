import type { Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import { civilDayOf, endOfDay } from '../../domain/civil-time.ts';
import { bondRequiredFen } from '../../domain/contracts/bond.ts';
import { interestOwed, lateRatePpm, paymentDue } from '../../domain/contracts/payments.ts';
import type { Contract } from '../../domain/contracts/standing.ts';
import { bidValidityEnd } from '../../domain/law/bid-validity.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { lotSubject } from '../../domain/subjects.ts';
import type { TenderCase } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';
import { winnerOf, wonPriceFen } from './standing.ts';

// What is owed after the award, as milestones of the lot: its workflow waits for them as for any other (ADR 0061).

/** The end of the civil day so many days after that of an event, which is not counted. */
export const agreedEnd = (from: number, days: number): number => endOfDay(civilDayOf(from) + days);

/**
 * 履约保证金, where the documents ask for one: within the days that they give, else by the last day for the contract.
 * @param from when the notice of the award was sent
 */
export async function planPerformanceBond(c: TenderCase, lotNo: number, bidId: string, from: number): Promise<void> {
  const lot = c.lot(lotNo);
  if (bondRequiredFen(lot, await wonPriceFen(c.tx.q, { procurementId: c.id, lotNo }, bidId)) === 0) return;
  const { performanceBondDays: days } = lot;
  const dueAt = days === null ? (c.milestone(lotNo, 'contract')?.dueAt ?? null) : agreedEnd(from, days);
  c.timeline.planAt(lotNo, 'performance-bond', dueAt, [c.rules.performanceBond], overdueIsRecorded);
}

/**
 * 在投标有效期内以及中标通知书发出之日起30日之内: the earlier ends it (12号令 49). One that has ended was extended, or the bids bind nobody: then
 * the thirty days alone count.
 */
export function planContractInValidity(c: TenderCase, lotNo: number): void {
  const { contractInValidity, contract } = c.rules;
  const { bidDeadline, bidValidityDays } = c.procurement;
  const planned = c.milestone(lotNo, 'contract');
  if (contractInValidity === undefined || bidDeadline === null || bidValidityDays === null || !planned) return;
  const until = bidValidityEnd(bidDeadline, bidValidityDays);
  if (until < c.tx.now || planned.dueAt === null || planned.dueAt <= until) return;
  c.timeline.planAt(lotNo, 'contract', until, [contract, contractInValidity], overdueIsRecorded);
}

/** What a signed contract owes: an acceptance, and its payments. */
export function planPerformance(c: TenderCase, lotNo: number, contract: Contract, actor: Actor): void {
  const { rule } = c.definition.contract.acceptance;
  c.timeline.planAt(lotNo, 'acceptance', null, rule === undefined ? [] : [rule], overdueIsRecorded);
  planPayments(c, lotNo, contract, actor);
}

/** The acceptance is due within the agreed period of the delivery of the whole. */
export function planAcceptance(c: TenderCase, lotNo: number, { deliveredAt, terms }: Contract): void {
  if (deliveredAt === null || terms?.acceptance === undefined || !isPlanned(c, lotNo, 'acceptance')) return;
  planChanged(
    c,
    lotNo,
    'acceptance',
    agreedEnd(deliveredAt, terms.acceptance.withinDays),
    c.definition.contract.acceptance.rule,
  );
}

/**
 * 付款: one milestone stands for what is owed first; once it is paid, for the next. What waits for an event has no last
 * instant yet, and keeps the lot from its archive all the same.
 */
export function planPayments(c: TenderCase, lotNo: number, contract: Contract, actor: Actor): void {
  const { payment } = c.definition.contract;
  const isSmall = contract.terms?.smallFirm === true;
  const rate = lateRatePpm(payment, contract.terms);
  const open = contract.instalments
    .map((each) => ({ each, owed: paymentDue(payment, each, isSmall, c.tx.calendar) }))
    // What came late is paid with its interest (保障中小企业款项支付条例 17).
    .filter(
      ({ each, owed }) => each.paidFen < each.amountFen || each.interestFen < interestOwed(rate, each, owed, c.tx.now),
    );
  if (open.length === 0) {
    if (isPlanned(c, lotNo, 'payment')) c.timeline.complete(lotNo, 'payment', { by: actor.role });
    return;
  }
  const owed = open.flatMap((each) => each.owed ?? []).toSorted((a, b) => a.dueAt - b.dueAt);
  const [first] = owed;
  planChanged(c, lotNo, 'payment', first?.dueAt ?? null, first?.rule ?? undefined, first?.fromAt);
}

/** 退还履约保证金: within the agreed days of the acceptance, or the end, of the contract. */
export function planBondRelease(c: TenderCase, lotNo: number, contract: Contract, from: number): void {
  if (c.milestone(lotNo, 'performance-bond-release')?.state === 'done') return;
  const days = contract.terms?.bondReleaseDays ?? null;
  c.timeline.planAt(
    lotNo,
    'performance-bond-release',
    days === null ? null : agreedEnd(from, days),
    [c.rules.performanceBond],
    overdueIsRecorded,
  );
}

export const isPlanned = (c: TenderCase, lotNo: number, key: MilestoneKey): boolean =>
  c.milestone(lotNo, key)?.state === 'planned';

/** Plans it again only where its last instant is another: that it is overdue stays on record. */
function planChanged(
  c: TenderCase,
  lotNo: number,
  key: MilestoneKey,
  dueAt: number | null,
  rule: Parameters<TenderCase['timeline']['planByRule']>[2] | undefined,
  fromAt?: number,
): void {
  const before = c.milestone(lotNo, key);
  if (before?.state === 'planned' && before.dueAt === dueAt) return;
  if (rule !== undefined && fromAt !== undefined) c.timeline.planByRule(lotNo, key, rule, fromAt, overdueIsRecorded);
  else c.timeline.planAt(lotNo, key, dueAt, rule === undefined ? [] : [rule], overdueIsRecorded);
}

/** An event of the contract, of which its supplier is told. */
export async function contractEvent(
  c: TenderCase,
  lotNo: number,
  kind: string,
  detail: Record<string, unknown>,
): Promise<void> {
  const organisationId = await winnerOf(c.tx.q, c.lot(lotNo).winnerBidId);
  recordEvent(c.tx, {
    ...{ kind, procurementId: c.id, lotNo, detail },
    ...(organisationId === null ? {} : { organisationId }),
    subject: lotSubject(c.id, lotNo),
  });
}
