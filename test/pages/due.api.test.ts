import { afterAll, beforeAll, expect, it } from 'vitest';
import { PREPARABLE_ACT_NAMES } from '../../domain/prepared-acts/acts.ts';
import { colleagueOf } from '../prepared-acts/colleague.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { advance, handClock } from '../setup/tenders/tender.ts';
import { visitor } from '../setup/pages/visitor.ts';

const clock = handClock('2026-03-01');
let api: TestApi;
let purchaser: Member;
let tender: string;
let bidId: string | undefined;
beforeAll(async () => {
  api = await startTestApi({
    settings: { secondPerson: new Set(PREPARABLE_ACT_NAMES) },
    database: { machineClock: clock.read },
    deps: { realNow: () => Date.now() },
  });
  purchaser = await api.member('purchaser', '江夏区教育局');
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  const who = await peopleOf(api, purchaser, suppliers);
  const tendered = await played(api.db, clock, who, 'tendering', 'publicity');
  tender = tendered.id;
  bidId = tendered.bids[0]?.id;
  clock.set('2026-04-26T10:00+08:00');
  await advance(api.db, tender, 1);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

it('the console begins with what is due: in words, when, what happens if nobody acts, and where it is done', async () => {
  const clerk = await visitor(api, purchaser);
  const page = await clerk.get('/console');
  expect(textOf(page)).toMatch(/本单位应办.*确定中标人.*尾水提升达标处理厂.*第1标段（包）.*UTC\+8.*如无人办理：/);
  expect(page.text).toContain(`/console/do/post/procurements/${tender}/lots/1/award`);
  expect(textOf(await clerk.get('/en/console'))).toMatch(/For you to do.*Award decided.*If nobody acts:/);
});

it('what is due is a file for a calendar program, with its instants and where it is done', async () => {
  const clerk = await visitor(api, purchaser);
  const file = await clerk.get('/console/due.ics');
  expect([file.status, file.headers.get('content-type'), file.headers.get('cache-control')]).toEqual([
    ...[200, 'text/calendar; charset=utf-8', 'no-store'],
  ]);
  const text = file.text.replace(/\r\n[ \t]/g, '');
  expect(text).toContain('SUMMARY:确定中标人 · 工业园区尾水提升达标处理厂工程（二期）');
  // 12号令 40: within the validity of bids, 90 days from the deadline of 20 April.
  expect(text).toMatch(/DTSTART:20260719T1559\d\dZ/);
  expect(text).toContain(`URL:http://tender.test/console/do/post/procurements/${tender}/lots/1/award`);
  const stranger = await visitor(api, await api.member('purchaser'));
  expect((await stranger.get('/console/due.ics')).text).not.toContain('BEGIN:VEVENT');
});

it('a winner is chosen by name, with the report beside', async () => {
  const clerk = await visitor(api, purchaser);
  const page = await clerk.get(`/console/do/post/procurements/${tender}/lots/1/award`);
  expect(textOf(page)).toMatch(/所依据的记录.*候选人/);
  expect(page.text).not.toMatch(/<input[^>]*type="text"[^>]*name="bidId"/);
  expect(page.text).toMatch(new RegExp(`<option value="${bidId}">supplier\\.\\d+ · 第 1 名</option>`));
});

it('what a colleague prepared waits for another person, and not for the colleague', async () => {
  const second = await colleagueOf(api, purchaser, '李四');
  const asked = await purchaser.call('POST', `/api/procurements/${tender}/lots/1/award`, { json: { bidId } });
  expect([asked.status, asked.get('state')], asked.text).toEqual([202, 'waiting']);
  const own = textOf(await (await visitor(api, purchaser)).get('/console'));
  expect(own).not.toContain('待我复核');
  const page = await (await visitor(api, second)).get('/console');
  expect(textOf(page)).toMatch(/待我复核.*复核：确定中标人.*尾水提升达标处理厂.*逾期未复核的，经办失效/);
  expect(page.text).toContain(`href="/console/prepared/${String(asked.get('id'))}"`);
});

it('who supervises sees what is late anywhere; who has nothing to do is told where to begin', async () => {
  clock.set('2026-07-21T10:00+08:00');
  const watcher = await visitor(api, await api.member('supervisor'));
  expect(textOf(await watcher.get('/console'))).toMatch(/已逾期.*确定中标人.*尾水提升达标处理厂/);
  const other = await visitor(api, await api.member('purchaser'));
  const page = await other.get('/console');
  expect(textOf(page)).toContain('现在没有待办事项。');
  expect(page.text).toContain('href="/console/launch"');
});
