import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { publicPages } from '../../web/pages.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { violationsOf } from '../setup/servers/looked-at.ts';
import { committeeAtWork, type CommitteeAtWork } from '../setup/tenders/committee-at-work.ts';
import { worksScheme } from '../setup/tenders/evaluations.ts';
import { draftOf, handClock } from '../setup/tenders/tender.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

/** Where pictures of what was seen are kept; only where somebody wants to look. */
const PICTURES = process.env['KAIBIAO_PICTURES'];

const ROLES = [
  ...(['nobody', 'purchaser', 'supplier', 'expert', 'centre', 'administrator', 'supervisor', 'office'] as const),
] as const;
type Role = (typeof ROLES)[number];

let api: TestApi;
let browser: Browser;
let at: CommitteeAtWork;
let draft: string;
let notice: string;
const contexts = new Map<Role, BrowserContext>();

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  const clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({
    ...{ port, settings: { publicUrl: `http://127.0.0.1:${port}` } },
    ...{ database: { machineClock: clock.read }, deps: { realNow: clock.read } },
  });
  browser = await startChromium(executable);
  at = await committeeAtWork(api, clock, worksScheme());
  const { accountId, organisationId } = at.purchaser;
  const actor = { ...{ accountId, organisationId, role: 'purchaser' as const }, address: null, requestId: null };
  ({ id: draft } = await api.db.transaction((tx) => createDraft(tx, actor, draftOf('tendering', organisationId))));
  const notices = await api.call('GET', `/api/notices?procurementId=${at.of.place.procurementId}`);
  notice = String(notices.get('items.0.id'));
  const members: Record<Exclude<Role, 'nobody'>, Member> = {
    purchaser: at.purchaser,
    supplier: at.suppliers[0] as Member,
    expert: at.experts.get('expert-1') as Member,
    centre: at.staff,
    administrator: await api.member('administrator'),
    supervisor: await api.member('supervisor'),
    office: await api.member('office'),
  };
  for (const role of ROLES) contexts.set(role, await signedIn(role === 'nobody' ? null : members[role]));
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

async function signedIn(member: Member | null): Promise<BrowserContext> {
  // Colours change at once with the scheme: axe sees no mixture of two.
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  if (!member) return context;
  const page = await context.newPage();
  await page.goto(`${api.url}/sign-in`);
  await page.fill('[name=username]', member.username);
  await page.fill('[name=password]', member.password);
  await page.press('[name=password]', 'Enter');
  await page.waitForURL('**/console**');
  await page.close();
  return context;
}

/** Of each page: by whom it is visited, and where; absent: at its own path. */
const VISITS: Readonly<Record<string, readonly [role: Role, address?: () => string]>> = {
  '/notices/:file': ['nobody', () => `/notices/${notice}`],
  '/notices/:id': ['nobody', () => `/notices/${notice}`],
  '/': ['nobody'],
  '/about': ['nobody'],
  '/tenders/:id': ['nobody', () => `/tenders/${at.of.place.procurementId}`],
  '/law': ['nobody', () => '/law?kind=scoring'],
  '/law/:rule': ['nobody', () => '/law/gp-price-formula'],
  '/calendar': ['nobody'],
  '/statistics': ['nobody', () => '/statistics?year=2026'],
  '/verify': ['nobody'],
  '/sign-in': ['nobody'],
  '/register': ['nobody'],
  '/invitation': ['nobody'],
  '/seal': ['nobody', () => `/seal?tender=${at.of.place.procurementId}`],
  '/sign-in/proof': ['nobody'],
  '/console': ['purchaser'],
  '/console/acting': ['purchaser'],
  '/console/account': ['supplier'],
  '/console/account/password': ['supplier'],
  '/console/account/second-factor': ['supplier'],
  '/console/account/identities': ['supplier'],
  '/console/account/calendar': ['supplier'],
  '/console/notifications': ['supplier'],
  '/console/tenders': ['purchaser'],
  '/console/acts': ['centre'],
  '/console/tenders/:id': ['purchaser', () => `/console/tenders/${at.of.place.procurementId}`],
  '/console/tenders/:id/amend': ['purchaser', () => `/console/tenders/${at.of.place.procurementId}/amend`],
  '/console/launch': ['purchaser'],
  '/console/launch/:id': ['purchaser', () => `/console/launch/${draft}?step=check`],
  '/console/launch/:id/scheme/:no': ['purchaser', () => `/console/launch/${draft}/scheme/1`],
  '/console/prepared': ['purchaser'],
  '/console/prepared/:preparedId': ['purchaser', () => '/console/prepared/01890000-0000-7000-8000-000000000000'],
  '/console/bids': ['supplier'],
  '/console/deposits': ['supplier'],
  '/console/grievances': ['supplier'],
  '/console/calls': ['expert'],
  '/console/evaluation/:procurementId/:lot': ['expert', () => `/console/evaluation/${at.of.place.procurementId}/1`],
  '/console/do/:method/*rest': [
    'purchaser',
    () => `/console/do/post/procurements/${at.of.place.procurementId}/lots/1/committee/draws`,
  ],
  '/console/read/*rest': ['purchaser', () => `/console/read/procurements/${at.of.place.procurementId}/opening`],
  '/console/openings': ['centre'],
  '/console/openings/:id': ['centre', () => `/console/openings/${at.of.place.procurementId}`],
  '/console/draws': ['centre', () => '/console/draws?view=all'],
  '/console/draws/:procurementId/:lot': ['centre', () => `/console/draws/${at.of.place.procurementId}/1`],
  '/console/deposits/received': ['centre'],
  '/console/deposits/expected': ['centre'],
  '/console/deposits/recording': ['centre'],
  '/console/deposits/refunds': ['centre'],
  '/console/deposits/of/:procurementId': ['centre', () => `/console/deposits/of/${at.of.place.procurementId}`],
  '/console/venues': ['centre'],
  '/console/setup': ['administrator'],
  '/setup': ['nobody'],
  '/console/organisations': ['administrator'],
  '/console/organisations/:id': ['administrator', () => `/console/organisations/${at.purchaser.organisationId}`],
  '/console/accounts': ['administrator'],
  '/console/accounts/:id': ['administrator', () => `/console/accounts/${at.purchaser.accountId}`],
  '/console/registrations': ['administrator'],
  '/console/calendar': ['office'],
  '/console/custodians': ['office'],
  '/console/oversight': ['supervisor'],
  '/console/oversight/grievances': ['supervisor'],
  '/console/oversight/suspensions': ['supervisor'],
  '/console/oversight/complaints': ['supervisor'],
  '/console/audit': ['supervisor'],
  '/console/audit/proof': ['supervisor', () => '/console/audit/proof?seq=1'],
  '/console/tenders/:id/dossier': ['purchaser', () => `/console/tenders/${at.of.place.procurementId}/dossier`],
};

/** What there is none of is a page as well. */
const REFUSED: Readonly<Record<string, number>> = { '/console/prepared/:preparedId': 404, '/console/audit/proof': 422 };

/** What is no page of its own: files, streams, and parts that the script of a page asks for. */
const NO_PAGES: ReadonlySet<string> = new Set([
  '/kaibiao.mjs',
  '/kaibiao.mjs.sha256',
  '/seal/:file',
  '/draw/:file',
  '/invitation/:file',
  '/sheet/:file',
  '/verify/:file',
  '/setup/:file',
  '/assets/:file',
  '/feed.atom',
  '/board.csv',
  '/tenders/:id/calendar.ics',
  '/console/due.ics',
  '/calendars/:file',
  '/robots.txt',
  '/sitemap.xml',
  '/console/evaluation/:procurementId/:lot/files/:bid/:file',
  '/console/organisations/named',
  '/console/procurements/named',
  '/console/accounts/named',
  '/console/amount',
  '/console/live',
  // Leads to another site at once.
  '/sign-in/oidc',
  // In a drill only: below.
  '/dev/parts',
]);

const GET = publicPages({
  db: {} as Parameters<typeof publicPages>[0]['db'],
  publicUrl: 'http://tender.test',
}).filter(({ method = 'get' }) => method === 'get');
const inChinese = (path: string): string => path.replace(/^\/en(?=\/|$)/, '') || '/';
const PAGES = GET.map(({ path }) => path).filter((path) => !NO_PAGES.has(inChinese(path)));

/** What axe finds, and whether the page is wider than the window. */
async function faultsOf(page: Page): Promise<string[]> {
  const violations = await violationsOf(page);
  const wide = await page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  return [...violations, ...(wide ? ['it is wider than the window'] : [])];
}

type Scheme = 'light' | 'dark';

/** How a page is seen: in Chinese on a phone in light and a desktop in the dark, in English the other way round. */
const SCHEMES: Readonly<Record<'zh' | 'en', { readonly phone: Scheme; readonly desktop: Scheme }>> = {
  zh: { phone: 'light', desktop: 'dark' },
  en: { phone: 'dark', desktop: 'light' },
};

/** On a phone and on a desktop, in one scheme each; by one page of the person, which keeps the programs that it has compiled. */
async function visited(context: BrowserContext, address: string): Promise<{ status: number; faults: string[] }> {
  const { phone, desktop } = SCHEMES[/^\/en(?:\/|$)/.test(new URL(address).pathname) ? 'en' : 'zh'];
  const seen = async (how: string): Promise<void> => {
    const name = new URL(address).pathname.replace(/[^a-z]+/g, '-').slice(0, 60);
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}${how}.png`, fullPage: true });
  };
  const page = context.pages()[0] ?? (await context.newPage());
  const faults: string[] = [];
  page.removeAllListeners();
  page.on('pageerror', (error) => void faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  await page.setViewportSize({ width: 360, height: 780 });
  await page.emulateMedia({ colorScheme: phone });
  const response = await page.goto(address, { waitUntil: 'load' });
  for (const fault of await faultsOf(page)) faults.push(`phone, ${phone}: ${fault}`);
  await seen('phone');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: desktop });
  for (const fault of await faultsOf(page)) faults.push(`desktop, ${desktop}: ${fault}`);
  await seen('desktop');
  return { status: response?.status() ?? 0, faults };
}

it('each registered page is visited, or is none of its own; nothing else is in the lists', () => {
  const registered = new Set(GET.map(({ path }) => inChinese(path)));
  expect([...registered].sort()).toEqual([...Object.keys(VISITS), ...NO_PAGES].sort());
});

describe('every page is for everybody: axe finds nothing, and it fits a phone and a desktop, light and dark', () => {
  it.each(PAGES)('%s', async (path) => {
    const [role, address] = VISITS[inChinese(path)] as (typeof VISITS)[string];
    const own = address?.() ?? inChinese(path);
    const prefix = path === '/en' || path.startsWith('/en/') ? '/en' : '';
    const { status, faults } = await visited(
      contexts.get(role) as BrowserContext,
      `${api.url}${prefix}${own === '/' && prefix ? '' : own}`,
    );
    expect(faults).toEqual([]);
    expect(status).toBe(REFUSED[inChinese(path)] ?? 200);
  });

  it('the parts of pages, in a drill', async () => {
    const port = await freePort();
    await using drill = await startTestApi({
      ...{ port, settings: { publicUrl: `http://127.0.0.1:${port}` } },
      database: {
        clock: {
          ...{ mode: 'drill', msPerDay: 86_400_000, realStartMs: Date.now() },
          civilStartMs: Date.parse('2026-03-02T09:00:00+08:00'),
        },
      },
    });
    for (const prefix of ['', '/en']) {
      const { status, faults } = await visited(
        contexts.get('nobody') as BrowserContext,
        `${drill.url}${prefix}/dev/parts`,
      );
      expect([status, faults]).toEqual([200, []]);
    }
  });
});
