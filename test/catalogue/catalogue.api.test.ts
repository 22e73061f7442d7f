import { expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { MEMBER_ROLES, startTestApi, type TestApi } from '../setup/api.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { addTenderDocument } from '../setup/tenders/tender.ts';
import { UNATTENDED } from '../../db/audit.ts';

const NOW = parseInstant('2026-03-01T12:00:00+08:00');
const atNoon = { database: { machineClock: () => NOW }, deps: { realNow: () => Date.now() } };

const WAN = 10_000_00;
// Figures made up for the test: none of a province was found.
const MADE_UP_OPEN = 777 * WAN;
const MADE_UP_LIMIT = 77 * WAN;
const SOURCE = '测试虚构〔0000〕0号';

const ENTRY = {
  regime: 'government',
  code: 'T01',
  nameZh: '教学终端',
  kind: 'goods',
  level: 'district',
  mustTradeOnPlatform: true,
  from: '2026-01-01',
  source: SOURCE,
};
const FIGURES = { kind: 'goods', openFen: MADE_UP_OPEN, limitFen: MADE_UP_LIMIT, from: '2026-01-01', source: SOURCE };

const WORKS = {
  title: '某区中学教学楼工程',
  regime: 'tendering',
  kind: 'works',
  budgetFen: 200 * WAN,
  contentZh: '教学楼一栋。',
  particulars: { ...PARTICULARS_TOLD, ceilingPriceFen: 190 * WAN },
  noticeAt: '2026-03-02T09:00:00+08:00',
  documentsUntil: '2026-03-09T17:00:00+08:00',
  bidDeadline: '2026-04-01T09:30:00+08:00',
  bidValidityDays: 90,
  lots: [{ no: 1, title: '施工', budgetFen: 200 * WAN }],
};
const GOODS = {
  ...WORKS,
  title: '教学终端采购',
  regime: 'government',
  kind: 'goods',
  intentionAt: '2026-01-01T09:00:00+08:00',
  lots: [{ no: 1, title: '终端', budgetFen: 200 * WAN }],
};

const verdicts = (methods: unknown): Record<string, string> =>
  Object.fromEntries(
    (methods as { procedure: string; verdict: string }[]).map(({ procedure, verdict }) => [procedure, verdict]),
  );

async function setUp(api: TestApi): Promise<void> {
  const office = await api.member('office');
  const brought = await office.call('POST', '/api/catalogue', { json: { entries: [ENTRY], thresholds: [FIGURES] } });
  expect(brought.status).toBe(200);
}

it('the office imports the catalogue, anybody reads it with its source, and nobody else may write it', async () => {
  await using api = await startTestApi(atNoon);
  const office = await api.member('office');
  const preview = await office.call('POST', '/api/catalogue', { json: { entries: [ENTRY], preview: true } });
  expect([preview.status, preview.get('preview'), preview.get('entries.0.change')]).toEqual([200, true, 'new']);
  expect((await api.call('GET', '/api/catalogue')).get('items')).toEqual([]);

  const rows = { entries: [ENTRY, { ...ENTRY, code: 'T02', from: '2026-07-01' }], thresholds: [FIGURES] };
  expect((await office.call('POST', '/api/catalogue', { json: rows })).get('entries.1.change')).toBe('new');
  const again = await office.call('POST', '/api/catalogue', { json: rows });
  expect([again.get('entries.0.change'), again.get('thresholds.0.change')]).toEqual(['known', 'known']);

  const today = await api.call('GET', '/api/catalogue');
  expect(today.body).toMatchObject({
    on: '2026-03-01',
    items: [{ code: 'T01', source: SOURCE, until: null, centralised: false }],
    thresholds: [{ openFen: MADE_UP_OPEN, source: SOURCE }],
    next: null,
  });
  const first = await api.call('GET', '/api/catalogue?on=2026-07-01&limit=1');
  const second = await api.call('GET', `/api/catalogue?on=2026-07-01&limit=1&cursor=${String(first.get('next'))}`);
  expect([first.get('items.0.code'), second.get('items.0.code'), second.get('next')]).toEqual(['T01', 'T02', null]);
  expect((await api.call('GET', '/api/catalogue?code=T02')).get('items')).toEqual([]);

  for (const role of MEMBER_ROLES.filter((each) => each !== 'office')) {
    const refused = await (await api.member(role)).call('POST', '/api/catalogue', { json: rows });
    expect([role, refused.status]).toEqual([role, 403]);
  }
  expect((await api.call('POST', '/api/catalogue', { json: rows })).status).toBe(401);
});

it('a catalogue with faults is refused whole, every fault by row and field in both languages', async () => {
  await using api = await startTestApi(atNoon);
  const office = await api.member('office');
  const form = await office.call('POST', '/api/catalogue', {
    json: { entries: [{ ...ENTRY, level: 'village' }, ENTRY], thresholds: [{ ...FIGURES, openFen: -1 }] },
  });
  expect(form.status).toBe(422);
  expect((form.get('issues') as { field: string }[]).map(({ field }) => field).sort()).toEqual([
    'entries[0].level',
    'thresholds[0].openFen',
  ]);
  const sense = await office.call('POST', '/api/catalogue', {
    json: {
      entries: [
        { ...ENTRY, until: '2025-12-31' },
        { ...ENTRY, code: 'T02' },
      ],
      thresholds: [{ ...FIGURES, kind: 'works' }],
    },
  });
  expect(sense.get('issues')).toMatchObject([
    { field: 'entries[0].until', messageZh: expect.stringContaining('早于') as string },
    { field: 'thresholds[0].openFen', messageEn: expect.stringContaining('16号令') as string },
  ]);
  expect((await api.call('GET', '/api/catalogue')).get('items')).toEqual([]);
});

it('anybody asks which procedures are lawful; a figure that is not set is said to be, and decides once it is', async () => {
  await using api = await startTestApi(atNoon);
  const ask = (json: object) => api.call('POST', '/api/law/procedures', { json, key: null });
  const works = await ask({ regime: 'tendering', kind: 'works', amountFen: 400 * WAN });
  expect(works.status).toBe(200);
  expect(works.get('openDuty')).toMatchObject({
    verdict: 'yes',
    thresholdFen: 400 * WAN,
    rules: [{ id: 'works-mandatory-construction', law: '16号令', article: '5(1)(一)' }],
  });
  expect(verdicts(works.get('procedures'))).toMatchObject({
    'open-tender': 'lawful',
    'invited-tender': 'needs-ground',
  });
  const goods = { regime: 'government', kind: 'goods', amountFen: MADE_UP_OPEN - 1 };
  const unset = await ask(goods);
  expect(verdicts(unset.get('procedures'))).toMatchObject({ 'open-tender': 'lawful', inquiry: 'unknown' });
  await setUp(api);
  const set = await ask({ ...goods, catalogueCode: 'T01' });
  expect(set.get('level')).toBe('district');
  const inquiry = (set.get('procedures') as { procedure: string }[]).find(({ procedure }) => procedure === 'inquiry');
  expect(inquiry).toMatchObject({ verdict: 'needs-ground', grounds: [{ id: 'inq-grounds', article: '32' }] });
  // Before its first day the figure was not set.
  expect(verdicts((await ask({ ...goods, on: '2025-12-31' })).get('procedures'))).toMatchObject({ inquiry: 'unknown' });
  const approved = await ask({ ...goods, amountFen: MADE_UP_OPEN });
  expect(approved.get('procedures.2')).toMatchObject({
    procedure: 'negotiation',
    approval: { id: 'gp-method-change-approval', article: '23' },
  });
  const bad = await ask({ regime: 'land', kind: 'works', amountFen: -1 });
  expect((bad.get('issues') as { field: string }[]).map(({ field }) => field)).toEqual(['regime', 'amountFen']);
});

it('a draft by a procedure that is not lawful is refused with every violation, its article and the lawful choices', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const negotiation = { ...GOODS, procedure: 'negotiation', mandatory: false };
  const unset = await purchaser.call('POST', '/api/procurements/check', { json: negotiation });
  expect([unset.status, unset.get('code')]).toEqual([422, 'unlawful']);
  expect(unset.get('violations')).toMatchObject([
    { rule: 'gp-open-threshold-provincial', article: '27', severity: 'block', field: 'mandatory' },
    { rule: 'hubei-gp-thresholds', severity: 'warn' },
    { rule: 'gp-open-threshold-provincial', field: 'procedure', lawfulChoices: ['open-tender'] },
    { rule: 'hubei-gp-thresholds', severity: 'warn' },
  ]);
  expect((unset.get('violations') as { messageZh: string }[])[0]?.messageZh).toContain('未配置');
  await setUp(api);
  const needs = await purchaser.call('POST', '/api/procurements', { json: { ...negotiation, catalogueCode: 'T01' } });
  expect([needs.status, needs.get('violations.0.rule'), needs.get('violations.0.article')]).toEqual([
    422,
    'neg-grounds',
    '30',
  ]);
  // Lawful, outside 政府采购法, and not run by this version.
  const small = { ...negotiation, catalogueCode: 'T01', budgetFen: 1, lots: [{ no: 1, title: '终端', budgetFen: 1 }] };
  const lawful = await purchaser.call('POST', '/api/procurements', { json: small });
  expect([lawful.status, lawful.get('code')]).toEqual([422, 'procedure-not-supported']);
  // A tender for works goes by 招标投标法 (政府采购法实施条例 7).
  const works = await purchaser.call('POST', '/api/procurements/check', { json: { ...GOODS, kind: 'works' } });
  expect(works.get('violations')).toEqual(
    expect.arrayContaining([expect.objectContaining({ rule: 'gp-vs-tender-law-split', article: '7' })]),
  );
});

it('a code that is unknown is refused at the launch, naming the nearest; one that is known is kept', async () => {
  await using api = await startTestApi(atNoon);
  await setUp(api);
  const purchaser = await api.member('purchaser');
  const made = await purchaser.call('POST', '/api/procurements', { json: { ...GOODS, catalogueCode: 'T02' } });
  const refused = await purchaser.call('POST', `/api/procurements/${String(made.get('id'))}/launch`);
  expect(refused.status).toBe(422);
  expect(refused.get('violations')).toEqual(
    expect.arrayContaining([expect.objectContaining({ field: 'catalogueCode', lawfulChoices: ['T01'] })]),
  );
  const known = await purchaser.call('POST', '/api/procurements', { json: { ...GOODS, catalogueCode: 'T01' } });
  expect(known.get('catalogueCode')).toBe('T01');
  const uploaded = await purchaser.call('POST', `/api/procurements/${String(known.get('id'))}/documents?name=a.pdf`, {
    body: new TextEncoder().encode('%PDF-1.7 …'),
    headers: { 'content-type': 'application/pdf' },
  });
  expect(uploaded.status).toBe(201);
  const checked = await purchaser.call('GET', `/api/procurements/${String(known.get('id'))}/check`);
  expect([checked.get('lawful'), checked.get('methods.level'), checked.get('methods.openDuty.verdict')]).toEqual([
    true,
    'district',
    'no',
  ]);
  const malformed = await purchaser.call('POST', '/api/procurements', { json: { ...GOODS, catalogueCode: '品目 1' } });
  expect(malformed.get('issues.0.field')).toBe('catalogueCode');
});

it('splitting is warned of at the check and at the launch, with what the purchaser may see', async () => {
  await using api = await startTestApi(atNoon);
  const purchaser = await api.member('purchaser');
  const stranger = await api.member('purchaser');
  const part = { ...WORKS, projectCode: '2026-420111-01' };
  const first = await purchaser.call('POST', '/api/procurements', { json: part });
  const second = await purchaser.call('POST', '/api/procurements', { json: part });
  await addTenderDocument(api.db, UNATTENDED, String(second.get('id')));
  const launched = await purchaser.call('POST', `/api/procurements/${String(second.get('id'))}/launch`);
  expect(launched.status).toBe(200);
  expect(launched.get('warnings')).toMatchObject([
    {
      rule: 'works-mandatory-aggregation',
      article: '5(2)',
      severity: 'warn',
      related: [{ id: first.get('id'), amountFen: 200 * WAN }],
    },
  ]);
  // The project of another purchaser is another project.
  expect((await stranger.call('POST', '/api/procurements/check', { json: part })).get('violations')).toEqual([]);
});

it('the office records trades held elsewhere; the watchers see which had to trade on the platform; others are refused', async () => {
  await using api = await startTestApi(atNoon);
  await setUp(api);
  const office = await api.member('office');
  const trade = {
    purchaser: '某区教育局',
    title: '教学终端',
    regime: 'government',
    kind: 'goods',
    procedure: 'inquiry',
    amountFen: 100 * WAN,
    tradedOn: '2026-02-01',
    catalogueCode: 'T01',
    place: '自行采购',
    source: '审计移送',
  };
  const recorded = await office.call('POST', '/api/off-platform-trades', { json: trade });
  expect(recorded.status).toBe(201);
  expect(recorded.get('duty')).toMatchObject({
    mustTradeOnPlatform: true,
    rules: [{ id: 'plat-scope', article: '8' }],
    entry: { code: 'T01', source: SOURCE },
  });
  const works = { ...trade, regime: 'tendering', kind: 'works', procedure: null, catalogueCode: null };
  await office.call('POST', '/api/off-platform-trades', { json: { ...works, amountFen: 400 * WAN, title: '道路' } });
  await office.call('POST', '/api/off-platform-trades', {
    json: { ...works, amountFen: 400 * WAN - 1, title: '围墙' },
  });
  await office.call('POST', '/api/off-platform-trades', {
    json: { ...works, regime: 'land', kind: null, title: '地块' },
  });
  // Unknown the day before the item was in force.
  await office.call('POST', '/api/off-platform-trades', { json: { ...trade, tradedOn: '2025-12-31', title: '去年' } });
  const titles = async (query: string) =>
    ((await office.call('GET', `/api/off-platform-trades?${query}`)).get('items') as { title: string }[]).map(
      ({ title }) => title,
    );
  expect((await titles('must=yes')).sort()).toEqual(['地块', '教学终端', '道路'].sort());
  expect((await titles('must=unknown')).sort()).toEqual(['去年', '围墙'].sort());
  expect(await titles('must=no')).toEqual([]);
  expect(await titles('until=2025-12-31')).toEqual(['去年']);
  expect(await titles('regime=land')).toEqual(['地块']);
  const seen: string[] = [];
  for (let cursor = ''; ;) {
    const page = await office.call('GET', `/api/off-platform-trades?must=yes&limit=1${cursor}`);
    seen.push(...(page.get('items') as { title: string }[]).map(({ title }) => title));
    const next = page.get('next');
    if (typeof next !== 'string') break;
    cursor = `&cursor=${next}`;
  }
  expect(seen.sort()).toEqual((await titles('must=yes')).sort());

  const corrects = String(recorded.get('id'));
  const corrected = await office.call('POST', '/api/off-platform-trades', {
    json: { ...trade, corrects, amountFen: 1, title: '教学终端（更正）' },
  });
  expect([corrected.status, corrected.get('corrects')]).toEqual([201, corrects]);
  expect(await titles('regime=government&from=2026-01-01')).toEqual(['教学终端（更正）']);
  expect(await titles('regime=government&from=2026-01-01&history=true')).toHaveLength(2);
  const twice = await office.call('POST', '/api/off-platform-trades', { json: { ...trade, corrects } });
  expect([twice.status, twice.get('code')]).toEqual([409, 'already-exists']);
  const wrong = await office.call('POST', '/api/off-platform-trades', {
    json: { ...trade, kind: null, tradedOn: '2026-03-02', withdrawn: true },
  });
  expect((wrong.get('issues') as { field: string }[]).map(({ field }) => field)).toEqual([
    'kind',
    'tradedOn',
    'withdrawn',
  ]);

  for (const role of MEMBER_ROLES) {
    const member = await api.member(role);
    const reads = (await member.call('GET', '/api/off-platform-trades')).status;
    const writes = (await member.call('POST', '/api/off-platform-trades', { json: trade })).status;
    const watches = ['office', 'supervisor', 'discipline', 'auditor'].includes(role);
    expect([role, reads, writes]).toEqual([role, watches ? 200 : 403, role === 'office' ? 201 : 403]);
  }
  expect((await api.call('GET', '/api/off-platform-trades')).status).toBe(401);
});
