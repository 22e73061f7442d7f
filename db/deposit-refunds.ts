import { and, asc, eq, isNull, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { formatInstant } from '../domain/civil-time.ts';
import { depositInterest, lateFee, type DepositRates, type Interest } from '../domain/deposits/interest.ts';
import { DomainError } from '../domain/errors.ts';
import type { Calendar } from '../domain/law/calendar.ts';
import { due } from '../domain/law/due.ts';
import { rulesOf } from '../domain/law/limits.ts';
import { citeEn, citeZh } from '../domain/law/rule.ts';
import { getRule } from '../domain/law/rulebook.ts';
import type { Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { submitDecision } from './decisions.ts';
import { FORFEIT_GROUNDS, type ForfeitGround } from '../domain/deposits/grounds.ts';
import { depositById, depositsLeft, recordMovement, type DepositAccount } from './deposits.ts';
import { lotOf, procurementById, type Procurement } from './procurements.ts';
import { bids, depositMovements, deposits, procurements } from './schema/sqlite.ts';
import type { Place } from './suspensions.ts';
import { complete, findMilestone, planAt } from './timeline.ts';

/** Whom a milestone of giving deposits back is about. */
export type RefundGroup = 'deposits-losers' | 'deposits-winner';

/** When a deposit must be back, and by which rule. */
export interface RefundDuty {
  readonly why: 'withdrawn' | 'terminated' | 'stopped' | 'undecided' | 'lost' | 'won';
  /** Null: no rule speaks of it. */
  readonly rule: string | null;
  /** Null: the law sets no number of days, or what it counts from has not happened. */
  readonly dueAt: number | null;
}

type BidderPlace = Pick<DepositAccount, 'procurementId' | 'lotNo' | 'supplierId'>;

/** When a bidder withdrew its bid from a lot, if it has and has handed in no other (招标投标法 29). */
async function withdrawnAt(q: Queries, at: BidderPlace): Promise<number | null> {
  const versions = await q
    .select({ state: bids.state, endedAt: bids.endedAt })
    .from(bids)
    .where(and(eq(bids.procurementId, at.procurementId), eq(bids.lotNo, at.lotNo), eq(bids.supplierId, at.supplierId)))
    .orderBy(asc(bids.version));
  const last = versions.at(-1);
  return last?.state === 'withdrawn' ? last.endedAt : null;
}

export async function refundDutyOf(q: Queries, calendar: Calendar, account: BidderPlace): Promise<RefundDuty> {
  const { procurementId, lotNo } = account;
  const tender = await procurementById(q, procurementId);
  const withdrew = await withdrawnAt(q, account);
  if (withdrew !== null) {
    const rule = rulesOf(tender.regime, tender.noticeAt).withdrawalRefund;
    return { why: 'withdrawn', rule, dueAt: due(rule, withdrew, calendar).due };
  }
  const lot = await lotOf(q, procurementId, lotNo);
  const terminated = tender.stage === 'terminated';
  const won = lot.winnerBidId !== null && (await bidderOf(q, lot.winnerBidId)) === account.supplierId;
  const why = terminated
    ? 'terminated'
    : lot.stage === 'stopped'
      ? 'stopped'
      : won
        ? 'won'
        : lot.winnerBidId === null
          ? 'undecided'
          : 'lost';
  const place = { procurementId, lotNo: terminated ? 0 : lotNo };
  const milestone = await findMilestone(q, place, won ? 'deposits-winner' : 'deposits-losers');
  return { why, rule: milestone?.rules[0]?.id ?? null, dueAt: milestone?.dueAt ?? null };
}

async function bidderOf(q: Queries, bidId: string): Promise<string | undefined> {
  const [bid] = await q.select({ supplierId: bids.supplierId }).from(bids).where(eq(bids.id, bidId));
  return bid?.supplierId;
}

/**
 * The interest that goes back with a deposit, if it were given back at an instant; null where the law asks for none.
 * @throws DomainError `rates-missing`
 */
export function interestOwed(
  tender: Pick<Procurement, 'regime'>,
  account: Pick<DepositAccount, 'form' | 'arrivedAt'>,
  duty: RefundDuty,
  refund: { readonly amountFen: number; readonly at: number },
  rates: DepositRates | null,
): { rule: string; interest: Interest } | null {
  if (account.form !== 'transfer') return null;
  if (tender.regime === 'tendering') {
    // With the refund after the contract and after a termination (条例 57, 31); of a withdrawal the law says nothing (35).
    if (duty.why === 'withdrawn' || duty.why === 'stopped') return null;
    const rule = duty.why === 'terminated' ? 'works-termination-refund' : 'works-bond-refund-after-contract';
    return { rule, interest: depositInterest(refund.amountFen, account.arrivedAt, refund.at, rates) };
  }
  if (duty.dueAt === null || refund.at <= duty.dueAt) return null;
  return { rule: 'gp-bond-late-interest', interest: lateFee(refund.amountFen, duty.dueAt, refund.at, rates) };
}

export interface Refund {
  readonly amountFen: number;
  readonly interestFen: number;
  /** When the bank sent it. */
  readonly at: number;
  readonly bankReference: string;
}

/**
 * Records that a deposit, or a part of it, went back. The last of its group fulfils the duty.
 * @returns the message that tells the lot's workflow, where there is one to tell
 * @throws DomainError `bad-input`, `rates-missing`, `unlawful` where less interest went back than is owed
 */
export async function refundDeposit(
  tx: Tx,
  actor: Actor,
  depositId: string,
  refund: Refund,
  rates: DepositRates | null,
): Promise<{ messageId?: string }> {
  const account = await depositById(tx.q, depositId);
  assertLeft(account, refund.amountFen);
  assertGuaranteeWhole(account, refund);
  if (refund.at < account.arrivedAt || refund.at > tx.now) {
    throw new DomainError('bad-input', {
      messageZh: '退还时间应在到账之后、登记之前',
      messageEn: 'It went back after it came, and before it is recorded',
      details: { field: 'at', given: formatInstant(refund.at) },
    });
  }
  const tender = await procurementById(tx.q, account.procurementId);
  const duty = await refundDutyOf(tx.q, tx.calendar, account);
  const owed = interestOwed(tender, account, duty, refund, rates);
  if (owed && refund.interestFen < owed.interest.fen) {
    const rule = getRule(owed.rule);
    throw new DomainError('unlawful', {
      messageZh: `应付利息 ${owed.interest.fen} 分（${owed.interest.days} 天），所登记为 ${refund.interestFen} 分（${citeZh(rule)}）`,
      messageEn: `Interest of ${owed.interest.fen} fen (${owed.interest.days} days) is owed; ${refund.interestFen} fen is given (${citeEn(rule)})`,
      details: {
        field: 'interestFen',
        given: refund.interestFen,
        least: owed.interest.fen,
        rule: rule.id,
        law: rule.law,
        article: rule.article,
      },
    });
  }
  await recordMovement(tx, actor, account, { kind: 'refunded', ...refund });
  return fulfil(tx, actor, account, duty);
}

/**
 * Records that a deposit is kept, on one of the grounds that the law gives.
 * @throws DomainError `bad-input`, `unlawful` for a ground of the other regime
 */
export async function forfeitDeposit(
  tx: Tx,
  actor: Actor,
  depositId: string,
  forfeit: { readonly amountFen: number; readonly ground: ForfeitGround; readonly reasonZh: string },
): Promise<{ messageId?: string }> {
  const account = await depositById(tx.q, depositId);
  assertLeft(account, forfeit.amountFen);
  const tender = await procurementById(tx.q, account.procurementId);
  const duty = await refundDutyOf(tx.q, tx.calendar, account);
  const { regime, rule } = FORFEIT_GROUNDS[forfeit.ground];
  const contractRefused = forfeit.ground === 'contract-refused';
  // Whoever withdrew in time has it back (条例 35), and only the winner can refuse the contract.
  if (regime !== tender.regime || duty.why === 'withdrawn' || (contractRefused && duty.why !== 'won')) {
    const cited = getRule(duty.why === 'withdrawn' ? (duty.rule ?? rule) : rule);
    throw new DomainError('unlawful', {
      messageZh: `该情形不是不予退还投标保证金的法定理由（${citeZh(cited)}）`,
      messageEn: `This is no lawful ground to keep a deposit here (${citeEn(cited)})`,
      details: { field: 'ground', given: forfeit.ground, rule: cited.id, law: cited.law, article: cited.article },
    });
  }
  await recordMovement(tx, actor, account, { kind: 'forfeited', at: tx.now, ...forfeit });
  return fulfil(tx, actor, account, duty);
}

function assertLeft(account: DepositAccount, amountFen: number): void {
  if (amountFen > 0 && amountFen <= account.leftFen) return;
  throw new DomainError('bad-input', {
    messageZh: `尚未退还的金额为 ${account.leftFen} 分`,
    messageEn: `${account.leftFen} fen of it are left`,
    details: { field: 'amountFen', given: amountFen, limit: account.leftFen },
  });
}

/** A guarantee goes back as the paper it is: whole, and it earns nothing. */
function assertGuaranteeWhole({ form, leftFen }: DepositAccount, { amountFen, interestFen }: Refund): void {
  if (form === 'transfer' || (amountFen === leftFen && interestFen === 0)) return;
  throw new DomainError('bad-input', {
    messageZh: `保函（保险）应当整份退还（${leftFen} 分），且不计利息`,
    messageEn: `A guarantee goes back whole (${leftFen} fen), and without interest`,
    details: {
      field: amountFen === leftFen ? 'interestFen' : 'amountFen',
      lawful: { amountFen: leftFen, interestFen: 0 },
    },
  });
}

/** The deposits of a group that are neither back nor kept; place 0: of a whole procurement that was terminated. */
export async function depositsLeftOf(q: Queries, place: Place, group: RefundGroup): Promise<DepositAccount[]> {
  const { procurementId, lotNo } = place;
  const left = await depositsLeft(q, lotNo === 0 ? { procurementId } : place);
  if (lotNo === 0 || left.length === 0) return left;
  const { winnerBidId } = await lotOf(q, procurementId, lotNo);
  const winner = winnerBidId === null ? undefined : await bidderOf(q, winnerBidId);
  return left.filter(({ supplierId }) => (supplierId === winner) === (group === 'deposits-winner'));
}

/** Whether all of its group is back: then the duty is done, through the workflow where the lot has one that waits. */
async function fulfil(
  tx: Tx,
  actor: Actor,
  { procurementId, lotNo }: DepositAccount,
  { why }: RefundDuty,
): Promise<{ messageId?: string }> {
  const { stage: of } = await procurementById(tx.q, procurementId);
  const place = { procurementId, lotNo: of === 'terminated' ? 0 : lotNo };
  const key = why === 'won' ? 'deposits-winner' : 'deposits-losers';
  if ((await findMilestone(tx.q, place, key))?.state !== 'planned') return {};
  if ((await depositsLeftOf(tx.q, place, key)).length > 0) return {};
  const stage = of === 'terminated' ? null : (await lotOf(tx.q, procurementId, lotNo)).stage;
  if (stage === null || stage === 'contract' || stage === 'performance') {
    const { messageId } = await submitDecision(tx, actor, { ...place, kind: 'duty', payload: { key, noteZh: null } });
    return { messageId };
  }
  await complete(tx, place, key, { by: actor.role });
  return {};
}

/** @throws DomainError `deposits-held` while deposits of the group are neither back nor kept */
export async function refuseWhileHeld(tx: Tx, place: Place, group: RefundGroup): Promise<void> {
  const left = await depositsLeftOf(tx.q, place, group);
  if (left.length === 0) return;
  throw new DomainError('deposits-held', {
    messageZh: `尚有 ${left.length} 笔投标保证金未退还，请逐笔登记退还后办结`,
    messageEn: `${left.length} deposit(s) are not back yet; record each refund first`,
    details: { depositIds: left.map(({ id }) => id) },
  });
}

/** 终止评审的标段: the law sets no number of days for the deposits of a lot that was stopped; they are owed all the same. */
export async function planRefundsOfStoppedLot(tx: Tx, place: Place): Promise<void> {
  if ((await depositsLeft(tx.q, place)).length === 0) return;
  await planAt(tx, place, 'deposits-losers', null, [], {
    ifNobodyActs: {
      zh: '法律未规定日数，应当及时退还；未退还的逐笔列示',
      en: 'The law sets no number of days; they are owed at once, and each that is not back is listed',
    },
  });
}

export interface WithdrawalRefund {
  readonly bidId: string;
  readonly account: DepositAccount;
  readonly duty: RefundDuty;
}

/** What is to go back because its bidder withdrew (of one bid, or of all), with when it is due. */
export async function withdrawalRefunds(q: Queries, calendar: Calendar, bidId?: string): Promise<WithdrawalRefund[]> {
  const later = alias(bids, 'later');
  const gone = sql`coalesce((select sum(${depositMovements.amountFen}) from ${depositMovements} where ${depositMovements.depositId} = ${deposits.id}), 0)`;
  const rows = await q
    .select({ bidId: bids.id, depositId: deposits.id })
    .from(bids)
    .innerJoin(
      deposits,
      and(
        eq(deposits.procurementId, bids.procurementId),
        eq(deposits.lotNo, bids.lotNo),
        eq(deposits.supplierId, bids.supplierId),
      ),
    )
    .where(
      and(
        eq(bids.state, 'withdrawn'),
        bidId === undefined ? undefined : eq(bids.id, bidId),
        sql`${gone} < ${deposits.amountFen}`,
        notExists(
          q
            .select({ id: later.id })
            .from(later)
            .where(
              and(
                eq(later.procurementId, bids.procurementId),
                eq(later.lotNo, bids.lotNo),
                eq(later.supplierId, bids.supplierId),
                sql`${later.version} > ${bids.version}`,
              ),
            ),
        ),
      ),
    )
    .orderBy(asc(deposits.id));
  const found: WithdrawalRefund[] = [];
  for (const row of rows) {
    const account = await depositById(q, row.depositId);
    found.push({ bidId: row.bidId, account, duty: await refundDutyOf(q, calendar, account) });
  }
  return found;
}

/** What must go back although no bid was opened: of bidders that have withdrawn, and of tenders that were terminated. */
export async function refundsBeforeOpening(q: Queries, calendar: Calendar): Promise<Omit<WithdrawalRefund, 'bidId'>[]> {
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.stage, 'terminated'), isNull(procurements.openedAt)));
  const terminated: Omit<WithdrawalRefund, 'bidId'>[] = [];
  for (const { id } of rows) {
    for (const account of await depositsLeft(q, { procurementId: id })) {
      terminated.push({ account, duty: await refundDutyOf(q, calendar, account) });
    }
  }
  const withdrawn = (await withdrawalRefunds(q, calendar)).filter(({ account }) =>
    terminated.every((each) => each.account.id !== account.id),
  );
  return [...withdrawn, ...terminated];
}

/** Bids withdrawn whose deposits are not back, and not on the record as overdue yet: a workflow waits for each. */
export async function bidsToRefund(q: Queries, calendar: Calendar): Promise<string[]> {
  const refunds = await withdrawalRefunds(q, calendar);
  return [...new Set(refunds.filter(({ account }) => !isOverdueOnRecord(account)).map(({ bidId }) => bidId))];
}

export const isOverdueOnRecord = ({ movements }: DepositAccount): boolean =>
  movements.some(({ kind }) => kind === 'overdue');
