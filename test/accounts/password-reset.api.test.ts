import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { startTestApi, TEST_PASSWORD } from '../setup/api.ts';
import { handClock } from '../setup/tenders/tender.ts';

const HOUR_MS = 3_600_000;

async function withTwoAdministrators() {
  const clock = handClock('2026-03-02T09:00:00+08:00');
  const api = await startTestApi({ database: { machineClock: clock.read } });
  const [one, two] = [await api.member('administrator'), await api.member('administrator')];
  const owner = await api.member('supplier');
  return { clock, api, one, two, owner, path: `/api/accounts/${owner.accountId}/password` };
}

it('one administrator does not reset a password: another does, a day later, and its owner knows at once', async () => {
  const { clock, api, one, two, owner, path } = await withTwoAdministrators();
  await using _ = api;
  const requested = await one.call('POST', path, { key: 'reset-1' });
  expect([requested.status, requested.get('invitation')]).toEqual([202, undefined]);
  // Sent again, it is answered in the same shape.
  expect((await one.call('POST', path, { key: 'reset-1' })).body).toEqual(requested.body);
  expect(requested.get('passwordReset')).toMatchObject({
    requestedBy: one.accountId,
    notBefore: '2026-03-03T09:00:00+08:00',
  });
  // Nothing has changed for its owner, who is informed in the next answer and in the one to a sign-in.
  for (const who of [await owner.call('GET', '/api/session'), await api.signIn(owner.username, TEST_PASSWORD)]) {
    expect(who.get('passwordReset')).toMatchObject({ requestedBy: one.accountId });
    expect(who.get('unreadNotifications')).toBe(1);
  }
  expect((await owner.call('GET', '/api/notifications')).get('items.0.kind')).toBe('password.reset-requested');
  expect((await owner.call('POST', '/api/notifications/read')).status).toBe(204);
  expect((await owner.call('GET', '/api/session')).get('unreadNotifications')).toBe(0);

  // Requested again, its day does not begin again, and is not over either.
  clock.step(23 * HOUR_MS);
  expect((await one.call('POST', path)).get('passwordReset.notBefore')).toBe('2026-03-03T09:00:00+08:00');
  const early = await two.call('POST', `${path}/complete`);
  expect([early.status, early.get('code')]).toEqual([409, 'reset-pending']);
  clock.step(HOUR_MS);
  expect((await one.call('POST', `${path}/complete`)).get('code')).toBe('reset-pending');
  const done = await two.call('POST', `${path}/complete`);
  expect([done.status, done.get('passwordReset')]).toEqual([200, null]);
  expect((await owner.call('GET', '/api/session')).status).toBe(401);
  const newPassword = 'correct horse battery';
  const json = { token: done.get('invitation.token'), newPassword };
  expect((await api.signIn(owner.username, TEST_PASSWORD)).status).toBe(401);
  expect((await api.call('POST', '/api/invitations/accept', { json })).get('username')).toBe(owner.username);
  expect((await api.signIn(owner.username, newPassword)).status).toBe(200);

  // An account that was its owner’s is not reset by one even before its owner has signed in again.
  expect((await one.call('POST', path)).status).toBe(202);
  const trail = (await auditAfter(api.db.read, 0, 200)).filter(({ action }) => /reset/.test(action));
  expect(trail.map(({ action, actor }) => [action, actor.accountId])).toEqual([
    ['account.request-reset', one.accountId],
    ['account.reset-password', two.accountId],
    ['account.request-reset', one.accountId],
  ]);
});

it('its owner cancels a reset, and changing the password voids it', async () => {
  const { clock, api, one, two, owner, path } = await withTwoAdministrators();
  await using _ = api;
  await one.call('POST', path);
  expect((await owner.call('DELETE', '/api/session/password-reset')).status).toBe(204);
  expect((await owner.call('DELETE', '/api/session/password-reset')).status).toBe(404);
  clock.step(25 * HOUR_MS);
  expect((await two.call('POST', `${path}/complete`)).status).toBe(404);

  // Requested anew, it waits anew.
  await one.call('POST', path);
  expect((await two.call('POST', `${path}/complete`)).get('code')).toBe('reset-pending');
  const json = { currentPassword: TEST_PASSWORD, newPassword: 'correct horse battery' };
  expect((await owner.call('POST', '/api/session/password', { json })).status).toBe(200);
  clock.step(25 * HOUR_MS);
  expect((await two.call('POST', `${path}/complete`)).status).toBe(404);
  expect((await api.signIn(owner.username, 'correct horse battery')).status).toBe(200);
});

it('an administrator does not complete the reset of their own password, and any may cancel one', async () => {
  const { clock, api, one, two } = await withTwoAdministrators();
  await using _ = api;
  const path = `/api/accounts/${two.accountId}/password`;
  await one.call('POST', path);
  clock.step(25 * HOUR_MS);
  expect((await two.call('POST', `${path}/complete`)).get('code')).toBe('reset-pending');
  expect((await two.call('DELETE', path)).status).toBe(204);
  expect((await one.call('DELETE', path)).status).toBe(404);
});
