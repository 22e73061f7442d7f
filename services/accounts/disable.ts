import type { Tx } from '../../db/access/database.ts';
import { accountById, updateAccount, type Account } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { endSessions } from './end-sessions.ts';
import { assertAnotherAdministrator } from './last-administrator.ts';

/**
 * Disables (停用) an account and ends its sessions.
 * @throws DomainError `not-found`, `last-administrator`
 */
export async function disableAccount(tx: Tx, actor: Actor, id: string): Promise<Account> {
  await accountById(tx.q, id);
  await assertAnotherAdministrator(tx.q, id);
  const account = await updateAccount(tx, id, { disabledAt: tx.now });
  recordAudit(tx, actor, { action: 'account.disable', procurementId: null, subject: `account/${id}` });
  await endSessions(tx, actor, id);
  return account;
}
