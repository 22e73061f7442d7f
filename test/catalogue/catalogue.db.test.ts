import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, type Actor } from '../../db/audit.ts';
import { catalogueOn } from '../../db/catalogue.ts';
import { importCatalogue, previewCatalogue } from '../../services/catalogue/import.ts';
import { catalogueView, thresholdsOn } from '../../services/catalogue/in-force.ts';
import { checkDraft, methodContext } from '../../services/procurements/check-draft.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { listTrades } from '../../db/off-platform.ts';
import { recordTrade, type NewTrade } from '../../services/off-platform/record.ts';
import type { Draft } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { catalogueEntries, offPlatformTrades, procurements, procurementThresholds } from '../../db/schema/sqlite.ts';
import type { CatalogueEntry, ProcurementThreshold } from '../../domain/law/catalogue.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import type { Procedure } from '../../domain/law/facts.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  actorOf,
  addTenderDocument,
  at,
  draftOf,
  handClock,
  people,
  refusalOf,
  type People,
} from '../setup/tenders/tender.ts';

const WAN = 10_000_00;
// Figures made up for the test: none of a province was found.
const MADE_UP_OPEN = 777 * WAN;
const SOURCE = '测试虚构〔0000〕0号';

const item = (change: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  regime: 'government',
  code: 'T01',
  nameZh: '教学终端',
  kind: 'goods',
  level: 'district',
  mustTradeOnPlatform: true,
  centralised: true,
  from: '2026-01-01',
  until: null,
  source: SOURCE,
  ...change,
});
const figures = (change: Partial<ProcurementThreshold> = {}): ProcurementThreshold => ({
  kind: 'goods',
  level: null,
  openFen: MADE_UP_OPEN,
  limitFen: null,
  from: '2026-01-01',
  until: null,
  source: SOURCE,
  ...change,
});

let db: TestDatabase;
let who: People;
let office: Actor;
const clock = handClock('2026-02-01T09:00+08:00');

beforeEach(async () => {
  clock.set('2026-02-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 1);
  office = { ...who.asPurchaser, organisationId: null, role: 'office' };
});
afterEach(() => db.close());

const bring = (entries: CatalogueEntry[], thresholds: ProcurementThreshold[] = []) =>
  db.transaction((tx) => importCatalogue(tx, office, { entries, thresholds }));
const goods = (change: Partial<Draft> = {}): Draft =>
  draftOf('government', who.purchaser.id, { documentsUntil: at('2026-03-25T17:00+08:00'), ...change });
const works = (change: Partial<Draft> = {}): Draft => draftOf('tendering', who.purchaser.id, change);
const draftAs = async (draft: Draft) => {
  const created = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
  await addTenderDocument(db, who.asPurchaser, created.id);
  return created;
};
const launchOf = (id: string) => db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id));
const budget = (amountFen: number): Partial<Draft> => ({
  budgetFen: amountFen,
  lots: [{ no: 1, title: '一标段', budgetFen: amountFen, bidBondFen: null }],
});
const violationsOf = async (draft: Draft & { id?: string }, viewer: Actor = who.asPurchaser) => {
  const context = await methodContext(db.read, draft, viewer);
  return checkDraft(draft, chinaCalendar, { now: clock.read(), context }).violations;
};

describe('the catalogue', () => {
  it('is in force from its day on, and a later row takes the place of the earlier', async () => {
    await bring([item({ from: '2025-01-01', nameZh: '旧' }), item({ code: 'T02', until: '2026-03-01' })]);
    await bring([item({ from: '2026-03-17', nameZh: '新' })]);
    const view = (day: string, code = 'T01') =>
      catalogueView(db.read, { regime: 'government', kind: 'goods', catalogueCode: code, noticeAt: at(day) });
    expect((await view('2026-03-16')).entry?.nameZh).toBe('旧');
    expect((await view('2026-03-17')).entry?.nameZh).toBe('新');
    expect(await view('2024-12-31')).toMatchObject({ setUp: true, entry: null, instead: { from: '2025-01-01' } });
    expect(await view('2026-03-02', 'T02')).toMatchObject({
      entry: null,
      instead: { from: null, nearest: [{ code: 'T01', nameZh: '旧' }] },
    });
    const on = async (day: string) =>
      (await catalogueOn(db.read, day, { limit: 9 })).map(({ code, nameZh }) => [code, nameZh]);
    expect(await on('2026-03-01')).toEqual([
      ['T01', '旧'],
      ['T02', '教学终端'],
    ]);
    expect(await on('2026-03-17')).toEqual([['T01', '新']]);
    expect(
      await catalogueOn(db.read, '2026-03-01', { limit: 9, after: { regime: 'government', code: 'T01' } }),
    ).toMatchObject([{ code: 'T02' }]);
  });

  it('previews what a row will do, adds only new rows, and writes an audit entry', async () => {
    const rows = { entries: [item(), item({ code: 'T02' })], thresholds: [figures()] };
    const told = await previewCatalogue(db.read, rows);
    expect(told.entries.map(({ change }) => change)).toEqual(['new', 'new']);
    expect(await catalogueOn(db.read, '2026-02-01', { limit: 9 })).toEqual([]);
    await bring(rows.entries, rows.thresholds);
    const corrected = [item({ nameZh: '更正' }), item({ code: 'T02' })];
    const again = await bring(corrected, [figures({ from: '2027-01-01', openFen: 888 * WAN }), figures()]);
    expect(again.entries.map(({ change }) => change)).toEqual(['replaces', 'known']);
    expect(again.thresholds.map(({ change }) => change)).toEqual(['replaces', 'known']);
    expect(await bring(corrected)).toMatchObject({ entries: [{ change: 'known' }, { change: 'known' }] });
    expect((await thresholdsOn(db.read, '2026-12-31')).map(({ openFen }) => openFen)).toEqual([MADE_UP_OPEN]);
    expect((await thresholdsOn(db.read, '2027-01-01')).map(({ openFen }) => openFen)).toEqual([888 * WAN]);
    expect(await thresholdsOn(db.read, '2025-12-31')).toEqual([]);
    const trail = (await auditAfter(db.read, 0, 99)).filter(({ action }) => action === 'catalogue.import');
    expect(trail.map(({ actor, detail }) => [actor.role, detail])).toEqual([
      ['office', { entries: 2, thresholds: 1, sources: [SOURCE] }],
      ['office', { entries: 1, thresholds: 1, sources: [SOURCE] }],
    ]);
  });

  it('is never changed or deleted, nor are records of trades elsewhere', async () => {
    await bring([item()], [figures()]);
    await db.transaction((tx) => recordTrade(tx, office, trade()));
    for (const table of [catalogueEntries, procurementThresholds, offPlatformTrades]) {
      await expect(db.transaction(async (tx) => tx.q.delete(table).execute())).rejects.toThrow();
      await expect(
        db.transaction(async (tx) =>
          tx.q
            .update(table)
            .set({ source: '改' })
            .where(sql`1 = 1`)
            .execute(),
        ),
      ).rejects.toThrow();
    }
  });
});

describe('a launch', () => {
  it('of an open tender of goods needs no figure; one that says it was not asked for does (政府采购法 26, 27)', async () => {
    const voluntary = await draftAs(goods({ mandatory: false }));
    const refused = await refusalOf(launchOf(voluntary.id));
    expect(refused).toMatchObject({
      code: 'unlawful',
      details: {
        violations: expect.arrayContaining([
          expect.objectContaining({ rule: 'gp-open-threshold-provincial', article: '27', severity: 'block' }),
          expect.objectContaining({ rule: 'hubei-gp-thresholds', severity: 'warn' }),
        ]) as unknown,
      },
    });
    await launchOf((await draftAs(goods())).id);
    // 383.64 万元 is below the figure made up for the test.
    await bring([], [figures()]);
    expect((await launchOf(voluntary.id)).procurement.stage).toBe('launched');
    const trail = (await auditAfter(db.read, 0, 99)).filter(({ action }) => action === 'procurement.launch');
    expect(trail.map(({ detail }) => detail.thresholds)).toEqual([undefined, SOURCE]);
    // At the figure it is a contradiction.
    const above = await draftAs(goods({ mandatory: false, ...budget(MADE_UP_OPEN) }));
    expect((await refusalOf(launchOf(above.id))).details).toMatchObject({
      violations: [{ rule: 'gp-open-threshold-provincial', field: 'mandatory', limit: MADE_UP_OPEN }],
    });
  });

  it('of works at 400 万元 that are said not to need a tender is refused, below it is not (16号令 5)', async () => {
    const at400 = await draftAs(works({ mandatory: false, ...budget(400 * WAN) }));
    expect((await refusalOf(launchOf(at400.id))).details).toMatchObject({
      violations: [
        { rule: 'works-mandatory-construction', article: '5(1)(一)', severity: 'block', field: 'mandatory' },
      ],
    });
    await launchOf((await draftAs(works({ mandatory: false, ...budget(400 * WAN - 1) }))).id);
    // Without fiscal funds it depends on 16号令 2(二), 3 and 4, which the tenderee judges.
    const own = await draftAs(works({ mandatory: false, fiscalFundsFen: 0, ...budget(400 * WAN) }));
    expect((await launchOf(own.id)).violations).toMatchObject([{ severity: 'warn', field: 'mandatory' }]);
  });

  it('by a code that is not in force at the notice is refused, with the nearest; without a catalogue none is wrong', async () => {
    const draft = await draftAs(goods({ catalogueCode: 'T02' }));
    expect((await violationsOf(draft)).filter(({ field }) => field === 'catalogueCode')).toEqual([]);
    await bring([item(), item({ code: 'T02', from: '2026-03-18' })]);
    // The notice is of 17 March.
    expect((await refusalOf(launchOf(draft.id))).details).toMatchObject({
      violations: [
        {
          rule: 'gp-catalogue-provincial',
          field: 'catalogueCode',
          earliestLawful: '2026-03-18T00:00:00+08:00',
          lawfulChoices: ['T01'],
        },
      ],
    });
    expect((await launchOf((await draftAs(goods({ catalogueCode: 'T01' }))).id)).violations).toEqual([]);
  });
});

const trade = (change: Partial<NewTrade> = {}): NewTrade => ({
  corrects: null,
  purchaser: who.purchaser.name,
  purchaserCode: who.purchaser.creditCode,
  title: '场外采购的终端',
  regime: 'government',
  kind: 'goods',
  procedure: 'inquiry',
  amountFen: 100 * WAN,
  tradedOn: '2026-01-20',
  catalogueCode: 'T01',
  place: '自行采购',
  source: '审计移送',
  withdrawn: false,
  ...change,
});

describe('splitting is warned of', () => {
  const of = async (rule: string, draft: Draft & { id?: string }, viewer?: Actor) =>
    (await violationsOf(draft, viewer)).filter((violation) => violation.rule === rule);

  it('in works: parts of one project, of one kind and purchaser, that together reach 400 万元 (16号令 5(2))', async () => {
    const part = (projectCode: string | null, amountFen: number, change: Partial<Draft> = {}) =>
      works({ projectCode, ...budget(amountFen), ...change });
    const first = await draftAs(part('P-1', 200 * WAN));
    await draftAs(part('P-2', 200 * WAN));
    await draftAs(part('P-1', 50 * WAN, { kind: 'services' }));
    expect(await of('works-mandatory-aggregation', part('P-1', 200 * WAN - 1))).toEqual([]);
    expect(await of('works-mandatory-aggregation', part(null, 200 * WAN))).toEqual([]);
    const second = await draftAs(part('P-1', 200 * WAN));
    const warned = await of('works-mandatory-aggregation', second);
    expect(warned).toMatchObject([
      { severity: 'warn', article: '5(2)', given: 400 * WAN, related: [{ id: first.id, amountFen: 200 * WAN }] },
    ]);
    expect((await launchOf(second.id)).violations).toMatchObject([{ rule: 'works-mandatory-aggregation' }]);
    // What was terminated is not bought.
    await db.transaction(async (tx) => {
      await tx.q
        .update(procurements)
        .set({ stage: 'terminated' })
        .where(sql`${procurements.id} = ${first.id}`);
    });
    expect(await of('works-mandatory-aggregation', second)).toEqual([]);
  });

  it('lists only what the requesting role may see', async () => {
    const agency = { ...who.asPurchaser, organisationId: who.suppliers[0]?.id ?? '', role: 'agency' };
    await draftAs(works({ projectCode: 'P-1', ...budget(200 * WAN) }));
    const second = works({ projectCode: 'P-1', ...budget(200 * WAN) });
    const seen = async (viewer: Actor) => (await of('works-mandatory-aggregation', second, viewer)).length;
    expect(await seen(who.asPurchaser)).toBe(1);
    expect(await seen(agency)).toBe(0);
    expect(await seen(actorOf(who.purchaser, 'supervisor'))).toBe(1);
    await db.transaction(async (tx) => {
      await tx.q.update(procurements).set({ stage: 'bidding' });
    });
    expect(await seen(agency)).toBe(1);
  });

  it('in government procurement: one item of one calendar year that together exceeds the figure (条例 28)', async () => {
    await bring([item()], [figures()]);
    const part = (amountFen: number, change: Partial<Draft> = {}) =>
      goods({ catalogueCode: 'T01', ...budget(amountFen), ...change });
    const first = await draftAs(part(400 * WAN));
    expect(await of('gp-anti-split', part(MADE_UP_OPEN - 400 * WAN))).toEqual([]);
    const over = part(MADE_UP_OPEN - 400 * WAN + 1);
    expect(await of('gp-anti-split', over)).toMatchObject([
      { severity: 'warn', article: '28', given: MADE_UP_OPEN + 1, related: [{ id: first.id }] },
    ]);
    expect(await of('gp-anti-split', { ...over, noticeAt: at('2026-12-31T23:59+08:00') })).toHaveLength(1);
    expect(await of('gp-anti-split', { ...over, noticeAt: at('2027-01-01T00:00+08:00') })).toEqual([]);
    expect(await of('gp-anti-split', { ...over, catalogueCode: null })).toEqual([]);
  });

  it('with what was bought elsewhere, for those who may read that', async () => {
    await bring([item()], [figures()]);
    await db.transaction(async (tx) => {
      await recordTrade(tx, office, trade({ amountFen: MADE_UP_OPEN - 100 * WAN }));
      await recordTrade(tx, office, trade({ amountFen: 100 * WAN + 1, title: '第二次' }));
      await recordTrade(tx, office, trade({ tradedOn: '2025-12-31' }));
      await recordTrade(tx, office, trade({ purchaserCode: '91360000000000009P' }));
    });
    const draft = goods({ catalogueCode: 'T01', ...budget(1) });
    expect(await of('gp-anti-split', draft)).toEqual([]);
    const [told] = await of('gp-anti-split', draft, office);
    expect(told).toMatchObject({
      given: MADE_UP_OPEN + 2,
      related: [{ title: '场外采购的终端' }, { title: '第二次' }],
    });
    // Both by inquiry: they alone exceed the figure.
    expect(told?.messageZh).toContain('属于以化整为零方式规避公开招标');
    const procedures: (Procedure | null)[] = (await listTrades(db.read, { history: false, limit: 9 })).map(
      ({ procedure }) => procedure,
    );
    expect(procedures).toHaveLength(4);
  });
});

describe('a trade held elsewhere', () => {
  it('is corrected by a new record, once, and stays on the trail; what was a mistake is withdrawn', async () => {
    const first = await db.transaction((tx) => recordTrade(tx, office, trade()));
    const correct = (corrects: string, change: Partial<NewTrade> = {}) =>
      db.transaction((tx) => recordTrade(tx, office, trade({ corrects, ...change })));
    const second = await correct(first.id, { amountFen: 2 });
    expect((await listTrades(db.read, { history: false, limit: 9 })).map(({ id }) => id)).toEqual([second.id]);
    expect(await refusalOf(correct(first.id))).toMatchObject({
      code: 'already-exists',
      details: { latest: second.id },
    });
    expect((await refusalOf(correct('nothing'))).code).toBe('not-found');
    await correct(second.id, { withdrawn: true });
    expect(await listTrades(db.read, { history: false, limit: 9 })).toEqual([]);
    expect(await listTrades(db.read, { history: true, limit: 9 })).toHaveLength(3);
    const trail = (await auditAfter(db.read, 0, 99)).filter(({ action }) => action.startsWith('off-platform'));
    expect(trail.map(({ action }) => action)).toEqual([
      'off-platform.record',
      'off-platform.correct',
      'off-platform.correct',
    ]);
  });

  it('is listed by its day, the latest first, in pages', async () => {
    await db.transaction(async (tx) => {
      for (const tradedOn of ['2026-01-02', '2026-01-03', '2026-01-01', '2026-01-03'])
        await recordTrade(tx, office, trade({ tradedOn }));
    });
    const all = await listTrades(db.read, { history: false, limit: 9 });
    expect(all.map(({ tradedOn }) => tradedOn)).toEqual(['2026-01-03', '2026-01-03', '2026-01-02', '2026-01-01']);
    const [, second] = all;
    if (!second) throw new Error();
    expect(await listTrades(db.read, { history: false, limit: 9, after: second })).toEqual(all.slice(2));
    const between = {
      from: '2026-01-02',
      until: '2026-01-02',
      regime: 'government',
      purchaser: who.purchaser.name,
    } as const;
    expect(await listTrades(db.read, { history: false, limit: 9, ...between })).toHaveLength(1);
    expect(await listTrades(db.read, { history: false, limit: 9, regime: 'land' })).toEqual([]);
  });
});
