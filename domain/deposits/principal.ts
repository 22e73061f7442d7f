import type { DepositForm } from '../law/facts.ts';
import { checkOf } from './same-guarantee.ts';
import type { DepositTerms } from './standing.ts';

/** A deposit of a bidder for a lot, with what became of it. */
export interface HeldDeposit {
  readonly id: string;
  readonly form: DepositForm;
  readonly amountFen: number;
  readonly arrivedAt: number;
  /** Neither refunded nor kept. */
  readonly leftFen: number;
  readonly movements: readonly {
    readonly kind: string;
    readonly at: number;
    readonly amountFen: number;
    readonly interestFen: number;
  }[];
}

/** A deposit, and how much of it is the one that the lot requires. */
export interface SettledDeposit extends HeldDeposit {
  readonly principalFen: number;
}

/**
 * The deposits of one bidder for one lot, the first to arrive first, each with how much of it is the one that the lot
 * requires: the rest is an overpayment, which bears no interest and is never kept.
 * @param terms null: the lot requires none, and all of it counts
 */
export function withPrincipals<D extends HeldDeposit>(
  own: readonly D[],
  terms: Pick<DepositTerms, 'requiredFen' | 'deadline'> | null,
): (D & SettledDeposit)[] {
  let open = terms?.requiredFen ?? Number.MAX_SAFE_INTEGER;
  return own
    .toSorted((a, b) => a.arrivedAt - b.arrivedAt || (a.id < b.id ? -1 : 1))
    .map((deposit) => {
      const principalFen = covers(deposit, terms?.deadline ?? 0) ? Math.min(deposit.amountFen, open) : 0;
      open -= principalFen;
      return { ...deposit, principalFen };
    });
}

/** Not what was back or replaced before the deadline, nor a guarantee that is not valid. */
const covers = ({ leftFen, movements }: HeldDeposit, deadline: number): boolean =>
  (leftFen > 0 || movements.some(({ at, amountFen }) => amountFen > 0 && at >= deadline)) &&
  !movements.some(({ kind }) => kind === 'replaced') &&
  checkOf(movements) !== 'rejected';

/** A refund, or a part of one, that bears interest. */
export interface Portion {
  readonly amountFen: number;
  readonly at: number;
}

/** The parts of refunds that bear interest, in their order: an overpayment goes back first. */
export function bearingPortions(
  { amountFen, principalFen }: { readonly amountFen: number; readonly principalFen: number },
  refunds: readonly Portion[],
): Portion[] {
  let surplus = amountFen - principalFen;
  return refunds.map((refund) => {
    const fromSurplus = Math.min(surplus, refund.amountFen);
    surplus -= fromSurplus;
    return { amountFen: refund.amountFen - fromSurplus, at: refund.at };
  });
}
