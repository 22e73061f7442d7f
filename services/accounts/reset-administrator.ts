import { hashPassword } from 'better-auth/crypto';
import type { Database } from '../../db/access/database.ts';
import { accountByUsername } from '../../db/accounts/accounts.ts';
import { OPERATOR } from '../../db/audit.ts';
import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import { enableAccount } from './enable.ts';
import type { Credentials, FirstAdministrator } from './first-administrator.ts';
import { inviteOwner, newToken } from './invitation.ts';
import { oneTimePassword, oneTimeUntil } from './one-time-password.ts';
import { resetPassword } from './reset-password.ts';
import { isToBeSetUp } from './set-up.ts';
import { removeSecondFactor } from './second-factor/remove.ts';

/**
 * Sets a new one-time password for an administrator, from the machine's command line; the account is enabled and
 * unlocked. Null where no administrator has that name.
 * @param without `secondFactor`: takes that away as well, for who has lost it
 */
export async function resetAdministrator(
  db: Database,
  username: string,
  without: { readonly secondFactor?: boolean } = {},
): Promise<Credentials | FirstAdministrator | null> {
  const password = oneTimePassword();
  const hash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const account = await accountByUsername(tx.q, username);
    const roles = account ? (await membershipsOfAccount(tx.q, account.id)).map(({ role }) => role) : [];
    if (!account || !roles.includes('administrator')) return null;
    if (account.disabledAt !== null) await enableAccount(tx, OPERATOR, account.id);
    await resetPassword(tx, OPERATOR, account.id, { hash, until: oneTimeUntil(Date.now()) });
    if (without.secondFactor && account.secondFactorAt !== null)
      await removeSecondFactor(tx, OPERATOR, account.id, { by: 'operator' });
    // Of a first start that nobody has completed: its address as well.
    if (!(await isToBeSetUp(tx.q))) return { username, password };
    const { token } = await inviteOwner(tx, account.id, newToken(), Date.now());
    return { username, password, setupToken: token };
  });
}
