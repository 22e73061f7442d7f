import { expect, it } from 'vitest';
import { RULES } from '../../domain/law/rulebook.ts';
import { startTestApi } from '../setup/api.ts';

it('anybody may ask what the law says, and how a period is counted', async () => {
  await using api = await startTestApi();
  const read: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await api.call('GET', `/api/law/rules?limit=100${cursor && `&cursor=${cursor}`}`);
    expect(page.status).toBe(200);
    read.push(...(page.get('items') as { id: string }[]).map(({ id }) => id));
    cursor = page.get('next') as string | null;
  }
  expect(read).toEqual(RULES.map(({ id }) => id));
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

it('the rulebook is filtered by what a rule is for, its article, procedure, status and words', async () => {
  await using api = await startTestApi();
  const idsOf = async (query: string) =>
    ((await api.call('GET', `/api/law/rules?${query}`)).get('items') as { id: string }[]).map(({ id }) => id);
  const law = encodeURIComponent('财政部令87号');
  expect(await idsOf(`law=${law}&article=33`)).toEqual([
    'gp-bid-receipt',
    'gp-no-open-before-opening',
    'gp-reject-late',
  ]);
  expect(await idsOf(`law=${law}&article=33&use=block`)).toEqual(['gp-no-open-before-opening', 'gp-reject-late']);
  expect(await idsOf('appliesTo=land_listing&use=timer&status=RECALLED')).toEqual([
    'land-contract',
    'land-first-payment',
    'land-full-payment-1y',
  ]);
  // 11号令 11, by its words.
  expect(await idsOf(`q=${encodeURIComponent('收到投诉书之日即为正式受理')}`)).toEqual(['wcomp-accept-date']);
  const unknown = await api.call('GET', '/api/law/rules?use=often');
  expect([unknown.status, unknown.get('issues.0.field')]).toEqual([422, 'use']);
});

it('a mistyped rule is not found, with what may have been meant; a time without offset is refused', async () => {
  await using api = await startTestApi();
  const mistyped = await api.call('GET', '/api/law/rules/works-bid-prep-mim');
  expect([mistyped.status, mistyped.get('code')]).toEqual([404, 'unknown-rule']);
  expect((mistyped.get('details.suggestions') as unknown[]).length).toBe(3);
  const [rule] = RULES.filter(({ kind, unit }) => kind === 'time_limit' && unit === 'working_day');
  const counted = await api.call('GET', '/api/law/due?rule=works-bid-prep-mim&from=2026-13-01');
  expect([counted.status, counted.get('issues')]).toMatchObject([
    422,
    [
      { field: 'rule', rule: 'unknown-rule', messageZh: expect.stringContaining('works-bid-prep-min') as string },
      { field: 'from', rule: 'bad-date' },
    ],
  ]);
  const [ground] = RULES.filter(({ kind }) => kind === 'ground');
  const uncountable = await api.call('GET', `/api/law/due?rule=${ground?.id}&from=2026-04-30`);
  expect([uncountable.status, uncountable.get('issues.0.rule')]).toEqual([422, 'rule-has-no-period']);
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
    `/api/law/plan/back?regime=tendering&bidDeadline=${encodeURIComponent('2026-04-17T09:00:00+08:00')}`,
  );
  expect(back.status).toBe(200);
  expect(back.get('milestones.0')).toMatchObject({ key: 'notice', at: '2026-03-27T17:00:00+08:00' });
  for (const query of ['', '&noticeAt=2026-03-27&bidDeadline=2026-04-27']) {
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

it('anybody may have notices judged that were published elsewhere; what cannot be read is named, all at once', async () => {
  await using api = await startTestApi();
  const notice = { regime: '招投标法', method: '公开招标', kind: '施工', published: '2026-03-27' };
  const judged = await api.call('POST', '/api/law/audit', {
    json: {
      notices: [
        { ...notice, id: 'A', deadline: '2026-04-16T09:00' },
        { ...notice, id: 'B', title: '道路改造', deadline: '2026-04-10T09:00' },
        { ...notice },
      ],
    },
  });
  expect(judged.status).toBe(200);
  expect(judged.get('summary')).toEqual({ lawful: 1, borderline: 0, unlawful: 1, unknown: 1 });
  // 招标投标法 24: 14 days of the 20.
  expect(judged.get('items.1')).toMatchObject({
    id: 'B',
    verdict: 'unlawful',
    checks: [{ rule: 'works-bid-prep-min', article: '24', need: 20, found: 14, from: 'published', to: 'deadline' }],
    missing: ['doc_to', 'doc_from'],
  });
  expect(judged.get('items.2')).toMatchObject({ id: null, verdict: 'unknown', checks: [] });

  const refused = await api.call('POST', '/api/law/audit', {
    json: {
      notices: [notice, { ...notice, published: '三月底', corrections: [{ date: '2026-02-30' }], budget: '面议' }],
    },
  });
  expect(refused.status).toBe(422);
  expect((refused.get('issues') as { field: string }[]).map(({ field }) => field).sort()).toEqual([
    'notices[1].budget',
    'notices[1].corrections[0].date',
    'notices[1].published',
  ]);
  expect(refused.get('issues.0.messageZh')).toMatch(/不是可识别的/);
  const inPart = await api.call('POST', '/api/law/audit', {
    json: {
      notices: [
        { ...notice, deadline: '2026-04-10', budget: '公告未明确列示', unread: { issues: 1 } },
        { ...notice, deadline: '2026-04-20' },
      ],
    },
  });
  expect(inPart.get('items')).toMatchObject([
    {
      verdict: 'unlawful',
      unread: [{ field: 'budget', messageZh: expect.stringContaining('公告未明确列示') as string }],
    },
    { verdict: 'lawful', unread: [] },
  ]);
  for (const notices of [[], Array.from({ length: 201 }, () => notice)]) {
    const answer = await api.call('POST', '/api/law/audit', { json: { notices } });
    expect([answer.status, answer.get('issues.0.field')]).toEqual([422, 'notices']);
  }
});

interface Linked {
  readonly rule: string | null;
  readonly due: string | null;
}

it.each(['tendering', 'government'])(
  'every date of a %s plan leads to its rule, and to the same date counted',
  async (regime) => {
    await using api = await startTestApi();
    const plan = await api.call(
      'GET',
      `/api/law/plan?regime=${regime}&kind=goods&noticeAt=2026-04-20T09:00:00%2B08:00`,
    );
    type Applied = {
      id: string;
      article: string;
      quote: string | null;
      effect: string;
      latest: string | null;
      links: Linked;
    };
    const milestones = plan.get('milestones') as { key: string; rules: Applied[] }[];
    const applied = milestones.flatMap(({ rules }) => rules);
    expect(applied.length).toBeGreaterThan(8);
    let counted = 0;
    for (const { id, article, quote, effect, latest, links } of applied) {
      const rule = await api.call('GET', links.rule ?? '');
      expect([rule.get('id'), rule.get('article'), rule.get('quote') ?? null]).toEqual([id, article, quote]);
      const due = await api.call('GET', links.due ?? '');
      expect((due.get('trace') as unknown[]).length, id).toBeGreaterThan(0);
      if (effect !== 'latest') continue;
      expect(due.get('due'), id).toBe(latest);
      counted += 1;
    }
    expect(counted).toBeGreaterThan(3);
  },
);
