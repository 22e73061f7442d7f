import type { Tx } from '../../db/access/database.ts';
import { updateAccount, updatePassword, type Account } from '../../db/accounts/accounts.ts';
import { endInvitations } from '../../db/accounts/invitations.ts';
import { deleteReset } from '../../db/accounts/resets.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { endSessions } from './end-sessions.ts';

/**
 * Sets a person's own new password; every session but the present one ends, and a reset that was requested is void.
 * @throws DomainError `not-found`
 */
export async function changePassword(
  tx: Tx,
  actor: Actor,
  id: string,
  { hash, keep }: { readonly hash: string; readonly keep: string },
): Promise<Account> {
  const account = await updateAccount(tx, id, {
    ...{ mustChangePassword: false, oneTimeUntil: null, ownPasswordAt: tx.now },
    ...{ failures: 0, lockedUntil: null },
  });
  await updatePassword(tx, id, hash);
  recordAudit(tx, actor, { action: 'account.change-password', procurementId: null, subject: `account/${id}` });
  // A link that was given beside the one-time password is no way in any more.
  await endInvitations(tx, { accountId: id });
  await deleteReset(tx, { accountId: id, what: 'password' });
  await notify(tx, [id], 'password.changed');
  await endSessions(tx, actor, id, { keep });
  return account;
}
