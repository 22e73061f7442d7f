import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type Answered, type TestApi } from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

let api: TestApi;
let purchaser: Visitor;
beforeAll(async () => {
  api = await startTestApi();
  purchaser = await visitor(api, await api.member('purchaser', '江夏区教育局'));
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('a page of the console', () => {
  it('leads to the sign-in, and back', async () => {
    const { status, headers } = await api.call('GET', '/console/tenders?cursor=');
    expect([status, headers.get('location')]).toEqual([303, '/sign-in?next=%2Fconsole%2Ftenders%3Fcursor%3D']);
    const english = await api.call('GET', '/en/console');
    expect(english.headers.get('location')).toBe('/en/sign-in?next=%2Fconsole');
  });

  it('says for whom one acts, is kept by nobody, and runs no script of anybody else', async () => {
    const page = await purchaser.get('/console');
    expect(page.status).toBe(200);
    expect(textOf(page)).toContain('江夏区教育局（招标人（采购人））');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(page.text).not.toMatch(/ style=| on\w+=/);
    expect((await purchaser.get('/en/console')).text).toContain('<html lang="en"');
  });

  it('has a form for every act: what was typed stays, each error stands beside its field', async () => {
    const typed = { title: '<script>alert(1)</script>', budgetFen: '125万元', noticeAt: '2026-04-01T09:00' };
    const page = await purchaser.submit('/console/do/post/procurements', typed);
    expect(page.status).toBe(422);
    expect(page.text).toContain('value="125万元"');
    expect(page.text).toContain('value="2026-04-01T09:00"');
    expect(page.text).not.toContain('<script>alert');
    expect(textOf(page)).toContain('采购内容：必填');
    expect(page.text).toMatch(/id="f-contentZh"[^>]*aria-invalid="true"/);
  });

  it('does the act, in yuan and civil time, once however often the form is sent', async () => {
    const typed = {
      ...{ title: '学校食堂设备', regime: 'government', procedure: 'open-tender', kind: 'goods', budgetFen: '500万' },
      ...{ contentZh: '厨房设备一批', noticeAt: '2027-03-01T09:00', bidDeadline: '2027-03-29T09:30' },
      ...{ 'lots[0].no': '1', 'lots[0].title': '厨房设备', 'lots[0].budgetFen': '5,000,000.00' },
    };
    const once = await purchaser.submit('/console/do/post/procurements', typed, { key: 'form-1' });
    expect([once.status, textOf(once)]).toEqual([200, expect.stringContaining('已办理')]);
    await purchaser.submit('/console/do/post/procurements', typed, { key: 'form-1' });
    const list = await purchaser.get('/console/tenders');
    expect(list.text.match(/学校食堂设备/g)).toHaveLength(1);
    const [, tender] = /\/console\/tenders\/([0-9a-f-]{36})/.exec(list.text) ?? [];
    const page = await purchaser.get(`/console/tenders/${tender}`);
    expect(textOf(page)).toContain('5,000,000 元（500 万元）');
    expect(page.text).toContain(`/console/do/post/procurements/${tender}/launch`);
  });

  it('adds and removes rows without a script', async () => {
    const two = await purchaser.submit('/console/do/post/procurements', { _add: 'lots', 'lots[0].title': '甲' });
    expect(two.text).toContain('name="lots[1].title"');
    expect(two.text).toContain('value="甲"');
    const one = await purchaser.submit('/console/do/post/procurements', {
      ...{ _remove: 'lots[0]', 'lots[0].title': '甲', 'lots[1].title': '乙' },
    });
    expect(one.text).not.toContain('name="lots[1].title"');
    expect(one.text).toMatch(/value="乙"[^>]*name="lots\[0\]\.title"/);
  });

  it('takes no form of another site, and none without the token of its session', async () => {
    const elsewhere = { headers: { origin: 'http://evil.test' } };
    expect((await purchaser.submit('/console/do/post/procurements', {}, elsewhere)).status).toBe(403);
    const rival = await visitor(api, await api.member('purchaser'));
    const token = await rival.token();
    expect((await purchaser.submit('/console/do/post/procurements', {}, { token })).status).toBe(403);
    expect((await purchaser.submit('/console/do/post/procurements', {}, { token: '' })).status).toBe(403);
  });

  it('shows what the API says in words, and a refusal as a page', async () => {
    expect(textOf(await purchaser.get('/console/read/sessions'))).toContain('是否当前会话');
    const refused = await purchaser.get('/console/read/accounts');
    expect([refused.status, textOf(refused)]).toEqual([403, expect.stringContaining('您的角色无此权限')]);
    expect((await purchaser.get('/console/do/post/nothing')).status).toBe(404);
  });

  it('goes back to our own pages only', async () => {
    const page = await purchaser.get('/console/do/post/procurements?back=//evil.test/');
    expect(page.text).not.toMatch(/(?:href|action)="(?:https?:)?\/\//);
  });

  it('ends with the session', async () => {
    const short = await visitor(api, await api.member('supplier'));
    const left = await short.submit('/sign-out', {}, { from: '/console' });
    expect([left.status, left.headers.get('location')]).toEqual([303, '/']);
    expect((await short.get('/console')).status).toBe(303);
  });
});
