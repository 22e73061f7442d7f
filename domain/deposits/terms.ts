import { DEPOSIT_FORMS, type DepositForm, type Procedure, type TenderRegime } from '../law/facts.ts';
import { procedureOf } from '../procedures/index.ts';
import { bidValidityEnd } from '../law/bid-validity.ts';
import type { DepositTerms } from './standing.ts';

/** An account that receives deposits. */
export interface BankAccount {
  readonly holder: string;
  readonly bank: string;
  readonly number: string;
}

/** The facts of a tender that decide what its deposits must be. */
export interface DepositTender {
  readonly regime: TenderRegime;
  readonly procedure: Procedure;
  readonly rulebookVersion?: string;
  readonly bidDeadline: number | null;
  readonly bidValidityDays: number | null;
  readonly lots: readonly { readonly no: number; readonly bidBondFen: number | null }[];
}

/**
 * What a lot requires; null where it requires no deposit. Only the law of works says that a guarantee must be valid as
 * long as the bids.
 * @rule works-bid-bond-validity
 */
export function depositTermsOf(tender: DepositTender, lotNo: number): DepositTerms | null {
  const requiredFen = tender.lots.find(({ no }) => no === lotNo)?.bidBondFen ?? 0;
  const { bidDeadline, bidValidityDays } = tender;
  if (requiredFen === 0 || bidDeadline === null) return null;
  return {
    requiredFen,
    deadline: bidDeadline,
    validUntil:
      bidValidityDays === null || procedureOf(tender).deposits.validity === undefined
        ? null
        : bidValidityEnd(bidDeadline, bidValidityDays),
  };
}

/** The forms in which a tender accepts deposits; by default every lawful one. */
export const acceptedForms = ({
  depositForms,
}: {
  readonly depositForms: readonly DepositForm[] | null;
}): readonly DepositForm[] => depositForms ?? DEPOSIT_FORMS;
