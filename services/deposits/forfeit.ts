import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import type { ForfeitGround } from '../../domain/deposits/grounds.ts';
import { assertForfeit } from '../../domain/deposits/settlement.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { bidderRecordOf } from './bidder-record.ts';
import { depositToSettle, settled, type Settled } from './settle.ts';
import { storeMovements } from './store.ts';

/**
 * Records that a deposit is kept, on one of the law's grounds.
 * @throws DomainError `not-found`, `bad-input`, `unlawful` for a ground that does not apply, or that the record contradicts
 */
export async function forfeitDeposit(
  tx: Tx,
  actor: Actor,
  depositId: string,
  forfeit: {
    readonly amountFen: number;
    readonly ground: ForfeitGround;
    readonly reasonZh: string;
    /** The clause of the documents that the ground rests on. */
    readonly clauseZh?: string | undefined;
  },
): Promise<Settled> {
  const settling = await depositToSettle(tx, actor, depositId);
  const { account, tender, duty } = settling;
  assertForfeit(procedureOf(tender), account, duty, forfeit, await bidderRecordOf(tx, account));
  const { clauseZh, reasonZh, ...kept } = forfeit;
  const stated = clauseZh === undefined ? reasonZh : `${clauseZh}：${reasonZh}`;
  await storeMovements(tx, actor, [
    { deposit: account, movement: { kind: 'forfeited', at: tx.now, ...kept, reasonZh: stated } },
  ]);
  return settled(tx, actor, settling, forfeit.amountFen);
}
