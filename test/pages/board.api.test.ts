import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';

const now = parseInstant('2026-03-10T10:00:00+08:00');
let api: TestApi;
let school: Member;
let hospital: Member;
const ids: Record<string, string> = {};

beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: () => now } });
  school = await api.member('purchaser', '江夏区教育局');
  hospital = await api.member('purchaser', '江夏区人民医院');
  const by = { purchaserId: school.organisationId };
  ids.draft = await tenderAt(api.db, 'draft', draftOf(by, { title: '尚未公告的项目' }));
  ids.bidding = await tenderAt(
    api.db,
    'bidding',
    draftOf(by, { particulars: { ...PARTICULARS_TOLD, projectNumber: 'JX-2026-0042' } }),
  );
  ids.ended = await tenderAt(
    api.db,
    'terminated',
    draftOf(
      { purchaserId: hospital.organisationId },
      {
        ...{ title: '=门诊楼改造工程', budgetFen: 4_000_000_00 },
        noticeAt: parseInstant('2026-01-05T09:00:00+08:00'),
        lots: [{ no: 1, title: '施工', budgetFen: 4_000_000_00, bidBondFen: null }],
      },
    ),
  );
});
afterAll(() => api[Symbol.asyncDispose]());

const page = (path: string): Promise<Answered> => api.call('GET', path);
const textOf = ({ text }: Answered): string =>
  text
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#x27;|&quot;/g, '"')
    .replace(/\s+/g, ' ');

describe('the public board', () => {
  it('lists what is announced, latest first, to everybody, in both languages', async () => {
    const board = await page('/');
    expect(board.status).toBe(200);
    expect(board.headers.get('cache-control')).toBe('public, no-cache');
    const text = textOf(board);
    expect(text.indexOf('某区中学教学楼工程')).toBeLessThan(text.indexOf('=门诊楼改造工程'));
    expect(text).not.toContain('尚未公告的项目');
    const english = await page('/en');
    expect(english.text).toContain('<html lang="en"');
    expect(textOf(english)).toContain('open for bids');
    expect(english.text).toContain(`href="/en/tenders/${ids.bidding}"`);
  });

  it('is the same for who is signed in', async () => {
    const signedIn = await school.call('GET', '/');
    expect(signedIn.text).toBe((await page('/')).text);
  });

  it.each([
    ['by number', 'q=JX-2026-0042'],
    ['by part of the number', 'q=2026-0042'],
    ['by name', `q=${encodeURIComponent('教学楼')}`],
    ['by company', `q=${encodeURIComponent('教育局')}`],
    ['by purchaser', `purchaser=${encodeURIComponent('教育')}`],
    ['by stage', 'stage=bidding'],
    ['by date', 'from=2026-03-02&until=2026-03-02'],
    ['by amount', 'most=100'],
  ])('finds a procurement %s', async (_, query) => {
    const text = textOf(await page(`/?${query}`));
    expect(text).toContain('某区中学教学楼工程');
    expect(text).not.toContain('门诊楼');
  });

  it('filters by what no index knows, and says where nothing fits', async () => {
    expect(textOf(await page('/?least=200'))).toContain('门诊楼');
    expect(textOf(await page('/?kind=goods&procedure=open-tender'))).toContain('没有符合条件的');
    expect(textOf(await page('/?regime=tendering&least=1000000'))).toContain('没有符合条件的');
  });

  it('finds nothing by a name of a supplier who only bids, or by what is not announced', async () => {
    await api.member('supplier', '某建筑公司');
    expect(textOf(await page(`/?q=${encodeURIComponent('某建筑公司')}`))).toContain('没有符合条件的');
    expect(textOf(await page(`/?q=${encodeURIComponent('尚未公告')}`))).toContain('没有符合条件的');
  });

  it('keeps what was typed, and says what could not be read', async () => {
    const { text } = await page('/?q=%3Cscript%3E&from=yesterday&least=many');
    expect(text).not.toContain('<script>');
    expect(textOf({ text } as Answered)).toContain('有的条件不能识别');
    expect(text).toContain('value="many"');
  });

  it('has the sections that users know, each with what is in it', async () => {
    const text = textOf(await page('/'));
    for (const name of [
      '招标计划',
      '招标公告',
      '变更',
      '开标安排',
      '开标记录',
      '候选人公示',
      '结果',
      '合同',
      '异常',
      '投诉处理',
      '公开文件',
    ])
      expect(text).toContain(name);
    expect(textOf(await page('/?list=openings'))).toContain('某区中学教学楼工程');
    expect(textOf(await page('/?list=calls'))).toContain('门诊楼改造工程招标公告');
    for (const list of ['plans', 'changes', 'records', 'candidates', 'results', 'contracts', 'grievances', 'documents'])
      expect(textOf(await page(`/?list=${list}`))).toContain('这里还没有内容');
  });

  it('goes on by cursor, and shows each procurement once', async () => {
    const titles = Array.from({ length: 45 }, (_, no) => `道路养护第${no + 1}批`);
    for (const title of titles)
      await tenderAt(api.db, 'bidding', draftOf({ purchaserId: hospital.organisationId }, { title }));
    for (const query of ['/?kind=works', `/?q=${encodeURIComponent('道路养护')}`, '/?list=openings']) {
      const seen: string[] = [];
      for (let at: string | undefined = query; at !== undefined;) {
        const { text }: Answered = await page(at);
        seen.push(...[...text.matchAll(/道路养护第\d+批/g)].map(([title]) => title));
        at = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
      }
      expect(seen.toSorted()).toEqual(titles.toSorted());
    }
  });

  it('is small, and works without a script', async () => {
    const board = await page('/?kind=works');
    const script = /<script type="module" src="([^"]+)"/.exec(board.text)?.[1] ?? '';
    const style = /<link rel="stylesheet" href="([^"]+)"/.exec(board.text)?.[1] ?? '';
    const scriptBytes = gzipSync((await page(script)).text).length;
    const all = gzipSync(board.text).length + scriptBytes + gzipSync((await page(style)).text).length;
    expect(scriptBytes).toBeLessThanOrEqual(30 * 1024);
    expect(all).toBeLessThanOrEqual(60 * 1024);
    expect(board.text).not.toMatch(/ style=| on\w+=/);
  });
});

describe('what the board gives to programs', () => {
  it('is an Atom feed of the notices of a search', async () => {
    const { text, headers } = await page(`/feed.atom?q=${encodeURIComponent('门诊楼')}`);
    expect(headers.get('content-type')).toContain('application/atom+xml');
    expect(text).toContain('<feed');
    expect(text).toMatch(/<title[^>]*>.*门诊楼改造工程招标公告/);
    expect(text).not.toContain('教学楼');
  });

  it('is a table whose cells no spreadsheet calculates', async () => {
    const { text, headers } = await page('/board.csv?stage=terminated');
    expect(headers.get('content-type')).toContain('text/csv');
    expect(text).toContain("'=门诊楼改造工程");
    expect(text).not.toMatch(/(^|,)"?[=+\-@]/m);
    expect((await page('/en/board.csv')).text).toContain('Procurement,Number,Stage');
  });
});
