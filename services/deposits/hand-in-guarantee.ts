import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { recordedPayments, type Deposit } from '../../db/deposits.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { assertGuarantee, guaranteeNumber, type Guarantee } from '../../domain/deposits/guarantee.ts';
import { acceptedForms } from '../../domain/deposits/terms.ts';
import { DomainError } from '../../domain/errors.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { depositsTakenFor } from './bidding.ts';
import { storeDeposits } from './store.ts';

/**
 * A bidder submits a guarantee (保函) or an insurance; the centre checks it after the opening, when it may see it.
 * @throws DomainError `stage-conflict`, `bad-input`, `unlawful` where it expires before the bids do, `already-exists`
 */
export async function handInGuarantee(tx: Tx, actor: Actor, at: BidderPlace, guarantee: Guarantee): Promise<Deposit> {
  const { tender, terms } = await depositsTakenFor(tx, at);
  assertGuarantee(guarantee, { accepted: acceptedForms(tender), terms, definition: procedureOf(tender) });
  return storeGuarantee(tx, actor, at, 'supplier', guarantee);
}

/** @throws DomainError `already-exists` where it was submitted before */
export async function storeGuarantee(
  tx: Tx,
  actor: Actor,
  { procurementId, lotNo, supplierId }: BidderPlace,
  source: 'supplier' | 'centre',
  guarantee: Guarantee,
): Promise<Deposit> {
  const externalId = guaranteeNumber(guarantee);
  if ((await recordedPayments(tx.q, [externalId])).size > 0) {
    throw new DomainError('already-exists', {
      messageZh: '该保函（保险）已经提交',
      messageEn: 'This guarantee was already submitted',
      details: { field: 'number', given: guarantee.number },
    });
  }
  const { form, amountFen, issuer, validUntil } = guarantee;
  const [deposit] = await storeDeposits(tx, actor, [
    {
      ...{ procurementId, lotNo, supplierId, form, amountFen, externalId, issuer, validUntil, source },
      ...{ payer: null, payerAccount: null, fromBaseAccount: null },
      arrivedAt: tx.now,
      recordedAt: tx.now,
    },
  ]);
  if (!deposit) throw new Error('a deposit was not stored');
  return deposit;
}
