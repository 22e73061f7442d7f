import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import { assertInterest, assertRefund, type Refund } from '../../domain/deposits/settlement.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { depositToSettle, settled, type Settled } from './settle.ts';
import { storeMovements } from './store.ts';

/**
 * Records that a deposit, or a part of it, was given back.
 * @throws DomainError `not-found`, `bad-input`, `rates-missing`, `unlawful` where less interest was paid than is owed
 */
export async function refundDeposit(
  tx: Tx,
  actor: Actor,
  depositId: string,
  refund: Refund,
  rates: DepositRates | null,
): Promise<Settled> {
  const settling = await depositToSettle(tx, actor, depositId);
  const { account, tender, duty } = settling;
  assertRefund(account, refund, tx.now);
  assertInterest(procedureOf(tender).deposits, account, duty, refund, rates);
  await storeMovements(tx, actor, [{ deposit: account, movement: { kind: 'refunded', ...refund } }]);
  return settled(tx, actor, settling, refund.amountFen);
}
