import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { ensureFirstAdministrator } from '../../services/accounts/first-administrator.ts';
import { resetAdministrator } from '../../services/accounts/reset-administrator.ts';
import { startTestApi, type Answered, type TestApi } from '../setup/api.ts';

const CENTRE = { name: '江夏区公共资源交易中心', creditCode: '11110000MB1234567K' };
const PASSWORD = 'a much better password';
const SETUP = '/api/setup';

const codeOf = ({ status, body }: Answered) => [status, (body as { code?: string } | undefined)?.code];
const post = (api: TestApi, json: unknown) => api.call('POST', SETUP, { json, key: null });

async function firstStart(api: TestApi) {
  const first = await ensureFirstAdministrator(api.db);
  if (!first) throw new Error('there are accounts already');
  return { ...first, given: { token: first.setupToken, name: '王主任', newPassword: PASSWORD, centre: CENTRE } };
}

it('the first administrator takes the installation over once, by the code of the first start, and is signed in', async () => {
  await using api = await startTestApi();
  const { given, username, password } = await firstStart(api);
  expect((await api.call('GET', SETUP)).body).toEqual({ open: true, centre: null });
  expect(codeOf(await post(api, { ...given, token: 'A'.repeat(43) }))).toEqual([404, 'invitation-void']);
  // What is refused uses nothing up.
  for (const newPassword of ['short', 'password1234', '江夏区公共资源交易中心'])
    expect(codeOf(await post(api, { ...given, newPassword }))).toEqual([422, 'bad-input']);
  const badCode = await post(api, { ...given, centre: { ...CENTRE, creditCode: '11110000MB1234567X' } });
  expect([badCode.status, badCode.get('issues.0.field')]).toEqual([422, 'centre.creditCode']);

  const done = await post(api, given);
  expect(done.status, done.text).toBe(200);
  expect(done.get('account')).toMatchObject({ username, name: '王主任', mustChangePassword: false });
  expect(done.get('memberships')).toMatchObject([{ organisation: CENTRE.name, role: 'administrator' }]);
  expect(done.headers.getSetCookie().join()).toMatch(/HttpOnly/i);
  const headers = { authorization: `Bearer ${String(done.get('token'))}` };
  expect((await api.call('GET', '/api/accounts', { headers })).status).toBe(200);

  // Closed for good, and nothing of the first start is a way in.
  expect((await api.call('GET', SETUP)).body).toEqual({ open: false, centre: null });
  expect(codeOf(await post(api, given))).toEqual([409, 'already-exists']);
  const link = { token: given.token, newPassword: 'another good password' };
  expect(codeOf(await api.call('POST', '/api/invitations/accept', { json: link }))).toEqual([404, 'invitation-void']);
  expect((await api.signIn(username, password)).status).toBe(401);
  expect((await api.signIn(username, PASSWORD)).status).toBe(200);
  const actions = (await auditAfter(api.db.read, 0, 100)).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['account.rename', 'organisation.correct']));
  for (const secret of [given.token, PASSWORD, password]) expect(api.log()).not.toContain(secret);
});

it('two that send the code at once: one takes it over', async () => {
  await using api = await startTestApi();
  const { given } = await firstStart(api);
  const answers = await Promise.all([post(api, given), post(api, { ...given, name: '另一人' })]);
  expect(answers.map(({ status }) => status === 200).filter(Boolean)).toHaveLength(1);
});

it('who begins with the one-time password ends the code; without the centre, it is named later', async () => {
  await using api = await startTestApi();
  const { given, username, password } = await firstStart(api);
  const signedIn = await api.signIn(username, password);
  const headers = { authorization: `Bearer ${String(signedIn.get('token'))}` };
  const json = { currentPassword: password, newPassword: PASSWORD };
  expect((await api.call('POST', '/api/session/password', { headers, json })).status).toBe(200);
  expect(codeOf(await post(api, given))).toEqual([409, 'already-exists']);
  const link = { token: given.token, newPassword: 'another good password' };
  expect(codeOf(await api.call('POST', '/api/invitations/accept', { json: link }))).toEqual([404, 'invitation-void']);
  const checks = await api.call('GET', '/api/setup/checks', { headers });
  expect(checks.get('centre.named')).toBe(false);
});

it('a code that was lost or has expired is made anew on the machine, until somebody has taken the installation over', async () => {
  let now = Date.now();
  await using api = await startTestApi({ deps: { realNow: () => now } });
  const { given, username } = await firstStart(api);
  const again = await resetAdministrator(api.db, username);
  const setupToken = again && 'setupToken' in again ? again.setupToken : '';
  expect(codeOf(await post(api, given))).toEqual([404, 'invitation-void']);
  now += 73 * 3_600_000;
  expect(codeOf(await post(api, { ...given, token: setupToken }))).toEqual([404, 'invitation-void']);
  now -= 2 * 3_600_000;
  expect((await post(api, { ...given, token: setupToken })).status).toBe(200);
  expect(await resetAdministrator(api.db, username)).not.toHaveProperty('setupToken');
});

it('a link to another account is no code of a first start', async () => {
  await using api = await startTestApi();
  const { given } = await firstStart(api);
  const administrator = await api.member('administrator');
  const opened = await administrator.call('POST', '/api/accounts', {
    json: { username: 'li.si', name: '李四', memberships: [] },
  });
  expect(codeOf(await post(api, { ...given, token: String(opened.get('invitation.token')) }))).toEqual([
    ...[409, 'already-exists'],
  ]);
});

it('what an installation has before real use is read by those who set it up, and by nobody else', async () => {
  await using api = await startTestApi({
    settings: {
      channels: ['mail'],
      secondPerson: new Set(['launch'] as const),
      secondFactor: { roles: new Set(['administrator'] as const), provenBy: new Set() },
    },
    deps: { custodiansRunning: async () => ({ centre: 1, purchaser: 2, supervisor: 0 }) },
  });
  const [centre, purchaser] = [await api.member('centre'), await api.member('purchaser', '某学校')];
  const checks = await centre.call('GET', '/api/setup/checks');
  expect(checks.body).toEqual({
    ...{ centre: null, administrators: 0, channels: ['mail'] },
    secondPerson: { acts: ['launch'], alone: [{ name: '某学校', role: 'purchaser' }] },
    secondFactor: { roles: ['administrator'] },
    custodians: [
      { custodian: 'centre', registered: false, running: true },
      { custodian: 'purchaser', registered: false, running: true },
      { custodian: 'supervisor', registered: false, running: false },
    ],
  });
  expect(codeOf(await purchaser.call('GET', '/api/setup/checks'))).toEqual([403, 'forbidden']);
  expect((await api.call('GET', '/api/setup/checks')).status).toBe(401);
});
