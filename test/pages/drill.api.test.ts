import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type Answered, type TestApi } from '../setup/api.ts';
import { visitor } from '../setup/pages/visitor.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({
    database: {
      clock: {
        ...{ mode: 'drill', msPerDay: 86_400_000, realStartMs: Date.now() },
        civilStartMs: Date.parse('2026-03-02T09:00:00+08:00'),
      },
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

it('every page of a drill shows its clock, which the office sets from there', async () => {
  const office = await visitor(api, await api.member('office'));
  const purchaser = await visitor(api, await api.member('purchaser'));
  expect(textOf(await api.call('GET', '/'))).toMatch(/演练时钟 2026-03-02 周一 09:\d\d \(UTC\+8\)/);
  expect((await purchaser.get('/console')).text).not.toContain('/drill/clock/');
  expect((await office.get('/console')).text).toContain('/console/do/post/drill/clock/jump?back=%2Fconsole');
  const paused = await office.submit('/console/do/post/drill/clock/pause?back=%2Fconsole', {});
  expect([paused.status, textOf(paused)]).toEqual([200, expect.stringContaining('已办理')]);
  expect((await purchaser.submit('/console/do/post/drill/clock/pause', {})).status).toBe(403);
});
