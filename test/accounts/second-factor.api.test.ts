import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { recoveryCodes, secondFactors, sessions } from '../../db/schema/sqlite.ts';
import type { Role } from '../../domain/roles.ts';
import { deviceCode } from '../setup/sign-in/authenticator.ts';
import { startTestApi, TEST_PASSWORD, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { everythingStored } from './stored.ts';

const HOUR_MS = 3_600_000;
const BASE = '/api/session/second-factor';
const byPassword = { password: TEST_PASSWORD };

/** A machine's clock that moves a step each time a code is wanted: none is taken twice. */
function steps() {
  let now = Date.now();
  return {
    realNow: () => now,
    move: (ms: number) => {
      now += ms;
    },
    code: (secret: string) => {
      now += 30_000;
      return deviceCode(secret, now);
    },
  };
}
type Steps = ReturnType<typeof steps>;

/** Requests with a token. */
const as = (api: TestApi, token: unknown) => (method: string, path: string, json?: unknown) =>
  api.call(method, path, {
    headers: { authorization: `Bearer ${String(token)}` },
    ...(json === undefined ? {} : { json }),
  });

async function setUp(clock: Steps, call: ReturnType<typeof as>) {
  const secret = String((await call('POST', BASE, byPassword)).get('secret'));
  const added = await call('POST', `${BASE}/confirm`, { oneTimeCode: clock.code(secret) });
  expect(added.status).toBe(200);
  return { secret, added, codes: added.get('recoveryCodes') as string[], token: String(added.get('token')) };
}

async function withFactor(role: Role = 'purchaser', settings: Parameters<typeof startTestApi>[0] = {}) {
  const clock = steps();
  const api = await startTestApi({ ...settings, deps: { realNow: clock.realNow } });
  const member = await api.member(role);
  return { clock, api, member, ...(await setUp(clock, as(api, member.token))) };
}

const signIn = (api: TestApi, { username }: Member): Promise<Answered> => api.signIn(username, TEST_PASSWORD);

const codeOf = ({ status, body }: Answered) => [status, (body as { code?: string } | undefined)?.code];

it('a second factor is set up by its first code; the session is another one, others end, and its owner is informed', async () => {
  const clock = steps();
  await using api = await startTestApi({ deps: { realNow: clock.realNow } });
  const member = await api.member('purchaser');
  const elsewhere = await signIn(api, member);
  const call = as(api, member.token);
  // Who sits down at an open session adds no device of theirs.
  expect(codeOf(await call('POST', BASE, { password: 'not the password' }))).toEqual([401, 'unauthenticated']);
  expect((await call('POST', BASE, {})).get('issues.0')).toMatchObject({ field: 'password', rule: 'required' });
  const begun = await call('POST', BASE, byPassword);
  const secret = String(begun.get('secret'));
  expect(begun.get('uri')).toMatch(new RegExp(`^otpauth://totp/.*${member.username}.*secret=${secret}`));
  const wrong = await call('POST', `${BASE}/confirm`, { oneTimeCode: '000000' });
  expect([wrong.status, wrong.get('issues.0.rule')]).toEqual([422, 'wrong-code']);
  // Until then nothing is asked for.
  expect((await signIn(api, member)).get('secondFactor.state')).toBe('not-required');
  const added = await call('POST', `${BASE}/confirm`, { oneTimeCode: clock.code(secret) });
  expect([added.status, added.get('secondFactor.state'), added.get('secondFactor.recoveryCodesLeft')]).toEqual([
    ...[200, 'proven', 10],
  ]);
  expect(added.get('recoveryCodes')).toHaveLength(10);
  expect((await call('GET', '/api/session')).status).toBe(401);
  expect((await as(api, elsewhere.get('token'))('GET', '/api/session')).status).toBe(401);
  const now = as(api, added.get('token'));
  expect((await now('GET', '/api/session')).get('secondFactor.state')).toBe('proven');
  expect((await now('GET', '/api/notifications')).get('items.0.kind')).toBe('second-factor.added');
  expect((await now('GET', '/api/sessions')).get('items.0')).toMatchObject({ current: true, signedInBy: 'password' });
  expect(codeOf(await now('POST', BASE, byPassword))).toEqual([409, 'already-exists']);
});

it('after the password a session can do nothing but prove the code; then another session takes its place', async () => {
  const { clock, api, member, secret } = await withFactor();
  await using _ = api;
  const half = await signIn(api, member);
  expect(half.get('secondFactor')).toEqual({ state: 'to-prove', since: null, recoveryCodesLeft: 0 });
  // Whoever has the password alone learns nothing of the person.
  expect([half.get('memberships'), half.get('unreadNotifications')]).toEqual([[], 0]);
  const call = as(api, half.get('token'));
  for (const [method, path, json] of [
    ['GET', '/api/procurements'],
    ['GET', '/api/notifications'],
    ['GET', '/api/sessions'],
    ['POST', '/api/procurements', { title: '设备采购' }],
    ['POST', BASE, byPassword],
    ['POST', `${BASE}/remove`, byPassword],
    ['POST', '/api/session/password', { currentPassword: TEST_PASSWORD, newPassword: 'correct horse battery' }],
    ['POST', '/api/session/identities/oidc', byPassword],
    ['DELETE', '/api/sessions'],
  ] as const) {
    const refused = await call(method, path, json);
    expect([method, path, ...codeOf(refused), refused.get('details.reason')]).toEqual([
      ...[method, path, 403, 'second-factor-required', 'to-prove'],
    ]);
  }
  expect((await call('GET', '/api/session')).status).toBe(200);
  const oneTimeCode = clock.code(secret);
  expect(codeOf(await call('POST', `${BASE}/proof`, { oneTimeCode: '123' }))).toEqual([422, 'bad-input']);
  const whole = await call('POST', `${BASE}/proof`, { oneTimeCode });
  expect([whole.status, whole.get('secondFactor.state')]).toEqual([200, 'proven']);
  expect(whole.get('memberships.0.role')).toBe('purchaser');
  expect(whole.get('token')).not.toBe(half.get('token'));
  expect((await call('GET', '/api/session')).status).toBe(401);
  expect((await as(api, whole.get('token'))('GET', '/api/procurements')).status).toBe(200);
  // Who looked over a shoulder: the code is good once.
  const another = as(api, (await signIn(api, member)).get('token'));
  expect(codeOf(await another('POST', `${BASE}/proof`, { oneTimeCode }))).toEqual([401, 'unauthenticated']);
  expect((await another('DELETE', '/api/session')).status).toBe(204);
});

it('a session that waits for its code ends after ten minutes', async () => {
  const { api, member } = await withFactor();
  await using _ = api;
  const before = Date.now();
  await signIn(api, member);
  const rows = await api.db.read.select().from(sessions);
  const waiting = rows.filter(({ secondFactorAt }) => secondFactorAt === null);
  expect(waiting).toHaveLength(1);
  // The test's clock is a step ahead.
  expect((waiting[0]?.expiresAt.getTime() ?? 0) - before).toBeLessThan(12 * 60_000);
});

it('wrong codes lock it, longer each time, though the password is right each time; its owner is informed', async () => {
  const { clock, api, member, secret, token, codes } = await withFactor('administrator');
  await using _ = api;
  const wrong = async (times: number): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (let n = 0; n < times; n += 1) {
      // The password in between does not begin the count again.
      const call = as(api, (await signIn(api, member)).get('token'));
      const answer = await call('POST', `${BASE}/proof`, { oneTimeCode: n % 2 ? '000000' : 'abcde-abcde-abcde-abcde' });
      answers.push(answer.status);
    }
    return answers;
  };
  expect(await wrong(6)).toEqual([401, 401, 401, 401, 401, 423]);
  const locked = await as(api, (await signIn(api, member)).get('token'))('POST', `${BASE}/proof`, {
    oneTimeCode: String(codes[0]),
  });
  expect([...codeOf(locked), locked.headers.get('retry-after')]).toEqual([423, 'code-locked', '900']);
  // What was proved before goes on, and its person learns of it.
  const inbox = await as(api, token)('GET', '/api/notifications');
  expect(inbox.get('items.0.kind')).toBe('second-factor.locked');
  clock.move(15 * 60_000 + 1);
  expect(await wrong(6)).toEqual([401, 401, 401, 401, 401, 423]);
  clock.move(15 * 60_000 + 1);
  expect(await wrong(1)).toEqual([423]);
  clock.move(15 * 60_000 + 1);
  const call = as(api, (await signIn(api, member)).get('token'));
  expect((await call('POST', `${BASE}/proof`, { oneTimeCode: clock.code(secret) })).status).toBe(200);
  // A right one begins the count again.
  expect(await wrong(4)).toEqual([401, 401, 401, 401]);
  const actions = (await auditAfter(api.db.read, 0, 500)).map(({ action }) => action);
  expect(actions.filter((action) => action === 'second-factor.lock')).toHaveLength(2);
  expect(actions).not.toContain('account.lock');
});

it('recovery codes are good once; new ones void them; none is stored, nor the secret, and neither is logged', async () => {
  const { api, clock, member, secret, codes, token } = await withFactor();
  await using _ = api;
  const [first, second] = codes;
  const proof = async (oneTimeCode: unknown) => {
    const half = as(api, (await signIn(api, member)).get('token'));
    return half('POST', `${BASE}/proof`, { oneTimeCode });
  };
  const used = await proof(first);
  expect([used.status, used.get('secondFactor.recoveryCodesLeft')]).toEqual([200, 9]);
  expect((await proof(first)).status).toBe(401);
  const call = as(api, token);
  expect((await call('GET', '/api/notifications')).get('items.0.kind')).toBe('second-factor.recovery-code-used');
  const renewed = await call('POST', `${BASE}/recovery-codes`, { oneTimeCode: clock.code(secret) });
  const [fresh] = renewed.get('recoveryCodes') as string[];
  expect((await proof(second)).status).toBe(401);
  expect((await proof(fresh)).status).toBe(200);

  expect(await api.db.read.select().from(recoveryCodes)).toHaveLength(10);
  const [factor] = await api.db.read.select().from(secondFactors);
  expect(factor?.sealed).toMatch(/^[A-Za-z0-9_-]{60,}$/);
  const stored = await everythingStored(api.storage);
  const trail = JSON.stringify(await auditAfter(api.db.read, 0, 500));
  for (const kept of [stored, trail, api.log()]) {
    for (const hidden of [secret, String(first), String(second), fresh]) expect(kept).not.toContain(hidden);
  }
});

it('who must have one by their role can do nothing but set it up', async () => {
  const roles: ReadonlySet<Role> = new Set(['centre']);
  const clock = steps();
  await using api = await startTestApi({
    settings: { secondFactor: { roles, provenBy: new Set() } },
    deps: { realNow: clock.realNow },
  });
  const other = await api.member('purchaser');
  expect((await other.call('GET', '/api/procurements')).status).toBe(200);
  const member = await api.member('centre');
  expect((await member.call('GET', '/api/session')).get('secondFactor.state')).toBe('to-set-up');
  for (const [method, path] of [
    ['GET', '/api/procurements'],
    ['GET', '/api/notifications'],
    ['GET', '/api/session/identities'],
    ['DELETE', '/api/sessions'],
  ] as const) {
    const refused = await member.call(method, path);
    expect([path, ...codeOf(refused), refused.get('details.reason')]).toEqual([
      ...[path, 403, 'second-factor-required', 'to-set-up'],
    ]);
  }
  const { token, secret } = await setUp(clock, as(api, member.token));
  expect((await as(api, token)('GET', '/api/procurements')).status).toBe(200);

  // Taken away again, the next sign-in sets one up again.
  const removed = await as(api, token)('POST', `${BASE}/remove`, { oneTimeCode: clock.code(secret) });
  expect(removed.status).toBe(204);
  expect((await signIn(api, member)).get('secondFactor.state')).toBe('to-set-up');
});

it('a one-time password is changed before the second factor is set up, and after its code is proved', async () => {
  const clock = steps();
  await using api = await startTestApi({
    settings: { secondFactor: { roles: new Set<Role>(['centre']), provenBy: new Set() } },
    deps: { realNow: clock.realNow },
  });
  const [one, member] = [await api.member('administrator'), await api.member('supplier')];
  const organisation = await one.call('POST', '/api/organisations', {
    json: { name: '某区公共资源交易中心', creditCode: '11110000MB1234567K' },
  });
  const opened = await one.call('POST', '/api/accounts', {
    json: {
      ...{ username: 'wang.wu', name: '王五', access: 'one-time-password' },
      memberships: [{ organisationId: organisation.get('id'), role: 'centre' }],
    },
  });
  const password = String(opened.get('oneTimePassword'));
  const first = as(api, (await api.signIn('wang.wu', password)).get('token'));
  expect(codeOf(await first('POST', BASE, { password }))).toEqual([403, 'password-change-required']);
  const own = 'correct horse battery';
  expect((await first('POST', '/api/session/password', { currentPassword: password, newPassword: own })).status).toBe(
    200,
  );
  const secret = String((await first('POST', BASE, { password: own })).get('secret'));
  expect((await first('POST', `${BASE}/confirm`, { oneTimeCode: clock.code(secret) })).status).toBe(200);

  // A password that is reset for who has a second factor is not enough either.
  const { secret: deviceSecret } = await setUp(clock, as(api, member.token));
  const two = await api.member('administrator');
  const path = `/api/accounts/${member.accountId}/password`;
  expect((await one.call('POST', path)).status).toBe(202);
  expect((await two.call('POST', `${path}/complete`)).status).toBe(409);
  const half = as(api, (await signIn(api, member)).get('token'));
  const change = { currentPassword: TEST_PASSWORD, newPassword: own };
  expect(codeOf(await half('POST', '/api/session/password', change))).toEqual([403, 'second-factor-required']);
  const whole = await half('POST', `${BASE}/proof`, { oneTimeCode: clock.code(deviceSecret) });
  expect((await as(api, whole.get('token'))('POST', '/api/session/password', change)).status).toBe(200);
});

it('a one-time password and then the code: the password is used once, and counts', async () => {
  const clock = handClock('2026-03-02T09:00:00+08:00');
  const device = steps();
  await using api = await startTestApi({
    database: { machineClock: clock.read },
    deps: { realNow: device.realNow },
  });
  const [one, two] = [await api.member('administrator'), await api.member('administrator')];
  const owner = await api.member('expert');
  const { secret } = await setUp(device, as(api, owner.token));
  const path = `/api/accounts/${owner.accountId}/password`;
  await one.call('POST', path);
  clock.step(24 * HOUR_MS);
  const reset = await two.call('POST', `${path}/complete`, { json: { access: 'one-time-password' } });
  const half = await api.signIn(owner.username, String(reset.get('oneTimePassword')));
  expect([half.status, half.get('secondFactor.state')]).toEqual([200, 'to-prove']);
  const whole = await as(api, half.get('token'))('POST', `${BASE}/proof`, { oneTimeCode: device.code(secret) });
  expect([whole.status, whole.get('account.mustChangePassword')]).toEqual([200, true]);
  const call = as(api, whole.get('token'));
  expect(codeOf(await call('GET', '/api/notifications'))).toEqual([403, 'password-change-required']);
});

it('one administrator takes nobody’s second factor away: another does, a day later, and its owner can cancel it', async () => {
  const clock = handClock('2026-03-02T09:00:00+08:00');
  const device = steps();
  await using api = await startTestApi({
    database: { machineClock: clock.read },
    deps: { realNow: device.realNow },
  });
  const [one, two] = [await api.member('administrator'), await api.member('administrator')];
  const owner = await api.member('office');
  const path = `/api/accounts/${owner.accountId}/second-factor/reset`;
  expect((await one.call('POST', path)).status).toBe(404);
  const { token } = await setUp(device, as(api, owner.token));
  const call = as(api, token);
  const requested = await one.call('POST', path);
  expect([requested.status, requested.get('passwordReset')]).toEqual([202, null]);
  expect(requested.get('secondFactorReset')).toMatchObject({
    ...{ requestedBy: one.accountId, notBefore: '2026-03-03T09:00:00+08:00' },
  });
  expect((await call('GET', '/api/notifications')).get('items.0.kind')).toBe('second-factor.reset-requested');
  expect((await call('GET', '/api/session')).get('secondFactorReset.requestedBy')).toBe(one.accountId);
  expect(codeOf(await two.call('POST', `${path}/complete`))).toEqual([409, 'reset-pending']);
  // Who has the password alone does not cancel it, nor learns of it.
  const half = await signIn(api, owner);
  expect(half.get('secondFactorReset')).toBeNull();
  expect(codeOf(await as(api, half.get('token'))('DELETE', `${BASE}/reset`))[0]).toBe(403);
  expect((await call('DELETE', `${BASE}/reset`)).status).toBe(204);
  clock.step(24 * HOUR_MS);
  expect((await two.call('POST', `${path}/complete`)).status).toBe(404);

  await one.call('POST', path);
  clock.step(24 * HOUR_MS);
  expect(codeOf(await one.call('POST', `${path}/complete`))).toEqual([409, 'reset-pending']);
  const done = await two.call('POST', `${path}/complete`);
  expect([done.status, done.get('secondFactorAt'), done.get('secondFactorReset')]).toEqual([200, null, null]);
  expect((await call('GET', '/api/session')).status).toBe(401);
  const again = await signIn(api, owner);
  expect(again.get('secondFactor.state')).toBe('not-required');
  const inbox = await as(api, again.get('token'))('GET', '/api/notifications');
  expect(inbox.get('items.0.kind')).toBe('second-factor.removed');
  const trail = (await auditAfter(api.db.read, 0, 500)).filter(({ action }) => /^second-factor/.test(action));
  expect(trail.map(({ action, actor }) => [action, actor.accountId])).toEqual([
    ['second-factor.start', owner.accountId],
    ['second-factor.add', owner.accountId],
    ['second-factor.request-reset', one.accountId],
    ['second-factor.cancel-reset', owner.accountId],
    ['second-factor.request-reset', one.accountId],
    ['second-factor.remove', two.accountId],
  ]);
  // The two resets are two: neither completes the other.
  await one.call('POST', `/api/accounts/${owner.accountId}/password`);
  clock.step(24 * HOUR_MS);
  expect((await two.call('POST', `${path}/complete`)).status).toBe(404);
});

it('an act that cannot be undone is confirmed by the password or by a code, never by both or neither', async () => {
  const { api, clock, secret, token } = await withFactor();
  await using _ = api;
  const call = as(api, token);
  const path = `${BASE}/recovery-codes`;
  const oneTimeCode = clock.code(secret);
  expect((await call('POST', path, {})).get('issues.0.rule')).toBe('required');
  expect((await call('POST', path, { oneTimeCode, ...byPassword })).get('issues.0.rule')).toBe('required');
  expect((await call('POST', path, byPassword)).status).toBe(200);
  expect((await call('POST', path, { oneTimeCode })).status).toBe(200);
  expect(codeOf(await call('POST', path, { oneTimeCode }))).toEqual([401, 'unauthenticated']);
  // A stolen session is no way to guess on.
  for (let n = 0; n < 4; n += 1) await call('POST', path, { oneTimeCode: '000000' });
  expect(codeOf(await call('POST', path, { oneTimeCode: clock.code(secret) }))).toEqual([423, 'code-locked']);

  const without = await api.member('supplier');
  const refused = await without.call('POST', BASE, { json: { oneTimeCode: '000000' } });
  expect(codeOf(refused)).toEqual([401, 'unauthenticated']);
});

it('that a supplier proves a code is as confidential as that it signs in', async () => {
  const { api, member, clock, secret } = await withFactor('supplier');
  await using _ = api;
  const half = as(api, (await signIn(api, member)).get('token'));
  await half('POST', `${BASE}/proof`, { oneTimeCode: '000000' });
  await half('POST', `${BASE}/proof`, { oneTimeCode: clock.code(secret) });
  const trail = await auditAfter(api.db.read, 0, 500);
  const own = trail.filter(({ action }) => /^(session|second-factor)\./.test(action));
  expect(own.length).toBeGreaterThan(5);
  expect(own.every(({ confidential }) => confidential)).toBe(true);
});
