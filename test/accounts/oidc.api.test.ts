import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { accounts, identities } from '../../db/schema/sqlite.ts';
import { deviceCode } from '../setup/sign-in/authenticator.ts';
import { startIssuer, type IssuerFault, type TestIssuer } from '../setup/sign-in/oidc-issuer.ts';
import { startTestApi, TEST_PASSWORD, type Answered, type TestApi } from '../setup/api.ts';

const ORIGIN = 'http://tender.test';
const byPassword = { password: TEST_PASSWORD };

const cookiesOf = (answer: Answered): Record<string, string> =>
  Object.fromEntries(
    answer.headers.getSetCookie().map((set) => (set.split(';')[0] ?? '').split(/=(.*)/s) as [string, string]),
  );

/** A browser: it keeps cookies, and says where its requests come from. */
function browser(api: TestApi) {
  const jar: Record<string, string> = {};
  return {
    jar,
    async call(method: string, path: string, json?: unknown): Promise<Answered> {
      const cookie = Object.entries(jar)
        .map(([name, value]) => `${name}=${value}`)
        .join('; ');
      const answer = await api.call(method, path, {
        headers: { origin: ORIGIN, ...(cookie === '' ? {} : { cookie }) },
        ...(json === undefined ? {} : { json }),
      });
      for (const [name, value] of Object.entries(cookiesOf(answer))) {
        if (value === '') delete jar[name];
        else jar[name] = value;
      }
      return answer;
    },
  };
}
type Browser = ReturnType<typeof browser>;

/** Goes to the provider, which sends the browser back; what the page of the return address would post. */
async function returnedBy(address: unknown): Promise<string> {
  const response = await fetch(String(address), { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? '');
  expect(`${back.origin}${back.pathname}`).toBe(`${ORIGIN}/sign-in/oidc`);
  return back.search.slice(1);
}

const begin = async (by: Browser, path = '/api/session/oidc', json?: unknown): Promise<string> =>
  returnedBy((await by.call('POST', path, json)).get('address'));
const finish = (by: Browser, returned: string) => by.call('POST', '/api/session/oidc/finish', { returned });

const withProvider = (issuer: TestIssuer) => ({
  secondFactor: { roles: new Set<never>(), provenBy: new Set<never>() },
  oidc: { issuer: issuer.issuer, ...issuer.client, name: '统一身份认证' },
});

const codeOf = ({ status, body }: Answered) => [status, (body as { code?: string } | undefined)?.code];

it('a person links who they are there, signed in and confirmed; from then on the provider signs them in', async () => {
  await using issuer = await startIssuer();
  await using api = await startTestApi({ settings: withProvider(issuer) });
  const member = await api.member('purchaser');
  issuer.person = { sub: 'f1c7', preferred_username: 'zhang.san', email: `${member.accountId}@accounts.invalid` };
  expect((await api.call('GET', '/api/session/ways')).body).toEqual({
    ...{ oidc: { name: '统一身份认证' }, certificate: false, registration: 'confirmed' },
  });

  // Neither the mail address nor the name of an account makes it theirs, nor is one opened.
  const stranger = browser(api);
  const before = await api.db.read.select().from(accounts);
  expect(codeOf(await finish(stranger, await begin(stranger)))).toEqual([403, 'not-linked']);
  expect(await api.db.read.select().from(accounts)).toEqual(before);

  const own = browser(api);
  await own.call('POST', '/api/session', { username: member.username, password: TEST_PASSWORD });
  const wrong = await own.call('POST', '/api/session/identities/oidc', { password: 'not the password' });
  expect(codeOf(wrong)).toEqual([401, 'unauthenticated']);
  const linked = await finish(own, await begin(own, '/api/session/identities/oidc', byPassword));
  expect([linked.status, linked.get('label'), linked.get('issuer')]).toEqual([201, 'zhang.san', issuer.issuer]);
  expect((await own.call('GET', '/api/session/identities')).get('items.0.kind')).toBe('oidc');
  expect((await own.call('GET', '/api/notifications')).get('items.0.kind')).toBe('identity.linked');

  const elsewhere = browser(api);
  const signedIn = await finish(elsewhere, await begin(elsewhere));
  expect([signedIn.status, signedIn.get('account.id'), signedIn.get('signedInBy')]).toEqual([
    ...[200, member.accountId, 'oidc'],
  ]);
  expect((await elsewhere.call('GET', '/api/session')).get('memberships.0.role')).toBe('purchaser');
  // The cookie of the way there is gone.
  expect(elsewhere.jar['kaibiao.oidc']).toBeUndefined();

  const trail = await auditAfter(api.db.read, 0, 200);
  const link = trail.find(({ action }) => action === 'identity.link');
  expect(link).toMatchObject({ actor: { accountId: member.accountId }, subject: `account/${member.accountId}` });

  const path = `/api/session/identities/${String(linked.get('id'))}/remove`;
  expect((await own.call('POST', path, byPassword)).status).toBe(204);
  expect((await elsewhere.call('GET', '/api/session')).status).toBe(401);
  expect(codeOf(await finish(elsewhere, await begin(elsewhere)))).toEqual([403, 'not-linked']);
});

it('one identity belongs to one account, and is linked by who began it', async () => {
  await using issuer = await startIssuer();
  await using api = await startTestApi({ settings: withProvider(issuer) });
  const [one, two] = [await api.member('purchaser'), await api.member('supplier')];
  const signedInAs = async ({ username }: { username: string }): Promise<Browser> => {
    const by = browser(api);
    await by.call('POST', '/api/session', { username, password: TEST_PASSWORD });
    return by;
  };
  const [first, second] = [await signedInAs(one), await signedInAs(two)];
  const begun = await begin(first, '/api/session/identities/oidc', byPassword);
  // Somebody else signs in meanwhile, in the same browser.
  await first.call('POST', '/api/session', { username: two.username, password: TEST_PASSWORD });
  expect(codeOf(await finish(first, begun))).toEqual([403, 'forbidden']);
  const nobody = browser(api);
  await nobody.call('POST', '/api/session', { username: one.username, password: TEST_PASSWORD });
  const away = await begin(nobody, '/api/session/identities/oidc', byPassword);
  await nobody.call('DELETE', '/api/session');
  expect((await finish(nobody, away)).status).toBe(403);
  expect(await api.db.read.select().from(identities)).toEqual([]);

  const again = await signedInAs(one);
  expect((await finish(again, await begin(again, '/api/session/identities/oidc', byPassword))).status).toBe(201);
  const taken = await finish(second, await begin(second, '/api/session/identities/oidc', byPassword));
  expect(codeOf(taken)).toEqual([409, 'already-exists']);

  // A disabled account is not let in by its provider, and the answer is that to a stranger.
  const administrator = await api.member('administrator');
  await administrator.call('POST', `/api/accounts/${one.accountId}/disable`);
  const by = browser(api);
  expect(codeOf(await finish(by, await begin(by)))).toEqual([403, 'not-linked']);
});

it('what is not the answer to this browser’s question signs nobody in', async () => {
  await using issuer = await startIssuer();
  await using api = await startTestApi({ settings: withProvider(issuer) });
  const member = await api.member('purchaser');
  const own = browser(api);
  await own.call('POST', '/api/session', { username: member.username, password: TEST_PASSWORD });
  await finish(own, await begin(own, '/api/session/identities/oidc', byPassword));

  const by = browser(api);
  const returned = await begin(by);
  // Of another browser, or begun by an attacker (login CSRF).
  expect(codeOf(await finish(browser(api), returned))).toEqual([401, 'unauthenticated']);
  const other = browser(api);
  await begin(other);
  expect(codeOf(await finish(other, returned))).toEqual([401, 'unauthenticated']);
  const asked = issuer.asked();
  for (const altered of [
    returned.replace(/state=[^&]*/, 'state=another'),
    returned.replace(/iss=[^&]*/, 'iss=http%3A%2F%2Fevil.test'),
    'error=access_denied&state=x',
    'nothing',
  ]) {
    expect([altered, ...codeOf(await finish(by, altered))]).toEqual([altered, 401, 'unauthenticated']);
  }
  // None of these reached the provider.
  expect(issuer.asked()).toBe(asked);
  const cross = await api.call('POST', '/api/session/oidc/finish', {
    json: { returned },
    headers: { origin: 'https://evil.test', cookie: `kaibiao.oidc=${by.jar['kaibiao.oidc'] ?? ''}` },
  });
  expect(codeOf(cross)).toEqual([403, 'cross-site']);
  expect((await finish(by, returned)).status).toBe(200);
  // The code is good once.
  by.jar['kaibiao.oidc'] = other.jar['kaibiao.oidc'] ?? '';
  expect(codeOf(await finish(by, returned))).toEqual([401, 'unauthenticated']);
});

it.each<[IssuerFault, number, string]>([
  ['another-nonce', 401, 'unauthenticated'],
  ['another-audience', 401, 'unauthenticated'],
  ['another-issuer', 401, 'unauthenticated'],
  ['another-key', 401, 'unauthenticated'],
  ['expired', 401, 'unauthenticated'],
  ['no-token', 401, 'unauthenticated'],
  ['down', 503, 'provider-unreachable'],
])('an issuer with the fault %s signs nobody in', async (fault, ...expected) => {
  await using issuer = await startIssuer();
  await using api = await startTestApi({ settings: withProvider(issuer) });
  const member = await api.member('purchaser');
  const own = browser(api);
  await own.call('POST', '/api/session', { username: member.username, password: TEST_PASSWORD });
  await finish(own, await begin(own, '/api/session/identities/oidc', byPassword));
  const by = browser(api);
  const returned = await begin(by);
  issuer.fault = fault;
  expect(codeOf(await finish(by, returned))).toEqual(expected);
  expect((await by.call('GET', '/api/session')).status).toBe(401);
  issuer.fault = null;
  expect((await finish(by, await begin(by))).status).toBe(200);
  expect(api.log()).not.toContain(issuer.client.clientSecret);
});

it('a provider that is away at the beginning is asked again; without one there is nothing to begin', async () => {
  await using issuer = await startIssuer();
  await using api = await startTestApi({ settings: withProvider(issuer) });
  issuer.fault = 'down';
  expect(codeOf(await browser(api).call('POST', '/api/session/oidc'))).toEqual([503, 'provider-unreachable']);
  issuer.fault = null;
  expect((await browser(api).call('POST', '/api/session/oidc')).status).toBe(200);
  await using plain = await startTestApi();
  expect(codeOf(await browser(plain).call('POST', '/api/session/oidc'))).toEqual([404, 'not-found']);
});

it('the provider takes the place of the password alone, unless it is said to prove two factors', async () => {
  await using issuer = await startIssuer();
  for (const proves of [false, true]) {
    const provenBy = new Set(proves ? (['oidc'] as const) : []);
    await using api = await startTestApi({
      settings: { ...withProvider(issuer), secondFactor: { roles: new Set(), provenBy } },
    });
    const member = await api.member('purchaser');
    const own = browser(api);
    await own.call('POST', '/api/session', { username: member.username, password: TEST_PASSWORD });
    await finish(own, await begin(own, '/api/session/identities/oidc', byPassword));
    const secret = String((await own.call('POST', '/api/session/second-factor', byPassword)).get('secret'));
    const oneTimeCode = deviceCode(secret, Date.now());
    expect((await own.call('POST', '/api/session/second-factor/confirm', { oneTimeCode })).status).toBe(200);
    const by = browser(api);
    const signedIn = await finish(by, await begin(by));
    expect(signedIn.get('secondFactor.state')).toBe(proves ? 'proven' : 'to-prove');
    expect((await by.call('GET', '/api/notifications')).status).toBe(proves ? 200 : 403);
  }
});
