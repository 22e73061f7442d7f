import { civilDayOf } from '../civil-time.ts';
import type { DepositForm } from '../law/facts.ts';
import { checkOf, isSameGuarantee } from './same-guarantee.ts';

/** What a lot requires. Instants are epoch ms. */
export interface DepositTerms {
  readonly requiredFen: number;
  /** The bid deadline, which is the deposit's too (财库〔2019〕38号 三). */
  readonly deadline: number;
  /** The clock of the deadline does not run: a later one, which nobody knows yet, decides. */
  readonly suspended?: boolean;
  /** The day until which a guarantee must be valid: the end of the bid validity; null where none was set. */
  readonly validUntil: number | null;
}

export interface DepositFacts {
  readonly form: DepositForm;
  /** The bank's number, or the guarantee's. */
  readonly externalId: string;
  readonly amountFen: number;
  readonly arrivedAt: number;
  readonly validUntil: number | null;
  /** The guarantee was found to be invalid. */
  readonly rejected: boolean;
  /** Refunded, replaced or kept before the deadline: it no longer covers a bid. */
  readonly gone: boolean;
}

/** A deposit as stored, with its later movements. */
export interface PaidDeposit extends Omit<DepositFacts, 'rejected' | 'gone'> {
  readonly movements: readonly { readonly kind: string; readonly at: number; readonly amountFen: number }[];
}

export type DepositFault = 'late' | 'short' | 'validity' | 'rejected';

export interface DepositStanding {
  readonly held: boolean;
  /** Of what counts, in fen. */
  readonly amountFen: number;
  /** Of what counts; several joined by `+`. */
  readonly form: string | null;
  readonly faults: readonly DepositFault[];
}

/**
 * Whether a bidder's deposits are complete. The bank's instant decides; it must be before the bid deadline, as for
 * bids.
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
  const amountFen = eachOnce(counted).reduce((sum, deposit) => sum + deposit.amountFen, 0);
  const held = amountFen >= terms.requiredFen;
  if (!held && amountFen > 0) faults.add('short');
  const forms = [...new Set(counted.map(({ form }) => form))].sort();
  return { held, amountFen, form: forms.length === 0 ? null : forms.join('+'), faults: [...faults] };
}

/** A guarantee that its bidder handed in and the centre recorded from paper is one; the last entry says how much it is. */
const eachOnce = (deposits: readonly DepositFacts[]): DepositFacts[] =>
  deposits.filter((deposit, index) => !deposits.slice(index + 1).some((later) => isSameGuarantee(deposit, later)));

const isGone = ({ kind }: { readonly kind: string }): boolean =>
  kind === 'refunded' || kind === 'forfeited' || kind === 'replaced';

/**
 * The state of one bidder's deposits.
 * @param others deposits of other bidders for the lot: a guarantee that was confirmed for one of them is none of this
 *   bidder's, unless it was confirmed too. Known after the opening only
 */
export function standingOf(
  deposits: readonly PaidDeposit[],
  terms: DepositTerms,
  others: readonly PaidDeposit[] = [],
): DepositStanding {
  return depositStanding(
    deposits.map(({ movements, ...deposit }) => ({
      ...deposit,
      rejected: isRejected(deposit, movements, others),
      // A deposit refunded after the deadline was there at the deadline.
      gone:
        movements.some((movement) => isGone(movement) && !isPast(terms, movement.at)) ||
        (checkOf(movements) === null && deposits.some((other) => isConfirmedFor(other, deposit))),
    })),
    terms,
  );
}

function isRejected(
  deposit: Pick<DepositFacts, 'form' | 'externalId'>,
  movements: PaidDeposit['movements'],
  others: readonly PaidDeposit[],
): boolean {
  const check = checkOf(movements);
  if (check !== null) return check === 'rejected';
  return others.some((other) => isConfirmedFor(other, deposit));
}

const isConfirmedFor = (other: PaidDeposit, deposit: Pick<DepositFacts, 'form' | 'externalId'>): boolean =>
  isSameGuarantee(deposit, other) && checkOf(other.movements) === 'confirmed';

/** The part of a deposit that is neither refunded nor kept. */
export const leftOf = ({ amountFen, movements }: Pick<PaidDeposit, 'amountFen' | 'movements'>): number =>
  movements.filter(isGone).reduce((left, movement) => left - movement.amountFen, amountFen);

/** Whether the deadline that decides had passed at an instant; one that is suspended has not. */
const isPast = ({ deadline, suspended = false }: DepositTerms, at: number): boolean => !suspended && at >= deadline;

function faultOf(deposit: DepositFacts, terms: DepositTerms): DepositFault | null {
  if (deposit.rejected) return 'rejected';
  if (isPast(terms, deposit.arrivedAt)) return 'late';
  if (deposit.form === 'transfer' || terms.validUntil === null) return null;
  return deposit.validUntil === null || endsBefore(deposit.validUntil, terms.validUntil) ? 'validity' : null;
}

/** Guarantees are dated by whole days. */
export const endsBefore = (until: number, needed: number): boolean => civilDayOf(until) < civilDayOf(needed);
