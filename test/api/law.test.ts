import { expect, it } from 'vitest';
import { RULES } from '../../domain/law/rulebook.ts';
import { startTestApi } from '../setup/api.ts';

it('anybody may ask what the law says, and how a period is counted', async () => {
  await using api = await startTestApi();
  const all = await api.call('GET', '/api/law/rules');
  expect((all.get('items') as unknown[]).length).toBe(RULES.length);
  const [rule] = RULES.filter(
    ({ kind, amount, unit }) => kind === 'time_limit' && amount !== undefined && unit === 'calendar_day',
  );
  const one = await api.call('GET', `/api/law/rules/${rule?.id}`);
  expect(one.body).toMatchObject({ id: rule?.id, article: rule?.article, law: rule?.law });
  const differing = await api.call('GET', '/api/law/rules/works-written-report');
  expect(differing.get('conflicts.0.rules.1')).toBe('works-written-report-30ling');
  const due = await api.call('GET', `/api/law/due?rule=${rule?.id}&from=2026-04-30`);
  expect([due.status, due.get('from'), due.get('article')]).toEqual([200, '2026-04-30T00:00:00+08:00', rule?.article]);
  expect((due.get('trace') as unknown[]).length).toBeGreaterThan(0);
});

it('a mistyped rule is not found, with what may have been meant; a time without offset is refused', async () => {
  await using api = await startTestApi();
  const mistyped = await api.call('GET', '/api/law/rules/works-bid-prep-mim');
  expect([mistyped.status, mistyped.get('code')]).toEqual([404, 'unknown-rule']);
  expect((mistyped.get('details.suggestions') as unknown[]).length).toBe(3);
  const [rule] = RULES.filter(({ kind, unit }) => kind === 'time_limit' && unit === 'working_day');
  const naive = await api.call('GET', `/api/law/due?rule=${rule?.id}&from=2026-04-30T09:00:00`);
  expect([naive.status, naive.get('issues.0.field')]).toEqual([422, 'from']);
  const beyond = await api.call('GET', `/api/law/due?rule=${rule?.id}&from=2099-01-01`);
  expect([beyond.status, beyond.get('code')]).toEqual([422, 'calendar-year-not-loaded']);
});

it('the whole timeline is drawn from the instant of the notice', async () => {
  await using api = await startTestApi();
  const plan = await api.call('GET', '/api/law/plan?regime=government&kind=goods&noticeAt=2026-04-20T09:00:00%2B08:00');
  const milestones = plan.get('milestones') as { key: string; at: string; nameZh: string }[];
  expect(milestones.map(({ key }) => key)).toContain('bid-deadline');
  expect(plan.get('milestones.0.at')).toMatch(/\+08:00$/);
  const unsupported = await api.call('GET', '/api/law/plan?regime=tendering&procedure=auction&noticeAt=2026-04-20');
  expect([unsupported.status, unsupported.get('code')]).toEqual([422, 'procedure-not-supported']);
});

it('anybody may ask for the latest lawful notice, and what moving one date does to all others', async () => {
  await using api = await startTestApi();
  // 招标投标法 24: twenty days from 27 March end on 16 April.
  const back = await api.call(
    'GET',
    `/api/law/plan?regime=tendering&backFrom=${encodeURIComponent('2026-04-17T09:00:00+08:00')}`,
  );
  expect(back.status).toBe(200);
  expect(back.get('milestones.0')).toMatchObject({ key: 'notice', at: '2026-03-27T17:00:00+08:00' });
  for (const query of ['', '&noticeAt=2026-03-27&backFrom=2026-04-27']) {
    const refused = await api.call('GET', `/api/law/plan?regime=tendering${query}`);
    expect([refused.status, refused.get('code')]).toEqual([422, 'bad-input']);
  }
  const facts = 'regime=tendering&noticeAt=2026-03-27&bidDeadline=2026-04-20';
  const moved = await api.call('GET', `/api/law/whatif?${facts}&milestone=notice&to=2026-04-02`);
  expect(moved.status).toBe(200);
  expect(moved.get('moved.0')).toMatchObject({
    key: 'notice',
    before: '2026-03-27T00:00:00+08:00',
    after: '2026-04-02T00:00:00+08:00',
  });
  expect(moved.get('broken.0')).toMatchObject({ rule: 'works-bid-prep-min', article: '24' });
});
