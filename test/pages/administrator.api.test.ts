import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, TEST_PASSWORD, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';
import { EXAMPLE_2027, EXAMPLE_SOURCE } from '../setup/example-year.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';
import { handClock } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-02T09:00:00+08:00');
let api: TestApi;
let administrator: Member;
let clerk: Visitor;
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: () => Date.now() } });
  administrator = await api.member('administrator');
  clerk = await visitor(api, administrator);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const firstOf = async (path: string, key: string): Promise<string> =>
  String((await administrator.call('GET', path)).get(key));

it('an organisation is found by its name, and its standing is changed from what it is, not from nothing', async () => {
  await administrator.call('POST', '/api/organisations', {
    json: { name: '江夏区政务局', creditCode: creditCodeFrom(7001) },
  });
  const given = { name: '江夏区交易中心', creditCode: creditCodeFrom(7002), duties: ['centre'] };
  await administrator.call('POST', '/api/organisations', { json: given });
  const above = await firstOf(`/api/organisations/look-up?q=${encodeURIComponent('江夏区政务局')}`, 'items.0.id');
  const id = await firstOf(`/api/organisations/look-up?q=${encodeURIComponent('江夏区交易中心')}`, 'items.0.id');

  const found = await clerk.get(`/console/organisations?q=${encodeURIComponent('交易中心')}`);
  expect(textOf(found)).toMatch(/江夏区交易中心 .*交易中心/);
  expect(textOf(found)).not.toContain('江夏区政务局');
  const page = await clerk.get(`/console/organisations/${id}`);
  expect(page.text).toContain(`/console/do/put/organisations/${id}/standing`);

  const form = `/console/do/put/organisations/${id}/standing?back=/console/organisations`;
  const shown = await clerk.get(form);
  expect(shown.text).toMatch(/name="duties" value="centre" checked/);
  expect(shown.text).not.toMatch(/name="duties" value="purchaser" checked/);
  const sent = await clerk.submit(form, { 'identity.nature': 'venue', 'identity.level': 'district', reportsTo: above });
  expect(sent.status, textOf(sent)).toBe(200);
  expect((await administrator.call('GET', `/api/organisations/${id}`)).body).toMatchObject({
    identity: { nature: 'venue', level: 'district' },
    duties: null,
    reportsTo: above,
  });
  expect((await clerk.get(form)).text).toMatch(new RegExp(`<option value="${above}" selected[^>]*>江夏区政务局`));
  expect(textOf(await clerk.get(`/console/organisations/${id}`))).toMatch(/职责 不限 .*隶属 江夏区政务局/);
});

it('names are corrected from what they are; where there are people, the page says who confirms it', async () => {
  const purchaser = await api.member('purchaser', '江夏区教育局');
  const form = `/console/do/post/organisations/${purchaser.organisationId}/corrections?back=/console/organisations`;
  const shown = await clerk.get(form);
  expect(shown.text).toContain('value="江夏区教育局"');
  const sent = await clerk.submit(form, { name: '江夏区教育和体育局', reasonZh: '机构改革' });
  expect(sent.status, textOf(sent)).toBe(200);
  const page = textOf(await clerk.get(`/console/organisations/${purchaser.organisationId}`));
  expect(page).toMatch(/更正待该机构的人员确认.*江夏区教育和体育局.*机构改革 待该机构人员确认/);
});

it('accounts are searched by user name, name and organisation', async () => {
  const agency = await api.member('agency', '诚信招标代理');
  const listed = async (q: string) => (await clerk.get(`/console/accounts?q=${encodeURIComponent(q)}`)).text;
  for (const q of [agency.username, agency.username.toUpperCase(), '诚信'])
    expect(await listed(q), q).toContain(`/console/accounts/${agency.accountId}`);
  expect(await listed('没有此人')).toContain('没有这样的账号');
  expect(await listed('%')).toContain('没有这样的账号');
  expect((await clerk.get('/console')).text).toContain('href="/console/accounts"');
});

it('an account is disabled and enabled, and its page says so', async () => {
  const owner = await api.member('supplier');
  const path = `/console/accounts/${owner.accountId}`;
  const from = { from: path };
  expect(textOf(await clerk.submit(path, { _do: 'disable' }, from))).toMatch(/已办理.*已停用，自/);
  expect((await api.signIn(owner.username, TEST_PASSWORD)).status).toBe(401);
  expect(textOf(await clerk.submit(path, { _do: 'enable' }, from))).toMatch(/状态 在用/);
  expect((await api.signIn(owner.username, TEST_PASSWORD)).status).toBe(200);
  const own = `/console/accounts/${administrator.accountId}`;
  const last = await clerk.submit(own, { _do: 'disable' }, { from: own });
  expect([last.status, /未能办理/.test(last.text)]).toEqual([409, true]);
  expect((await clerk.submit(path, { _do: 'disable' }, { token: 'forged' })).status).toBe(403);
});

it('a reset waits, is completed by another administrator after it, and its link is shown once', async () => {
  const owner = await api.member('supplier');
  const path = `/console/accounts/${owner.accountId}`;
  // Its owner has a password of its own.
  const changed = { currentPassword: TEST_PASSWORD, newPassword: 'correct horse battery' };
  expect((await owner.call('POST', '/api/session/password', { json: changed })).status).toBe(200);
  const asked = await clerk.submit(path, { _do: 'reset', access: 'link' }, { from: path });
  expect(textOf(asked)).toMatch(/已申请重置密码.*您本人.*最早完成时间 2026-03-03 周二 09:00.*须由另一名管理员完成/);
  expect(asked.text).not.toContain('value="complete-reset"');

  const other = await visitor(api, await api.member('administrator'));
  // It is due for another administrator, and not for whoever requested it.
  const due = new RegExp(`待我复核 自此时起可以完成密码重置：${owner.username} .*2026-03-03 周二 09:00`);
  const begins = await other.get('/console');
  expect(textOf(begins)).toMatch(due);
  expect(begins.text).toContain(`href="${path}"`);
  expect(textOf(await other.get('/en/console'))).toContain(
    `From now on the reset of a password can be completed: ${owner.username}`,
  );
  expect((await other.get('/console/due.ics')).text).toContain('DTSTART:20260303T010000Z');
  expect(textOf(await clerk.get('/console'))).not.toContain('密码重置');
  expect(textOf(await other.get(path))).toContain('等候期未满，现在不能完成');
  const early = await other.submit(path, { _do: 'complete-reset' }, { from: path });
  expect([early.status, /未能办理/.test(early.text)]).toEqual([409, true]);
  clock.step(25 * 3_600_000);
  const done = await other.submit(path, { _do: 'complete-reset', access: 'link' }, { from: path });
  expect(textOf(done)).toMatch(/只显示这一次.*\/invitation#/);
  expect((await other.get(path)).text).not.toContain('/invitation#');
  expect(textOf(await other.get('/console'))).not.toContain('密码重置');
});

it('a registration is confirmed, or refused with a reason that stands beside its field where it is missing', async () => {
  const register = (name: string, code: number) =>
    api.call('POST', '/api/registrations', {
      json: { name, creditCode: creditCodeFrom(code), contact: '王小明', telephone: '027-1' },
      key: null,
    });
  await register('甲建设有限公司', 8001);
  await register('乙建设有限公司', 8001);
  await register('丙建设有限公司', 8003);
  const path = '/console/registrations';
  expect((await clerk.get('/console')).text).toContain(`href="${path}"`);
  const page = await clerk.get(path);
  expect(textOf(page)).toMatch(/甲建设有限公司.*另有 1 个待确认的注册用同一代码/);
  const idOf = async (name: string): Promise<string> => {
    const items = (await administrator.call('GET', '/api/registrations')).get('items') as {
      id: string;
      name: string;
    }[];
    return items.find((each) => each.name === name)?.id ?? '';
  };
  const registrationId = await idOf('乙建设有限公司');
  const empty = await clerk.submit(
    path,
    { _do: 'refuse', registrationId, [`reasonZh-${registrationId}`]: '' },
    { from: path },
  );
  expect([empty.status, empty.text.includes(`id="f-reasonZh-${registrationId}-error"`)]).toEqual([422, true]);
  const refused = await clerk.submit(
    path,
    { _do: 'refuse', registrationId, [`reasonZh-${registrationId}`]: '名称与营业执照不符' },
    { from: path },
  );
  expect(textOf(refused)).toContain('未予确认，理由已告知申请人：乙建设有限公司');
  const confirmed = await clerk.submit(
    path,
    { _do: 'confirm', registrationId: await idOf('甲建设有限公司') },
    { from: path },
  );
  expect(textOf(confirmed)).toContain('已确认：甲建设有限公司');
  expect(textOf(await clerk.get(`${path}?state=refused`))).toContain('名称与营业执照不符');
  expect(textOf(await clerk.get(path))).toMatch(/丙建设有限公司/);
});

// 1 January 2027 is a Friday; of the made-up notice 31 January, a Sunday, is worked.
it('the office sees what a year of holidays changes, by the day, before it is imported', async () => {
  const office = await visitor(api, await api.member('office'));
  const path = '/console/calendar';
  const from = { from: path };
  const typed = { file: EXAMPLE_2027, sourceZh: EXAMPLE_SOURCE, url: '', correct: 'false' };
  const preview = await office.submit(path, { _do: 'preview', ...typed }, from);
  expect(textOf(preview)).toMatch(/预览：2027 年.*新导入的年份.*2027-01-01 周五 元旦 未知 休息日/);
  expect(textOf(preview)).toMatch(/2027-01-31 周日 未知 工作日/);
  expect(textOf(preview)).not.toContain('2027-01-04');
  expect((await api.call('GET', '/api/calendar')).get('horizon.to')).toBe('2026-12-31');
  const wrong = await office.submit(path, { _do: 'preview', ...typed, file: '不是通知' }, from);
  expect([wrong.status, wrong.text.includes('不是通知</textarea>')]).toEqual([422, true]);
  const imported = await office.submit(path, { _do: 'import', ...typed }, from);
  expect(textOf(imported)).toContain('已导入，在办项目的期限随即重新计算');
  expect((await api.call('GET', '/api/calendar')).get('horizon.to')).toBe('2027-12-31');
  const again = await office.submit(path, { _do: 'preview', ...typed }, from);
  expect(textOf(again)).toContain('与已载入的相同，无须导入');
  expect(again.text).not.toContain('value="import"');
  const shown = await clerk.get(path);
  expect(textOf(shown)).toMatch(/2027 .*放假安排由管理办公室导入/);
  expect(shown.text).not.toContain('name="file"');
});

it('custodians: their keys, and for who supervises what they have answered', async () => {
  const page = textOf(await clerk.get('/console/custodians'));
  expect(page).toMatch(/三方公钥未齐.*交易中心 尚无有效公钥.*各项目的答复由监管部门查看/);
  const office = await visitor(api, await api.member('office'));
  const own = await office.get('/console/custodians');
  expect(own.text).toContain('/console/do/post/custodians');
  expect(textOf(own)).toContain('现在没有须保管人确认的项目');
});
