import { hashPassword } from 'better-auth/crypto';
import type { Database } from '../../db/access/database.ts';
import { enabledAdministrators, membershipsOfAccount } from '../../db/accounts/memberships.ts';
import { OPERATOR } from '../../db/audit.ts';
import { createAccount } from './create.ts';
import type { Credentials } from './first-administrator.ts';
import { oneTimePassword, oneTimeUntil } from './one-time-password.ts';

/**
 * Opens another administrator's account, from the machine's command line, in the organisation of the present ones. Null
 * where there is none yet.
 * @throws DomainError `already-exists`
 */
export async function addAdministrator(db: Database, username: string): Promise<Credentials | null> {
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const [present] = await enabledAdministrators(tx.q);
    const memberships = present === undefined ? [] : await membershipsOfAccount(tx.q, present);
    const centre = memberships.find(({ role }) => role === 'administrator');
    if (!centre) return null;
    await createAccount(tx, OPERATOR, {
      username,
      name: '系统管理员',
      memberships: [{ organisationId: centre.organisationId, role: 'administrator' }],
      passwordHash,
      oneTimeUntil: oneTimeUntil(Date.now()),
    });
    return { username, password };
  });
}
