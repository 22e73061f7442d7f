import { plainNumber } from '../text.ts';
import { civilDayOf } from '../civil-time.ts';
import type { DepositForm } from '../law/facts.ts';

// Whether two entries are of one guarantee, and what was found of it.

/** Identifies the guarantee, as the bank's number identifies a payment. */
export const guaranteeNumber = ({ issuer, number }: { readonly issuer: string; readonly number: string }): string =>
  `${issuer}#${number}`;

/** A guarantee as it is stored. */
export interface StoredGuarantee {
  readonly form: DepositForm;
  /** Of `guaranteeNumber`. */
  readonly externalId: string;
  readonly amountFen: number;
  readonly validUntil: number | null;
}

/** Whether both are the same paper: issuer and number, however they are typed. */
export const isSameGuarantee = (
  one: Pick<StoredGuarantee, 'form' | 'externalId'>,
  other: Pick<StoredGuarantee, 'form' | 'externalId'>,
): boolean =>
  one.form !== 'transfer' && other.form !== 'transfer' && plainNumber(one.externalId) === plainNumber(other.externalId);

/** Whether both say the same of it; guarantees are dated by whole days. */
export const saysTheSame = (one: StoredGuarantee, other: StoredGuarantee): boolean =>
  one.form === other.form &&
  one.amountFen === other.amountFen &&
  (one.validUntil === null || other.validUntil === null
    ? one.validUntil === other.validUntil
    : civilDayOf(one.validUntil) === civilDayOf(other.validUntil));

/** What the issuer or the centre found last; null: nothing yet. */
export const checkOf = (movements: readonly { readonly kind: string }[]): 'confirmed' | 'rejected' | null => {
  const kind = movements.findLast((movement) => movement.kind === 'confirmed' || movement.kind === 'rejected')?.kind;
  return kind === 'confirmed' || kind === 'rejected' ? kind : null;
};
