import { expect, it } from 'vitest';
import { startTestApi, TEST_PASSWORD, type Answered } from '../setup/api.ts';
import { visitor } from '../setup/pages/visitor.ts';

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const hidden = ({ text }: Answered, name: string): string | undefined =>
  new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(text)?.[1];

it('a form that weighs most is kept while the password is asked for, and then goes on', async () => {
  let now = Date.now();
  await using api = await startTestApi({ deps: { realNow: () => now } });
  const other = await api.member('purchaser');
  const person = await visitor(api, await api.member('administrator'));
  const path = `/console/do/post/accounts/${other.accountId}/password`;
  const typed = { access: 'one-time-password', note: '“二”\r\n<b>三' };
  now += 11 * 60_000;

  const asked = await person.submit(path, typed, { key: 'of-the-form' });
  expect(asked.status).toBe(403);
  expect(textOf(asked)).toMatch(/请确认是您本人.*距上次输入密码或验证码已超过 10 分钟.*要办理的事项： 重置密码/);
  expect([hidden(asked, 'access'), hidden(asked, '_key')]).toEqual(['one-time-password', 'of-the-form']);
  expect(hidden(asked, 'note')?.replaceAll('&quot;', '"').replaceAll('&lt;', '<')).toBe(typed.note);
  expect(asked.text).toContain(`action="${path}"`);
  expect(asked.text).toContain('data-guard="changed"');

  const kept = { ...typed, _act: '重置密码' };
  const wrong = await person.submit(path, { ...kept, _password: 'not this one' }, { key: 'of-the-form' });
  expect([wrong.status, textOf(wrong)]).toEqual([401, expect.stringContaining('密码不正确')]);
  expect([hidden(wrong, 'access'), wrong.text.includes('not this one')]).toEqual(['one-time-password', false]);

  const forged = await person.submit(path, { ...kept, _password: TEST_PASSWORD }, { token: 'another' });
  expect([forged.status, textOf(forged)]).toEqual([403, expect.stringContaining('未能办理')]);

  const done = await person.submit(path, { ...kept, _password: TEST_PASSWORD }, { key: 'of-the-form' });
  expect([done.status, textOf(done)], textOf(done)).toEqual([200, expect.stringContaining('已办理：重置密码')]);
  expect(textOf(done)).toMatch(/密码重置 申请时间/);
  // For a while it is not asked for again.
  expect((await person.submit(path, typed)).status).toBe(200);
  expect(api.log()).not.toContain(TEST_PASSWORD);
});

it('in English, and for who has codes, it offers both', async () => {
  let now = Date.now();
  await using api = await startTestApi({ deps: { realNow: () => now } });
  const person = await visitor(api, await api.member('supplier'));
  now += 11 * 60_000;
  const asked = await person.submit('/en/console/account', { _do: 'revoke-all' }, { from: '/en/console/account' });
  expect([asked.status, textOf(asked)]).toEqual([403, expect.stringContaining('Confirm that it is you')]);
  expect(asked.text).toContain('action="/en/console/account"');
  expect([asked.text.includes('name="_password"'), asked.text.includes('name="_oneTimeCode"')]).toEqual([true, false]);
});
