import { hashPassword } from 'better-auth/crypto';
import type { Database } from '../../db/access/database.ts';
import { hasAccounts } from '../../db/accounts/accounts.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { createOrganisation } from '../organisations/create.ts';
import { createAccount } from './create.ts';
import { inviteOwner, newToken } from './invitation.ts';
import { oneTimePassword, oneTimeUntil } from './one-time-password.ts';

/** A user name with the one-time password, which is shown once. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What the first start makes: the one-time password, and the token of the address at which the browser sets it up; either is used once. */
export interface FirstAdministrator extends Credentials {
  readonly setupToken: string;
}

/** The trading centre's own organisation, which administrators belong to. */
export interface Centre {
  readonly name: string;
  readonly creditCode: string;
}

/** Where nobody has named it yet: no organisation has such a code. */
export const UNNAMED_CENTRE: Centre = { name: '公共资源交易中心', creditCode: 'CENTRE' };

/** Opens the first administrator's account, where there is no account at all; null where there are accounts. */
export async function ensureFirstAdministrator(
  db: Database,
  centre: Centre | null = null,
): Promise<FirstAdministrator | null> {
  if (await hasAccounts(db.read)) return null;
  const username = 'administrator';
  const password = oneTimePassword();
  const setupToken = newToken();
  const passwordHash = await hashPassword(password);
  const created = await db.transaction(async (tx) => {
    if (await hasAccounts(tx.q)) return false;
    const { id } = await createOrganisation(tx, UNATTENDED, centre ?? UNNAMED_CENTRE);
    const account = await createAccount(tx, UNATTENDED, {
      username,
      name: '系统管理员',
      memberships: [{ organisationId: id, role: 'administrator' }],
      passwordHash,
      oneTimeUntil: oneTimeUntil(Date.now()),
    });
    await inviteOwner(tx, account.id, setupToken, Date.now());
    return true;
  });
  return created ? { username, password, setupToken } : null;
}
