import { expect, it } from 'vitest';
import { listNotices } from '../../db/notices.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { MEMBER_ROLES, startTestApi } from '../setup/api.ts';
import { at, draftOf as tenderDraft, launch, people, publish } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const notice = {
  lotNo: 0,
  kind: 'clarification' as const,
  titleZh: '答疑公告',
  content: {},
  legalAt: 0,
};

it('a drill (演练) marks every answer, the docs and every notice; an installation in use marks none', async () => {
  await using drill = await startTestApi({
    database: {
      clock: { mode: 'drill', msPerDay: 1000, civilStartMs: at('2026-03-10'), realStartMs: Date.now() },
    },
  });
  await using real = await startTestApi();
  for (const [api, marked] of [
    [drill, true],
    [real, false],
  ] as const) {
    // Pages, refusals and what is nowhere too.
    for (const path of ['/health', '/openapi.json', '/api/time', '/api/no-such', '/api/accounts']) {
      const { headers } = await api.call('GET', path);
      expect(headers.get('x-kaibiao-drill')).toBe(marked ? 'true' : null);
      const civil = headers.get('x-kaibiao-civil-time');
      expect(civil === null ? null : parseInstant(civil)).toEqual(marked ? expect.any(Number) : null);
    }
    const { info } = (await api.call('GET', '/openapi.json')).body as { info: { title: string } };
    expect(info.title.startsWith('【演练】')).toBe(marked);
    const { purchaser } = await people(api.db, 0);
    const procurementId = await tenderAt(api.db, 'draft', draftOf({ purchaserId: purchaser.id }));
    await publish(api.db, UNATTENDED, { procurementId, ...notice });
    const [published] = await listNotices(api.db.read, { limit: 1 });
    expect([published?.titleZh, published?.content]).toEqual(
      marked ? ['【演练】答疑公告', { template: 6, drill: true }] : ['答疑公告', { template: 6 }],
    );
  }
});

it('only the office sets the clock of a drill, over HTTP, and nobody that of an installation in use', async () => {
  const settings: unknown[] = [];
  const start = at('2026-03-10T09:00+08:00');
  await using drill = await startTestApi({
    database: { clock: { mode: 'drill', msPerDay: 86_400_000, civilStartMs: start, realStartMs: Date.now() } },
    deps: { onDrillClock: (clock) => settings.push(clock) },
  });
  await using real = await startTestApi();
  for (const role of MEMBER_ROLES.filter((each) => each !== 'office')) {
    const member = await drill.member(role);
    expect((await member.call('GET', '/api/drill/clock')).status, role).toBe(403);
    expect((await member.call('POST', '/api/drill/clock/jump', { json: {} })).status, role).toBe(403);
  }
  const office = await drill.member('office');
  expect((await office.call('POST', '/api/drill/clock/pause')).get('paused')).toBe(true);
  const { purchaser, asPurchaser } = await people(drill.db, 0);
  const { procurement } = await launch(drill.db, asPurchaser, tenderDraft('tendering', purchaser.id));
  const moved = await office.call('POST', '/api/drill/clock/jump', { json: { to: '2026-12-31T09:00:00+08:00' } });
  expect(moved.body).toMatchObject({
    now: formatInstant(procurement.noticeAt),
    paused: true,
    pending: [`procurement/${procurement.id}`],
  });
  expect((await office.call('GET', '/api/drill/clock')).body).toEqual(moved.body);
  // The answer to a jump has the time after it.
  expect(moved.headers.get('x-kaibiao-civil-time')).toBe(formatInstant(procurement.noticeAt));
  const time = await drill.call('GET', '/api/time');
  expect(time.body).toMatchObject({
    ...{ civil: formatInstant(procurement.noticeAt), drill: true, paused: true, dayMs: 86_400_000 },
    offsetMs: procurement.noticeAt - parseInstant(String(time.get('server'))),
  });
  const inReal = await real.call('GET', '/api/time');
  expect(inReal.body).toMatchObject({ offsetMs: 0, drill: false, paused: false, dayMs: 86_400_000 });
  expect(inReal.get('civil')).toBe(inReal.get('server'));
  const busy = await office.call('POST', '/api/drill/clock/jump', { json: {} });
  expect([busy.status, busy.get('code')]).toEqual([409, 'clock-busy']);
  const ran = await office.call('POST', '/api/drill/clock/run', { json: { dayMs: 2_000 } });
  expect([ran.get('paused'), ran.get('dayMs')]).toEqual([false, 2_000]);
  const back = await office.call('POST', '/api/drill/clock/jump', { json: { to: '2026-03-01T09:00:00+08:00' } });
  expect([back.status, back.get('details.field')]).toEqual([422, 'to']);
  expect(settings).toMatchObject([
    { civilStartMs: expect.any(Number) as number, paused: true },
    { civilStartMs: procurement.noticeAt, paused: true },
    { paused: false, msPerDay: 2_000 },
  ]);

  const inUse = await real.member('office');
  const refused = await inUse.call('POST', '/api/drill/clock/jump', { json: {} });
  expect([refused.status, refused.get('code')]).toEqual([409, 'not-a-drill']);
  expect((await inUse.call('GET', '/api/drill/clock')).get('code')).toBe('not-a-drill');
});
