import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { sessions } from '../../db/schema/sqlite.ts';
import { startTestApi, TEST_PASSWORD, type Answered, type TestApi } from '../setup/api.ts';

const SESSION = 'kaibiao.session_token';

const sessionCookie = (answer: Answered): string =>
  answer.headers
    .getSetCookie()
    .map((set) => set.split(';')[0] ?? '')
    .find((each) => each.startsWith(`${SESSION}=`)) ?? '';

const signIn = (api: TestApi, username: string, cookie?: string) =>
  api.call('POST', '/api/session', {
    json: { username, password: TEST_PASSWORD },
    headers: cookie === undefined ? {} : { cookie, origin: 'http://tender.test' },
    key: null,
  });

const whose = async (api: TestApi, cookie: string): Promise<unknown> =>
  (await api.call('GET', '/api/session', { headers: { cookie } })).get('account.username');

it('a session that was in the browser before a sign-in ends with it, and gets nobody’s rights', async () => {
  await using api = await startTestApi();
  const [attacker, victim] = [await api.member('supplier'), await api.member('purchaser')];
  // The attacker has put a session of their own into the victim's browser, and still knows it.
  const planted = sessionCookie(await signIn(api, attacker.username));
  expect(await whose(api, planted)).toBe(attacker.username);
  const signedIn = await signIn(api, victim.username, planted);
  const own = sessionCookie(signedIn);
  expect(own).not.toBe(planted);
  expect(await whose(api, own)).toBe(victim.username);
  expect(await whose(api, planted)).toBeUndefined();
  const ended = (await auditAfter(api.db.read, 0, 100)).filter(({ action }) => action === 'session.end');
  expect(ended).toHaveLength(1);
});

it('one’s own earlier session of the same browser ends as well, those elsewhere stay', async () => {
  await using api = await startTestApi();
  const member = await api.member('purchaser');
  const first = sessionCookie(await signIn(api, member.username));
  const second = sessionCookie(await signIn(api, member.username, first));
  expect([await whose(api, first), await whose(api, second)]).toEqual([undefined, member.username]);
  expect((await member.call('GET', '/api/session')).status).toBe(200);
  expect(await api.db.read.select().from(sessions)).toHaveLength(2);
});

it('a token that was made up signs nobody in, and is not taken over by a sign-in', async () => {
  await using api = await startTestApi();
  const member = await api.member('purchaser');
  const planted = `${SESSION}=${'a'.repeat(32)}.${encodeURIComponent(Buffer.alloc(32).toString('base64'))}`;
  const own = sessionCookie(await signIn(api, member.username, planted));
  expect(own).not.toContain('a'.repeat(32));
  expect([await whose(api, planted), await whose(api, own)]).toEqual([undefined, member.username]);
});

it('a sign-in that fails ends nothing', async () => {
  await using api = await startTestApi();
  const member = await api.member('purchaser');
  const cookie = sessionCookie(await signIn(api, member.username));
  const failed = await api.call('POST', '/api/session', {
    json: { username: member.username, password: 'not the password' },
    headers: { cookie, origin: 'http://tender.test' },
    key: null,
  });
  expect(failed.status).toBe(401);
  expect(await whose(api, cookie)).toBe(member.username);
});
