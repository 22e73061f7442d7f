import { expect, it } from 'vitest';
import { ANOTHER_CERTIFICATE } from '../setup/sign-in/certificates.ts';
import { deviceCode } from '../setup/sign-in/authenticator.ts';
import { startIssuer } from '../setup/sign-in/oidc-issuer.ts';
import { startTestApi, TEST_PASSWORD, type Answered } from '../setup/api.ts';
import { drawnIn, readQr } from '../setup/checks/rendered.ts';
import { visitor } from '../setup/pages/visitor.ts';

const PAGE = '/console/account/second-factor';
const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const plain = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"');

/** What a camera reads from the code that the page draws. */
const scanned = ({ text }: Answered): string => readQr(drawnIn(text)) ?? '';

it('is set up by a code that the server draws; its recovery codes are shown once; it is changed and removed', async () => {
  await using api = await startTestApi();
  const member = await api.member('purchaser');
  const person = await visitor(api, member);
  const before = await person.get(PAGE);
  expect(textOf(before)).toMatch(/第二因素 .*状态 未设置.*开始设置/);
  const submit = (typed: Record<string, string>) => person.submit(PAGE, typed, { from: PAGE });

  const wrong = await submit({ _do: 'begin', 'password-begin': 'not this one' });
  expect([wrong.status, textOf(wrong)]).toEqual([401, expect.stringContaining('密码不正确')]);
  const none = await submit({ _do: 'begin' });
  expect([none.status, none.text.includes('id="f-password-begin-error"')]).toEqual([422, true]);

  const begun = await submit({ _do: 'begin', 'password-begin': TEST_PASSWORD });
  expect([begun.status, begun.headers.get('cache-control')]).toEqual([200, 'no-store']);
  const uri = scanned(begun);
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  expect(uri).toMatch(/^otpauth:\/\/totp\/Kaibiao/);
  expect(textOf(begun)).toContain(secret.replace(/.{4}(?=.)/g, '$& '));
  expect(plain(/name="uri" value="([^"]*)"/.exec(begun.text)?.[1] ?? '')).toBe(uri);

  const typo = await submit({ _do: 'confirm', uri, 'oneTimeCode-confirm': '000000' });
  expect([typo.status, scanned(typo), typo.text.includes('id="f-oneTimeCode-confirm-error"')]).toEqual([
    ...[422, uri, true],
  ]);
  const now = Date.now();
  const code = deviceCode(secret, now);
  const former = person.cookie;
  const confirmed = await submit({
    ...{ _do: 'confirm', uri, 'oneTimeCode-confirm': `${code.slice(0, 3)} ${code.slice(3)}` },
  });
  const codes = [...confirmed.text.matchAll(/<li><code>([^<]+)<\/code><\/li>/g)].map(([, each]) => String(each));
  expect([confirmed.status, codes.length, new Set(codes).size]).toEqual([200, 10, 10]);
  expect(textOf(confirmed)).toContain(member.username);
  expect(confirmed.text).toContain('data-print');
  // The session is another one.
  expect(person.cookie).not.toBe(former);
  const after = await person.get(PAGE);
  expect(textOf(after)).toMatch(/状态 已启用 .*未用的恢复码 10/);
  for (const each of codes) expect(after.text).not.toContain(each);

  const renewed = await submit({ _do: 'renew', 'oneTimeCode-renew': codes[0] ?? '' });
  expect(renewed.status, textOf(renewed)).toBe(200);
  expect(renewed.text).not.toContain(codes[1]);
  const both = await submit({ _do: 'remove', 'password-remove': TEST_PASSWORD, 'oneTimeCode-remove': code });
  expect([both.status, both.text.includes('id="f-password-remove-error"')]).toEqual([422, true]);
  const removed = await submit({ _do: 'remove', 'password-remove': TEST_PASSWORD });
  expect([removed.status, removed.headers.get('location')]).toEqual([303, PAGE]);
  expect(textOf(await person.get(`/en${PAGE}`))).toContain('not set up');
  for (const told of [secret, ...codes]) expect(api.log()).not.toContain(told);
});

it('who must have one is told so, and can do nothing else', async () => {
  await using api = await startTestApi({
    settings: { secondFactor: { roles: new Set(['centre'] as const), provenBy: new Set() } },
  });
  const person = await visitor(api, await api.member('centre'));
  expect(textOf(await person.get(PAGE))).toContain('您的角色必须设置第二因素');
  const begun = await person.submit(PAGE, { _do: 'begin', 'password-begin': TEST_PASSWORD }, { from: PAGE });
  const secret = new URL(scanned(begun)).searchParams.get('secret') ?? '';
  const typed = { _do: 'confirm', uri: scanned(begun), 'oneTimeCode-confirm': deviceCode(secret, Date.now()) };
  expect((await person.submit(PAGE, typed, { from: PAGE })).text).toContain('恢复码');
  expect((await person.get('/console')).status).toBe(200);
});

it('identities from elsewhere are linked and unlinked by their person, confirmed', async () => {
  await using issuer = await startIssuer();
  const secret = 'a secret of the proxy, long enough';
  await using api = await startTestApi({
    settings: {
      oidc: { issuer: issuer.issuer, ...issuer.client, name: '省身份平台' },
      certificates: { secret, proxies: ['127.0.0.1'] },
    },
  });
  const path = '/console/account/identities';
  const person = await visitor(api, await api.member('supplier'));
  expect(textOf(await person.get(path))).toMatch(/还没有关联外部身份.*关联省身份平台.*关联数字证书/);
  const refused = await person.submit(path, { _do: 'oidc', 'password-oidc': 'not this one' });
  expect([refused.status, textOf(refused)]).toEqual([401, expect.stringContaining('密码不正确')]);
  const away = await person.submit(path, { _do: 'oidc', 'password-oidc': TEST_PASSWORD });
  const address = plain(/<a class="button" href="(http[^"]*)"/.exec(away.text)?.[1] ?? '');
  const back = new URL((await fetch(address, { redirect: 'manual' })).headers.get('location') ?? '');
  const finished = await person.submit('/sign-in/oidc', { returned: back.search.slice(1) });
  expect(textOf(finished)).toContain('已关联');
  const headers = {
    ...{ 'x-client-cert': encodeURIComponent(ANOTHER_CERTIFICATE), 'x-client-verify': 'SUCCESS' },
    'x-proxy-secret': secret,
  };
  const typed = { _do: 'certificate', 'password-certificate': TEST_PASSWORD };
  expect((await person.submit(path, typed, { headers })).headers.get('location')).toBe(path);
  const listed = await person.get(path);
  const ids = [...listed.text.matchAll(/name="_do" value="([0-9a-f-]{36})"/g)].map(([, id]) => String(id));
  expect(ids).toHaveLength(2);
  for (const id of ids) {
    const unlinked = await person.submit(path, { _do: id, [`password-${id}`]: TEST_PASSWORD });
    expect([unlinked.status, unlinked.headers.get('location')]).toEqual([303, path]);
  }
  expect(textOf(await person.get(path))).toContain('还没有关联外部身份');
});

it('of one’s sessions all others are ended at once', async () => {
  await using api = await startTestApi();
  const member = await api.member('supplier');
  const [here, elsewhere] = [await visitor(api, member), await visitor(api, member)];
  const account = '/console/account';
  expect(textOf(await here.get(account))).toContain('撤销其他全部会话');
  expect((await here.submit(account, { _do: 'revoke-others' }, { from: account })).status).toBe(303);
  expect((await elsewhere.get('/console')).status).toBe(303);
  expect(textOf(await here.get(account))).not.toContain('撤销其他全部会话');
});
