import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildForBrowser, CALCULATES, type BrowserBuild } from '../../browser/build.ts';
import * as civilTime from '../../domain/civil-time.ts';
import * as calendar from '../../domain/law/calendar.ts';
import * as check from '../../domain/law/check.ts';
import * as due from '../../domain/law/due.ts';
import * as earlier from '../../domain/law/earlier.ts';
import type { ProcurementFacts } from '../../domain/law/facts.ts';
import * as plan from '../../domain/law/plan.ts';
import * as rulebook from '../../domain/law/rulebook.ts';
import * as separation from '../../domain/organisations/separation.ts';

const source = { ...civilTime, ...calendar, ...check, ...due, ...earlier, ...plan, ...rulebook, ...separation };
type Domain = typeof source;

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-browser-'));
let files: BrowserBuild;
let built: Domain;
const load = (file: string): Promise<object> => import(/* @vite-ignore */ pathToFileURL(file).href);

beforeAll(async () => {
  files = await buildForBrowser(folder);
  built = (await load(files.reckoning)) as Domain;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = civilTime.parseInstantOrDate;
const open = { procedure: 'open-tender', kind: 'goods' } as const;
const facts: ProcurementFacts[] = [
  { ...open, regime: 'tendering', kind: 'works', noticeAt: at('2026-03-27T09:00+08:00') },
  { ...open, regime: 'government', noticeAt: at('2026-09-16T09:00+08:00') },
  // Over the horizon: provisional dates, with both bounds.
  { ...open, regime: 'government', kind: 'services', noticeAt: at('2026-12-08T09:00+08:00') },
  // Unlawful: fewer than 20 days to prepare bids (招标投标法 24, 政府采购法 35).
  ...(['tendering', 'government'] as const).map((regime) => ({
    ...open,
    regime,
    noticeAt: at('2026-04-24T09:00+08:00'),
    bidDeadline: at('2026-05-06T09:00+08:00'),
  })),
];
const district = { nature: 'venue', level: 'district', plates: [] } as const;

/** What either says of the same. */
const reckoned = (domain: Domain) => ({
  timelines: facts.map((each) => {
    const planned = domain.plan(each, domain.chinaCalendar);
    return { ...planned, violations: domain.check(planned) };
  }),
  dues: domain.RULES.filter(domain.hasPeriod).map(({ id }) =>
    domain.due(id, at('2026-09-22T10:00+08:00'), domain.chinaCalendar),
  ),
  collisions: domain.collisionsOf([
    { id: 'a', name: '区交易中心', identity: district, duties: ['centre', 'supervisor'], reportsTo: null },
  ]),
});

it('the part that reckons is under 75 KB gzipped', () => {
  expect(gzipSync(readFileSync(files.reckoning), { level: 9 }).length).toBeLessThan(75_000);
});

it('it has every export of what reckons, and every rule', async () => {
  const domain = resolve(import.meta.dirname, '../../domain');
  const names = new Set<string>();
  for (const file of readdirSync(domain, { recursive: true, encoding: 'utf8' })) {
    if (!CALCULATES.test(file)) continue;
    // The calendar, the one default, is exported by its name too.
    const { default: _calendar, ...exported } = (await import(join(domain, file))) as Record<string, unknown>;
    for (const name of Object.keys(exported)) names.add(name);
  }
  // A name that two files gave to two things would be in neither: `export *` leaves it out.
  expect(Object.keys(built).sort()).toEqual([...names].sort());
  expect(built.RULES.map(({ id }) => id)).toEqual(source.RULES.map(({ id }) => id));
});

it('without the texts it reckons what the source does, and with them it has every word of every rule', async () => {
  const [expected, got] = [reckoned(source), reckoned(built)];
  expect(got).toEqual(expected);
  expect(expected.timelines.map(({ violations }) => violations.length > 0)).toEqual([false, false, false, true, true]);
  expect(expected.dues.length).toBeGreaterThan(100);
  expect(expected.collisions.length).toBeGreaterThan(0);
  // 招标投标法 24 is quoted by the texts alone.
  expect(built.getRule('works-bid-prep-min').quote).toBeUndefined();

  // 政府采购法 36 sets no period: its title, too, comes with the texts.
  expect(built.getRule('gp-void-grounds').nameZh).toBeUndefined();

  await load(files.texts);
  const pinned = source.EARLIER_RULEBOOKS.flatMap(({ version, rules }) =>
    rules.map(({ id }) => source.pinnedRule(id, version)),
  );
  expect(pinned.length).toBeGreaterThan(0);
  for (const id of pinned) expect(built.getRule(id), id).toStrictEqual(source.getRule(id));
  for (const { id } of source.RULES) expect(built.getRule(id), id).toStrictEqual(source.getRule(id));
  expect(reckoned(built)).toEqual(expected);
});
