import { formatInstant } from '../civil-time.ts';
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
