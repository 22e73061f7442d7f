import { expect, it } from 'vitest';
import { deviceCode } from '../setup/sign-in/authenticator.ts';
import { startIssuer } from '../setup/sign-in/oidc-issuer.ts';
import { startTestApi, TEST_PASSWORD, type Answered, type TestApi } from '../setup/api.ts';

const ORIGIN = 'http://tender.test';

/** A browser without a script: it keeps cookies, and follows nothing by itself. */
function browser(api: TestApi) {
  const jar = new Map<string, string>();
  const call = async (method: string, path: string, form?: Record<string, string>): Promise<Answered> => {
    const answer = await api.call(method, path, {
      ...{ key: null, ...(form ? { body: new URLSearchParams(form).toString() } : {}) },
      headers: {
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...{ origin: ORIGIN, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  return {
    get: (path: string) => call('GET', path),
    post: (path: string, form: Record<string, string> = {}) => call('POST', path, form),
  };
}

const leadsTo = ({ status, headers }: Answered) => [status, headers.get('location')];

it('who has a second factor is asked for the code, and no page knows them before', async () => {
  await using api = await startTestApi();
  const member = await api.member('purchaser', '江夏区教育局');
  const secret = String(
    (await member.call('POST', '/api/session/second-factor', { json: { password: TEST_PASSWORD } })).get('secret'),
  );
  const now = Date.now();
  const oneTimeCode = deviceCode(secret, now);
  const path = '/api/session/second-factor/confirm';
  expect((await member.call('POST', path, { json: { oneTimeCode } })).status).toBe(200);

  const by = browser(api);
  const password = await by.post('/sign-in?next=/console/tenders', {
    ...{ username: member.username, password: TEST_PASSWORD },
  });
  expect(leadsTo(password)).toEqual([303, '/sign-in/proof?next=%2Fconsole%2Ftenders']);
  expect(leadsTo(await by.get('/console'))).toEqual([303, '/sign-in?next=%2Fconsole']);
  const proof = '/sign-in/proof?next=/console/tenders';
  expect((await by.get(proof)).text).toContain('autocomplete="one-time-code"');
  const wrong = await by.post(proof, { oneTimeCode: '000000' });
  expect(wrong.status).toBe(401);
  expect(wrong.text).toContain('验证码不正确');
  const right = await by.post(proof, { oneTimeCode: deviceCode(secret, now + 30_000) });
  expect(leadsTo(right)).toEqual([303, '/console/tenders']);
  expect((await by.get('/console')).text).toContain('江夏区教育局');
});

it('who must have one is led to set it up', async () => {
  await using api = await startTestApi({
    settings: { secondFactor: { roles: new Set(['centre'] as const), provenBy: new Set() } },
  });
  const member = await api.member('centre');
  const by = browser(api);
  const answer = await by.post('/sign-in', { username: member.username, password: TEST_PASSWORD });
  expect(leadsTo(answer)).toEqual([303, '/console/account/second-factor']);
});

it('the provider of identities is offered where there is one; the way there and back is by pages', async () => {
  await using issuer = await startIssuer();
  await using plain = await startTestApi();
  expect((await browser(plain).get('/sign-in')).text).not.toContain('/sign-in/oidc/begin');
  await using api = await startTestApi({
    settings: { oidc: { issuer: issuer.issuer, ...issuer.client, name: '统一身份认证' } },
  });
  const by = browser(api);
  expect((await by.get('/sign-in')).text).toMatch(/action="\/sign-in\/oidc\/begin"[^]*统一身份认证/);
  const begun = await by.post('/sign-in/oidc/begin');
  const [, address = ''] = /<a href="(http:[^"]*\/auth\?[^"]*)"/.exec(begun.text) ?? [];
  const away = await fetch(address.replaceAll('&amp;', '&'), { redirect: 'manual' });
  const back = new URL(away.headers.get('location') ?? '');
  const page = await by.get(`${back.pathname}${back.search}`);
  const [, returned = ''] = /name="returned" value="([^"]*)"/.exec(page.text) ?? [];
  const refused = await by.post('/sign-in/oidc', { returned: returned.replaceAll('&amp;', '&') });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('没有与可用的账号关联');
  // It reached the provider, which took the code.
  expect(issuer.asked()).toBe(1);
});
