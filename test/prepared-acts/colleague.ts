import { randomUUID } from 'node:crypto';
import { UNATTENDED } from '../../db/audit.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { QUICK_PASSWORDS, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';

/** One more person of a member's organisation in the same role, signed in. */
export async function colleagueOf(
  api: TestApi,
  { role, organisationId }: Pick<Member, 'role' | 'organisationId'>,
  name?: string,
): Promise<Member> {
  const username = `${role}.${randomUUID().slice(0, 8)}`;
  const passwordHash = await QUICK_PASSWORDS.hash(TEST_PASSWORD);
  const { id: accountId } = await api.db.transaction((tx) =>
    createAccount(tx, UNATTENDED, {
      ...{ username, name: name ?? username, passwordHash, oneTimeUntil: null },
      memberships: [{ organisationId, role }],
    }),
  );
  const token = String((await api.signIn(username, TEST_PASSWORD)).get('token'));
  return {
    ...{ role, organisationId, accountId, username, password: TEST_PASSWORD, token },
    call: (method, path, sent = {}) =>
      api.call(method, path, { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } }),
  };
}
