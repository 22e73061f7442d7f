import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi, type Answered, type TestApi } from '../setup/api.ts';
import { visitor } from '../setup/pages/visitor.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: () => parseInstant('2026-03-02T09:00:00+08:00') } });
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

it('what an installation lacks before real use is found out, with who does it and where', async () => {
  const administrator = await visitor(api, await api.member('administrator'));
  const before = await administrator.get('/console/setup');
  expect(textOf(before)).toMatch(/各方人员 待办 .*还没有：交易中心、管理办公室、行政监督部门、招标人（采购人）/);
  expect(textOf(before)).toMatch(/节假日日历 已齐备 .*已载入至 2026-12-31/);
  expect(textOf(before)).toMatch(/保管人公钥 待办 .*0 \/ 3/);
  expect(before.text).toContain('/console/do/post/accounts?back=%2Fconsole%2Fsetup');
  for (const role of ['office', 'supervisor', 'purchaser'] as const) await api.member(role);
  const centre = await visitor(api, await api.member('centre'));
  expect(textOf(await administrator.get('/console/setup'))).toContain('各方人员 已齐备');
  expect(textOf(await centre.get('/console/setup'))).toContain('开标室、评标室 待办');
  expect((await centre.get('/en/console/setup')).text).toContain('<html lang="en"');
  const room = { venue: '中心', name: '第一开标室', purposes: ['opening'], seats: '40' };
  await centre.submit('/console/do/post/rooms', room);
  expect(textOf(await centre.get('/console/setup'))).toContain('开标室、评标室 已齐备');
  // What the platform says of itself.
  expect(textOf(await administrator.get('/console/setup'))).toMatch(
    /平台时钟 正常 现在： 2026-03-02 周一 09:00 .*日志签名 还没有签名的树头.*管办分离 未发现冲突/,
  );
});
