import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { startTestApi, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';
import { EXAMPLE_2027, EXAMPLE_SOURCE } from '../setup/example-year.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { pictured, stickingOutOf, violationsOf } from '../setup/servers/looked-at.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { watchedTenders, type Watched } from '../setup/tenders/watched.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const clock = handClock('2026-03-01');
const LOOKS = [
  ['phone', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
  ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
] as const;

let api: TestApi;
let url: string;
let browser: Browser;
let watched: Watched;
let purchaser: Member;
const members = new Map<string, Member>();

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  api = await startTestApi({ port, settings: { publicUrl: url }, database: { machineClock: clock.read } });
  browser = await startChromium(executable);
  purchaser = await api.member('purchaser', '江夏区教育局');
  for (const role of ['supervisor', 'auditor', 'administrator', 'office'] as const)
    members.set(role, await api.member(role));
  const supervisor = members.get('supervisor') as Member;
  watched = await watchedTenders(api, clock, { purchaser, supervisor });
  clock.set('2026-07-21T10:00+08:00');
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

/** The page as a person who cannot see it all, and one with a phone, find it. */
async function assertUsable(page: Page): Promise<void> {
  expect([page.url(), await violationsOf(page)]).toEqual([page.url(), []]);
  expect([page.url(), await stickingOutOf(page)]).toEqual([page.url(), []]);
}

async function signedIn(role: string, options: Parameters<Browser['newContext']>[0]): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.fill('#f-username', members.get(role)?.username ?? '');
  await page.fill('#f-password', TEST_PASSWORD);
  await page.click('form.act .buttons button');
  await page.waitForURL(`${url}/console`);
  return [context, page];
}

it('a supervisor finds what is late on a phone and reads its tender; an auditor finds who did it, with its proof', async () => {
  const [context, page] = await signedIn('supervisor', LOOKS[0][1]);
  await page.click('.menu a[href="/console/oversight"]');
  await page.selectOption('#f-late', 'true');
  await page.selectOption('#f-key', 'award');
  await page.click('form.filter button');
  await page.waitForURL(/late=true/);
  expect(await page.locator('ul.due > li').count()).toBe(1);
  await page.click(`ul.due a[href="/console/tenders/${watched.late}"]`);
  await page.waitForURL(`${url}/console/tenders/${watched.late}`);
  await assertUsable(page);
  await context.close();

  const [other, reading] = await signedIn('auditor', LOOKS[0][1]);
  await reading.click('.menu a[href="/console/audit"]');
  await reading.fill('#f-actor', '江夏区教育局');
  await reading.selectOption('#f-action', 'decision');
  await reading.click('form.filter button');
  await reading.waitForURL(/action=decision/);
  await reading.locator('details > summary').first().click();
  await assertUsable(reading);
  await reading.locator('a[href^="/console/audit/proof"]').first().click();
  await reading.waitForURL(/proof\?hash=/);
  await assertUsable(reading);
  await other.close();
}, 120_000);

it('an administrator confirms a registration, finds its organisation and asks for a reset; the office previews a year', async () => {
  const json = { name: '新来的公司', creditCode: creditCodeFrom(90_002), contact: '张三', telephone: '027-1' };
  await api.call('POST', '/api/registrations', { json, key: null });
  const [context, page] = await signedIn('administrator', LOOKS[0][1]);
  await page.click('.menu a[href="/console/registrations"]');
  await assertUsable(page);
  await page.click('section.card form.act .buttons button');
  await page.locator('.note.good').waitFor();
  await page.goto(`${url}/console/organisations`);
  await page.fill('#f-q', '新来的公司');
  await page.click('form.filter button');
  await page.click('td a');
  await page.waitForURL(/organisations\/[0-9a-f-]{36}/);
  await page.click('a[href*="/standing"]');
  await assertUsable(page);
  await page.goto(`${url}/console/accounts/${purchaser.accountId}`);
  await page.click('form.act:has([value=reset]) .buttons button');
  await page.locator('.note.good').waitFor();
  await assertUsable(page);
  await context.close();

  const [other, importing] = await signedIn('office', LOOKS[1][1]);
  await importing.goto(`${url}/console/calendar`);
  await importing.fill('#f-file', EXAMPLE_2027);
  await importing.fill('#f-sourceZh', EXAMPLE_SOURCE);
  await importing.click('form.act .buttons button');
  await importing.locator('#preview').waitFor();
  await assertUsable(importing);
  await pictured(importing, 'oversight-calendar-preview');
  await other.close();
}, 120_000);

const PAGES: Readonly<Record<string, () => readonly string[]>> = {
  supervisor: () => [
    ...['/console/oversight', '/console/oversight/grievances', '/console/oversight/suspensions'],
    ...['/console/oversight/complaints', '/console/custodians', `/console/tenders/${watched.late}/dossier`],
  ],
  auditor: () => ['/console/audit', `/console/audit?procurementId=${watched.late}`],
  administrator: () => [
    ...['/console/organisations', `/console/organisations/${purchaser.organisationId}`, '/console/accounts'],
    ...[`/console/accounts/${purchaser.accountId}`, '/console/registrations', '/console/calendar', '/console/setup'],
    `/console/do/put/organisations/${purchaser.organisationId}/standing`,
  ],
};

it('each of their pages is fit for a phone and a wide window, light and dark, in both languages', async () => {
  for (const [look, options] of LOOKS)
    for (const [role, paths] of Object.entries(PAGES)) {
      const [context, page] = await signedIn(role, options);
      for (const language of ['', '/en'])
        for (const path of paths()) {
          await page.goto(`${url}${language}${path}`);
          await assertUsable(page);
          const name = path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'one').replaceAll(/[^a-zA-Z]+/g, '-');
          await pictured(page, `${role}${language.replace('/', '-')}${name}-${look}`);
        }
      await context.close();
    }
}, 300_000);
