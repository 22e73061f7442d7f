import { expect, it } from 'vitest';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { ROLES } from '../../domain/roles.ts';
import { calendarSubject } from '../../domain/subjects.ts';
import { startTestApi } from '../setup/api.ts';
import { EXAMPLE_2027, EXAMPLE_SOURCE } from '../setup/example-year.ts';

const given = { file: EXAMPLE_2027, sourceZh: EXAMPLE_SOURCE, url: 'https://example.test/notice' };

it('anybody may ask which years are known, and where each comes from', async () => {
  await using api = await startTestApi();
  const { status, body } = await api.call('GET', '/api/calendar');
  expect([status, body]).toMatchObject([
    200,
    { horizon: chinaCalendar.horizon, years: [{ year: 2024 }, { year: 2025 }, { year: 2026, importedAt: null }] },
  ]);
});

it('the office previews and imports a year, once; every count answers by it', async () => {
  await using api = await startTestApi();
  const office = await api.member('office');
  const preview = await office.call('POST', '/api/calendar/preview', { json: given, key: null });
  expect([preview.status, preview.body]).toMatchObject([
    200,
    { year: 2027, outcome: 'new', horizon: { to: '2027-12-31' }, tenders: 0, changing: [], warnings: [] },
  ]);
  expect((await api.call('GET', '/api/calendar')).get('horizon.to')).toBe('2026-12-31');

  const imported = await office.call('POST', '/api/calendar', { json: given, key: 'import-2027' });
  expect([imported.status, imported.get('years.3')]).toMatchObject([
    201,
    { year: 2027, sourceZh: EXAMPLE_SOURCE, url: given.url, correction: false },
  ]);
  const woken = await waitingWakes(api.db.read, Date.now(), 9);
  expect(woken).toMatchObject([{ subject: calendarSubject(`1-${String(imported.get('hash'))}`) }]);
  const again = await office.call('POST', '/api/calendar', { json: given, key: 'import-2027' });
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  expect(await waitingWakes(api.db.read, Date.now(), 9)).toEqual(woken);

  // 7 working days (财政部令94号 13) after Mon 28 December: 29, 30, 31, and 4, 5, 6, 7 January.
  const due = await api.call('GET', '/api/law/due?rule=gp-challenge-reply&from=2026-12-28');
  expect([due.get('lastDay'), due.get('provisional')]).toEqual(['2027-01-07', false]);
});

it('nobody else may, and all faults of a file are reported together', async () => {
  await using api = await startTestApi();
  for (const role of ROLES.filter((each) => each !== 'office' && each !== 'public')) {
    const member = await api.member(role);
    for (const path of ['/api/calendar', '/api/calendar/preview']) {
      expect((await member.call('POST', path, { json: given })).status, role).toBe(403);
    }
  }
  expect((await api.call('POST', '/api/calendar', { json: given })).status).toBe(401);
  const office = await api.member('office');
  const wrong = EXAMPLE_2027.replace('1月1日（周五）', '1月1日（周四）').replace(/五、端午节.*\n/, '');
  const refused = await office.call('POST', '/api/calendar', { json: { ...given, file: wrong } });
  expect([refused.status, refused.get('code')]).toEqual([422, 'bad-calendar-file']);
  expect((refused.get('details.faults') as unknown[]).length).toBe(2);
  await office.call('POST', '/api/calendar', { json: given });
  const other = { ...given, file: EXAMPLE_2027.replace('、5月8日（周六）', '') };
  const conflict = await office.call('POST', '/api/calendar', { json: other });
  expect([conflict.status, conflict.get('code')]).toEqual([409, 'calendar-conflict']);
  expect((await office.call('POST', '/api/calendar', { json: { ...other, correct: true } })).status).toBe(201);
});
