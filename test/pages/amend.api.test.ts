import { afterAll, beforeAll, expect, it } from 'vitest';
import { askQuestion } from '../../services/questions/ask.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { handClock, type People } from '../setup/tenders/tender.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

const clock = handClock('2026-03-01');
let api: TestApi;
let purchaser: Member;
let clerk: Visitor;
let who: People;
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: () => Date.now() } });
  purchaser = await api.member('purchaser', '江夏区教育局');
  const suppliers = [
    await api.member('supplier', '甲公司'),
    await api.member('supplier'),
    await api.member('supplier'),
  ];
  who = await peopleOf(api, purchaser, suppliers);
  clerk = await visitor(api, purchaser);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

it('an amendment shows what it would do before it is sent, and the lawful deadline by one click', async () => {
  const { id } = await played(api.db, clock, who, 'tendering', 'bidding');
  clock.set('2026-04-10T10:00+08:00');
  const path = `/console/tenders/${id}/amend`;
  expect((await clerk.get(`/console/tenders/${id}`)).text).toContain(`href="${path}"`);
  const typed = { textZh: '工期改为 200 日历天。', affectsBids: 'true' };
  const seen = await clerk.submit(path, { ...typed, _preview: '1' });
  expect(textOf(seen)).toMatch(/不足 15 日，应当顺延至不早于/);
  const [, lawful = ''] = /name="_set" value="([^"]*)"/.exec(seen.text) ?? [];
  expect(lawful).toMatch(/^2026-04-2\dT/);
  const set = await clerk.submit(path, { ...typed, _set: lawful });
  expect(textOf(set)).toMatch(/投标（响应）截止时间改为： 2026-04-2\d.*此刻发布，截止时间合法/);
  expect(textOf(set)).toMatch(/开标 2026-04-20 周一 09:00 \(UTC\+8\) 2026-04-2\d/);
  expect(set.text).toContain(`value="${lawful}"`);
  const part = await clerk.submit(`${path}/effect`, { ...typed, bidDeadline: lawful });
  expect([part.status, part.text.startsWith('<!doctype'), textOf(part)]).toEqual([
    200,
    false,
    expect.stringContaining('此刻发布，截止时间合法'),
  ]);
  expect((await purchaser.call('GET', `/api/procurements/${id}`)).get('bidDeadline')).toBe('2026-04-20T09:00:00+08:00');

  const early = await clerk.submit(path, typed);
  expect([early.status, early.text.includes('工期改为 200 日历天。')]).toEqual([422, true]);
  const sent = await clerk.submit(path, { ...typed, bidDeadline: lawful });
  expect([sent.status, sent.headers.get('location')], textOf(sent)).toEqual([303, `/console/tenders/${id}`]);
  expect((await purchaser.call('GET', `/api/procurements/${id}`)).get('bidDeadline')).toContain(lawful);

  // A question waits first, and is answered beside its text.
  await api.db.transaction((tx) =>
    askQuestion(tx, who.asSupplier(0), {
      procurementId: id,
      organisationId: String(who.suppliers[0]?.id),
      textZh: '是否接受进口设备？',
    }),
  );
  const page = await clerk.get(`/console/tenders/${id}`);
  expect(textOf(page)).toMatch(/待答复.*是否接受进口设备？ 答复/);
  const [, answer = ''] = /href="(\/console\/do\/post\/procurements\/[^"]*\/answer[^"]*)"/.exec(page.text) ?? [];
  expect(textOf(await clerk.get(answer))).toMatch(/所依据的记录.*是否接受进口设备？/);
  const [, correct = ''] = /href="(\/console\/do\/post\/notices\/[^"]*\/corrections[^"]*)"/.exec(page.text) ?? [];
  expect(textOf(await clerk.get(correct))).toMatch(/更正.*所依据的记录.*尾水提升达标处理厂/);
});
