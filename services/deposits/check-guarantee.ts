import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { depositById, depositsOf, type DepositAccount } from '../../db/deposits.ts';
import { notFound, procurementRow } from '../../db/procurements.ts';
import { checkOf, isSameGuarantee } from '../../domain/deposits/same-guarantee.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { storeMovements } from './store.ts';

/**
 * The centre records whether a guarantee is valid, while bids are evaluated. One that is confirmed is its bidder's alone:
 * who else submitted it in the procurement has none. The last finding counts.
 * @throws DomainError `not-found` before the opening as for an unknown one, `stage-conflict`
 */
export async function checkGuarantee(
  tx: Tx,
  actor: Actor,
  depositId: string,
  { outcome, reasonZh }: { readonly outcome: 'confirmed' | 'rejected'; readonly reasonZh: string },
): Promise<DepositAccount> {
  const account = await depositById(tx.q, depositId);
  const tender = await procurementRow(tx.q, account.procurementId);
  const { openedAt, stage } = tender;
  const replaced = account.movements.some(({ kind }) => kind === 'replaced');
  if (openedAt === null || account.form === 'transfer' || replaced) throw notFound('deposit', depositId);
  if (stage !== 'evaluation') {
    const definition = procedureOf(tender);
    const rule = definition.deposits.invalidWithout;
    throw stageConflict(definition, { what: 'procurement', stage, wanted: ['evaluation'], rule });
  }
  const others = outcome === 'confirmed' ? await sameOfOthers(tx, account) : [];
  await storeMovements(tx, actor, [
    { deposit: account, movement: { kind: outcome, at: tx.now, reasonZh } },
    ...others.map((deposit) => ({
      deposit,
      movement: { kind: 'rejected' as const, at: tx.now, reasonZh: '该保函（保险）经核验属于其他单位' },
    })),
  ]);
  return account;
}

async function sameOfOthers(tx: Tx, account: DepositAccount): Promise<DepositAccount[]> {
  const all = await depositsOf(tx.q, { procurementId: account.procurementId });
  return all.filter(
    (other) =>
      other.supplierId !== account.supplierId &&
      isSameGuarantee(other, account) &&
      checkOf(other.movements) !== 'rejected',
  );
}
