import { afterAll, beforeAll, expect, it } from 'vitest';
import { organisationById } from '../../db/organisations.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { submitBid } from '../../services/bids/submit.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';
import { actorOf, advance, fileOf } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');

let now = DEADLINE - 3_600_000;
let api: TestApi;
let tender: string;
let own: string;
let purchaser: Member;
let bidders: Member[];
let clerk: Visitor;

beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: () => now }, deps: { realNow: () => now } });
  purchaser = await api.member('purchaser', '江夏区教育局');
  tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  own = `/console/openings/${tender}`;
  bidders = [];
  for (const name of ['甲公司', '乙公司', '丙公司']) {
    const bidder = await api.member('supplier', name);
    bidders.push(bidder);
    const actor = actorOf(await organisationById(api.db.read, bidder.organisationId), 'supplier');
    const file = await fileOf(api.db, bidder.username);
    const bid = { procurementId: tender, lotNo: 1, supplierId: bidder.organisationId, file };
    await api.db.transaction((tx) => submitBid(tx, actor, bid));
  }
  clerk = await visitor(api, await api.member('centre'));
}, 120_000);
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const present = async (): Promise<unknown> =>
  (await api.call('GET', `/api/procurements/${tender}/opening`)).get('attendance.people');

it('before the opening nobody is checked in, and no bidder is named (招标投标法 22)', async () => {
  expect((await clerk.get('/console/openings?day=2026-04-01')).text).toContain(`href="${own}"`);
  for (const path of [own, `/en${own}`]) {
    const page = await clerk.get(path);
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/甲公司|乙公司|丙公司/);
    expect(page.text).not.toContain('name="capacity"');
  }
  expect(textOf(await clerk.get(own))).toContain('开标记录公布后才能登记签到');
  const early = await clerk.submit(own, { _do: 'add', capacity: 'centre', name: '李四' });
  expect([early.status, early.text.includes('甲公司')]).toEqual([403, false]);
  for (const role of ['supplier', 'expert', 'administrator'] as const)
    expect((await (await visitor(api, await api.member(role))).get(own)).status, role).toBe(403);
});

it('a person is checked in for an organisation that is found by its name; what is wrong stands beside its field', async () => {
  now = DEADLINE;
  await advance(api.db, tender);
  const page = await clerk.get(own);
  expect(textOf(page)).toMatch(/还没有人签到。.*未签到的投标人： 甲公司、乙公司、丙公司/);
  const nameless = await clerk.submit(own, { _do: 'add', capacity: 'bidder', organisation: '甲公司' });
  expect(nameless.status).toBe(422);
  expect(nameless.text).toContain('id="f-name-error"');
  const unsaid = await clerk.submit(own, { _do: 'add', capacity: 'bidder', name: '张三' });
  expect(unsaid.status).toBe(422);
  expect(unsaid.text).toMatch(/id="f-organisationId-error"[^>]*>[^<]*不是本项目的投标人/);
  expect(unsaid.text).toContain('value="张三"');
  const found = await clerk.submit(own, {
    ...{ _do: 'add', capacity: 'bidder', name: '张三', '_q:organisationId': '乙公司', _find: 'organisationId' },
  });
  expect(found.status).toBe(200);
  const [, id] = /<option value="([0-9a-f-]{36})"[^>]*>乙公司（/.exec(found.text) ?? [];
  expect(id).toBe(bidders[1]?.organisationId);
  expect(await present()).toBeUndefined();
  const done = await clerk.submit(own, { _do: 'add', capacity: 'bidder', name: '张三', organisationId: String(id) });
  expect([done.status, textOf(done)]).toEqual([
    200,
    expect.stringMatching(/已签到：张三.*投标人 张三 乙公司.*未签到的投标人： 甲公司、丙公司/),
  ]);
});

it('each who comes is added to those who are there; the tender’s own purchaser needs no choice', async () => {
  const runner = await visitor(api, purchaser);
  const second = await runner.submit(own, { _do: 'add', capacity: 'purchaser', name: '王五' });
  expect([second.status, textOf(second)]).toEqual([200, expect.stringMatching(/招标人（采购人） 王五 江夏区教育局/)]);
  const notary = { _do: 'add', capacity: 'notary', name: '赵六', organisation: '某公证处' };
  const third = await clerk.submit(`/en${own}`, notary);
  expect([third.status, textOf(third)]).toEqual([200, expect.stringMatching(/Checked in: 赵六.*notary 赵六 某公证处/)]);
  const twice = await clerk.submit(own, notary);
  expect(twice.status).toBe(422);
  expect(twice.text).toMatch(/id="f-name-error"[^>]*>[^<]*重复登记/);
  expect(await present()).toMatchObject([{ name: '张三' }, { name: '王五' }, { name: '赵六' }]);
});

it('who was entered by mistake is removed, and nobody else when the list has changed meanwhile', async () => {
  const stale = await clerk.submit(own, { _do: 'remove', index: '0', removed: '王五' });
  expect([stale.status, textOf(stale)]).toEqual([409, expect.stringContaining('名单已经变动')]);
  const removed = await clerk.submit(own, { _do: 'remove', index: '2', removed: '赵六' });
  expect([removed.status, textOf(removed)]).toEqual([200, expect.stringContaining('已删除：赵六')]);
  expect(await present()).toMatchObject([{ name: '张三' }, { name: '王五' }]);
});

it('who watches sees the list and no form', async () => {
  const page = await (await visitor(api, await api.member('supervisor'))).get(own);
  expect([page.status, page.text.includes('name="capacity"')]).toEqual([200, false]);
  expect(textOf(page)).toContain('张三');
});
