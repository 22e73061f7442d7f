import { expect, it } from 'vitest';
import { ensureFirstAdministrator } from '../../services/accounts/first-administrator.ts';
import { auditAfter } from '../../db/audit.ts';
import { startTestApi } from '../setup/api.ts';

it('the first administrator signs in with the one-time password, must change it, and then runs the accounts', async () => {
  await using api = await startTestApi();
  const first = await ensureFirstAdministrator(api.db);
  expect(first).not.toBeNull();
  expect(await ensureFirstAdministrator(api.db)).toBeNull();
  if (!first) return;

  const signedIn = await api.signIn(first.username, first.password);
  expect(signedIn.status).toBe(200);
  expect(signedIn.get('account.mustChangePassword')).toBe(true);
  expect(signedIn.get('memberships')).toMatchObject([{ role: 'administrator' }]);
  const cookie = signedIn.headers.getSetCookie().join();
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Strict/i);

  const headers = { authorization: `Bearer ${String(signedIn.get('token'))}` };
  const organisation = { name: '某区住房和城乡建设局', creditCode: '11110000MB1234567K' };
  const tooEarly = await api.call('POST', '/api/organisations', { headers, json: organisation });
  expect([tooEarly.status, tooEarly.get('code')]).toEqual([403, 'password-change-required']);
  expect((await api.call('GET', '/api/session', { headers })).status).toBe(200);

  const newPassword = 'a much better password';
  const changed = await api.call('POST', '/api/session/password', {
    headers,
    json: { currentPassword: first.password, newPassword },
  });
  expect(changed.status).toBe(200);
  expect((await api.signIn(first.username, first.password)).status).toBe(401);
  expect((await api.signIn(first.username, newPassword)).status).toBe(200);

  const registered = await api.call('POST', '/api/organisations', { headers, json: organisation });
  expect(registered.status).toBe(201);
  const opened = await api.call('POST', '/api/accounts', {
    headers,
    json: {
      username: 'zhang.san',
      name: '张三',
      access: 'one-time-password',
      memberships: [{ organisationId: registered.get('id'), role: 'purchaser' }],
    },
  });
  expect(opened.status).toBe(201);
  const purchaser = await api.signIn('Zhang.San', String(opened.get('oneTimePassword')));
  expect(purchaser.get('memberships')).toEqual([
    {
      organisationId: registered.get('id'),
      organisation: organisation.name,
      creditCode: organisation.creditCode,
      role: 'purchaser',
    },
  ]);
});

it('audits what happens to accounts and sessions', async () => {
  await using api = await startTestApi();
  const supplier = await api.member('supplier');
  await api.signIn(supplier.username, 'wrong');
  await supplier.call('DELETE', '/api/session');
  const actions = (await auditAfter(api.db.read, 0, 100)).map(({ action }) => action);
  expect(actions).toEqual([
    'organisation.create',
    'account.create',
    'membership.add',
    'session.begin',
    'session.fail',
    'session.end',
  ]);
});
