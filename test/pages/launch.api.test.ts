import { afterAll, beforeAll, expect, it } from 'vitest';
import { PREPARABLE_ACT_NAMES } from '../../domain/prepared-acts/acts.ts';
import { colleagueOf } from '../prepared-acts/colleague.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

const clock = handClock('2026-03-01T12:00+08:00');
let api: TestApi;
let member: Member;
let clerk: Visitor;
beforeAll(async () => {
  api = await startTestApi({
    settings: { secondPerson: new Set(PREPARABLE_ACT_NAMES) },
    database: { machineClock: clock.read },
    deps: { realNow: () => Date.now() },
  });
  member = await api.member('purchaser', '江夏区教育局');
  clerk = await visitor(api, member);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const valueOf = ({ text }: Answered, name: string): string | undefined =>
  new RegExp(`<input[^>]*value="([^"]*)"[^>]*name="${name}"`).exec(text)?.[1];

const FIRST = {
  ...{ title: '某区中学教学楼工程', regime: 'tendering', kind: 'works', procedure: 'open-tender' },
  ...{ budgetFen: '100万元', contentZh: '教学楼一栋。', noticeAt: '2026-03-02T09:00' },
};
const DATES = {
  ...{ noticeAt: '2026-03-02T09:00', documentsFrom: '2026-03-02T09:00', documentsUntil: '2026-03-09T17:00' },
  ...{ bidDeadline: '2026-03-12T09:30', bidValidityDays: '90' },
};

/** Fills in a step as it is shown, and sends it. */
async function fill(id: string, step: string, typed: Record<string, string>): Promise<Answered> {
  const path = `/console/launch/${id}?step=${step}`;
  const etag =
    valueOf(await clerk.get(path), '_etag') ?? /name="_etag" value="([^"]*)"/.exec((await clerk.get(path)).text)?.[1];
  return clerk.submit(path, { _etag: (etag ?? '').replaceAll('&quot;', '"'), ...typed });
}

async function begun(change: Record<string, string> = {}): Promise<string> {
  const made = await clerk.submit('/console/launch', { ...FIRST, ...change });
  const [, id = ''] =
    /^\/console\/launch\/([0-9a-f-]{36})\?step=parties$/.exec(made.headers.get('location') ?? '') ?? [];
  expect([made.status, id], textOf(made)).toEqual([303, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  return id;
}

it('the first step is kept as a draft; what cannot be read is shown again with its reason', async () => {
  const wrong = await clerk.submit('/console/launch', { ...FIRST, budgetFen: '一百多万', title: '食堂<b>' });
  expect(wrong.status).toBe(422);
  expect([wrong.text.includes('value="一百多万"'), wrong.text.includes('食堂<b>')]).toEqual([true, false]);
  expect(wrong.text).toMatch(/id="f-budgetFen"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="f-budgetFen"/);
  expect(wrong.text).toContain('data-guard="changed"');
  const id = await begun();
  const step = await clerk.get(`/console/launch/${id}?step=what`);
  expect(step.text).toContain('value="1000000"');
  expect(textOf(step)).toContain('大写：人民币壹佰万元整');
  expect(textOf(await clerk.get('/console/launch'))).toContain('某区中学教学楼工程');
});

it('all violations stand beside their fields, and one click sets the earliest lawful date', async () => {
  const id = await begun();
  await fill(id, 'dates', DATES);
  const page = await clerk.get(`/console/launch/${id}?step=dates`);
  const [, value = ''] = /name="_set" value="bidDeadline=([^"]*)"/.exec(page.text) ?? [];
  expect(value).toMatch(/^2026-03-2\dT00:00$|^2026-03-2\dT\d\d:\d\d$/);
  expect(textOf(page)).toMatch(/改为最早的合法时间 2026-03-2\d/);
  expect(page.text).toMatch(/id="f-bidDeadline"[^>]*aria-invalid="true"/);
  const set = await fill(id, 'dates', { ...DATES, _set: `bidDeadline=${value}` });
  expect(set.headers.get('location')).toBe(`/console/launch/${id}?step=dates`);
  const after = await clerk.get(`/console/launch/${id}?step=dates`);
  expect(after.text).not.toContain('name="_set" value="bidDeadline=');
  expect(valueOf(after, 'bidDeadline')).toBe(value);
});

it('the timeline moves with what is typed, by the script and by a button, and nothing of it is kept', async () => {
  const id = await begun();
  const token = await clerk.token();
  const typed = { ...DATES, bidDeadline: '2026-05-11T09:30' };
  const part = await clerk.submit(`/console/launch/${id}/plan?step=dates`, typed, { token });
  expect([part.status, part.text.startsWith('<!doctype')]).toEqual([200, false]);
  expect(part.text).toContain('<svg class="timeline"');
  expect(textOf(part)).toContain('2026-05-11 周一 09:30');
  const page = await clerk.submit(`/console/launch/${id}?step=dates`, { ...typed, _preview: '1' });
  expect(page.text).toContain('value="2026-05-11T09:30"');
  expect(textOf(page)).toContain('2026-05-11 周一 09:30');
  expect((await member.call('GET', `/api/procurements/${id}`)).get('bidDeadline')).toBeNull();
});

it('keeps what is good of a step although some of it cannot be read', async () => {
  const id = await begun();
  const answered = await fill(id, 'dates', { ...DATES, bidValidityDays: '约三个月' });
  expect([answered.status, answered.text.includes('value="约三个月"')]).toEqual([422, true]);
  expect(textOf(answered)).toContain('其余内容已保存');
  expect(valueOf(await clerk.get(`/console/launch/${id}?step=dates`), 'documentsUntil')).toBe('2026-03-09T17:00');
});

it('overwrites nobody’s change in between, and loses nothing that was typed', async () => {
  const id = await begun();
  const stale = await clerk.submit(`/console/launch/${id}?step=dates`, { ...DATES, _etag: '"99"' });
  expect([stale.status, textOf(stale)]).toEqual([412, expect.stringContaining('草稿已被他人修改')]);
  expect(stale.text).toContain('value="2026-03-12T09:30"');
});

it('parties are chosen by name', async () => {
  await api.member('agency', '武汉诚信招标代理有限公司');
  const id = await begun();
  const found = await clerk.submit(`/console/launch/${id}?step=parties`, {
    '_q:agencyId': '诚信招标',
    _find: 'agencyId',
  });
  const [, agencyId = ''] = /<option value="([0-9a-f-]{36})"[^>]*>武汉诚信招标代理有限公司/.exec(found.text) ?? [];
  expect(agencyId).not.toBe('');
  await fill(id, 'parties', { purchaserId: member.organisationId, agencyId });
  const again = await clerk.get(`/console/launch/${id}?step=parties`);
  expect(again.text).toMatch(new RegExp(`value="${agencyId}" selected`));
  const listed = await clerk.get(
    `/console/organisations/named?${new URLSearchParams({ '_q:agencyId': '诚信' }).toString()}`,
  );
  expect(listed.text).toContain('武汉诚信招标代理有限公司');
});

it('a scheme begins with a template; its sum is shown, and each item has the fields of its kind', async () => {
  const id = await begun();
  await clerk.submit(
    `/console/launch/${id}/scheme/1`,
    { 'template-1': 'comprehensive' },
    { from: `/console/launch/${id}?step=scheme` },
  );
  const page = await clerk.get(`/console/launch/${id}/scheme/1`);
  expect([page.status, textOf(page)]).toEqual([200, expect.stringMatching(/合计与总分一致：合计 100，应为总分 100/)]);
  expect(textOf(page)).toMatch(/技术 40 商务 10 价格 50/);
  const typed = fieldsOf(page.text);
  expect(typed['scheme.criteria[0].points']).toBeDefined();
  const more = { ...typed, 'scheme.criteria[0].points': '99' };
  const changed = await clerk.submit(`/console/launch/${id}/scheme/1`, { ...more, _refresh: '1' });
  expect(textOf(changed)).toContain('合计与总分不一致');
  const kept = await clerk.submit(`/console/launch/${id}/scheme/1`, {
    ...typed,
    'scheme.criteria[0].nameZh': '改名的评分项',
  });
  expect([kept.status, kept.headers.get('location')], textOf(kept)).toEqual([
    303,
    `/console/launch/${id}/scheme/1?kept=1`,
  ]);
  const stored = await member.call('GET', `/api/procurements/${id}/lots/1/scheme`);
  expect(stored.get('scheme.criteria.0.nameZh')).toBe('改名的评分项');
});

it('is launched once nothing is unlawful, by one person and confirmed by another', async () => {
  const id = await begun();
  const particulars = Object.fromEntries(
    Object.entries({ ...PARTICULARS_TOLD, ceilingPriceFen: '990000' }).map(([key, value]) => [
      `particulars.${key}`,
      String(value),
    ]),
  );
  await fill(id, 'particulars', particulars);
  await fill(id, 'dates', { ...DATES, bidDeadline: '2026-04-01T09:30' });
  await clerk.submit(`/console/launch/${id}/scheme/1`, { 'template-1': 'comprehensive' });
  const early = await clerk.get(`/console/launch/${id}?step=check`);
  expect(textOf(early)).toContain('不合法，不能发起');
  expect(early.text).not.toContain(`action="/console/launch/${id}/launch"`);
  await uploaded(id);
  const ready = await clerk.get(`/console/launch/${id}?step=check`);
  expect(textOf(ready), textOf(ready)).toContain('没有不合法之处，可以发起。');
  const launched = await clerk.submit(`/console/launch/${id}/launch`, {});
  const to = launched.headers.get('location') ?? '';
  expect(to).toMatch(/^\/console\/prepared\/[0-9a-f-]{36}$/);
  const own = await clerk.get(to);
  expect(own.text).not.toContain('/confirmation"');
  const second = await visitor(api, await colleagueOf(api, member, '李四'));
  expect((await second.get('/console')).text).toContain(`href="${to}"`);
  const page = await second.get(to);
  expect(textOf(page)).toMatch(/某区中学教学楼工程.*待复核/);
  const unread = await second.submit(`${to}/withdrawal`, { reasonZh: '' });
  expect([unread.status, unread.text.includes('aria-invalid="true"')]).toEqual([422, true]);
  await second.submit(`${to}/confirmation`, {});
  expect(textOf(await second.get(to))).toContain('已复核生效');
  expect((await member.call('GET', `/api/procurements/${id}`)).get('stage')).toBe('launched');
  expect(textOf(await clerk.get(`/console/launch/${id}?step=dates`))).toContain('该项目已发起');
  expect(textOf(await second.get('/console/prepared'))).toMatch(/发起项目.*已复核生效/);
});

it('an earlier procurement is copied into a new draft', async () => {
  const id = await begun({ title: '往年项目' });
  const copied = await clerk.submit('/console/launch/copy', { from: id, copiedNoticeAt: '2026-04-02T09:00' });
  expect(copied.headers.get('location')).toMatch(/^\/console\/launch\/[0-9a-f-]{36}\?step=what$/);
  expect((await clerk.get(copied.headers.get('location') ?? '')).text).toContain('value="往年项目（副本）"');
});

/** What a form would send as it is shown. */
function fieldsOf(html: string): Record<string, string> {
  const typed: Record<string, string> = {};
  const decoded = (text: string): string =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const named = (tag: string): string => /name="([^"]*)"/.exec(tag)?.[1] ?? '';
  for (const [tag] of html.matchAll(/<input[^>]*>/g))
    if (named(tag).startsWith('scheme') && (!tag.includes('type="checkbox"') || / checked/.test(tag)))
      typed[named(tag)] = decoded(/value="([^"]*)"/.exec(tag)?.[1] ?? '');
  for (const [, tag = '', text = ''] of html.matchAll(/(<textarea[^>]*>)([^]*?)<\/textarea>/g))
    if (named(tag).startsWith('scheme')) typed[named(tag)] = decoded(text);
  for (const [, tag = '', options = ''] of html.matchAll(/(<select[^>]*>)([^]*?)<\/select>/g))
    if (named(tag).startsWith('scheme'))
      typed[named(tag)] =
        /value="([^"]*)" selected|selected value="([^"]*)"/.exec(options)?.slice(1).find(Boolean) ?? '';
  return typed;
}

/** The tender documents, as a browser sends a file. */
async function uploaded(id: string): Promise<void> {
  const form = new FormData();
  form.set('_token', await clerk.token());
  form.set('_key', crypto.randomUUID());
  form.set('_file', new Blob(['招标文件'], { type: 'application/pdf' }), '招标文件.pdf');
  const request = new Request(`${api.url}/console/launch/${id}/documents`, { method: 'POST', body: form });
  const sent = await api.call('POST', `/console/launch/${id}/documents`, {
    key: null,
    body: new Uint8Array(await request.arrayBuffer()),
    headers: {
      'content-type': request.headers.get('content-type') ?? '',
      cookie: clerk.cookie,
      origin: 'http://tender.test',
    },
  });
  expect([sent.status, sent.headers.get('location')], textOf(sent)).toEqual([
    303,
    `/console/launch/${id}?step=documents`,
  ]);
  expect(textOf(await clerk.get(`/console/launch/${id}?step=documents`))).toContain('招标文件.pdf');
}
