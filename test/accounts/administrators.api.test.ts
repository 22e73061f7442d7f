import { expect, it } from 'vitest';
import { resetAdministrator } from '../../services/accounts/reset-administrator.ts';
import { startTestApi } from '../setup/api.ts';

it('the last administrator can neither be disabled nor lose the role; with a second one both are lawful', async () => {
  await using api = await startTestApi();
  const first = await api.member('administrator');
  const membership = `/api/accounts/${first.accountId}/memberships/${first.organisationId}/administrator`;
  const refused = await first.call('POST', `/api/accounts/${first.accountId}/disable`);
  expect([refused.status, refused.get('code')]).toEqual([409, 'last-administrator']);
  expect((await first.call('DELETE', membership)).get('code')).toBe('last-administrator');
  const second = await api.member('administrator');
  expect((await second.call('DELETE', membership)).status).toBe(204);
  expect((await second.call('POST', `/api/accounts/${first.accountId}/disable`)).status).toBe(200);
});

it('who holds the machine gives an administrator who is locked out a new one-time password', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const other = await api.member('administrator');
  await other.call('POST', `/api/accounts/${administrator.accountId}/disable`);
  const reset = await resetAdministrator(api.db, administrator.username);
  const signedIn = await api.signIn(administrator.username, reset?.password ?? '');
  expect(signedIn.status).toBe(200);
  expect(signedIn.get('account')).toMatchObject({ mustChangePassword: true });
  expect((await administrator.call('GET', '/api/session')).status).toBe(401);
  const supplier = await api.member('supplier');
  expect(await resetAdministrator(api.db, supplier.username)).toBeNull();
});
