import { civilDayOf } from '../civil-time.ts';
import type { DepositForm } from '../law/facts.ts';

/** What a lot requires. Instants are epoch ms. */
export interface DepositTerms {
  readonly requiredFen: number;
  /** The bid deadline, which is the deposit's too (财库〔2019〕38号 三). */
  readonly deadline: number;
  /** The day until which a guarantee must be valid: the end of the bid validity; null where none was set. */
  readonly validUntil: number | null;
}

export interface DepositFacts {
  readonly form: DepositForm;
  readonly amountFen: number;
  readonly arrivedAt: number;
  readonly validUntil: number | null;
  /** The centre found that the guarantee is not valid. */
  readonly rejected: boolean;
  /** Refunded or kept before the deadline: it no longer covers a bid. */
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
  const amountFen = counted.reduce((sum, deposit) => sum + deposit.amountFen, 0);
  const held = amountFen >= terms.requiredFen;
  if (!held && amountFen > 0) faults.add('short');
  const forms = [...new Set(counted.map(({ form }) => form))].sort();
  return { held, amountFen, form: forms.length === 0 ? null : forms.join('+'), faults: [...faults] };
}

const isGone = ({ kind }: { readonly kind: string }): boolean => kind === 'refunded' || kind === 'forfeited';

/** The state of one bidder's deposits. */
export function standingOf(deposits: readonly PaidDeposit[], terms: DepositTerms): DepositStanding {
  return depositStanding(
    deposits.map(({ movements, ...deposit }) => ({
      ...deposit,
      rejected: movements.some(({ kind }) => kind === 'rejected'),
      // A deposit refunded after the deadline was there at the deadline.
      gone: movements.some((movement) => isGone(movement) && movement.at < terms.deadline),
    })),
    terms,
  );
}

/** The part of a deposit that is neither refunded nor kept. */
export const leftOf = ({ amountFen, movements }: Pick<PaidDeposit, 'amountFen' | 'movements'>): number =>
  movements.filter(isGone).reduce((left, movement) => left - movement.amountFen, amountFen);

function faultOf(deposit: DepositFacts, terms: DepositTerms): DepositFault | null {
  if (deposit.rejected) return 'rejected';
  if (deposit.arrivedAt >= terms.deadline) return 'late';
  if (deposit.form === 'transfer' || terms.validUntil === null) return null;
  return deposit.validUntil === null || endsBefore(deposit.validUntil, terms.validUntil) ? 'validity' : null;
}

/** Guarantees are dated by whole days. */
export const endsBefore = (until: number, needed: number): boolean => civilDayOf(until) < civilDayOf(needed);
