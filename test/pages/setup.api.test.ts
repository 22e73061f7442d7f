import { expect, it, onTestFinished } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { mailChannel } from '../../engine/notifications/mail.ts';
import { sendBatch } from '../../engine/notifications/send.ts';
import { ensureFirstAdministrator } from '../../services/accounts/first-administrator.ts';
import { startMailServer } from '../notifications/mail-server.ts';
import { startTestApi, type Answered, type TestApi } from '../setup/api.ts';
import { visitor } from '../setup/pages/visitor.ts';

const NOW = parseInstant('2026-03-02T09:00:00+08:00');
const PASSWORD = 'a much better password';
const start = (options: Parameters<typeof startTestApi>[0] = {}): Promise<TestApi> =>
  startTestApi({ database: { machineClock: () => NOW }, ...options });

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const post = (api: TestApi, typed: Record<string, string>): Promise<Answered> =>
  api.call('POST', '/setup', {
    ...{ key: null, body: new URLSearchParams(typed).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://tender.test' },
  });

it('what an installation lacks before real use is found out, with who does it and where', async () => {
  await using api = await start();
  const administrator = await visitor(api, await api.member('administrator'));
  const before = await administrator.get('/console/setup');
  expect(textOf(before)).toMatch(/各方人员 待办 .*还没有：交易中心、管理办公室、行政监督部门、招标人（采购人）/);
  expect(textOf(before)).toMatch(/节假日日历 已齐备 .*已载入至 2026-12-31/);
  expect(textOf(before)).toMatch(/保管人 待办 .*公钥 0 \/ 3/);
  expect(textOf(before)).toMatch(/两名管理员 待办 .*现有 1 名/);
  expect(before.text).toContain('/console/do/post/accounts?back=%2Fconsole%2Fsetup');
  for (const role of ['office', 'supervisor', 'purchaser', 'administrator'] as const) await api.member(role);
  const centre = await visitor(api, await api.member('centre'));
  const after = textOf(await administrator.get('/console/setup'));
  expect(after).toMatch(/各方人员 已齐备/);
  expect(after).toMatch(/两名管理员 已齐备/);
  expect(textOf(await centre.get('/console/setup'))).toContain('开标室、评标室 待办');
  expect((await centre.get('/en/console/setup')).text).toContain('<html lang="en"');
  const room = { venue: '中心', name: '第一开标室', purposes: ['opening'], seats: '40' };
  await centre.submit('/console/do/post/rooms', room);
  expect(textOf(await centre.get('/console/setup'))).toContain('开标室、评标室 已齐备');
  // What the platform says of itself.
  expect(textOf(await administrator.get('/console/setup'))).toMatch(
    /平台时钟 正常 现在： 2026-03-02 周一 09:00 .*日志签名 还没有签名的树头.*管办分离 未发现冲突/,
  );
});

it('a new installation is set up on a page, whose form keeps what was typed, and which is closed afterwards', async () => {
  await using api = await start();
  const first = await ensureFirstAdministrator(api.db);
  const page = await api.call('GET', '/setup');
  expect([page.status, textOf(page)]).toEqual([200, expect.stringMatching(/首次设置.*设置码.*新密码.*中心名称/)]);
  expect(page.headers.get('cache-control')).toBe('no-store');
  const typed = {
    ...{ token: first?.setupToken ?? '', name: '王主任', newPassword: PASSWORD, again: PASSWORD },
    ...{ 'centre.name': '江夏区公共资源交易中心', 'centre.creditCode': '11110000mb1234567k' },
  };
  const differs = await post(api, { ...typed, again: 'another one' });
  expect([differs.status, differs.text.includes('id="f-again-error"')]).toEqual([422, true]);
  const half = await post(api, { ...typed, 'centre.creditCode': '' });
  expect([half.status, half.text.includes('id="f-centre-creditCode-error"')]).toEqual([422, true]);
  for (const kept of ['王主任', '江夏区公共资源交易中心', typed.token]) expect(half.text).toContain(`value="${kept}"`);
  expect(half.text).not.toContain(PASSWORD);

  const done = await post(api, typed);
  expect([done.status, done.headers.get('location')], textOf(done)).toEqual([303, '/console/setup']);
  const administrator = await visitor(api, { username: 'administrator', password: PASSWORD });
  const guide = await administrator.get('/console/setup');
  expect(textOf(guide)).toMatch(/交易中心的名称 已齐备 .*江夏区公共资源交易中心（11110000MB1234567K）/);
  // The site is called as the centre is, in its title and its head, in both languages.
  for (const path of ['/', '/en']) {
    const board = await api.call('GET', path);
    expect(board.text).toMatch(/<title>[^<]* · 江夏区公共资源交易中心<\/title>/);
    expect(board.text).toMatch(/class="site-name"[^>]*>江夏区公共资源交易中心</);
  }
  const closed = await api.call('GET', '/setup');
  expect([textOf(closed).includes('不再开放'), closed.text.includes('name="token"')]).toEqual([true, false]);
  expect((await post(api, typed)).text).not.toContain('name="token"');
  expect((await administrator.get('/setup')).headers.get('location')).toBe('/console/setup');
  expect((await api.call('GET', '/en/setup')).text).toContain('closed for good');
});

it('mail is tried by one that arrives: its code confirms the address', async () => {
  await using api = await start({ settings: { channels: ['mail'] } });
  const server = await startMailServer();
  onTestFinished(() => server.stop());
  const person = await visitor(api, await api.member('administrator'));
  const path = '/console/setup';
  expect(textOf(await person.get(path))).toMatch(/邮件 待办 .*还没有收到过测试邮件.*发送测试邮件/);
  const wrong = await person.submit(path, { _do: 'mail', address: 'nowhere' });
  expect([wrong.status, wrong.text.includes('id="f-address-error"')]).toEqual([422, true]);
  const sent = await person.submit(path, { _do: 'mail', address: 'wang@example.org' });
  expect([sent.status, textOf(sent)]).toEqual([200, expect.stringContaining('测试邮件即将发出')]);
  const typo = await person.submit(path, { _do: 'code', address: 'wang@example.org', code: '000000' });
  expect([typo.status, typo.text.includes('id="f-code-error"')]).toEqual([422, true]);
  const channel = mailChannel(server.settings);
  await sendBatch(api.db, channel, { publicUrl: 'http://tender.test' }, () => NOW);
  channel.close();
  const raw = server.received[0]?.raw ?? '';
  const body = Buffer.from(raw.split('\r\n\r\n')[1] ?? '', 'base64').toString() + raw;
  const code = /\b\d{6}\b/.exec(body.replace(/[\w-]+@/g, ''))?.[0] ?? '';
  const done = await person.submit(path, { _do: 'code', address: 'wang@example.org', code });
  expect([done.status, done.headers.get('location')]).toEqual([303, '/console/setup#mail']);
  expect(textOf(await person.get(path))).toMatch(/邮件 已齐备 .*测试邮件已到达 wang@example.org/);
});

it('each custodian is asked whether it answers', async () => {
  await using api = await start({
    deps: { custodiansRunning: async () => ({ centre: 1, purchaser: 0, supervisor: 1 }) },
  });
  const person = await visitor(api, await api.member('office'));
  expect(textOf(await person.get('/console/setup'))).toMatch(
    /交易中心：没有公钥，此刻应答 招标人（采购人）：没有公钥，没有应答/,
  );
});
