import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { startTestApi, TEST_PASSWORD, type TestApi } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';
import { everythingStored } from './stored.ts';

const HOUR_MS = 3_600_000;
const SUPPLIER = { name: '某某建设有限公司', creditCode: creditCodeFrom(8001), contact: '王小明', telephone: '027-1' };

const register = (api: TestApi, change: object = {}) =>
  api.call('POST', '/api/registrations', { json: { ...SUPPLIER, ...change }, key: null });
const accept = (api: TestApi, token: unknown, more: object = {}) =>
  api.call('POST', '/api/invitations/accept', { json: { token, newPassword: TEST_PASSWORD, ...more }, key: null });
const read = (api: TestApi, token: unknown) =>
  api.call('POST', '/api/invitations/read', { json: { token }, key: null });

it('a supplier registers itself, the centre confirms it, and its contact opens the account by the link', async () => {
  await using api = await startTestApi();
  const centre = await api.member('centre');
  const first = await register(api);
  expect(first.status).toBe(202);
  const token = String(first.get('invitation.token'));
  expect(first.get('invitation.link')).toBe(`http://tender.test/invitation#${token}`);
  expect(await everythingStored(api.storage)).not.toContain(token);
  expect((await read(api, token)).body).toMatchObject({
    username: null,
    name: '王小明',
    registration: { name: SUPPLIER.name, state: 'pending' },
  });
  const early = await accept(api, token, { username: '王小明' });
  expect([early.status, early.get('code')]).toEqual([409, 'not-confirmed']);

  // Only the centre and the administrators see who registers.
  for (const role of ['purchaser', 'agency', 'office', 'supplier'] as const)
    expect((await (await api.member(role)).call('GET', '/api/registrations')).status).toBe(403);
  const path = `/api/registrations/${String(first.get('registrationId'))}`;
  expect((await centre.call('GET', '/api/registrations')).get('items')).toMatchObject([
    { name: SUPPLIER.name, contact: '王小明', organisation: null, sameCode: [], sameName: [] },
  ]);
  const confirmed = await centre.call('POST', `${path}/confirm`);
  expect([confirmed.status, confirmed.get('organisation.duties')]).toEqual([200, ['supplier']]);
  expect((await centre.call('POST', `${path}/confirm`)).get('code')).toBe('stage-conflict');

  // A name of Chinese characters, in the one spelling; none that nobody sees, or that looks like another.
  for (const username of [
    '王\u200b小明',
    '⼈民',
    '王',
    'аdministrator',
    '_王',
    'a b',
    `${'王'.repeat(33)}`,
    '王\u{e0041}',
  ])
    expect([username, (await accept(api, token, { username })).status]).toEqual([username, 422]);
  expect((await accept(api, token)).get('issues.0.field')).toBe('username');
  const easy = await accept(api, token, { username: '王小明', newPassword: 'password123' });
  expect(easy.get('issues.0.rule')).toBe('hard-to-guess');
  const opened = await accept(api, token, { username: 'Ｗang王小明' });
  expect([opened.status, opened.get('username')]).toEqual([200, 'wang王小明']);
  // The link is used up.
  for (const again of [await accept(api, token, { username: 'another' }), await read(api, token)])
    expect([again.status, again.get('code')]).toEqual([404, 'invitation-void']);
  const signedIn = await api.signIn('WANG王小明', TEST_PASSWORD);
  expect(signedIn.get('memberships')).toMatchObject([{ organisation: SUPPLIER.name, role: 'supplier' }]);
  const taken = await register(api, { creditCode: creditCodeFrom(8002) });
  await centre.call('POST', `/api/registrations/${String(taken.get('registrationId'))}/confirm`);
  const same = await accept(api, taken.get('invitation.token'), { username: 'wang王小明' });
  expect([same.status, same.get('code')]).toEqual([409, 'already-exists']);

  // What the trail says of it is shown to nobody before it tells nothing.
  const entries = (await auditAfter(api.db.read, 0, 200)).filter(({ detail }) =>
    JSON.stringify(detail).includes(SUPPLIER.creditCode),
  );
  expect(entries.length).toBeGreaterThan(2);
  expect(entries.every(({ confidential }) => confidential)).toBe(true);
});

it('the page of a link has its token in no request, and loads nothing from elsewhere', async () => {
  await using api = await startTestApi();
  const page = await api.call('GET', '/invitation');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const [, script] = /src="(\/invitation\/[0-9a-f]+\.js)"/.exec(page.text) ?? [];
  const loaded = await api.call('GET', String(script));
  expect([loaded.status, loaded.text.includes('/api/invitations/accept')]).toEqual([200, true]);
  expect((await api.call('GET', '/invitation/other.js')).status).toBe(404);
});

it('whose code is known already is not told: the organisation’s own people decide who joins them', async () => {
  await using api = await startTestApi({ settings: { registration: 'open' } });
  const centre = await api.member('centre');
  const known = await api.member('supplier', '某供应商');
  const { creditCode } = (await known.call('GET', '/api/session')).get('memberships.0') as { creditCode: string };
  const [stranger, newcomer] = [await register(api, { creditCode }), await register(api)];
  for (const each of [stranger, newcomer]) {
    expect(each.status).toBe(202);
    expect(Object.keys(each.body as object)).toEqual(['registrationId', 'invitation']);
  }
  // By configuration a new one needs nobody; one whose organisation is here is looked at all the same.
  expect((await accept(api, newcomer.get('invitation.token'), { username: '新人' })).status).toBe(200);
  expect((await accept(api, stranger.get('invitation.token'), { username: '外人' })).get('code')).toBe('not-confirmed');
  const waiting = await centre.call('GET', '/api/registrations');
  expect(waiting.get('items')).toMatchObject([{ organisation: { id: known.organisationId, name: '某供应商' } }]);
  await centre.call('POST', `/api/registrations/${String(stranger.get('registrationId'))}/confirm`);
  expect((await accept(api, stranger.get('invitation.token'), { username: '外人' })).status).toBe(200);
  const token = String((await api.signIn('外人', TEST_PASSWORD)).get('token'));
  const headers = { authorization: `Bearer ${token}` };
  expect((await api.call('GET', '/api/session', { headers })).get('memberships')).toEqual([]);
  expect((await api.call('GET', '/api/receipts', { headers })).status).toBe(403);
  const people = await known.call('GET', `/api/organisations/${known.organisationId}/people`);
  expect(people.get('requested')).toMatchObject([{ username: '外人', role: 'supplier' }]);

  // An organisation that runs tenders does not become a bidder by it.
  const purchaser = await api.member('purchaser');
  await (
    await api.member('administrator')
  ).call('PUT', `/api/organisations/${purchaser.organisationId}/standing`, {
    json: { identity: null, duties: ['purchaser'], reportsTo: null },
  });
  const own = (await purchaser.call('GET', '/api/session')).get('memberships.0.creditCode');
  const posing = await register(api, { creditCode: own });
  const refused = await centre.call('POST', `/api/registrations/${String(posing.get('registrationId'))}/confirm`);
  expect(refused.status).toBe(422);
  const reason = { json: { reasonZh: '该单位为采购人' } };
  await centre.call('POST', `/api/registrations/${String(posing.get('registrationId'))}/refuse`, reason);
  const told = await accept(api, posing.get('invitation.token'), { username: 'posing' });
  expect([told.get('code'), told.get('messageZh')]).toEqual([
    'not-confirmed',
    expect.stringContaining('该单位为采购人'),
  ]);
});

it('registrations are bounded: by address, by size, by their check digit, and where nobody may', async () => {
  const rateLimit = { perMinute: 1_000, signInPerMinute: 1_000 };
  await using api = await startTestApi({ settings: { rateLimit, registrationsPerHour: 3 } });
  for (const change of [{ creditCode: '91420100000000017X' }, { name: '某'.repeat(201) }, { contact: '王\u200b' }])
    expect((await register(api, change)).status).toBe(422);
  const fourth = await register(api);
  expect([fourth.status, fourth.get('code')]).toEqual([429, 'too-many-requests']);
  expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(60);
  await using closed = await startTestApi({ settings: { registration: 'closed' } });
  const refused = await register(closed);
  expect([refused.status, refused.get('details.reason')]).toEqual([403, 'closed']);
});

it('a link is good once, for three days, and a newer one takes its place', async () => {
  let now = Date.now();
  await using api = await startTestApi({ deps: { realNow: () => now } });
  const administrator = await api.member('administrator');
  const key = 'open-an-account';
  const json = { username: '李四', name: '李四' };
  const opened = await administrator.call('POST', '/api/accounts', { json, key });
  expect([opened.status, opened.get('oneTimePassword')]).toEqual([201, null]);
  const again = await administrator.call('POST', '/api/accounts', { json, key });
  expect([again.headers.get('idempotency-replayed'), again.get('invitation')]).toEqual(['true', null]);
  const token = opened.get('invitation.token');
  // Nobody signs in before it is accepted, whatever they try.
  expect((await api.signIn('李四', String(token))).status).toBe(401);
  expect((await read(api, token)).body).toMatchObject({ username: '李四', registration: null });

  const path = `/api/accounts/${String(opened.get('id'))}/password`;
  const renewed = (await administrator.call('POST', path)).get('invitation.token');
  expect((await accept(api, token)).get('code')).toBe('invitation-void');
  now += 72 * HOUR_MS;
  expect((await accept(api, renewed)).get('code')).toBe('invitation-void');
  const third = (await administrator.call('POST', path)).get('invitation.token');
  await administrator.call('POST', `/api/accounts/${String(opened.get('id'))}/disable`);
  expect((await accept(api, third)).get('code')).toBe('invitation-void');
  await administrator.call('POST', `/api/accounts/${String(opened.get('id'))}/enable`);
  const both = await Promise.all([accept(api, third), accept(api, third)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 404]);
  const signedIn = await api.signIn('李四', TEST_PASSWORD);
  expect(signedIn.get('account.mustChangePassword')).toBe(false);
  // It is its owner’s now: one administrator alone makes no other link.
  expect((await administrator.call('POST', path)).status).toBe(202);
  for (const wrong of ['x', '', 'A'.repeat(43)]) expect((await read(api, wrong)).status).toBeOneOf([404, 422]);
});

it('under the name of another organisation nobody registers at once, and whoever decides sees whose name it is', async () => {
  await using api = await startTestApi({ settings: { registration: 'open' } });
  const [centre, administrator] = [await api.member('centre'), await api.member('administrator')];
  const purchaser = await api.member('purchaser', '某区卫生局（本级）');
  for (const [index, name] of ['某区卫生局（本级）', '某区 卫生局(本级)', '某区卫生局（本级）　'].entries()) {
    const given = await register(api, { name, creditCode: creditCodeFrom(8100 + index) });
    expect([given.status, Object.keys(given.body as object)]).toEqual([202, ['registrationId', 'invitation']]);
    const early = await accept(api, given.get('invitation.token'), { username: `冒名${index}` });
    expect([name, early.get('code')]).toEqual([name, 'not-confirmed']);
  }
  const { get } = await centre.call('GET', '/api/registrations');
  const sameName = [{ id: purchaser.organisationId, name: '某区卫生局（本级）' }];
  expect(get('items')).toMatchObject([{ sameName }, { sameName }, { sameName }]);
  // An administrator is warned, of a former name and in a correction too: bodies of one name exist.
  const post = (path: string, json: object) => administrator.call('POST', path, { json });
  const registered = await post('/api/organisations', { name: '某区卫生局(本级)', creditCode: creditCodeFrom(8110) });
  expect([registered.status, registered.get('sameName.0.id')]).toEqual([201, purchaser.organisationId]);
  const id = String(registered.get('id'));
  const rename = (name: string) => post(`/api/organisations/${id}/corrections`, { name, reasonZh: '更名' });
  expect((await rename('乙公司')).get('sameName')).toEqual([]);
  expect((await rename('某区卫生局（本级）')).get('sameName.0.id')).toBe(purchaser.organisationId);
  expect((await rename('丙公司')).get('sameName')).toEqual([]);
  const former = await post('/api/organisations', { name: '乙公司', creditCode: creditCodeFrom(8111) });
  expect([former.status, former.get('sameName.0.id')]).toEqual([201, id]);
});
