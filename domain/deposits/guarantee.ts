import { civilDayOf, formatInstant } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { DepositForm } from '../law/facts.ts';
import { citationOf } from '../law/rulebook.ts';
import type { Procedure } from '../procedures/procedure.ts';
import { depositFaultText } from './faults.ts';
import { endsBefore, type DepositTerms } from './standing.ts';

/** A guarantee (保函) or an insurance, with the particulars written on it. */
export interface Guarantee {
  readonly form: Exclude<DepositForm, 'transfer'>;
  readonly number: string;
  readonly issuer: string;
  readonly amountFen: number;
  readonly validUntil: number;
}

/** Identifies the guarantee, as the bank's number identifies a payment. */
export const guaranteeNumber = ({ issuer, number }: Pick<Guarantee, 'issuer' | 'number'>): string =>
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

const plainNumber = (text: string): string => text.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();

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

/**
 * Whether a tender accepts a guarantee that a bidder submits.
 * @throws DomainError `bad-input` for a form that it does not accept, `unlawful` where it expires before the bids do
 */
export function assertGuarantee(
  guarantee: Guarantee,
  {
    accepted,
    terms,
    definition: { deposits, words },
  }: {
    readonly accepted: readonly DepositForm[];
    readonly terms: DepositTerms;
    readonly definition: Pick<Procedure, 'deposits' | 'words'>;
  },
): void {
  if (!accepted.includes(guarantee.form)) {
    throw new DomainError('bad-input', {
      messageZh: `${words.documents}不接受该形式的${words.deposit}`,
      messageEn: 'The documents do not accept deposits in this form',
      details: { field: 'form', given: guarantee.form, lawful: accepted },
    });
  }
  if (terms.validUntil === null || !endsBefore(guarantee.validUntil, terms.validUntil)) return;
  const { zh, en } = depositFaultText('validity', deposits, terms, words);
  throw new DomainError('unlawful', {
    messageZh: zh,
    messageEn: en,
    details: {
      field: 'validUntil',
      given: formatInstant(guarantee.validUntil),
      earliestLawful: formatInstant(terms.validUntil),
      ...citationOf(deposits.validity).details,
    },
  });
}
