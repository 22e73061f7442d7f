import { hashPassword } from 'better-auth/crypto';
import type { Database } from '../../db/access/database.ts';
import { hasAccounts } from '../../db/accounts/accounts.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { createOrganisation } from '../organisations/create.ts';
import { createAccount } from './create.ts';
import { oneTimePassword, oneTimeUntil } from './one-time-password.ts';

/** A user name with the one-time password, which is shown once. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Opens the first administrator's account, where there is no account at all; null where there are accounts.
 * @param centre the trading centre's own organisation, which administrators belong to
 */
export async function ensureFirstAdministrator(
  db: Database,
  centre: { name: string; creditCode: string } = { name: '公共资源交易中心', creditCode: 'CENTRE' },
): Promise<Credentials | null> {
  if (await hasAccounts(db.read)) return null;
  const username = 'administrator';
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  const created = await db.transaction(async (tx) => {
    if (await hasAccounts(tx.q)) return false;
    const { id } = await createOrganisation(tx, UNATTENDED, centre);
    await createAccount(tx, UNATTENDED, {
      username,
      name: '系统管理员',
      memberships: [{ organisationId: id, role: 'administrator' }],
      passwordHash,
      oneTimeUntil: oneTimeUntil(Date.now()),
    });
    return true;
  });
  return created ? { username, password } : null;
}
