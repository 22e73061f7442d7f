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
  readonly supplier: string;
}

/** As banks write it: spaces and width say nothing. */
const plain = (text: string | null): string => (text ?? '').normalize('NFKC').replace(/[\s-]/g, '');
const same = (one: string | null, other: string | null): boolean => plain(one) !== '' && plain(one) === plain(other);

/** Whether both are of one account, or of one unit or person (同一单位或者个人的账户). */
export const isSamePayer = (one: Payer, other: Payer): boolean =>
  same(one.payerAccount, other.payerAccount) || same(one.payer, other.payer);

/** Whether a payment came from an organisation, by its name. */
export const isPaidBy = ({ payer }: Payer, name: string): boolean => same(payer, name);

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
