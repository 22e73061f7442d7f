import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES } from '../../domain/law/rulebook.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { handClock } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let api: TestApi;
let tender: string;

const page = (path: string): Promise<Answered> => api.call('GET', path);
const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  const suppliers: Member[] = [];
  for (const name of ['甲公司', '乙公司', '丙公司']) suppliers.push(await api.member('supplier', name));
  const who = await peopleOf(api, await api.member('purchaser', '江夏区教育局'), suppliers);
  ({ id: tender } = await played(api.db, clock, who, 'tendering', 'performance'));
});
afterAll(() => api[Symbol.asyncDispose]());

describe('the law', () => {
  it('lists every rule, and each has a page with its article, its words and where it is used', async () => {
    const list = await page('/law');
    for (const { id } of RULES) expect(list.text).toContain(`href="/law/${id}"`);
    const text = textOf(await page('/law/works-bid-prep-min'));
    expect(text).toContain('《招标投标法》第24条');
    expect(text).toContain('已核对原文');
    expect(text).toContain('公开招标');
    expect(text).toContain('不少于 20 日');
    expect(textOf(await page('/en/law/works-bid-prep-min'))).toContain('at least 20 days');
    expect((await page('/law/no-such-rule')).status).toBeGreaterThanOrEqual(400);
  });

  it('is searched by law, article and words', async () => {
    const found = await page(`/law?q=${encodeURIComponent('招标投标法24')}`);
    expect(found.text).toContain('/law/works-bid-prep-min');
    expect(found.text).not.toContain('/law/gp-bid-prep-min');
    expect(textOf(await page('/law?q=nothing-like-it'))).toContain('没有符合条件的规则');
  });
});

it('the calendar names each year with its source and its days', async () => {
  const text = textOf(await page('/calendar'));
  expect(text).toContain('2026 年');
  expect(text).toContain('国务院办公厅');
  expect(text).toContain('国庆节');
  expect((await page('/en/calendar')).status).toBe(200);
});

it('statistics are of what is published: amounts, savings, bidders after the opening, time between notices', async () => {
  const answer = await page('/statistics?year=2026');
  const text = textOf(answer);
  expect(text).toContain('项目数 1');
  expect(text).toContain('节约资金');
  expect(text).toContain('3 家');
  expect(text).toMatch(/招标公告 → 开标记录 .*\d+\.\d 天/);
  expect(answer.text).toContain('<svg class="chart"');
  expect(textOf(await page('/statistics?year=2024'))).toContain('项目数 0');
});

it('checking has its own script, and says what to do without one', async () => {
  const { text, headers } = await page('/verify');
  expect(text).toContain('<noscript>');
  expect(text).toMatch(/SHA-256 <code>[0-9a-f]{64}/);
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
  const scripts = [...text.matchAll(/<script type="module" src="([^"]+)"/g)].map(([, path]) => path as string);
  expect(scripts).toHaveLength(2);
  for (const script of scripts) expect((await page(script)).headers.get('content-type')).toContain('javascript');
  expect((await page('/')).text.match(/<script/g)).toHaveLength(1);
});

it('says who finds what where: bidders, verifiers, developers, operators', async () => {
  const { text } = await page('/about');
  for (const path of [
    '/seal',
    '/docs',
    '/openapi.json',
    '/.well-known/jwks.json',
    '/api/log/head',
    '/health',
    '/kaibiao.mjs',
  ])
    expect(text).toContain(`href="${path}"`);
});

it('search engines get a map of all public pages, and cards', async () => {
  const robots = await page('/robots.txt');
  expect(robots.text).toContain('Sitemap: http://tender.test/sitemap.xml');
  const map = await page('/sitemap.xml');
  expect(map.headers.get('content-type')).toContain('application/xml');
  expect(map.text).toContain(`<loc>http://tender.test/tenders/${tender}</loc>`);
  expect(map.text).toContain(`http://tender.test/en/tenders/${tender}`);
  const { text } = await page(`/tenders/${tender}`);
  expect(text).toMatch(/<meta property="og:title" content="[^"]+"/);
  expect(text).toContain(`<link rel="canonical" href="http://tender.test/tenders/${tender}"`);
});
