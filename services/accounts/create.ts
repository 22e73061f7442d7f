import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { accountByUsername, insertAccount, type Account } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { assertUsername, usernameOf } from '../../domain/accounts/username.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Role } from '../../domain/roles.ts';
import { addMemberships } from './add-membership.ts';

export interface NewAccount {
  readonly username: string;
  readonly name: string;
  readonly memberships: readonly { organisationId: string; role: Role }[];
  /** From `hashPassword` of the sign-in library; never the password itself. */
  readonly passwordHash: string;
  /** Until when (real ms) the password signs in, once; null: it is the person’s own. */
  readonly oneTimeUntil: number | null;
}

/**
 * Opens an account (开立账号).
 * @throws DomainError `already-exists` when the user name is taken, `not-found` for an unknown organisation, `bad-input`
 */
export async function createAccount(tx: Tx, actor: Actor, given: NewAccount): Promise<Account> {
  const username = usernameOf(given.username);
  assertUsername(username);
  if (await accountByUsername(tx.q, username)) {
    throw new DomainError('already-exists', {
      messageZh: `用户名已被使用：${username}`,
      messageEn: `The user name is taken: ${username}`,
      details: { field: 'username', given: username },
    });
  }
  const { name, oneTimeUntil, memberships, passwordHash } = given;
  const account = await insertAccount(
    tx,
    {
      ...{ id: newId(), name, username, displayUsername: given.username.normalize('NFKC'), oneTimeUntil },
      mustChangePassword: oneTimeUntil !== null,
      ownPasswordAt: oneTimeUntil === null ? tx.now : null,
    },
    passwordHash,
  );
  recordAudit(tx, actor, {
    action: 'account.create',
    procurementId: null,
    subject: `account/${account.id}`,
    detail: { username },
  });
  await addMemberships(
    tx,
    actor,
    memberships.map((membership) => ({ accountId: account.id, ...membership })),
  );
  return account;
}
