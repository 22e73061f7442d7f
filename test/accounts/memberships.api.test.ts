import { creditCodeFrom } from '../setup/credit-code.ts';
import { expect, it } from 'vitest';
import { addAdministrator } from '../../services/accounts/add-administrator.ts';
import { auditAfter } from '../../db/audit.ts';
import { startTestApi, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';
import { handClock } from '../setup/tenders/tender.ts';

const HOUR_MS = 3_600_000;

/** An account that somebody has made their own. */
async function opened(
  api: TestApi,
  administrator: Member,
  username: string,
  memberships: { organisationId: string; role: string }[] = [],
): Promise<{ id: string; requested: unknown; call: Member['call'] }> {
  const account = await administrator.call('POST', '/api/accounts', {
    json: { username, name: username, memberships },
  });
  expect(account.status).toBe(201);
  const accepted = { token: account.get('invitation.token'), newPassword: TEST_PASSWORD };
  expect((await api.call('POST', '/api/invitations/accept', { json: accepted })).status).toBe(200);
  const token = String((await api.signIn(username, TEST_PASSWORD)).get('token'));
  const call: Member['call'] = (method, path, sent = {}) =>
    api.call(method, path, { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } });
  return { id: String(account.get('id')), requested: account.get('requestedMemberships'), call };
}

const person = (organisationId: string, accountId: string, role = 'supplier') =>
  `/api/organisations/${organisationId}/people/${accountId}/${role}`;
const password = { json: { password: TEST_PASSWORD } };

it('an administrator makes neither himself nor a ghost a supplier’s person: the supplier’s own people confirm it', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const supplier = await api.member('supplier', '某供应商');
  const { organisationId } = supplier;
  const wanted = { organisationId, role: 'supplier' };

  const himself = await administrator.call('POST', `/api/accounts/${administrator.accountId}/memberships`, {
    json: wanted,
  });
  expect([himself.status, himself.get('code'), himself.get('details.field')]).toEqual([422, 'bad-input', 'role']);

  const ghost = await opened(api, administrator, 'ghost', [wanted]);
  expect(ghost.requested).toMatchObject([wanted]);
  const seen = await ghost.call('GET', '/api/session');
  expect(seen.get('memberships')).toEqual([]);
  const as = { 'x-acting-as': `${organisationId}:supplier` };
  expect((await ghost.call('GET', '/api/receipts', { headers: as })).status).toBe(403);
  expect((await ghost.call('GET', '/api/receipts')).status).toBe(403);

  // The supplier’s people are informed at once, and decide.
  const informed = await supplier.call('GET', '/api/notifications');
  expect(informed.get('items.0')).toMatchObject({ kind: 'membership.requested', detail: { accountId: ghost.id } });
  expect((await supplier.call('GET', '/api/session')).get('unreadNotifications')).toBe(1);
  const people = await supplier.call('GET', `/api/organisations/${organisationId}/people`);
  expect(people.body).toMatchObject({
    people: [{ accountId: supplier.accountId, role: 'supplier' }],
    requested: [{ accountId: ghost.id, username: 'ghost' }],
  });
  const path = person(organisationId, ghost.id);
  for (const other of [administrator, ghost, await api.member('supplier')]) {
    expect((await other.call('POST', `${path}/confirm`, password)).status).toBe(404);
    expect((await other.call('POST', `${path}/refuse`)).status).toBe(404);
  }
  const unsure = await supplier.call('POST', `${path}/confirm`, { json: { password: 'not the password' } });
  expect([unsure.status, unsure.get('code')]).toEqual([401, 'unauthenticated']);
  expect((await supplier.call('POST', `${path}/refuse`)).status).toBe(204);
  expect((await supplier.call('POST', `${path}/confirm`, password)).status).toBe(404);
  expect((await ghost.call('GET', '/api/session')).get('memberships')).toEqual([]);

  // Whom they know they confirm.
  await administrator.call('POST', `/api/accounts/${ghost.id}/memberships`, { json: wanted });
  expect((await supplier.call('POST', `${path}/confirm`, password)).status).toBe(204);
  expect((await ghost.call('GET', '/api/receipts')).status).toBe(200);
  const actions = (await auditAfter(api.db.read, 0, 200)).map(({ action }) => action);
  expect(actions.filter((action) => action.startsWith('membership.'))).toEqual([
    ...['membership.add', 'membership.add', 'membership.request', 'membership.add', 'membership.refuse'],
    ...['membership.request', 'membership.confirm'],
  ]);
});

it('removing or disabling a supplier’s people does not make room for another first person', async () => {
  const clock = handClock('2026-03-02T09:00:00+08:00');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  const administrator = await api.member('administrator');
  const supplier = await api.member('supplier');
  const { organisationId } = supplier;
  await administrator.call('DELETE', `/api/accounts/${supplier.accountId}/memberships/${organisationId}/supplier`);
  const ghost = await opened(api, administrator, 'ghost', [{ organisationId, role: 'supplier' }]);
  expect((await ghost.call('GET', '/api/receipts')).status).toBe(403);
  const confirm = `${person(organisationId, ghost.id)}/confirm`;
  // Nobody is left: a second administrator confirms it, a day later.
  clock.step(24 * HOUR_MS);
  expect((await administrator.call('POST', confirm, password)).get('code')).toBe('forbidden');
  const second = await api.member('administrator');
  clock.step(-HOUR_MS);
  await administrator.call('DELETE', `/api/accounts/${ghost.id}/memberships/${organisationId}/supplier`);
  await administrator.call('POST', `/api/accounts/${ghost.id}/memberships`, {
    json: { organisationId, role: 'supplier' },
  });
  const early = await second.call('POST', confirm, password);
  expect([early.status, early.get('details.reason')]).toEqual([403, 'too-early']);
  clock.step(25 * HOUR_MS);
  expect((await second.call('POST', confirm, password)).status).toBe(204);
  expect((await ghost.call('GET', '/api/receipts')).status).toBe(200);
});

it('one person is on one side only, and acts for one supplier only', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  let number = 0;
  const organisation = async () => {
    number += 1;
    const creditCode = creditCodeFrom(number, '91420000');
    const made = await administrator.call('POST', '/api/organisations', {
      json: { name: `单位${number}`, creditCode },
    });
    return String(made.get('id'));
  };
  const allowed: [string, string, number][] = [
    ['purchaser', 'agency', 201],
    ['purchaser', 'supplier', 422],
    ['purchaser', 'supervisor', 422],
    ['agency', 'centre', 422],
    ['supplier', 'supplier', 422],
    ['supplier', 'supervisor', 422],
    ['supplier', 'centre', 422],
    ['supplier', 'expert', 422],
    ['centre', 'office', 422],
    ['office', 'supervisor', 201],
    ['discipline', 'auditor', 201],
    ['expert', 'purchaser', 422],
  ];
  for (const [index, [one, other, status]] of allowed.entries()) {
    const memberships = [
      { organisationId: await organisation(), role: one },
      { organisationId: await organisation(), role: other },
    ];
    const json = { username: `person.${index}`, name: '张三', memberships };
    const answer = await administrator.call('POST', '/api/accounts', { json });
    expect([one, other, answer.status]).toEqual([one, other, status]);
  }
});

it('administrators are added on the machine only', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const { organisationId } = administrator;
  const refused = await administrator.call('POST', '/api/accounts', {
    json: { username: 'ghost', name: '影子', memberships: [{ organisationId, role: 'administrator' }] },
  });
  expect([refused.status, refused.get('code')]).toEqual([403, 'forbidden']);
  expect(refused.text).toContain('kaibiao administrator --add');
  const added = await addAdministrator(api.db, 'second');
  const signedIn = await api.signIn('second', String(added?.password));
  expect(signedIn.get('memberships')).toMatchObject([{ organisationId, role: 'administrator' }]);
});
