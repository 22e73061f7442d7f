import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { createAdvance } from '../../services/tender/advance.ts';
import { startTestApi, type Member } from '../setup/api.ts';
import { mandateOf } from '../setup/tenders/mandates.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { addTenderDocument } from '../setup/tenders/tender.ts';
import { UNATTENDED } from '../../db/audit.ts';

const NOW = parseInstant('2026-03-01T12:00:00+08:00');
const atNoon = { database: { machineClock: () => NOW }, deps: { realNow: () => Date.now() } };

const DRAFT = {
  title: '某区中学教学楼工程',
  regime: 'tendering',
  kind: 'works',
  budgetFen: 1_000_000_00,
  contentZh: '教学楼一栋。',
  particulars: { ...PARTICULARS_TOLD, ceilingPriceFen: 99_000_000 },
  noticeAt: '2026-03-02T09:00:00+08:00',
  documentsFrom: '2026-03-02T09:00:00+08:00',
  documentsUntil: '2026-03-09T17:00:00+08:00',
  bidDeadline: '2026-04-01T01:30:00Z',
  bidValidityDays: 90,
  lots: [{ no: 1, title: '施工', budgetFen: 1_000_000_00 }],
};

async function drafted(purchaser: Member, change: object = {}): Promise<{ id: string; etag: string }> {
  const answer = await purchaser.call('POST', '/api/procurements', { json: { ...DRAFT, ...change } });
  expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('"stage":"draft"')]);
  return { id: String(answer.get('id')), etag: answer.headers.get('etag') ?? '' };
}

it('a draft is written, read by those who run it and who supervise, changed under its ETag, and launched', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser', '某区教育局');
  const { id, etag } = await drafted(purchaser);
  expect(etag).toBe('"1"');
  const read = await purchaser.call('GET', `/api/procurements/${id}`);
  expect(read.body).toMatchObject({
    purchaser: { name: '某区教育局' },
    bidDeadline: '2026-04-01T09:30:00+08:00',
    lots: [{ no: 1, bidBondFen: null, stage: 'pending' }],
  });
  const change = { ...DRAFT, title: '某区中学教学楼工程（二次）' };
  const unguarded = await purchaser.call('PUT', `/api/procurements/${id}`, { json: change });
  expect([unguarded.status, unguarded.get('code')]).toEqual([428, 'precondition-required']);
  const changed = await purchaser.call('PUT', `/api/procurements/${id}`, {
    json: change,
    headers: { 'if-match': etag },
  });
  expect([changed.status, changed.headers.get('etag'), changed.get('title')]).toEqual([200, '"2"', change.title]);
  for (const stale of [etag, 'W/"1"', '"x"', '"1", "9"', '"a,2", "9"', '"02"', '""', '"*"', '"1-gzip"']) {
    const answer = await purchaser.call('PUT', `/api/procurements/${id}`, {
      json: DRAFT,
      headers: { 'if-match': stale },
    });
    expect([stale, answer.status, answer.get('code')]).toEqual([stale, 412, 'version-conflict']);
    expect(answer.get('messageZh')).not.toContain('-1');
  }
  // RFC 9110: any, a list (a tag may have a comma), the weak tag that a compressing proxy makes of ours, and the one that Apache makes.
  for (const good of ['*', 'W/"3"', '"1", W/"4"', ' "5" ,', '"a,b","6"', '"7-gzip"', 'W/"8--gzip"']) {
    const answer = await purchaser.call('PUT', `/api/procurements/${id}`, {
      json: change,
      headers: { 'if-match': good },
    });
    expect([good, answer.status]).toEqual([good, 200]);
  }
  for (const malformed of ['9', 'W/9', '"9', '*, "9"', '', '"9" "8"', '"9";"8"']) {
    const answer = await purchaser.call('PUT', `/api/procurements/${id}`, {
      json: change,
      headers: { 'if-match': malformed },
    });
    expect([malformed, answer.status, answer.get('details.field')]).toEqual([malformed, 400, 'If-Match']);
    expect(answer.get('messageZh')).toContain('引号');
  }

  // 条例16: nothing could be issued when the notice says.
  const bare = await purchaser.call('POST', `/api/procurements/${id}/launch`);
  expect([bare.status, bare.get('violations')]).toMatchObject([
    422,
    [{ field: 'documents', rule: 'works-doc-sale-min', law: '招标投标法实施条例', article: '16', severity: 'block' }],
  ]);
  await addTenderDocument(api.db, UNATTENDED, id);
  const launched = await purchaser.call('POST', `/api/procurements/${id}/launch`);
  expect(launched.status).toBe(200);
  const milestones = launched.get('plan.milestones') as { key: string; at: string; rules: { article: string }[] }[];
  expect(milestones.find(({ key }) => key === 'bid-deadline')).toMatchObject({ at: '2026-04-01T09:30:00+08:00' });
  expect(milestones.length).toBeGreaterThan(12);
  const wakes = await waitingWakes(api.db.read, Date.now(), 9);
  expect(wakes.map(({ subject }) => subject)).toEqual([`procurement/${String(id)}`]);
  expect((await api.call('GET', `/api/procurements/${id}`)).status).toBe(404);
  const timeline = await purchaser.call('GET', `/api/procurements/${id}/timeline`);
  const items = timeline.get('items') as {
    rules: { article: string; links: { rule: string; due: string | null } }[];
  }[];
  expect(items.length).toBeGreaterThan(4);
  for (const { article, links } of items.flatMap(({ rules }) => rules)) {
    expect((await api.call('GET', links.rule)).get('article')).toBe(article);
    if (links.due !== null) expect((await api.call('GET', links.due)).status).toBe(200);
  }
  const linked = await purchaser.call('GET', `/api/procurements/${id}`);
  expect(linked.get('links.timeline')).toBe(`/api/procurements/${id}/timeline`);
});

interface Violated {
  readonly article: string | null;
  readonly links: { readonly rule: string | null };
}

it('an unlawful draft is not launched, and all violations are reported together with their articles', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const unlawful = {
    bidDeadline: '2026-03-10T09:30:00+08:00',
    documentsUntil: '2026-03-03T17:00:00+08:00',
    bidValidityDays: null,
  };
  const checked = await purchaser.call('POST', '/api/procurements/check', { json: { ...DRAFT, ...unlawful } });
  expect([checked.status, checked.get('lawful')]).toEqual([200, false]);
  const { id } = await drafted(purchaser, unlawful);
  await addTenderDocument(api.db, UNATTENDED, id);
  const stored = await purchaser.call('GET', `/api/procurements/${id}/check`);
  expect(stored.get('violations')).toEqual(checked.get('violations'));
  const refused = await purchaser.call('POST', `/api/procurements/${id}/launch`);
  expect([refused.status, refused.get('code')]).toEqual([422, 'unlawful']);
  const violations = refused.get('violations') as { field: string; article: string | null; earliestLawful?: string }[];
  expect(new Set(violations.map(({ field }) => field))).toEqual(
    new Set(['bidDeadline', 'documentsUntil', 'bidValidityDays']),
  );
  expect(violations.find(({ field }) => field === 'bidDeadline')).toMatchObject({ article: '24' });
  const linked = [...violations, ...(checked.get('violations') as typeof violations)] as unknown as Violated[];
  for (const { article, links } of linked) {
    expect((await api.call('GET', links.rule ?? '')).get('article')).toBe(article);
  }
  expect((await purchaser.call('GET', `/api/procurements/${id}`)).get('stage')).toBe('draft');
});

it('a government tender without its method, with a ceiling above its budget or a lot of nothing, is not launched (条例 30, 32; 87令 12)', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const { evaluationMethod: _left, ...particulars } = PARTICULARS_TOLD;
  const change = {
    ...{ regime: 'government', kind: 'goods', intentionAt: '2026-01-20T09:00:00+08:00' },
    particulars: { ...particulars, ceilingPriceFen: 1_000_000_01 },
    lots: [...DRAFT.lots, { no: 2, title: '二包', budgetFen: 0 }],
  };
  const wanted = [
    ['particulars.evaluationMethod', 'gp-doc-items-reg', '政府采购法实施条例', '32(2)'],
    ['particulars.ceilingPriceFen', 'gp-no-min-price', '财政部令87号', '12'],
    ['lots[1].budgetFen', 'gp-budget-disclosure', '政府采购法实施条例', '30'],
  ];
  const blockingOf = (answer: { get: (path: string) => unknown }) =>
    (answer.get('violations') as { severity: string; field: string; rule: string; law: string; article: string }[])
      .filter(({ severity }) => severity === 'block')
      .map(({ field, rule, law, article }) => [field, rule, law, article]);
  const dry = await purchaser.call('POST', '/api/procurements/check', { json: { ...DRAFT, ...change } });
  expect(blockingOf(dry)).toEqual(expect.arrayContaining(wanted));
  const { id, etag } = await drafted(purchaser, change);
  await addTenderDocument(api.db, UNATTENDED, id);
  expect(blockingOf(await purchaser.call('GET', `/api/procurements/${id}/check`))).toEqual(
    expect.arrayContaining(wanted),
  );
  const refused = await purchaser.call('POST', `/api/procurements/${id}/launch`);
  expect([refused.status, blockingOf(refused)]).toEqual([422, expect.arrayContaining(wanted)]);
  const mended = { ...particulars, evaluationMethod: 'lowest-evaluated', ceilingPriceFen: 1_000_000_00 };
  const json = { ...DRAFT, ...change, particulars: mended, lots: DRAFT.lots };
  await purchaser.call('PUT', `/api/procurements/${id}`, { json, headers: { 'if-match': etag } });
  const again = await purchaser.call('GET', `/api/procurements/${id}/check`);
  for (const [field] of wanted) expect(blockingOf(again).map(([each]) => each)).not.toContain(field);
});

it('a date in the past is unlawful to launch', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const { id } = await drafted(purchaser, { noticeAt: '2026-02-02T09:00:00+08:00' });
  const refused = await purchaser.call('POST', `/api/procurements/${id}/launch`);
  expect(refused.get('violations')).toEqual(
    expect.arrayContaining([
      // A matter of reason, which no article says.
      expect.objectContaining({ rule: 'past', field: 'noticeAt', links: { rule: null, due: null } }),
    ]),
  );
});

describe('refuses what cannot be', () => {
  it.each([
    ['an instant without offset', { noticeAt: '2026-03-02T09:00:00' }, 'noticeAt', 'bad-instant'],
    ['a date for an instant', { bidDeadline: '2026-04-01' }, 'bidDeadline', 'bad-instant'],
    ['a day that is none', { noticeAt: '2026-02-30T09:00:00+08:00' }, 'noticeAt', 'bad-date'],
    ['an instant as a number', { noticeAt: 1_772_000_000_000 }, 'noticeAt', 'string'],
    ['a negative amount', { budgetFen: -1 }, 'budgetFen', 'minimum 0'],
    ['a fraction of a fen', { budgetFen: 0.5 }, 'budgetFen', 'int'],
    ['an amount over 2^53', { budgetFen: 2 ** 53 }, 'budgetFen', 'maximum 9007199254740991'],
    ['an amount as text', { budgetFen: '100' }, 'budgetFen', 'number'],
    ['an over-long title', { title: '长'.repeat(201) }, 'title', 'maximum 200'],
    ['an empty title', { title: '   ' }, 'title', 'minimum 1'],
    ['an unknown field', { winner: 'me' }, 'winner', 'unrecognized_keys'],
    ['a regime there is not', { regime: 'martial' }, 'regime', 'invalid_value'],
    ['no lots', { lots: [] }, 'lots', 'minimum 1'],
    ['two lots of one number', { lots: [DRAFT.lots[0], DRAFT.lots[0]] }, 'lots', 'unique'],
    ['a lot’s amount', { lots: [{ ...DRAFT.lots[0], budgetFen: -5 }] }, 'lots[0].budgetFen', 'minimum 0'],
    ['another’s tender', { purchaserId: '0198c0de-0000-7000-8000-000000000001' }, 'purchaserId', 'own'],
  ])('%s', async (_what, change, field, rule) => {
    await using api = await startTestApi(atNoon);
    const purchaser = await api.member('purchaser');
    const answer = await purchaser.call('POST', '/api/procurements', { json: { ...DRAFT, ...change } });
    expect([answer.status, answer.get('code')]).toEqual([422, 'bad-input']);
    expect(answer.get('issues')).toMatchObject([{ field, rule }]);
    expect(answer.get('issues.0.messageZh')).toMatch(/\p{Script=Han}/u);
    expect(answer.get('issues.0.messageEn')).not.toBe('');
  });

  it('2^53 + 1, which no number of JavaScript can hold', async () => {
    await using api = await startTestApi(atNoon);
    const purchaser = await api.member('purchaser');
    const body = JSON.stringify(DRAFT).replace('"budgetFen":100000000', '"budgetFen":9007199254740993');
    const answer = await purchaser.call('POST', '/api/procurements', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.get('issues.0.field')]).toEqual([422, 'budgetFen']);
  });
});

it('an agency drafts for the purchaser it names; a purchaser that does not exist is not found', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const agency = await api.member('agency');
  const unnamed = await agency.call('POST', '/api/procurements', { json: DRAFT });
  expect([unnamed.status, unnamed.get('issues.0.field')]).toEqual([422, 'purchaserId']);
  const ghost = { ...DRAFT, purchaserId: '0198c0de-0000-7000-8000-000000000001' };
  expect((await agency.call('POST', '/api/procurements', { json: ghost })).status).toBe(404);
  const unasked = { ...DRAFT, purchaserId: purchaser.organisationId };
  const refused = await agency.call('POST', '/api/procurements', { json: unasked });
  expect([refused.status, refused.get('code')]).toEqual([403, 'not-mandated']);
  await mandateOf(api.db, { purchaserId: purchaser.organisationId, agencyId: agency.organisationId });
  const { id } = await drafted(agency, { purchaserId: purchaser.organisationId });
  expect((await purchaser.call('GET', `/api/procurements/${id}`)).status).toBe(200);
  expect((await purchaser.call('GET', '/api/procurements?mine=true')).get('items.0.id')).toBe(id);
});

it('pages stay whole while new tenders are drafted, and a foreign cursor is refused', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const ids: string[] = [];
  for (let n = 0; n < 7; n += 1) ids.unshift((await drafted(purchaser, { title: `第${n}号工程` })).id);
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const page = await purchaser.call('GET', `/api/procurements?mine=true&limit=3${cursor}`);
    seen.push(...(page.get('items') as { id: string }[]).map(({ id }) => id));
    const next = page.get('next');
    if (typeof next !== 'string') break;
    cursor = `&cursor=${next}`;
    await drafted(purchaser, { title: '中途新增' });
  }
  expect(seen).toEqual(ids);
  const found = await purchaser.call('GET', `/api/procurements?mine=true&q=${encodeURIComponent('第3号')}&stage=draft`);
  expect((found.get('items') as unknown[]).length).toBe(1);
  for (const query of [
    'cursor=AAAA',
    'limit=0',
    'limit=101',
    'limit=x',
    'stage=nowhere',
    'surprise=1',
    'limit=1&limit=2',
  ]) {
    expect([query, (await purchaser.call('GET', `/api/procurements?${query}`)).status]).toEqual([query, 422]);
  }
  const board = await api.call('GET', '/api/notices?limit=1');
  expect(board.body).toEqual({ items: [], next: null });
  const foreign = await purchaser.call('GET', `/api/notices?${cursor.slice(1)}`);
  expect([foreign.status, foreign.get('issues.0.field')]).toEqual([422, 'cursor']);
});

it('a launch is withdrawn before its notice and launched anew, a draft is copied and deleted', async () => {
  const clock = { now: NOW };
  await using api = await startTestApi({ ...atNoon, database: { machineClock: () => clock.now } });
  const purchaser = await api.member('purchaser');
  const office = await api.member('office');
  const other = await api.member('purchaser');
  const { id } = await drafted(purchaser);
  await addTenderDocument(api.db, UNATTENDED, id);
  const path = `/api/procurements/${id}`;
  expect((await purchaser.call('POST', `${path}/launch`)).status).toBe(200);
  const advance = createAdvance(api.db, { depositAccount: null });
  const waits = await advance(`procurement/${id}`);
  expect(waits).toMatchObject({ then: 'wait', until: parseInstant(DRAFT.noticeAt) });
  // A launched one is neither changed nor deleted as it is.
  for (const method of ['PUT', 'DELETE'])
    expect((await purchaser.call(method, path, { json: DRAFT, headers: { 'if-match': '*' } })).status).toBe(403);

  const reason = { json: { reasonZh: '需求有变' } };
  expect((await purchaser.call('POST', `${path}/withdrawal`, { json: {} })).status).toBe(422);
  expect((await other.call('POST', `${path}/withdrawal`, reason)).status).toBe(404);
  expect((await office.call('POST', `${path}/withdrawal`, reason)).status).toBe(403);
  const withdrawn = await purchaser.call('POST', `${path}/withdrawal`, reason);
  expect([withdrawn.status, withdrawn.get('stage'), withdrawn.get('launchedAt')]).toEqual([200, 'draft', null]);
  // Its workflow is woken, and ends.
  expect((await waitingWakes(api.db.read, Date.now(), 9)).map(({ subject }) => subject)).toContain(`procurement/${id}`);
  expect(await advance(`procurement/${id}`)).toEqual({ then: 'ended', stage: 'draft' });
  expect((await purchaser.call('GET', `${path}/timeline`)).get('items')).toEqual([]);

  // Changed, also to earlier dates than the withdrawn plan had, and launched anew.
  const changed = { ...DRAFT, bidDeadline: '2026-03-25T09:30:00+08:00' };
  const etag = withdrawn.headers.get('etag') ?? '';
  expect((await purchaser.call('PUT', path, { json: changed, headers: { 'if-match': etag } })).status).toBe(200);
  expect((await purchaser.call('POST', `${path}/launch`)).status).toBe(200);
  const timeline = (await purchaser.call('GET', `${path}/timeline`)).get('items') as { key: string; dueAt: string }[];
  expect(timeline.find(({ key }) => key === 'bid-deadline')?.dueAt).toBe(changed.bidDeadline);

  // From the instant of its notice on it is not withdrawn, although nobody has published it.
  clock.now = parseInstant(DRAFT.noticeAt);
  const late = await purchaser.call('POST', `${path}/withdrawal`, reason);
  expect([late.status, late.get('code')]).toEqual([409, 'stage-conflict']);
  expect(await advance(`procurement/${id}`)).toMatchObject({ then: 'wait', stage: 'bidding' });
  expect((await purchaser.call('POST', `${path}/withdrawal`, reason)).status).toBe(403);

  const noticeAt = '2026-05-06T09:00:00+08:00';
  expect((await other.call('POST', `${path}/copy`, { json: { noticeAt } })).status).toBe(403);
  const copy = await purchaser.call('POST', `${path}/copy`, { json: { noticeAt } });
  expect([copy.status, copy.get('stage'), copy.get('title')]).toEqual([201, 'draft', `${DRAFT.title}（副本）`]);
  expect(copy.body).toMatchObject({ noticeAt, bidDeadline: null, retenderOf: null, lots: [{ no: 1, title: '施工' }] });
  const copied = `/api/procurements/${String(copy.get('id'))}`;
  expect((await purchaser.call('DELETE', copied)).status).toBe(428);
  expect((await purchaser.call('DELETE', copied, { headers: { 'if-match': '"9"' } })).status).toBe(412);
  expect((await office.call('DELETE', copied, { headers: { 'if-match': '*' } })).status).toBe(403);
  expect((await purchaser.call('DELETE', copied, { headers: { 'if-match': '"1"' } })).status).toBe(204);
  for (const member of [purchaser, office]) {
    expect((await member.call('GET', copied)).status).toBe(404);
    const listed = await member.call('GET', '/api/procurements?mine=true&stage=draft');
    expect(listed.get('items')).toEqual([]);
    expect((await member.call('GET', `/api/procurements?q=${encodeURIComponent('副本')}`)).get('items')).toEqual([]);
  }
  for (const act of ['launch', 'copy'])
    expect((await purchaser.call('POST', `${copied}/${act}`, { json: { noticeAt } })).status).toBe(404);
  const trail = (await office.call('GET', '/api/audit?limit=100')).get('items') as { action: string }[];
  expect(trail.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['procurement.withdraw-launch', 'procurement.delete-draft']),
  );
});

it('a launch warns while no rate of interest is recorded for its deposits (招标投标法实施条例 57), and asks nothing without deposits', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const lots = [{ no: 1, title: '施工', budgetFen: 1_000_000_00, bidBondFen: 20_000_00 }];
  const warned = async (title: string, change: object = { lots }) => {
    const { id } = await drafted(purchaser, { title, ...change });
    await addTenderDocument(api.db, UNATTENDED, id);
    const { status, get } = await purchaser.call('POST', `/api/procurements/${id}/launch`);
    expect(status).toBe(200);
    return (get('warnings') as { field: string; rule: string; severity: string }[])
      .filter(({ field }) => field === 'depositRates')
      .map(({ rule, severity }) => [rule, severity]);
  };
  expect(await warned('教学楼', {})).toEqual([]);
  expect(await warned('食堂')).toEqual([['works-bond-refund-after-contract', 'warn']]);
  const rates = [{ kind: 'deposit', from: '2026-03-02', ratePpm: 500, source: '测试虚构的挂牌利率' }];
  const office = await api.member('office');
  expect((await office.call('POST', '/api/deposits/rates', { json: { rates } })).status).toBe(200);
  expect(await warned('体育馆')).toEqual([]);
});
