import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { ROUTES } from '../../api/routes.ts';
import { startTestApi, TEST_PASSWORD, type Answered, type TestApi } from '../setup/api.ts';
import { cookiesIn } from '../setup/pages/visitor.ts';
import { deviceCode } from '../setup/sign-in/authenticator.ts';

const MINUTE_MS = 60_000;
const VERIFICATION = '/api/session/verification';

/** An administrator by a browser and by a program, an account to act on, and the machine's clock. */
async function desk(settings: Parameters<typeof startTestApi>[0] = {}) {
  let now = Date.now();
  const api = await startTestApi({ ...settings, deps: { realNow: () => now } });
  const administrator = await api.member('administrator');
  const cookie = cookiesIn(await api.signIn(administrator.username, TEST_PASSWORD));
  const other = await api.member('purchaser');
  const reset = `/api/accounts/${other.accountId}/password`;
  return {
    ...{ api, administrator, other, reset },
    wait: (minutes: number) => {
      now += minutes * MINUTE_MS;
    },
    now: () => now,
    byCookie: (method: string, path: string, json?: unknown, key?: string): Promise<Answered> =>
      api.call(method, path, {
        ...(json === undefined ? {} : { json }),
        ...(key === undefined ? {} : { key }),
        headers: { cookie, origin: 'http://tender.test' },
      }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

const codeOf = ({ status, body }: Answered) => [status, (body as { code?: string } | undefined)?.code];
const actionsOf = async (api: TestApi): Promise<string[]> =>
  (await auditAfter(api.db.read, 0, 1000)).map(({ action }) => action);

it('a browser left open is not enough for what weighs most; the password makes it so again, for a while', async () => {
  await using at = await desk();
  expect((await at.byCookie('POST', at.reset, {})).status).toBe(202);
  at.wait(11);
  const refused = await at.byCookie('POST', at.reset, {});
  expect(codeOf(refused)).toEqual([403, 'verification-required']);
  expect(refused.get('details.minutes')).toBe(10);
  expect([refused.get('messageZh'), refused.get('messageEn')]).toEqual([
    expect.stringContaining('请再输入一次'),
    expect.stringContaining('Give it again'),
  ]);
  // What weighs less goes on.
  expect((await at.byCookie('GET', '/api/accounts')).status).toBe(200);
  expect(codeOf(await at.byCookie('POST', VERIFICATION, { password: 'not this one' }))).toEqual([
    401,
    'unauthenticated',
  ]);
  expect(codeOf(await at.byCookie('POST', at.reset, {}))).toEqual([403, 'verification-required']);
  expect((await at.byCookie('POST', VERIFICATION, { password: TEST_PASSWORD })).status).toBe(204);
  expect((await at.byCookie('POST', at.reset, {})).status).toBe(202);
  at.wait(10);
  expect(codeOf(await at.byCookie('POST', at.reset, {}))).toEqual([403, 'verification-required']);
  const actions = await actionsOf(at.api);
  expect(actions.filter((each) => each === 'session.verify')).toHaveLength(1);
  expect(actions).toContain('session.fail');
  // Refused, it has no answer that is kept, and no password is written down.
  expect(at.api.log()).not.toContain(TEST_PASSWORD);
  expect(at.api.log()).not.toContain('not this one');
});

it('a program’s token is not asked; a request that is sent twice has its answer', async () => {
  await using at = await desk();
  const key = 'the-same-request';
  const disable = `/api/accounts/${at.other.accountId}/disable`;
  expect((await at.byCookie('POST', disable, undefined, key)).status).toBe(200);
  at.wait(60);
  const again = await at.byCookie('POST', disable, undefined, key);
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  expect((await at.administrator.call('POST', disable)).status).toBe(200);
});

it('who may not act, or asks for nothing that there is, is not asked for a password', async () => {
  await using at = await desk();
  const supplier = await at.api.member('supplier');
  const cookie = cookiesIn(await at.api.signIn(supplier.username, TEST_PASSWORD));
  at.wait(60);
  const headers = { cookie, origin: 'http://tender.test' };
  expect(codeOf(await at.api.call('POST', at.reset, { headers, json: {} }))).toEqual([403, 'forbidden']);
  const nobody = `/api/accounts/${at.other.accountId.replace(/.$/, 'x')}/password`;
  expect((await at.byCookie('POST', nobody, {})).status).toBe(404);
});

it('guesses are counted as at the sign-in: the session waits after five', async () => {
  await using at = await desk();
  at.wait(11);
  for (let guess = 0; guess < 5; guess += 1)
    expect((await at.byCookie('POST', VERIFICATION, { password: `guess ${guess}` })).status).toBe(401);
  expect(codeOf(await at.byCookie('POST', VERIFICATION, { password: TEST_PASSWORD }))).toEqual([
    429,
    'too-many-requests',
  ]);
  at.wait(15);
  expect((await at.byCookie('POST', VERIFICATION, { password: TEST_PASSWORD })).status).toBe(204);
});

it('a code of the second factor counts as the password does; one of them is given', async () => {
  await using at = await desk();
  const begun = await at.byCookie('POST', '/api/session/second-factor', { password: TEST_PASSWORD });
  const secret = String(begun.get('secret'));
  const confirmed = await at.byCookie('POST', '/api/session/second-factor/confirm', {
    oneTimeCode: deviceCode(secret, at.now()),
  });
  const cookie = cookiesIn(confirmed);
  const call = (path: string, json: unknown) =>
    at.api.call('POST', path, { headers: { cookie, origin: 'http://tender.test' }, json });
  // The session that began with the code is a new one; its age is that of the machine.
  at.wait(15);
  expect(codeOf(await call(at.reset, {}))).toEqual([403, 'verification-required']);
  const oneTimeCode = deviceCode(secret, at.now());
  expect(codeOf(await call(VERIFICATION, {}))).toEqual([422, 'bad-input']);
  expect(codeOf(await call(VERIFICATION, { password: TEST_PASSWORD, oneTimeCode }))).toEqual([422, 'bad-input']);
  expect((await call(VERIFICATION, { oneTimeCode })).status).toBe(204);
  expect(codeOf(await call(VERIFICATION, { oneTimeCode }))).toEqual([401, 'unauthenticated']);
  expect((await call(at.reset, {})).status).toBe(202);
});

it('others’ sessions end, and one’s own stays', async () => {
  await using at = await desk();
  at.wait(11);
  expect(codeOf(await at.byCookie('DELETE', '/api/sessions/others'))).toEqual([403, 'verification-required']);
  await at.byCookie('POST', VERIFICATION, { password: TEST_PASSWORD });
  expect((await at.byCookie('DELETE', '/api/sessions/others')).status).toBe(204);
  expect((await at.byCookie('GET', '/api/sessions')).get('items')).toHaveLength(1);
  expect((await at.administrator.call('GET', '/api/session')).status).toBe(401);
});

it('what weighs most is this, and none of it sends a file, which could not be kept while the password is asked for', () => {
  const fresh = ROUTES.filter((spec) => spec.fresh);
  expect(fresh.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'delete /sessions',
    'delete /sessions/others',
    'delete /sessions/{sessionId}',
    // It outlives the session.
    'get /session/calendar',
    'post /accounts/{accountId}/disable',
    'post /accounts/{accountId}/enable',
    'post /accounts/{accountId}/password',
    'post /accounts/{accountId}/password/complete',
    'post /accounts/{accountId}/second-factor/reset',
    'post /accounts/{accountId}/second-factor/reset/complete',
    'post /grievances/{grievanceId}/reply',
    'post /prepared-acts/{preparedActId}/confirmation',
    'post /procurements/{id}/launch',
    'post /procurements/{id}/lots/{no}/award',
    'post /procurements/{id}/lots/{no}/award/refusal',
    'post /procurements/{id}/lots/{no}/award/replacement',
    'post /procurements/{id}/opening/pause',
    'post /procurements/{id}/opening/resume',
    'post /procurements/{id}/termination',
    'put /experts/{expertId}/suspension',
  ]);
  expect(fresh.filter(({ upload }) => upload)).toEqual([]);
});
