import { randomBytes } from 'node:crypto';
import { and, asc, eq, inArray, notExists } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { formatInstant } from '../domain/civil-time.ts';
import { depositStanding, endsBefore, type DepositStanding, type DepositTerms } from '../domain/deposits/standing.ts';
import { DomainError } from '../domain/errors.ts';
import { DEPOSIT_FORMS, type DepositForm } from '../domain/law/facts.ts';
import { citeEn, citeZh } from '../domain/law/rule.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { bidValidityEnd } from '../domain/law/timeline-tendering.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { REFERENCE_BYTES, referenceFrom, referencesIn } from '../domain/deposits/references.ts';
import { enqueueOnce } from './outbox.ts';
import { notFound, procurementById, stageConflict, type Procurement } from './procurements.ts';
import {
  depositMovements,
  depositReferences,
  deposits,
  organisations,
  unmatchedPayments,
  type DepositSource,
} from './schema/sqlite.ts';
import type { Place } from './suspensions.ts';

export type Deposit = typeof deposits.$inferSelect;
export type DepositMovement = typeof depositMovements.$inferSelect;
export type UnmatchedPayment = typeof unmatchedPayments.$inferSelect;

/** A deposit with what became of it. */
export interface DepositAccount extends Deposit {
  readonly supplier: string;
  readonly movements: readonly DepositMovement[];
  /** Neither given back nor kept. */
  readonly leftFen: number;
}

/** An account that money is paid to. */
export interface BankAccount {
  readonly holder: string;
  readonly bank: string;
  readonly number: string;
}

type TermsOf = Pick<Procurement, 'regime' | 'bidDeadline' | 'bidValidityDays'> & {
  readonly lots: readonly { readonly no: number; readonly bidBondFen: number | null }[];
};

/**
 * What a lot asks for; null where it asks for no deposit. That a guarantee must hold as long as the bids do only the law of
 * works says.
 * @rule works-bid-bond-validity
 */
export function depositTermsOf(tender: TermsOf, lotNo: number): DepositTerms | null {
  const requiredFen = tender.lots.find(({ no }) => no === lotNo)?.bidBondFen ?? 0;
  const { regime, bidDeadline, bidValidityDays } = tender;
  if (requiredFen === 0 || bidDeadline === null) return null;
  return {
    requiredFen,
    deadline: bidDeadline,
    validUntil:
      regime !== 'tendering' || bidValidityDays === null ? null : bidValidityEnd(bidDeadline, bidValidityDays),
  };
}

export const formsOf = ({ depositForms }: Pick<Procurement, 'depositForms'>): readonly DepositForm[] =>
  depositForms ?? DEPOSIT_FORMS;

type BidderPlace = Place & { readonly supplierId: string };

/** The reference that a bidder was given for a lot; null while it has asked for none. */
export async function referenceOf(q: Queries, at: BidderPlace): Promise<string | null> {
  const [row] = await q
    .select({ reference: depositReferences.reference })
    .from(depositReferences)
    .where(
      and(
        eq(depositReferences.procurementId, at.procurementId),
        eq(depositReferences.lotNo, at.lotNo),
        eq(depositReferences.supplierId, at.supplierId),
      ),
    );
  return row?.reference ?? null;
}

/** Gives a bidder the reference (附言) of its deposit for a lot: always the same. */
export async function giveReference(tx: Tx, actor: Actor, at: BidderPlace): Promise<string> {
  const given = await referenceOf(tx.q, at);
  if (given !== null) return given;
  const reference = referenceFrom(randomBytes(REFERENCE_BYTES));
  const { procurementId, lotNo, supplierId } = at;
  await tx.q.insert(depositReferences).values({ reference, procurementId, lotNo, supplierId, issuedAt: tx.now });
  recordAudit(tx, actor, {
    action: 'deposit.reference',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { supplierId },
    sealed: true,
  });
  return reference;
}

/** Whose a text of the bank is: the one reference in it that was given out; null where there is none, or several. */
export async function bidderQuoted(q: Queries, text: string): Promise<BidderPlace | null> {
  const quoted = referencesIn(text);
  if (quoted.length === 0) return null;
  const rows = await q.select().from(depositReferences).where(inArray(depositReferences.reference, quoted));
  const [row] = rows;
  if (!row || rows.length > 1) return null;
  return { procurementId: row.procurementId, lotNo: row.lotNo, supplierId: row.supplierId };
}

/** Money that came, as the bank tells it. */
export interface Payment {
  /** The bank's number of the transaction. */
  readonly externalId: string;
  readonly amountFen: number;
  /** 附言, as the bank has it. */
  readonly text: string;
  readonly payer: string | null;
  readonly payerAccount: string | null;
  readonly fromBaseAccount: boolean | null;
  readonly arrivedAt: number;
  readonly form: DepositForm;
  readonly issuer: string | null;
  readonly validUntil: number | null;
}

export type PaymentOutcome = 'matched' | 'unmatched' | 'duplicate';

type Known = Pick<Deposit, 'amountFen' | 'arrivedAt'>;

async function knownPayment(q: Queries, externalId: string): Promise<Known | undefined> {
  const [deposit] = await q.select().from(deposits).where(eq(deposits.externalId, externalId));
  if (deposit) return deposit;
  const [payment] = await q.select().from(unmatchedPayments).where(eq(unmatchedPayments.externalId, externalId));
  return payment;
}

/**
 * What would become of a payment. It says nothing of the amount or the instant: who judges them by a lot would learn
 * which lot it is (招标投标法 22).
 * @throws DomainError `already-exists` where the bank's number is known with another amount or instant
 */
export async function paymentOutcome(q: Queries, payment: Payment): Promise<PaymentOutcome> {
  const known = await knownPayment(q, payment.externalId);
  if (!known) return (await bidderQuoted(q, payment.text)) ? 'matched' : 'unmatched';
  if (known.amountFen === payment.amountFen && known.arrivedAt === payment.arrivedAt) return 'duplicate';
  throw new DomainError('already-exists', {
    messageZh: `流水号 ${payment.externalId} 已登记，但金额或到账时间不同`,
    messageEn: `The transaction ${payment.externalId} is recorded already, with another amount or instant`,
    details: { field: 'transactionId', given: payment.externalId },
  });
}

/** Records a payment: a deposit where it quotes a reference that was given out, else one that waits for its bidder. */
export async function recordPayment(
  tx: Tx,
  actor: Actor,
  source: DepositSource,
  payment: Payment,
): Promise<PaymentOutcome> {
  if (payment.arrivedAt > tx.now) {
    throw new DomainError('bad-input', {
      messageZh: `到账时间 ${formatInstant(payment.arrivedAt)} 晚于现在 ${formatInstant(tx.now)}`,
      messageEn: `It is said to arrive at ${formatInstant(payment.arrivedAt)}, and it is ${formatInstant(tx.now)}`,
      details: { field: 'arrivedAt', given: formatInstant(payment.arrivedAt) },
    });
  }
  const outcome = await paymentOutcome(tx.q, payment);
  if (outcome === 'duplicate') return outcome;
  const bidder = await bidderQuoted(tx.q, payment.text);
  const { externalId, amountFen, payer, payerAccount, fromBaseAccount, arrivedAt, form, issuer, validUntil } = payment;
  const told = { externalId, amountFen, payer, payerAccount, fromBaseAccount, arrivedAt, source, actor };
  if (bidder) await insertDeposit(tx, actor, { ...bidder, ...told, form, issuer, validUntil, recordedAt: tx.now });
  else {
    const id = newId();
    await tx.q.insert(unmatchedPayments).values({ id, ...told, recordedAt: tx.now });
    recordAudit(tx, actor, {
      action: 'deposit.unmatched',
      procurementId: null,
      subject: `payment/${id}`,
      detail: { transactionId: externalId, source },
    });
  }
  return outcome;
}

async function insertDeposit(tx: Tx, actor: Actor, deposit: Omit<Deposit, 'id'>): Promise<Deposit> {
  const row = { id: newId(), ...deposit };
  await tx.q.insert(deposits).values(row);
  recordAudit(tx, actor, {
    action: 'deposit.record',
    procurementId: row.procurementId,
    subject: `deposit/${row.id}`,
    detail: {
      lotNo: row.lotNo,
      supplierId: row.supplierId,
      form: row.form,
      amountFen: row.amountFen,
      arrivedAt: row.arrivedAt,
      source: row.source,
    },
    sealed: true,
  });
  return row;
}

/** Payments that nobody has claimed, oldest first. */
export async function unclaimedPayments(q: Queries): Promise<UnmatchedPayment[]> {
  return q
    .select()
    .from(unmatchedPayments)
    .where(
      notExists(
        q.select({ id: deposits.id }).from(deposits).where(eq(deposits.externalId, unmatchedPayments.externalId)),
      ),
    )
    .orderBy(asc(unmatchedPayments.id));
}

/**
 * A bidder claims a payment that quoted no reference: it knows the bank's number and the amount, and it is the payer.
 * It counts from the instant at which the bank had it.
 * @throws DomainError `not-found` whatever does not agree, so that nobody learns of another's payment
 */
export async function claimPayment(
  tx: Tx,
  actor: Actor,
  at: BidderPlace,
  claimed: { readonly transactionId: string; readonly amountFen: number },
): Promise<Deposit> {
  await depositTaken(tx, at);
  const [payment] = await tx.q
    .select()
    .from(unmatchedPayments)
    .where(eq(unmatchedPayments.externalId, claimed.transactionId));
  const [bidder] = await tx.q.select().from(organisations).where(eq(organisations.id, at.supplierId));
  const own = payment?.amountFen === claimed.amountFen && payment.payer?.trim() === bidder?.name;
  const taken = payment && (await tx.q.select().from(deposits).where(eq(deposits.externalId, payment.externalId)));
  if (!payment || !own || (taken ?? []).length > 0) throw notFound('payment', claimed.transactionId);
  const { externalId, amountFen, payer, payerAccount, fromBaseAccount, arrivedAt, source, recordedAt } = payment;
  return insertDeposit(tx, actor, {
    procurementId: at.procurementId,
    lotNo: at.lotNo,
    supplierId: at.supplierId,
    form: 'transfer',
    ...{ externalId, amountFen, payer, payerAccount, fromBaseAccount, arrivedAt, source, recordedAt },
    issuer: null,
    validUntil: null,
    actor,
  });
}

/** A guarantee (保函) or an insurance, as it is written on it. */
export interface Guarantee {
  readonly form: Exclude<DepositForm, 'transfer'>;
  readonly number: string;
  readonly issuer: string;
  readonly amountFen: number;
  readonly validUntil: number;
}

/**
 * A bidder hands in a guarantee (保函) or an insurance; the centre looks at it after the opening, when it may know.
 * @throws DomainError `stage-conflict`, `unlawful` where it does not hold as long as the bids, `already-exists`
 */
export async function handInGuarantee(tx: Tx, actor: Actor, at: BidderPlace, guarantee: Guarantee): Promise<Deposit> {
  const { tender, terms } = await depositTaken(tx, at);
  if (!formsOf(tender).includes(guarantee.form)) {
    throw new DomainError('bad-input', {
      messageZh: '招标文件不接受该形式的投标保证金',
      messageEn: 'The documents do not take deposits in this form',
      details: { field: 'form', given: guarantee.form, lawful: formsOf(tender) },
    });
  }
  if (terms.validUntil !== null && endsBefore(guarantee.validUntil, terms.validUntil)) {
    const rule = getRule('works-bid-bond-validity');
    throw new DomainError('unlawful', {
      messageZh: `保函（保险）有效期应当覆盖投标有效期，至 ${formatInstant(terms.validUntil)}（${citeZh(rule)}）`,
      messageEn: `A guarantee must hold as long as the bids do, to ${formatInstant(terms.validUntil)} (${citeEn(rule)})`,
      details: {
        field: 'validUntil',
        given: formatInstant(guarantee.validUntil),
        earliestLawful: formatInstant(terms.validUntil),
        rule: rule.id,
        law: rule.law,
        article: rule.article,
      },
    });
  }
  return insertGuarantee(tx, actor, at, 'supplier', guarantee);
}

/**
 * The centre records a guarantee that was handed in on paper, by the bidder's reference. Like a payment it is taken
 * whatever it says: what is wrong with it would tell of which tender it is.
 * @throws DomainError `not-found` where no such reference was given out, `already-exists`
 */
export async function recordGuarantee(tx: Tx, actor: Actor, reference: string, guarantee: Guarantee): Promise<Deposit> {
  const bidder = await bidderQuoted(tx.q, reference);
  if (!bidder) throw notFound('reference', reference);
  return insertGuarantee(tx, actor, bidder, 'centre', guarantee);
}

async function insertGuarantee(
  tx: Tx,
  actor: Actor,
  at: BidderPlace,
  source: DepositSource,
  guarantee: Guarantee,
): Promise<Deposit> {
  const externalId = `${guarantee.issuer}#${guarantee.number}`;
  if (await knownPayment(tx.q, externalId)) {
    throw new DomainError('already-exists', {
      messageZh: '该保函（保险）已经提交',
      messageEn: 'This guarantee was handed in already',
      details: { field: 'number', given: guarantee.number },
    });
  }
  return insertDeposit(tx, actor, {
    procurementId: at.procurementId,
    lotNo: at.lotNo,
    supplierId: at.supplierId,
    form: guarantee.form,
    amountFen: guarantee.amountFen,
    externalId,
    payer: null,
    payerAccount: null,
    fromBaseAccount: null,
    issuer: guarantee.issuer,
    validUntil: guarantee.validUntil,
    arrivedAt: tx.now,
    source,
    actor,
    recordedAt: tx.now,
  });
}

/**
 * What a lot asks for, while bids and with them deposits are taken.
 * @throws DomainError `not-found` where it asks for none, `stage-conflict`
 */
export async function depositTaken(tx: Tx, at: Place): Promise<{ tender: Procurement; terms: DepositTerms }> {
  const tender = await procurementById(tx.q, at.procurementId);
  const terms = depositTermsOf(tender, at.lotNo);
  if (!terms) throw notFound('deposit', `${at.procurementId}/lot/${at.lotNo}`);
  if (tender.stage !== 'bidding') throw stageConflict('procurement', tender.stage, ['bidding']);
  return { tender, terms };
}

/** The deposits of a procurement, of a lot or of one bidder, with their movements, in the order of their record. */
export async function depositsOf(
  q: Queries,
  of: { readonly procurementId: string; readonly lotNo?: number; readonly supplierId?: string },
): Promise<DepositAccount[]> {
  const rows = await q
    .select({ deposit: deposits, supplier: organisations.name })
    .from(deposits)
    .innerJoin(organisations, eq(organisations.id, deposits.supplierId))
    .where(
      and(
        eq(deposits.procurementId, of.procurementId),
        of.lotNo === undefined ? undefined : eq(deposits.lotNo, of.lotNo),
        of.supplierId === undefined ? undefined : eq(deposits.supplierId, of.supplierId),
      ),
    )
    .orderBy(asc(deposits.id));
  return withMovements(q, rows);
}

/** @throws DomainError `not-found` */
export async function depositById(q: Queries, id: string): Promise<DepositAccount> {
  const rows = await q
    .select({ deposit: deposits, supplier: organisations.name })
    .from(deposits)
    .innerJoin(organisations, eq(organisations.id, deposits.supplierId))
    .where(eq(deposits.id, id));
  const [found] = await withMovements(q, rows);
  if (!found) throw notFound('deposit', id);
  return found;
}

async function withMovements(
  q: Queries,
  rows: readonly { deposit: Deposit; supplier: string }[],
): Promise<DepositAccount[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ deposit }) => deposit.id);
  const every = await q
    .select()
    .from(depositMovements)
    .where(inArray(depositMovements.depositId, ids))
    .orderBy(asc(depositMovements.id));
  return rows.map(({ deposit, supplier }) => {
    const movements = every.filter(({ depositId }) => depositId === deposit.id);
    const gone = movements
      .filter(({ kind }) => kind === 'refunded' || kind === 'forfeited')
      .reduce((sum, { amountFen }) => sum + amountFen, 0);
    return { ...deposit, supplier, movements, leftFen: deposit.amountFen - gone };
  });
}

/** The standing of each bidder that has paid for a lot; empty where the lot asks for no deposit. */
export async function depositStandings(
  q: Queries,
  tender: TermsOf & Pick<Procurement, 'id'>,
  lotNo: number,
): Promise<ReadonlyMap<string, DepositStanding>> {
  const terms = depositTermsOf(tender, lotNo);
  if (!terms) return new Map();
  const accounts = await depositsOf(q, { procurementId: tender.id, lotNo });
  const bidders = [...new Set(accounts.map(({ supplierId }) => supplierId))];
  return new Map(
    bidders.map((supplierId) => [
      supplierId,
      standingIn(
        accounts.filter((account) => account.supplierId === supplierId),
        terms,
      ),
    ]),
  );
}

/** How the deposits of one bidder stand. */
export function standingIn(accounts: readonly DepositAccount[], terms: DepositTerms): DepositStanding {
  return depositStanding(
    accounts.map(({ movements, ...deposit }) => ({
      ...deposit,
      rejected: movements.some(({ kind }) => kind === 'rejected'),
      // What goes back after the deadline has stood at it.
      gone: movements.some(({ kind, at }) => (kind === 'refunded' || kind === 'forfeited') && at < terms.deadline),
    })),
    terms,
  );
}

/** Who has a deposit in time for a lot, how much and in which form; whether it is enough is for `depositStandings`. */
export async function depositsHeld(
  q: Queries,
  procurementId: string,
  lotNo: number,
): Promise<ReadonlyMap<string, { amountFen: number; form: string }>> {
  const standings = await depositStandings(q, await procurementById(q, procurementId), lotNo);
  return new Map(
    [...standings].flatMap(([supplierId, { amountFen, form }]) =>
      form === null ? [] : [[supplierId, { amountFen, form }]],
    ),
  );
}

/** 唱标: the deposit of each bidder as the record of the opening has it; undefined where the lot asks for none. */
export async function depositEntries(
  q: Queries,
  tender: TermsOf & Pick<Procurement, 'id'>,
  lotNo: number,
): Promise<(supplierId: string) => { deposit?: { held: boolean; amountFen: number; form: string | null } }> {
  if (!depositTermsOf(tender, lotNo)) return () => ({});
  const standings = await depositStandings(q, tender, lotNo);
  return (supplierId) => {
    const { held, amountFen, form } = standings.get(supplierId) ?? { held: false, amountFen: 0, form: null };
    return { deposit: { held, amountFen, form } };
  };
}

/** Accounts from which more than one bidder of a lot has paid (视为串通投标). @rule works-deemed-collusion */
export function sharedAccounts(accounts: readonly DepositAccount[]): ReadonlySet<string> {
  const payers = new Map<string, Set<string>>();
  for (const { lotNo, payerAccount, supplierId } of accounts) {
    if (payerAccount === null) continue;
    const key = `${lotNo} ${payerAccount}`;
    payers.set(key, (payers.get(key) ?? new Set()).add(supplierId));
  }
  const shared = accounts.filter(
    ({ lotNo, payerAccount }) => payerAccount !== null && (payers.get(`${lotNo} ${payerAccount}`)?.size ?? 0) > 1,
  );
  return new Set(shared.map(({ id }) => id));
}

/** The lots of a procurement that have deposits which are neither given back nor kept. */
export async function depositsLeft(
  q: Queries,
  of: { procurementId: string; lotNo?: number },
): Promise<DepositAccount[]> {
  return (await depositsOf(q, of)).filter(({ leftFen }) => leftFen > 0);
}

/** A bid was withdrawn: where its bidder has paid, whatever is not back in time goes on the record. */
export async function noteWithdrawal(tx: Tx, bid: BidderPlace & { readonly id: string }): Promise<void> {
  const { procurementId, lotNo, supplierId } = bid;
  const paid = await depositsOf(tx.q, { procurementId, lotNo, supplierId });
  if (paid.some(({ leftFen }) => leftFen > 0)) await enqueueOnce(tx, 'start-refund', bid.id);
}

/** Adds a movement; what becomes of a deposit is what its movements say together. */
export async function recordMovement(
  tx: Tx,
  actor: Actor,
  deposit: Deposit,
  movement: Pick<DepositMovement, 'kind' | 'at'> &
    Partial<Pick<DepositMovement, 'amountFen' | 'interestFen' | 'bankReference' | 'ground' | 'reasonZh'>>,
): Promise<DepositMovement> {
  const row = {
    id: newId(),
    depositId: deposit.id,
    amountFen: 0,
    interestFen: 0,
    bankReference: null,
    ground: null,
    reasonZh: null,
    ...movement,
    actor,
    recordedAt: tx.now,
  };
  await tx.q.insert(depositMovements).values(row);
  recordAudit(tx, actor, {
    action: `deposit.${row.kind}`,
    procurementId: deposit.procurementId,
    subject: `deposit/${deposit.id}`,
    detail: {
      lotNo: deposit.lotNo,
      amountFen: row.amountFen,
      interestFen: row.interestFen,
      ...(row.ground === null ? {} : { ground: row.ground }),
    },
    sealed: true,
  });
  return row;
}
