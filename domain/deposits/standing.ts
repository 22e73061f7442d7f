import { civilDayOf } from '../civil-time.ts';
import type { DepositForm } from '../law/facts.ts';

/** What a lot asks for. Instants are epoch ms. */
export interface DepositTerms {
  readonly requiredFen: number;
  /** The bid deadline, which is the deposit's too (财库〔2019〕38号 三). */
  readonly deadline: number;
  /** To which a guarantee must hold: the end of the bid validity; null where none was set. */
  readonly validUntil: number | null;
}

export interface DepositFacts {
  readonly form: DepositForm;
  readonly amountFen: number;
  readonly arrivedAt: number;
  readonly validUntil: number | null;
  /** The centre found that the guarantee is none. */
  readonly rejected: boolean;
  /** Given back or kept before the deadline: it stands for no bid any more. */
  readonly gone: boolean;
}

/** A deposit as it is stored: with what became of it. */
export interface PaidDeposit extends Omit<DepositFacts, 'rejected' | 'gone'> {
  readonly movements: readonly { readonly kind: string; readonly at: number; readonly amountFen: number }[];
}

export type DepositFault = 'late' | 'short' | 'validity' | 'rejected';

export interface DepositStanding {
  readonly held: boolean;
  /** Of what counts. */
  readonly amountFen: number;
  /** Of what counts; several joined by `+`. */
  readonly form: string | null;
  readonly faults: readonly DepositFault[];
}

/**
 * Whether a bidder's deposits are there in full. The bank's instant decides, and the deadline is that of bids, compared
 * as theirs is: before it.
 * @rule gp-bid-bond-deadline
 * @rule works-bid-bond-validity
 */
export function depositStanding(deposits: readonly DepositFacts[], terms: DepositTerms): DepositStanding {
  const faults = new Set<DepositFault>();
  const counted = deposits.filter((deposit) => {
    if (deposit.gone) return false;
    const fault = faultOf(deposit, terms);
    if (fault) faults.add(fault);
    return fault === null;
  });
  const amountFen = counted.reduce((sum, deposit) => sum + deposit.amountFen, 0);
  const held = amountFen >= terms.requiredFen;
  if (!held && amountFen > 0) faults.add('short');
  const forms = [...new Set(counted.map(({ form }) => form))].sort();
  return { held, amountFen, form: forms.length === 0 ? null : forms.join('+'), faults: [...faults] };
}

const isGone = ({ kind }: { readonly kind: string }): boolean => kind === 'refunded' || kind === 'forfeited';

/** How the deposits of one bidder stand. */
export function standingOf(deposits: readonly PaidDeposit[], terms: DepositTerms): DepositStanding {
  return depositStanding(
    deposits.map(({ movements, ...deposit }) => ({
      ...deposit,
      rejected: movements.some(({ kind }) => kind === 'rejected'),
      // What goes back after the deadline has stood at it.
      gone: movements.some((movement) => isGone(movement) && movement.at < terms.deadline),
    })),
    terms,
  );
}

/** What of a deposit is neither given back nor kept. */
export const leftOf = ({ amountFen, movements }: Pick<PaidDeposit, 'amountFen' | 'movements'>): number =>
  movements.filter(isGone).reduce((left, movement) => left - movement.amountFen, amountFen);

/** Ids of deposits that came from an account from which more than one bidder of a lot has paid (视为串通投标). @rule works-deemed-collusion */
export function fromSharedAccounts(
  deposits: readonly {
    readonly id: string;
    readonly lotNo: number;
    readonly supplierId: string;
    readonly payerAccount: string | null;
  }[],
): ReadonlySet<string> {
  const key = ({ lotNo, payerAccount }: (typeof deposits)[number]): string => `${lotNo} ${payerAccount ?? ''}`;
  const known = deposits.filter(({ payerAccount }) => payerAccount !== null);
  const payers = new Map<string, Set<string>>();
  for (const deposit of known) {
    payers.set(key(deposit), (payers.get(key(deposit)) ?? new Set()).add(deposit.supplierId));
  }
  return new Set(known.filter((deposit) => (payers.get(key(deposit))?.size ?? 0) > 1).map(({ id }) => id));
}

function faultOf(deposit: DepositFacts, terms: DepositTerms): DepositFault | null {
  if (deposit.rejected) return 'rejected';
  if (deposit.arrivedAt >= terms.deadline) return 'late';
  if (deposit.form === 'transfer' || terms.validUntil === null) return null;
  return deposit.validUntil === null || endsBefore(deposit.validUntil, terms.validUntil) ? 'validity' : null;
}

/** Guarantees are dated by the day, which is whole. */
export const endsBefore = (until: number, needed: number): boolean => civilDayOf(until) < civilDayOf(needed);
