import { foldedOf } from '../text.ts';

/** Who paid, by the bank: null where it did not say. */
export interface Payer {
  readonly payer: string | null;
  readonly payerAccount: string | null;
}

/** A deposit of a bidder, with who paid it. */
interface PaidFor extends Payer {
  readonly id: string;
  readonly lotNo: number;
  readonly supplierId: string;
  readonly supplier: Named;
}

/** As banks write it: spaces, width and case say nothing. */
const plain = (text: string | null): string => foldedOf(text ?? '').replace(/[\s-]/g, '');
const same = (one: string | null, other: string | null): boolean => plain(one) !== '' && plain(one) === plain(other);

/** Whether both are of one account, or of one unit or person (同一单位或者个人的账户). */
export const isSamePayer = (one: Payer, other: Payer): boolean =>
  same(one.payerAccount, other.payerAccount) || same(one.payer, other.payer);

/** The name that an organisation has now, and those that it had before. */
export interface Named {
  readonly name: string;
  readonly formerNames: readonly string[];
}

/** Whether a payment came from an organisation, by one of its names. What is merely alike is another's. */
export const isPaidBy = ({ payer }: Payer, { name, formerNames }: Named): boolean =>
  [name, ...formerNames].some((each) => same(payer, each));

/** Whether the bank named a payer that is not the organisation. */
export const isPaidByAnother = (paid: Payer, organisation: Named): boolean =>
  plain(paid.payer) !== '' && !isPaidBy(paid, organisation);

/** What names a payer to people. */
export const payerText = ({ payer, payerAccount }: Payer): string => payer ?? payerAccount ?? '';

/**
 * Ids of the deposits whose payer also paid for another bidder of the lot, or is another bidder of it (视为串通投标).
 * @rule works-deemed-collusion
 * @rule gp-deemed-collusion
 */
export function fromSharedPayers(deposits: readonly PaidFor[]): ReadonlySet<string> {
  const shared = deposits.filter((deposit) =>
    deposits.some(
      (other) =>
        other.lotNo === deposit.lotNo &&
        other.supplierId !== deposit.supplierId &&
        (isSamePayer(deposit, other) || isPaidBy(deposit, other.supplier) || isPaidBy(other, deposit.supplier)),
    ),
  );
  return new Set(shared.map(({ id }) => id));
}
