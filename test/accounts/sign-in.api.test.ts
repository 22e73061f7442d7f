import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { auditAfter } from '../../db/audit.ts';
import { openDatabase } from '../../db/access/open.ts';
import { idempotency, sessions } from '../../db/schema/sqlite.ts';
import { createApi, DEFAULT_SETTINGS } from '../../api/http/app.ts';
import { createMetrics } from '../../api/http/metrics.ts';
import { pino } from 'pino';
import { everythingStored } from './stored.ts';
import { startTestApi, TEST_PASSWORD, type Answered, type TestApi } from '../setup/api.ts';
import { testSigner } from '../setup/signer.ts';
import { dossierPages } from '../../web/dossiers/pages.ts';

const WRONG = 'not the password';

async function wrong(api: TestApi, username: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n += 1) statuses.push((await api.signIn(username, WRONG)).status);
  return statuses;
}

/** One proxy in front, so that each sender has an address. */
const PROXIED = { trustedProxies: 1 };

const signInFrom = (api: TestApi, address: string, username: string, password: string, cookie?: string) =>
  api.call('POST', '/api/session', {
    json: { username, password },
    headers: { 'x-forwarded-for': address, ...(cookie === undefined ? {} : { cookie, origin: 'http://tender.test' }) },
    key: null,
  });

/** Five wrong ones from each of so many addresses. */
async function guessed(api: TestApi, username: string, senders: number): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (let sender = 0; sender < senders; sender += 1) {
    for (let n = 0; n < 5; n += 1) {
      statuses.add((await signInFrom(api, `203.0.113.${sender}`, username, WRONG)).status);
    }
  }
  return statuses;
}

const cookiesOf = (answer: Answered): string =>
  answer.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ');

it('after five wrong passwords their sender waits for fifteen minutes, and nobody else', async () => {
  let now = Date.now();
  await using api = await startTestApi({ settings: PROXIED, deps: { realNow: () => now } });
  const { username } = await api.member('administrator');
  expect([...(await guessed(api, username, 1))]).toEqual([401]);
  const slowed = await signInFrom(api, '203.0.113.0', username, TEST_PASSWORD);
  expect([slowed.status, slowed.get('code')]).toEqual([429, 'too-many-requests']);
  expect(slowed.headers.get('retry-after')).toBe('900');
  expect((await signInFrom(api, '198.51.100.1', username, TEST_PASSWORD)).status).toBe(200);
  // Another name from the same place is not slowed.
  expect((await signInFrom(api, '203.0.113.0', 'nobody.at.all', WRONG)).status).toBe(401);
  now += 15 * 60_000 + 1;
  expect((await signInFrom(api, '203.0.113.0', username, TEST_PASSWORD)).status).toBe(200);
  const actions = (await auditAfter(api.db.read, 0, 100)).map(({ action }) => action);
  expect(actions.filter((action) => action === 'session.fail')).toHaveLength(6);
  expect(actions).not.toContain('account.lock');
});

it('an IPv6 network is one sender', async () => {
  await using api = await startTestApi({ settings: PROXIED });
  const { username } = await api.member('supplier');
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    statuses.push((await signInFrom(api, `2001:db8:1:1::${n + 1}`, username, WRONG)).status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

it('guesses from a hundred senders lock an account: sessions, and browsers it has signed in with, stay usable', async () => {
  let now = Date.now();
  await using api = await startTestApi({ settings: PROXIED, deps: { realNow: () => now } });
  const person = await api.member('administrator');
  const before = await signInFrom(api, '198.51.100.1', person.username, TEST_PASSWORD);
  const cookie = cookiesOf(before);
  expect(cookie).toContain('kaibiao.device=');
  await guessed(api, person.username, 20);
  const elsewhere = await signInFrom(api, '198.51.100.2', person.username, TEST_PASSWORD);
  expect([elsewhere.status, elsewhere.get('code')]).toEqual([423, 'account-locked']);
  expect(elsewhere.headers.get('retry-after')).toBe('900');

  expect((await person.call('GET', '/api/accounts')).status).toBe(200);
  const informed = await person.call('GET', '/api/notifications');
  expect(informed.get('items.0.kind')).toBe('account.locked');
  // From any address: what counts is the browser.
  expect((await signInFrom(api, '203.0.113.0', person.username, TEST_PASSWORD, cookie)).status).toBe(200);

  // Its own guesses slow it down, and not the account.
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    statuses.push((await signInFrom(api, '198.51.100.1', person.username, WRONG, cookie)).status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  now += 15 * 60_000 + 1;
  expect((await signInFrom(api, '198.51.100.2', person.username, TEST_PASSWORD)).status).toBe(200);
});

it('the mark of a browser is of one account, and is not made by others', async () => {
  await using api = await startTestApi({ settings: PROXIED });
  const [one, other] = [await api.member('supplier'), await api.member('supplier')];
  const cookie = cookiesOf(await signInFrom(api, '198.51.100.1', other.username, TEST_PASSWORD));
  await guessed(api, one.username, 20);
  const forged = cookie.replace(
    /(kaibiao\.device=[^.]+\.)(.)/,
    (_, before: string, first: string) => before + (first === 'x' ? 'y' : 'x'),
  );
  for (const given of [cookie, forged, 'kaibiao.device=a.b', 'kaibiao.device=']) {
    const answer = await signInFrom(api, '198.51.100.1', one.username, TEST_PASSWORD, given);
    expect([answer.status, given]).toEqual([423, given]);
  }
});

it('guesses sent together count one by one, and a right password resets the count', async () => {
  await using api = await startTestApi();
  const { username } = await api.member('supplier');
  await wrong(api, username, 4);
  expect((await api.signIn(username, TEST_PASSWORD)).status).toBe(200);
  const statuses = (await Promise.all(Array.from({ length: 12 }, () => api.signIn(username, WRONG)))).map(
    ({ status }) => status,
  );
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(7);
});

it('an unknown name, a wrong password and a disabled account are answered alike, locks included', async () => {
  await using api = await startTestApi({ settings: PROXIED });
  const administrator = await api.member('administrator');
  const known = await api.member('supplier');
  const disabled = await api.member('supplier');
  await administrator.call('POST', `/api/accounts/${disabled.accountId}/disable`);
  const answers = [
    await api.signIn(known.username, WRONG),
    await api.signIn('nobody.at.all', WRONG),
    await api.signIn(disabled.username, TEST_PASSWORD),
  ];
  for (const { status, get } of answers)
    expect([status, get('code'), get('messageZh')]).toEqual([401, 'unauthenticated', '用户名或密码不正确']);
  expect(await wrong(api, 'nobody.at.all', 5)).toEqual([401, 401, 401, 401, 429]);
  for (const name of [known.username, 'nobody.at.all']) {
    await guessed(api, name, 20);
    expect((await signInFrom(api, '198.51.100.1', name, WRONG)).status).toBe(423);
  }
});

it('a lock-out survives a restart', async () => {
  await using api = await startTestApi({ settings: PROXIED });
  const { username } = await api.member('supplier');
  await guessed(api, username, 20);
  const again = await openDatabase(api.storage);
  const restarted = await createApi({
    db: again,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    temporalReady: async () => true,
    signer: await testSigner(),
    printReceipt: () => Promise.reject(new Error('nothing is printed here')),
    printEvaluation: () => Promise.reject(new Error('nothing is printed here')),
    dossierPages: dossierPages('http://tender.test'),
    settings: {
      ...DEFAULT_SETTINGS,
      publicUrl: 'http://tender.test',
      sessionKey: 'another key for tests, long enough',
      rateLimit: 'off',
    },
  });
  const { url } = await restarted.listen(0);
  const { status } = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: TEST_PASSWORD }),
  });
  expect(status).toBe(423);
  await restarted.close(100);
  await again.close();
});

it('sessions are listed and revoked, one or all; a change of password ends the others', async () => {
  await using api = await startTestApi();
  const person = await api.member('supplier');
  const second = await api.signIn(person.username, TEST_PASSWORD);
  const other = { authorization: `Bearer ${String(second.get('token'))}` };
  const listed = await person.call('GET', '/api/sessions');
  const items = listed.get('items') as { id: string; current: boolean }[];
  expect(items.map(({ current }) => current).sort()).toEqual([false, true]);
  const notMine = items.find(({ current }) => !current)?.id ?? '';
  expect((await person.call('DELETE', `/api/sessions/${notMine}`)).status).toBe(204);
  expect((await api.call('GET', '/api/session', { headers: other })).status).toBe(401);

  const third = await api.signIn(person.username, TEST_PASSWORD);
  const thirdHeaders = { authorization: `Bearer ${String(third.get('token'))}` };
  const newPassword = 'correct horse battery';
  const json = { currentPassword: TEST_PASSWORD, newPassword };
  expect((await person.call('POST', '/api/session/password', { json })).status).toBe(200);
  expect((await api.call('GET', '/api/session', { headers: thirdHeaders })).status).toBe(401);
  expect((await person.call('GET', '/api/session')).status).toBe(200);

  expect((await person.call('DELETE', '/api/sessions')).status).toBe(204);
  expect((await person.call('GET', '/api/session')).status).toBe(401);
});

it('nobody revokes the session of another', async () => {
  await using api = await startTestApi();
  const one = await api.member('supplier');
  const another = await api.member('supplier');
  const id = String(
    (await another.call('GET', '/api/session')) && (await another.call('GET', '/api/sessions')).get('items.0.id'),
  );
  expect((await one.call('DELETE', `/api/sessions/${id}`)).status).toBe(404);
  expect((await another.call('GET', '/api/session')).status).toBe(200);
});

it('a session expires, and a disabled account is signed out at once', async () => {
  await using api = await startTestApi({ settings: { sessionHours: 1 / 3600 } });
  const short = await api.member('supplier');
  await sleep(1_100);
  expect((await short.call('GET', '/api/session')).status).toBe(401);

  await using lasting = await startTestApi();
  const administrator = await lasting.member('administrator');
  const supplier = await lasting.member('supplier');
  const disabled = await administrator.call('POST', `/api/accounts/${supplier.accountId}/disable`);
  expect([disabled.status, typeof disabled.get('disabledAt')]).toEqual([200, 'string']);
  expect((await supplier.call('GET', '/api/session')).status).toBe(401);
  await administrator.call('POST', `/api/accounts/${supplier.accountId}/enable`);
  expect((await lasting.signIn(supplier.username, TEST_PASSWORD)).status).toBe(200);
});

/** Told in person; else its owner gets a link. */
const inPerson = { access: 'one-time-password' };

it('a one-time password is shown once: a repeated request does not show it, and the database does not contain it', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const key = 'open-an-account';
  const json = { username: 'li.si', name: '李四', access: 'one-time-password' };
  const first = await administrator.call('POST', '/api/accounts', { json, key });
  const again = await administrator.call('POST', '/api/accounts', { json, key });
  const password = String(first.get('oneTimePassword'));
  expect(password).toMatch(/^\w{5}-\w{5}-\w{5}-\w{5}$/);
  expect([again.status, again.get('oneTimePassword'), again.get('id')]).toEqual([201, null, first.get('id')]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');

  const stored = await everythingStored(api.storage);
  expect(stored).toContain('li.si');
  expect(stored).not.toContain(password);

  const reset = await administrator.call('POST', `/api/accounts/${String(first.get('id'))}/password`, {
    json: inPerson,
  });
  expect((await api.signIn('li.si', password)).status).toBe(401);
  const signedIn = await api.signIn('li.si', String(reset.get('oneTimePassword')));
  expect(signedIn.get('account.mustChangePassword')).toBe(true);
  const headers = { authorization: `Bearer ${String(signedIn.get('token'))}` };
  const same = String(reset.get('oneTimePassword'));
  const unchanged = await api.call('POST', '/api/session/password', {
    headers,
    json: { currentPassword: same, newPassword: same },
  });
  expect([unchanged.status, unchanged.get('issues.0.rule')]).toEqual([422, 'differs']);
  const short = await api.call('POST', '/api/session/password', {
    headers,
    json: { currentPassword: same, newPassword: 'short' },
  });
  expect([short.status, short.get('issues.0.field')]).toEqual([422, 'newPassword']);
});

it('passwords that others guess first are refused: common ones, names, runs and repetitions', async () => {
  await using api = await startTestApi();
  const person = await api.member('expert', '武汉中心医院');
  const change = (newPassword: string) =>
    person.call('POST', '/api/session/password', { json: { currentPassword: TEST_PASSWORD, newPassword } });
  for (const easy of [
    ...['1111111111', 'expert1234', 'qwertyuiop', 'password123', 'P@ssw0rd2026', 'woaini1314520', '1qaz2wsx3edc'],
    ...[`${person.username}2026`, 'abcabcabcabcabc'],
  ]) {
    const answer = await change(easy);
    expect([easy, answer.status, answer.get('issues.0.rule')]).toEqual([easy, 422, 'hard-to-guess']);
  }
  expect((await change('at-least-ten-characters')).status).toBe(200);
});

it('a one-time password signs in once, and for three days', async () => {
  let now = Date.now();
  await using api = await startTestApi({ deps: { realNow: () => now } });
  const administrator = await api.member('administrator');
  const opened = await administrator.call('POST', '/api/accounts', {
    json: { username: 'li.si', name: '李四', ...inPerson },
  });
  const password = String(opened.get('oneTimePassword'));
  const first = await api.signIn('li.si', password);
  expect(first.status).toBe(200);
  const again = await api.signIn('li.si', password);
  expect([again.status, again.get('code')]).toEqual([403, 'one-time-password-spent']);
  // Who does not know it does not learn that it was used.
  expect((await api.signIn('li.si', WRONG)).status).toBe(401);
  const headers = { authorization: `Bearer ${String(first.get('token'))}` };
  const json = { currentPassword: password, newPassword: 'correct horse battery' };
  expect((await api.call('POST', '/api/session/password', { headers, json })).status).toBe(200);
  expect((await api.signIn('li.si', 'correct horse battery')).status).toBe(200);

  const other = await administrator.call('POST', '/api/accounts', {
    json: { username: 'wang.wu', name: '王五', ...inPerson },
  });
  now += 72 * 3_600_000 + 1;
  const late = await api.signIn('wang.wu', String(other.get('oneTimePassword')));
  expect([late.status, late.get('code')]).toEqual([403, 'one-time-password-spent']);
  const begun = (await auditAfter(api.db.read, 0, 100)).filter(({ action }) => action === 'session.begin');
  expect(begun).toHaveLength(3);
  const renewed = await administrator.call('POST', `/api/accounts/${String(other.get('id'))}/password`, {
    json: inPerson,
  });
  expect((await api.signIn('wang.wu', String(renewed.get('oneTimePassword')))).status).toBe(200);
});

it('what is stored of a session signs nobody in', async () => {
  await using api = await startTestApi();
  const person = await api.member('supplier');
  const cookie = cookiesOf(await api.signIn(person.username, TEST_PASSWORD));
  const [stored] = await api.db.read.select().from(sessions);
  expect(await everythingStored(api.storage)).not.toContain(person.token);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  expect((await api.call('GET', '/api/session', { headers: bearer(String(stored?.token)) })).status).toBe(401);
  expect((await api.call('GET', '/api/session', { headers: bearer(person.token) })).status).toBe(200);
  expect((await api.call('GET', '/api/session', { headers: { cookie } })).status).toBe(200);
  // And signing out still finds it.
  expect((await person.call('DELETE', '/api/session')).status).toBe(204);
  expect((await person.call('GET', '/api/session')).status).toBe(401);
  expect(await api.db.read.select().from(sessions)).toHaveLength(1);
});

it('what is kept of a change of password does not let its guesses be tried', async () => {
  await using api = await startTestApi();
  const person = await api.member('supplier');
  const json = { currentPassword: TEST_PASSWORD, newPassword: 'correct horse battery' };
  await person.call('POST', '/api/session/password', { json, key: 'change' });
  const [kept] = await api.db.read.select().from(idempotency);
  const acting = `${person.organisationId}:supplier`;
  const guess = ['POST', '/api/session/password', acting].join('\n') + `\n${JSON.stringify(json)}`;
  expect(kept?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(kept?.fingerprint).not.toBe(createHash('sha256').update(guess).digest('hex'));
});

it('a cookie signs reads in from anywhere, and writes from our own pages only', async () => {
  await using api = await startTestApi();
  const { username } = await api.member('supplier');
  const signedIn = await api.signIn(username, TEST_PASSWORD);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ');
  const write = async (headers: Record<string, string>) =>
    (
      await api.call('DELETE', `/api/sessions/0198c0de-0000-7000-8000-000000000001`, {
        headers: { cookie, ...headers },
      })
    ).status;
  expect((await api.call('GET', '/api/session', { headers: { cookie } })).status).toBe(200);
  expect(await write({})).toBe(403);
  expect(await write({ origin: 'https://evil.test' })).toBe(403);
  expect(await write({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await write({ origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' })).toBe(403);
  expect(await write({ origin: 'http://tender.test' })).toBe(404);
  expect(await write({ 'sec-fetch-site': 'same-origin' })).toBe(404);
  // Whoever sends the request chooses its Host.
  expect(await write({ host: 'evil.test', origin: 'http://evil.test' })).toBe(403);
  const elsewhere = await api.call('POST', '/api/session', {
    json: { username, password: TEST_PASSWORD },
    headers: { origin: 'https://evil.test' },
  });
  expect([elsewhere.status, elsewhere.get('code')]).toEqual([403, 'cross-site']);
  const tampered = cookie.replace(/=(.)/, (_, first: string) => (first === 'x' ? '=y' : '=x'));
  expect((await api.call('GET', '/api/session', { headers: { cookie: tampered } })).status).toBe(401);
});

it('an installation without a public address knows this machine by each of its names, on its own port only', async () => {
  const port = await freePort();
  await using api = await startTestApi({ port, settings: { publicUrl: `http://127.0.0.1:${port}` } });
  const from = async (origin: string) =>
    (await api.call('POST', '/api/session', { json: { username: 'nobody', password: 'x' }, headers: { origin } }))
      .status;
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    expect(await from(`http://${name}:${port}`)).toBe(401);
    expect(await from(`http://${name}:${port + 1}`)).toBe(403);
  }
});

it('who acts for several organisations says for which', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const purchaser = await api.member('purchaser');
  const other = await administrator.call('POST', '/api/organisations', {
    json: { name: '某区教育局', creditCode: '11110000MB1234567K' },
  });
  const otherId = String(other.get('id'));
  await administrator.call('POST', `/api/accounts/${purchaser.accountId}/memberships`, {
    json: { organisationId: otherId, role: 'agency' },
  });
  const draft = { title: '设备采购' };
  const unnamed = await purchaser.call('POST', '/api/procurements', { json: draft });
  expect([unnamed.status, unnamed.get('issues.0.field')]).toEqual([422, 'X-Acting-As']);
  const as = (organisationId: string, role: string) => ({ 'x-acting-as': `${organisationId}:${role}` });
  const sent = (organisationId: string, role: string) =>
    purchaser.call('POST', '/api/procurements', { json: draft, headers: as(organisationId, role) });
  // Allowed, and judged by what it holds.
  expect((await sent(otherId, 'agency')).get('issues.0.field')).not.toBe('X-Acting-As');
  const notSo = await sent(purchaser.organisationId, 'agency');
  expect([notSo.status, notSo.get('code')]).toEqual([403, 'forbidden']);

  const membership = `/api/accounts/${purchaser.accountId}/memberships/${otherId}/agency`;
  expect((await administrator.call('DELETE', membership)).status).toBe(204);
  expect((await sent(otherId, 'agency')).status).toBe(403);
});

it('a wrong current password counts for the lock of the account, from whichever session it comes', async () => {
  await using api = await startTestApi({
    settings: { ...PROXIED, lockOut: { failures: 4, minutes: 15, senderFailures: 2 } },
  });
  const person = await api.member('supplier');
  const second = await signInFrom(api, '198.51.100.9', person.username, TEST_PASSWORD);
  const json = { currentPassword: WRONG, newPassword: 'correct horse battery' };
  for (const token of [person.token, String(second.get('token'))])
    for (let time = 1; time <= 2; time += 1) {
      const headers = { authorization: `Bearer ${token}`, 'idempotency-key': `k${time}` };
      expect((await api.call('POST', '/api/session/password', { headers, json })).status).toBe(401);
    }
  const locked = await signInFrom(api, '203.0.113.77', person.username, TEST_PASSWORD);
  expect([locked.status, locked.get('code')]).toEqual([423, 'account-locked']);
  // The sessions of the person stay.
  expect((await person.call('GET', '/api/session')).status).toBe(200);
});

it('who signs in rightly is not counted: an office behind one address; what fails is told how long to wait', async () => {
  await using api = await startTestApi({ settings: { rateLimit: { perMinute: 1_000, signInPerMinute: 3 } } });
  const { username } = await api.member('supplier');
  for (let time = 1; time <= 8; time += 1) expect((await api.signIn(username, TEST_PASSWORD)).status).toBe(200);
  for (let time = 1; time <= 3; time += 1) expect((await api.signIn(`nobody.${time}`, WRONG)).status).toBe(401);
  const limited = await api.signIn(username, TEST_PASSWORD);
  expect(limited.status).toBe(429);
  expect(limited.get('messageZh')).toMatch(/请 \d+ 秒后再试/);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
});
