import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lastOfTrail } from '../../db/audit.ts';
import { credentials } from '../../db/schema/sqlite.ts';
import { PREPARABLE_ACT_NAMES } from '../../domain/prepared-acts/acts.ts';
import { colleagueOf } from '../prepared-acts/colleague.ts';
import { startTestApi, TEST_PASSWORD, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { visitor } from '../setup/pages/visitor.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { advance, handClock } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let api: TestApi;
let purchaser: Member;
let supplier: Member;
let stranger: Member;
let administrator: Member;
let tender: string;
let bidId: string | undefined;
beforeAll(async () => {
  api = await startTestApi({
    settings: { secondPerson: new Set(PREPARABLE_ACT_NAMES), publicMetrics: true },
    database: { machineClock: clock.read },
    deps: { realNow: () => Date.now() },
  });
  purchaser = await api.member('purchaser', '江夏区教育局');
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  supplier = suppliers[0] as Member;
  stranger = await api.member('supplier');
  administrator = await api.member('administrator');
  const who = await peopleOf(api, purchaser, suppliers);
  const tendered = await played(api.db, clock, who, 'tendering', 'publicity');
  tender = tendered.id;
  bidId = tendered.bids[0]?.id;
  clock.set('2026-04-26T10:00+08:00');
  await advance(api.db, tender, 1);
});
afterAll(() => api[Symbol.asyncDispose]());

const PAGE = '/console/account/calendar';
const TITLE = '工业园区尾水提升达标处理厂工程（二期）';
const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const unfolded = ({ text }: Answered): string => text.replace(/\r\n[ \t]/g, '');

/** The path of the address that the page shows to its person, in a language. */
async function addressOf(member: Pick<Member, 'username' | 'password'>, prefix = ''): Promise<string> {
  const shown = await (await visitor(api, member)).submit(`${prefix}${PAGE}`, {}, { from: `${prefix}${PAGE}` });
  const [, address = ''] = /value="http:\/\/tender\.test([^"]+\.ics)"/.exec(shown.text) ?? [];
  expect(shown.status, textOf(shown)).toBe(200);
  expect(address).toMatch(new RegExp(`^${prefix}/calendars/[A-Za-z0-9_-]{64}\\.ics$`));
  expect(shown.headers.get('cache-control')).toBe('no-store');
  expect(shown.text).toContain(`href="webcal://tender.test${address}"`);
  return address;
}
const read = (path: string): Promise<Answered> => api.call('GET', path);
/** What an answer has, but the instant and the number of its request. */
const comparable = ({ status, headers, text }: Answered): unknown => [
  status,
  text,
  [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
];

it('a calendar program reads the dates without a session, in the language of the address, and keeps nothing', async () => {
  const address = await addressOf(purchaser);
  const file = await read(address);
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
  expect([file.headers.get('cache-control'), file.headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
  expect(file.headers.get('set-cookie')).toBeNull();
  const text = unfolded(file);
  expect(text).toContain(`SUMMARY:确定中标人 · ${TITLE}`);
  expect(text).toMatch(/DTSTART:20260719T1559\d\dZ/);
  expect(text).toContain(`URL:http://tender.test/console/do/post/procurements/${tender}/lots/1/award`);
  // What the person's own file has, and the same events.
  const own = await (await visitor(api, purchaser)).get('/console/due.ics');
  const eventsOf = (ics: string) => [...ics.matchAll(/^UID:(.+?)\r?$/gm)].map(([, uid]) => uid).sort();
  expect(eventsOf(text)).toEqual(eventsOf(unfolded(own)));

  const english = await addressOf(purchaser, '/en');
  expect(english).toBe(`/en${address}`);
  const other = unfolded(await read(english));
  expect(other).toContain(`SUMMARY:Award decided · ${TITLE}`);
  expect(other).toContain(`URL:http://tender.test/en/console/do/post/procurements/${tender}/lots/1/award`);
  // A person who changes the language has no date twice.
  expect(eventsOf(other)).toEqual(eventsOf(text));
});

it('one character that differs, a token of nobody and no token at all are answered alike', async () => {
  const [, token = ''] = /calendars\/(.+)\.ics/.exec(await addressOf(purchaser)) ?? [];
  const unknown = await read(`/calendars/${'A'.repeat(64)}.ics`);
  expect([unknown.status, unknown.headers.get('cache-control')]).toEqual([404, 'no-store']);
  expect(unknown.headers.get('referrer-policy')).toBe('no-referrer');
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'x' ? 'y' : 'x';
    const altered = await read(`/calendars/${token.slice(0, at)}${other}${token.slice(at + 1)}.ics`);
    expect(comparable(altered), `character ${at}`).toEqual(comparable(unknown));
  }
  for (const wrong of ['none', token, `${token}x.ics`, `${token.slice(1)}.ics`, `${token}=.ics`, `.ics`])
    expect(comparable(await read(`/calendars/${wrong}`)), wrong).toEqual(comparable(unknown));
  // The first half of one and the second of another.
  const [, mixed = ''] = /calendars\/(.+)\.ics/.exec(await addressOf(supplier)) ?? [];
  expect(comparable(await read(`/calendars/${token.slice(0, 32)}${mixed.slice(32)}.ics`))).toEqual(comparable(unknown));
});

it('it is in no line of the log, no number and no refusal, also where it is mistyped', async () => {
  const address = await addressOf(supplier);
  const [, token = ''] = /calendars\/(.+)\.ics/.exec(address) ?? [];
  const logged = api.log().length;
  for (const path of [address, `/en${address}`, address.toUpperCase(), `/${address}`, `${address}/`, `${address}/x`])
    await read(path);
  await read(`${address.replace('.ics', '')}?again=${token}`);
  await api.call('POST', address, { key: null });
  const lines = api.log().slice(logged);
  expect(lines.split('\n').filter((line) => line.includes('"path":"(bidders)"'))).toHaveLength(8);
  for (const secret of [token, token.toUpperCase(), '/calendars', '/CALENDARS', supplier.accountId, '127.0.0.1'])
    expect(lines).not.toContain(secret);
  const numbers = await api.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
  expect(numbers.text).toContain('kaibiao_http_request_duration_seconds');
  expect(numbers.text).not.toContain('calendars');
  // To look is no act.
  const before = await lastOfTrail(api.db.read);
  expect((await read(address)).status).toBe(200);
  expect(before?.seq).toBeGreaterThan(0);
  expect(await lastOfTrail(api.db.read)).toEqual(before);
});

it('what waits for a second person is in it without a name', async () => {
  const second = await colleagueOf(api, purchaser, '李四');
  const asked = await purchaser.call('POST', `/api/procurements/${tender}/lots/1/award`, { json: { bidId } });
  expect(asked.status, asked.text).toBe(202);
  const text = unfolded(await read(await addressOf(second)));
  expect(text).toContain(`SUMMARY:复核：确定中标人 · ${TITLE}`);
  expect(text).not.toContain(purchaser.username);
  expect(unfolded(await read(await addressOf(purchaser)))).not.toContain('SUMMARY:复核');
});

it('another password ends it, by its owner or by a reset, and the page gives a new one', async () => {
  const member = await api.member('supplier');
  const address = await addressOf(member);
  expect((await read(address)).status).toBe(200);
  const password = 'correct horse battery';
  const changed = { currentPassword: TEST_PASSWORD, newPassword: password };
  expect((await member.call('POST', '/api/session/password', { json: changed })).status).toBe(200);
  expect((await read(address)).status).toBe(404);
  const renewed = await addressOf({ ...member, password });
  expect(renewed).not.toBe(address);
  expect([(await read(renewed)).status, (await read(address)).status]).toEqual([200, 404]);

  const other = await api.member('administrator');
  const reset = `/api/accounts/${member.accountId}/password`;
  expect((await administrator.call('POST', reset, { json: {} })).status).toBe(202);
  expect((await read(renewed)).status).toBe(200);
  clock.step(25 * 3_600_000);
  expect((await other.call('POST', `${reset}/complete`, { json: {} })).status).toBe(200);
  expect((await read(renewed)).status).toBe(404);
});

it('a disabled account and a membership that was taken away show nothing', async () => {
  const member = await api.member('purchaser');
  const address = await addressOf(member);
  expect((await read(address)).status).toBe(200);
  await administrator.call('POST', `/api/accounts/${member.accountId}/disable`);
  expect(comparable(await read(address))).toEqual(comparable(await read(`/calendars/${'A'.repeat(64)}.ics`)));

  const second = await colleagueOf(api, purchaser, '王五');
  const theirs = await addressOf(second);
  expect(unfolded(await read(theirs))).toContain(TITLE);
  const { accountId, organisationId } = second;
  const removed = await administrator.call(
    'DELETE',
    `/api/accounts/${accountId}/memberships/${organisationId}/purchaser`,
  );
  expect(removed.status, removed.text).toBe(204);
  const left = await read(theirs);
  expect([left.status, left.text.includes('BEGIN:VEVENT')]).toEqual([200, false]);
});

it('an account without a password has none: no change of it could end the address', async () => {
  const member = await api.member('purchaser');
  const address = await addressOf(member);
  const withoutPassword = eq(credentials.userId, member.accountId);
  await api.db.transaction((tx) => tx.q.update(credentials).set({ password: null }).where(withoutPassword));
  expect((await read(address)).status).toBe(404);
  const none = await member.call('GET', '/api/session/calendar');
  expect([none.status, none.get('messageZh')]).toEqual([404, expect.stringContaining('本账号没有密码')]);
});

it('experts and administrators have none, and the page says why', async () => {
  for (const member of [await api.member('expert'), administrator]) {
    expect((await member.call('GET', '/api/session/calendar')).status).toBe(403);
    const person = await visitor(api, member);
    expect(textOf(await person.get(PAGE))).toContain('您现在的身份没有订阅地址');
    const refused = await person.submit(PAGE, {});
    expect([refused.status, refused.text.includes('/calendars/')]).toEqual([403, false]);
  }
  expect((await api.call('GET', '/api/session/calendar')).status).toBe(401);
});

it('a supplier reads the dates of the tenders that it takes part in, and nobody else’s', async () => {
  clock.set('2026-06-10T10:00+08:00');
  const text = unfolded(await read(await addressOf(supplier)));
  expect(text).toContain(TITLE);
  expect(text).not.toContain('SUMMARY:复核');
  const nothing = await read(await addressOf(stranger));
  expect([nothing.status, nothing.text.includes('BEGIN:VEVENT')]).toEqual([200, false]);
  const page = await (await visitor(api, supplier)).get(PAGE);
  expect(textOf(page)).toMatch(/谁知道它，谁就能看到这些日期.*开标前应当保密.*请修改密码/);
  expect(page.text).not.toContain('/calendars/');
});

it('it is shown to whoever has given the password a short time ago, and to no browser that was left open', async () => {
  let now = Date.now();
  await using other = await startTestApi({
    settings: { rateLimit: { perMinute: 40, signInPerMinute: 20 } },
    deps: { realNow: () => now },
  });
  const member = await other.member('purchaser');
  const person = await visitor(other, member);
  now += 11 * 60_000;
  const asked = await person.submit(PAGE, {}, { from: PAGE });
  expect([asked.status, asked.text.includes('/calendars/')]).toEqual([403, false]);
  expect(textOf(asked)).toMatch(/请确认是您本人.*要办理的事项： 订阅本人待办日期的地址/);
  const shown = await person.submit(PAGE, { _act: '订阅', _password: TEST_PASSWORD }, { from: PAGE });
  const [, address = ''] = /value="http:\/\/tender\.test([^"]+\.ics)"/.exec(shown.text) ?? [];
  expect(shown.status, textOf(shown)).toBe(200);
  // Whoever tries addresses is stopped, whether one of them is right or not.
  const statuses = new Set<number>();
  for (let tries = 0; tries < 41; tries += 1) statuses.add((await other.call('GET', '/calendars/none.ics')).status);
  expect([...statuses].sort()).toEqual([404, 429]);
  const limited = await other.call('GET', address);
  expect([limited.status, limited.headers.get('cache-control')]).toEqual([429, 'no-store']);
});
