import type { Tx } from '../../db/access/database.ts';
import { updateAccount, updatePassword, type Account } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { endSessions } from './end-sessions.ts';

/**
 * Sets a person's own new password; every session but the present one ends.
 * @throws DomainError `not-found`
 */
export async function changePassword(
  tx: Tx,
  actor: Actor,
  id: string,
  { hash, keep }: { readonly hash: string; readonly keep: string },
): Promise<Account> {
  const account = await updateAccount(tx, id, { mustChangePassword: false, failures: 0, lockedUntil: null });
  await updatePassword(tx, id, hash);
  recordAudit(tx, actor, { action: 'account.change-password', procurementId: null, subject: `account/${id}` });
  await endSessions(tx, actor, id, { keep });
  return account;
}
