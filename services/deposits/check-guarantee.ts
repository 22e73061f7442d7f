import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { depositById, type DepositAccount } from '../../db/deposits.ts';
import { notFound, procurementRow, stageConflict } from '../../db/procurements.ts';
import { storeMovements } from './store.ts';

/**
 * The centre records whether a guarantee is valid, while bids are evaluated.
 * @throws DomainError `not-found` before the opening as for an unknown one, `stage-conflict`
 */
export async function checkGuarantee(
  tx: Tx,
  actor: Actor,
  depositId: string,
  { outcome, reasonZh }: { readonly outcome: 'confirmed' | 'rejected'; readonly reasonZh: string },
): Promise<DepositAccount> {
  const account = await depositById(tx.q, depositId);
  const { openedAt, stage } = await procurementRow(tx.q, account.procurementId);
  if (openedAt === null || account.form === 'transfer') throw notFound('deposit', depositId);
  if (stage !== 'evaluation') throw stageConflict('procurement', stage, ['evaluation']);
  await storeMovements(tx, actor, [{ deposit: account, movement: { kind: outcome, at: tx.now, reasonZh } }]);
  return account;
}
