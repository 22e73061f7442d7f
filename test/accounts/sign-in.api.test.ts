import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { auditAfter } from '../../db/audit.ts';
import { openDatabase } from '../../db/access/open.ts';
import { createApi, DEFAULT_SETTINGS } from '../../api/http/app.ts';
import { createMetrics } from '../../api/http/metrics.ts';
import { pino } from 'pino';
import { dialect, rawDatabase, type Storage } from '../setup/database.ts';
import { startTestApi, TEST_PASSWORD, type TestApi } from '../setup/api.ts';
import { testSigner } from '../setup/signer.ts';

const WRONG = 'not the password';

async function wrong(api: TestApi, username: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n += 1) statuses.push((await api.signIn(username, WRONG)).status);
  return statuses;
}

it('five wrong passwords lock an account for fifteen minutes, even against the right one', async () => {
  let now = Date.now();
  await using api = await startTestApi({ deps: { realNow: () => now } });
  const { username } = await api.member('supplier');
  expect(await wrong(api, username, 5)).toEqual([401, 401, 401, 401, 401]);
  const locked = await api.signIn(username, TEST_PASSWORD);
  expect([locked.status, locked.get('code')]).toEqual([423, 'account-locked']);
  expect(locked.headers.get('retry-after')).toBe('900');
  now += 15 * 60_000 + 1;
  expect((await api.signIn(username, TEST_PASSWORD)).status).toBe(200);
  const actions = (await auditAfter(api.db.read, 0, 100)).map(({ action }) => action);
  expect(actions.filter((action) => action === 'session.fail')).toHaveLength(5);
  expect(actions.filter((action) => action === 'account.lock')).toHaveLength(1);
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
  expect(statuses.filter((status) => status === 423)).toHaveLength(7);
});

it('an unknown name, a wrong password and a disabled account are answered alike, locks included', async () => {
  await using api = await startTestApi();
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
  expect(await wrong(api, 'nobody.at.all', 5)).toEqual([401, 401, 401, 401, 423]);
});

it('a lock-out survives a restart', async () => {
  await using api = await startTestApi();
  const { username } = await api.member('supplier');
  await wrong(api, username, 5);
  const again = await openDatabase(api.storage);
  const restarted = await createApi({
    db: again,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    temporalReady: async () => true,
    signer: await testSigner(),
    printReceipt: () => Promise.reject(new Error('nothing is printed here')),
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

it('a one-time password is shown once: a repeated request does not show it, and the database does not contain it', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const key = 'open-an-account';
  const json = { username: 'li.si', name: '李四' };
  const first = await administrator.call('POST', '/api/accounts', { json, key });
  const again = await administrator.call('POST', '/api/accounts', { json, key });
  const password = String(first.get('oneTimePassword'));
  expect(password).toMatch(/^\w{5}-\w{5}-\w{5}-\w{5}$/);
  expect([again.status, again.get('oneTimePassword'), again.get('id')]).toEqual([201, null, first.get('id')]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');

  const stored = await everythingStored(api.storage);
  expect(stored).toContain('li.si');
  expect(stored).not.toContain(password);

  const reset = await administrator.call('POST', `/api/accounts/${String(first.get('id'))}/password`);
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
  const tampered = cookie.replace(/=./, '=x');
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
  const other = await api.member('supplier');
  await administrator.call('POST', `/api/accounts/${purchaser.accountId}/memberships`, {
    json: { organisationId: other.organisationId, role: 'supplier' },
  });
  const unnamed = await purchaser.call('GET', '/api/receipts');
  expect([unnamed.status, unnamed.get('issues.0.field')]).toEqual([422, 'X-Acting-As']);
  const as = (organisationId: string, role: string) => ({ 'x-acting-as': `${organisationId}:${role}` });
  const named = await purchaser.call('GET', '/api/receipts', { headers: as(other.organisationId, 'supplier') });
  expect(named.status).toBe(200);
  const notSo = await purchaser.call('GET', '/api/receipts', { headers: as(purchaser.organisationId, 'supplier') });
  expect([notSo.status, notSo.get('code')]).toEqual([403, 'forbidden']);

  const membership = `/api/accounts/${purchaser.accountId}/memberships/${other.organisationId}/supplier`;
  expect((await administrator.call('DELETE', membership)).status).toBe(204);
  expect((await purchaser.call('GET', '/api/receipts', { headers: as(other.organisationId, 'supplier') })).status).toBe(
    403,
  );
});

/** Every byte of the file; of a server, every row of every table. */
async function everythingStored(storage: Storage): Promise<string> {
  if (dialect === 'sqlite') {
    const files = (await readdir(storage.dataDir)).filter((name) => name.startsWith('kaibiao.sqlite'));
    return (await Promise.all(files.map((name) => readFile(join(storage.dataDir, name), 'latin1')))).join('');
  }
  const raw = await rawDatabase(storage);
  const tables = await raw.all("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
  const rows: unknown[] = [];
  for (const each of tables as { tablename: string }[]) rows.push(await raw.all(`SELECT * FROM ${each.tablename}`));
  await raw.close();
  return JSON.stringify(rows);
}
