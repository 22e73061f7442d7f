import type { Queries } from '../../db/access/database.ts';
import {
  depositsOfUnopenedTerminated,
  depositsOfWithdrawn,
  refundFactsOf,
  type DepositAccount,
} from '../../db/deposits.ts';
import { refundDuty, type RefundDuty } from '../../domain/deposits/refund-duty.ts';
import type { Calendar } from '../../domain/law/calendar.ts';

/** A deposit with the instant by which it must be given back. */
export interface OwedDeposit {
  readonly account: DepositAccount;
  readonly duty: RefundDuty;
}

/** The same deposits, each with the instant by which it must be given back. */
export async function withRefundDuties(
  q: Queries,
  calendar: Calendar,
  accounts: readonly DepositAccount[],
): Promise<OwedDeposit[]> {
  const facts = await refundFactsOf(
    q,
    accounts.map(({ id }) => id),
  );
  return accounts.map((account) => {
    const found = facts.get(account.id);
    if (!found) throw new Error(`deposit ${account.id} is of no lot`);
    return { account, duty: refundDuty(found, calendar) };
  });
}

export async function refundDutyOf(q: Queries, calendar: Calendar, account: DepositAccount): Promise<RefundDuty> {
  const [owed] = await withRefundDuties(q, calendar, [account]);
  if (!owed) throw new Error(`deposit ${account.id} was not judged`);
  return owed.duty;
}

/** What is owed because its bidder withdrew (one bid, or all), with its due instant. */
export async function withdrawalRefunds(
  q: Queries,
  calendar: Calendar,
  bidId?: string,
): Promise<(OwedDeposit & { readonly bidId: string })[]> {
  const withdrawn = await depositsOfWithdrawn(q, bidId);
  const bidOf = new Map(withdrawn.map((each) => [each.account.id, each.bidId]));
  const owed = await withRefundDuties(
    q,
    calendar,
    withdrawn.map(({ account }) => account),
  );
  return owed.map((each) => ({ ...each, bidId: bidOf.get(each.account.id) ?? '' }));
}

/** What is owed although no bid was opened: to bidders that have withdrawn, and in terminated tenders. */
export async function refundsBeforeOpening(q: Queries, calendar: Calendar): Promise<OwedDeposit[]> {
  const terminated = await depositsOfUnopenedTerminated(q);
  const known = new Set(terminated.map(({ id }) => id));
  const withdrawn = (await depositsOfWithdrawn(q)).map(({ account }) => account).filter(({ id }) => !known.has(id));
  return withRefundDuties(q, calendar, [...withdrawn, ...terminated]);
}

/**
 * How many deposits of bidders that have withdrawn are not given back after their last day, at a civil instant (epoch
 * ms).
 */
export async function overdueRefunds(q: Queries, calendar: Calendar, now: number): Promise<number> {
  const refunds = await withdrawalRefunds(q, calendar);
  return refunds.filter(({ duty }) => duty.dueAt !== null && duty.dueAt < now).length;
}

export const isRecordedOverdue = ({ movements }: DepositAccount): boolean =>
  movements.some(({ kind }) => kind === 'overdue');
