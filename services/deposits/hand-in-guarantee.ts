import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { depositsOf, guaranteesOf, type Deposit } from '../../db/deposits.ts';
import { notFound, procurementRow } from '../../db/procurements.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { assertGuarantee, type Guarantee } from '../../domain/deposits/guarantee.ts';
import { guaranteeNumber, isSameGuarantee, saysTheSame } from '../../domain/deposits/same-guarantee.ts';
import { acceptedForms } from '../../domain/deposits/terms.ts';
import { DomainError } from '../../domain/errors.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { depositsTakenFor } from './bidding.ts';
import { storeDeposits, storeMovements } from './store.ts';

/**
 * A bidder submits a guarantee (保函) or an insurance; the centre checks it after the opening, when it may see it. Until the
 * deadline a later entry replaces an earlier one: the same guarantee extended or typed again, or the one that is named. What
 * others hand in decides nothing here: whose a guarantee is, its issuer or the centre says.
 * @param replaces an entry of the bidder for the lot
 * @throws DomainError `stage-conflict`, `bad-input`, `not-found`, `unlawful` where it expires before the bids do,
 *   `already-exists` where nothing is different
 */
export async function handInGuarantee(
  tx: Tx,
  actor: Actor,
  at: BidderPlace,
  guarantee: Guarantee,
  replaces: string | null = null,
): Promise<Deposit> {
  const { tender, terms } = await depositsTakenFor(tx, at);
  assertGuarantee(guarantee, { accepted: acceptedForms(tender), terms, definition: procedureOf(tender) });
  await refuseElsewhere(tx, at, guarantee);
  return storeGuarantee(tx, actor, at, { source: 'supplier', guarantee, replaces });
}

/**
 * Stores an entry in place of the earlier ones of the same source.
 * @throws DomainError `already-exists` where nothing is different, `not-found` for another's entry
 */
export async function storeGuarantee(
  tx: Tx,
  actor: Actor,
  { procurementId, lotNo, supplierId }: BidderPlace,
  { source, guarantee, replaces }: GuaranteeEntry,
): Promise<Deposit> {
  const { form, amountFen, issuer, validUntil } = guarantee;
  const entry = { form, amountFen, issuer, validUntil, externalId: guaranteeNumber(guarantee) };
  const accounts = await depositsOf(tx.q, { procurementId, lotNo, supplierId });
  const own = accounts.filter((each) => each.source === source && each.form !== 'transfer' && each.leftFen > 0);
  const named = own.find(({ id }) => id === replaces);
  if (replaces !== null && !named) throw notFound('deposit', replaces);
  const same = own.filter((each) => isSameGuarantee(each, entry));
  if (replaces === null && same.some((each) => saysTheSame(each, entry))) throw alreadySubmitted(guarantee);
  const { bidDeadline } = await procurementRow(tx.q, procurementId);
  const inTime = bidDeadline !== null && tx.now < bidDeadline;
  const replaced = inTime ? [...new Set([...same, ...(named ? [named] : [])])] : [];
  await storeMovements(
    tx,
    actor,
    replaced.map((deposit) => ({
      deposit,
      movement: { kind: 'replaced', at: tx.now, amountFen: deposit.leftFen },
    })),
  );
  const [deposit] = await storeDeposits(tx, actor, [
    {
      ...{ procurementId, lotNo, supplierId, source, ...entry },
      ...{ payer: null, payerAccount: null, fromBaseAccount: null },
      arrivedAt: tx.now,
      recordedAt: tx.now,
    },
  ]);
  if (!deposit) throw new Error('a deposit was not stored');
  return deposit;
}

interface GuaranteeEntry {
  readonly source: 'supplier' | 'centre';
  readonly guarantee: Guarantee;
  /** The entry that it replaces besides those of the same guarantee. */
  readonly replaces: string | null;
}

/** One paper covers one bid: the bidder's own entries alone are asked. */
async function refuseElsewhere(tx: Tx, at: BidderPlace, guarantee: Guarantee): Promise<void> {
  const own = await guaranteesOf(tx.q, at.supplierId, guaranteeNumber(guarantee));
  const elsewhere = own.find(
    ({ procurementId, lotNo, source, leftFen }) =>
      source === 'supplier' && leftFen > 0 && (procurementId !== at.procurementId || lotNo !== at.lotNo),
  );
  if (elsewhere) throw alreadySubmitted(guarantee);
}

const alreadySubmitted = ({ number }: Guarantee): DomainError =>
  new DomainError('already-exists', {
    messageZh: '贵单位已经提交该保函（保险）；内容有变的，提交新的内容即替换原来的',
    messageEn: 'You have submitted this guarantee already; submit other particulars to replace it',
    details: { field: 'transactionId', given: number },
  });
