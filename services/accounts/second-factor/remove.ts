import type { Tx } from '../../../db/access/database.ts';
import { updateAccount, type Account } from '../../../db/accounts/accounts.ts';
import { notify } from '../../../db/accounts/notifications.ts';
import { deleteReset } from '../../../db/accounts/resets.ts';
import { deleteSecondFactor } from '../../../db/accounts/second-factors.ts';
import type { Actor } from '../../../db/audit.ts';
import { notFound } from '../../../db/procurements.ts';
import { endSessions } from '../end-sessions.ts';
import { recordOfSignIn } from './record.ts';

/**
 * Takes the second factor away with its recovery codes; sessions end, but `keep`.
 * @param by the owner; two administrators together (`reset`); or the operator of the machine
 * @throws DomainError `not-found`
 */
export async function removeSecondFactor(
  tx: Tx,
  actor: Actor,
  accountId: string,
  { by, keep }: { readonly by: 'owner' | 'reset' | 'operator'; readonly keep?: string },
): Promise<Account> {
  if (!(await deleteSecondFactor(tx, accountId))) throw notFound('second-factor', accountId);
  const account = await updateAccount(tx, accountId, { secondFactorAt: null });
  await deleteReset(tx, { accountId, what: 'second-factor' });
  await recordOfSignIn(tx, actor, accountId, 'second-factor.remove', { by });
  await notify(tx, [accountId], 'second-factor.removed');
  await endSessions(tx, actor, accountId, { keep });
  return account;
}
