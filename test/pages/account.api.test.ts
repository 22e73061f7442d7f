import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

let api: TestApi;
let member: Member;
let person: Visitor;
beforeAll(async () => {
  api = await startTestApi({ settings: { channels: ['mail', 'sms'] } });
  member = await api.member('supplier');
  person = await visitor(api, member);
});
afterAll(() => api[Symbol.asyncDispose]());

const PAGE = '/console/account';
const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const submit = (typed: Readonly<Record<string, string>>): Promise<Answered> =>
  person.submit(PAGE, typed, { from: PAGE });

it('a person chooses the language in which it is notified, and gives an address, which a code confirms', async () => {
  const page = await person.get(PAGE);
  expect([page.status, textOf(page)]).toEqual([200, expect.stringContaining('通知方式')]);
  expect((await submit({ _do: 'preferences', language: 'en', channels: '' })).status).toBe(303);
  expect((await member.call('GET', '/api/contact')).get('language')).toBe('en');
  const wrong = await submit({ _do: 'address', channel: 'mail', 'address-mail': 'nowhere' });
  expect([wrong.status, wrong.text.includes('value="nowhere"')]).toEqual([422, true]);
  expect(wrong.text).toContain('id="f-address-mail-error"');
  const given = await submit({ _do: 'address', channel: 'mail', 'address-mail': 'a@example.org' });
  expect([given.status, textOf(given)]).toEqual([200, expect.stringContaining('验证码即将发出')]);
  const code = await submit({ _do: 'code', channel: 'mail', 'code-mail': '000000' });
  expect([code.status, code.text.includes('id="f-code-mail-error"')]).toEqual([422, true]);
});

it('its sessions are listed, and one that it does not know is ended', async () => {
  const elsewhere = await visitor(api, member);
  const page = await person.get(PAGE);
  const [, other] =
    /name="_do" value="revoke"\/><input type="hidden" name="sessionId" value="([^"]+)"/.exec(page.text) ?? [];
  expect(other).toBeDefined();
  const ids = [...page.text.matchAll(/name="sessionId" value="([^"]+)"/g)].map(([, id]) => String(id));
  for (const sessionId of ids) expect((await submit({ _do: 'revoke', sessionId })).status).toBe(303);
  expect((await elsewhere.get('/console')).status).toBe(303);
  expect((await person.get('/console')).status).toBe(200);
  const ended = await submit({ _do: 'revoke-all' });
  expect([ended.status, ended.headers.get('location')]).toEqual([303, '/sign-in']);
  expect((await person.get('/console')).status).toBe(303);
});
