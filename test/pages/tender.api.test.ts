import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { draftOf, handClock } from '../setup/tenders/tender.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { fileGrievance } from '../../services/grievances/file.ts';

const NAMES = ['青山建筑公司', '大河建设集团', '长风工程公司'];

const clock = handClock('2026-03-01');
let api: TestApi;
let purchaser: Member;
let open: string;

const page = (path: string): Promise<Answered> => api.call('GET', path);
const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  purchaser = await api.member('purchaser', '江夏区教育局');
  const suppliers: Member[] = [];
  for (const name of NAMES) suppliers.push(await api.member('supplier', name));
  const who = await peopleOf(api, purchaser, suppliers);
  ({ id: open } = await played(api.db, clock, who, 'tendering', 'bidding'));
  await api.db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      ...{ procurementId: open, lotNo: 0, target: 'documents', organisationId: suppliers[0]?.organisationId ?? '' },
      textZh: '资质要求过高。',
    }),
  );
});
afterAll(() => api[Symbol.asyncDispose]());

describe('the page of a procurement', () => {
  it('before the opening shows its legal timeline, and nothing of who bids or objects', async () => {
    const answer = await page(`/tenders/${open}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('public, no-cache');
    const text = textOf(answer);
    expect(text).toContain('江夏区教育局');
    expect(text).toMatch(/投标截止/);
    expect(text).toMatch(/依据 ：《招标投标法》第\d+条|依据：《招标投标法/);
    expect(text).toContain('如无人办理');
    expect(text).toContain('开标（开启）前，投标人及其数量对任何人保密');
    for (const secret of [...NAMES, '资质要求过高']) expect(answer.text).not.toContain(secret);
  });

  it('shows the suspension, by its law, and counts a period in words', async () => {
    const text = textOf(await page(`/tenders/${open}`));
    expect(text).toContain('暂停');
    expect(text).toContain('最迟答复');
    expect(text).toMatch(/第 \d+ 日/);
    expect(text).not.toContain('start-day');
    const english = textOf(await page(`/en/tenders/${open}`));
    expect(english).toContain('the day of the event');
    expect(english).toContain('If nobody acts');
  });

  it('is unknown while it is a draft, and where there is none', async () => {
    const { id } = await api.db.transaction((tx) =>
      createDraft(
        tx,
        {
          accountId: purchaser.accountId,
          organisationId: purchaser.organisationId,
          role: 'purchaser',
          address: null,
          requestId: null,
        },
        draftOf('tendering', purchaser.organisationId),
      ),
    );
    expect((await page(`/tenders/${id}`)).status).toBe(404);
    expect((await page('/tenders/01890000-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await page(`/tenders/${id}/calendar.ics`)).status).toBe(404);
  });
});

it('after the award shows record, candidates, result and notices, gives its dates to a calendar program, and is found by who won', async () => {
  const later = handClock('2026-03-01');
  await using town = await startTestApi({ database: { machineClock: later.read }, deps: { realNow: later.read } });
  const suppliers: Member[] = [];
  for (const name of NAMES) suppliers.push(await town.member('supplier', name));
  const who = await peopleOf(town, await town.member('purchaser', '江夏区水务局'), suppliers);
  const { id } = await played(town.db, later, who, 'tendering', 'contract');
  const answer = await town.call('GET', `/tenders/${id}`);
  const text = textOf(answer);
  for (const part of ['第1标段（包）开标记录', ...NAMES, '候选人公示', '中标人（成交供应商）', '公告公示'])
    expect(text).toContain(part);
  // 10号令 6: what the notice of the candidates says, 评标情况 among it.
  const outcome = text.slice(text.indexOf('评审结果'));
  expect(outcome).toMatch(/1 青山建筑公司 3,800,000 元（380 万元）/);
  expect(answer.text).toContain('href="/law/ann-candidate-fields">10号令第6条</a>');
  // 财政部令87号 69 is of government procurement.
  expect(answer.text).not.toContain('gp-loser-notice');
  expect(answer.text).not.toMatch(/ style=| on\w+=/);
  const [winner, ...others] = NAMES as [string, string, string];
  const found = (name: string) => town.call('GET', `/?q=${encodeURIComponent(name)}`);
  expect(textOf(await found(winner))).toContain('江夏区水务局');
  for (const other of others) expect(textOf(await found(other))).toContain('没有符合条件的');

  const dates = await town.call('GET', `/tenders/${id}/calendar.ics`);
  expect(dates.headers.get('content-type')).toContain('text/calendar');
  expect(dates.text).toMatch(/^BEGIN:VCALENDAR/);
  expect(dates.text.replaceAll('\r\n\t', '')).toContain(`UID:${id}.0.bid-deadline@kaibiao`);
  expect(dates.text).toContain('DTSTART:2026');
});

it.each([
  ['publicity', false],
  ['contract', true],
] as const)(
  'of a government tender at the stage %s no score is public: 财政部令87号 69 has each bidder informed of its own alone',
  async (stage, awarded) => {
    const later = handClock('2026-03-01');
    await using town = await startTestApi({ database: { machineClock: later.read }, deps: { realNow: later.read } });
    const suppliers: Member[] = [];
    for (const name of NAMES) suppliers.push(await town.member('supplier', name));
    const who = await peopleOf(town, await town.member('purchaser', '江夏区水务局'), suppliers);
    const { id } = await played(town.db, later, who, 'government', stage);
    const answer = await town.call('GET', `/tenders/${id}`);
    const text = textOf(answer);
    expect(text.includes('评审结果')).toBe(awarded);
    expect(text.includes('每个投标人的得分明细只告知本人，不公开 财政部令87号第69条')).toBe(awarded);
    for (const score of ['90 分', '89 分', '88 分']) expect(text).not.toContain(score);
  },
);

describe('a notice in English', () => {
  /** Without what is said to be Chinese. */
  const english = ({ text }: Answered): string => {
    let rest = text.slice(text.indexOf('<body>'));
    for (;;) {
      const at = /<(\w+)[^>]* lang="zh-CN"[^>]*>/.exec(rest);
      if (!at) return rest.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
      const tag = new RegExp(`<(/?)${at[1]}\\b[^>]*>`, 'g');
      tag.lastIndex = at.index;
      let depth = 0;
      do {
        depth += tag.exec(rest)?.[1] === '/' ? -1 : 1;
      } while (depth > 0);
      rest = rest.slice(0, at.index) + rest.slice(tag.lastIndex);
    }
  };

  it('says what it is, of what and when, in English, around the text as it was published', async () => {
    const [notice] = (await api.call('GET', `/api/notices?procurementId=${open}&kind=tender`)).get('items') as {
      id: string;
      hash: string;
      titleZh: string;
    }[];
    const answer = await page(`/en/notices/${notice?.id}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, no-cache']);
    expect(answer.text).toContain('<html lang="en"');
    const text = english(answer);
    expect(text).not.toMatch(/[\u4e00-\u9fff]/);
    for (const part of ['Kind of notice', 'This procurement is suspended now', '(UTC+8)', String(notice?.hash)])
      expect(text).toContain(part);
    expect(textOf(answer)).toContain(notice?.titleZh);
    expect(answer.text).toContain(`href="/en/tenders/${open}"`);
    expect(answer.text).toContain(`<link rel="alternate" hreflang="zh-CN" href="/notices/${notice?.id}"`);
    expect((await page(`/en/tenders/${open}`)).text).toContain(`href="/en/notices/${notice?.id}"`);
    const chinese = await page(`/notices/${notice?.id}`);
    expect(chinese.text).toContain(`href="/en/notices/${notice?.id}"`);
    expect(chinese.text).toContain(`href="/tenders/${open}"`);
  });

  it('is not found where there is none', async () => {
    for (const id of ['01890000-0000-7000-8000-000000000000', 'nothing']) {
      const answer = await page(`/en/notices/${id}`);
      expect([answer.status, answer.text.includes('<html lang="en"')]).toEqual([404, true]);
    }
  });
});
