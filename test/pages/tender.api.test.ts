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
