import type { Tx } from '../../db/access/database.ts';
import { updateAccount, updatePassword, type Account } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { endSessions } from './end-sessions.ts';

/**
 * Sets a one-time password, good until `until` (real ms), which its owner must change; the account is unlocked, and its
 * sessions end.
 * @throws DomainError `not-found`
 */
export async function resetPassword(
  tx: Tx,
  actor: Actor,
  id: string,
  { hash, until }: { readonly hash: string; readonly until: number },
): Promise<Account> {
  const account = await updateAccount(tx, id, {
    ...{ mustChangePassword: true, oneTimeUntil: until },
    ...{ failures: 0, lockedUntil: null },
  });
  await updatePassword(tx, id, hash);
  recordAudit(tx, actor, { action: 'account.reset-password', procurementId: null, subject: `account/${id}` });
  await endSessions(tx, actor, id);
  return account;
}
