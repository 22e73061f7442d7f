import type { Tx } from '../../db/access/database.ts';
import { updateAccount, type Account } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';

/**
 * Enables an account that was disabled.
 * @throws DomainError `not-found`
 */
export async function enableAccount(tx: Tx, actor: Actor, id: string): Promise<Account> {
  const account = await updateAccount(tx, id, { disabledAt: null });
  recordAudit(tx, actor, { action: 'account.enable', procurementId: null, subject: `account/${id}` });
  return account;
}
