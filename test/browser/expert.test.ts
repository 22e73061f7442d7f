import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { startTestApi, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { pictured, stickingOutOf, violationsOf } from '../setup/servers/looked-at.ts';
import { committeeAtWork, type CommitteeAtWork } from '../setup/tenders/committee-at-work.ts';
import { worksScheme } from '../setup/tenders/evaluations.ts';
import { handClock } from '../setup/tenders/tender.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const SCHEME = worksScheme();
const REVIEW = [...SCHEME.qualification, ...SCHEME.conformity];

let api: TestApi;
let url: string;
let browser: Browser;
let at: CommitteeAtWork;
let desk: string;
let member: Member;

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({ port, settings: { publicUrl: url }, database: { machineClock: clock.read } });
  browser = await startChromium(executable);
  at = await committeeAtWork(api, clock, SCHEME);
  member = at.experts.get('expert-1') as Member;
  desk = `/console/evaluation/${at.of.place.procurementId}/1`;
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

async function assertUsable(page: Page): Promise<void> {
  expect([page.url(), await violationsOf(page)]).toEqual([page.url(), []]);
  expect([page.url(), await stickingOutOf(page)]).toEqual([page.url(), []]);
}

const state = (page: Page, key: string | undefined, of: string) =>
  page.locator(`[data-item="${key}"] [data-state="${of}"]`).waitFor();

const storedReason = async (by: Member): Promise<string> =>
  (await by.call('GET', `/api/procurements/${at.of.place.procurementId}/lots/1/evaluation`)).text;

/** The page as the server makes it now. */
const madeNow = async (page: Page): Promise<string> => (await page.request.get(page.url())).text();

it('an expert declares, marks beside the bid, loses the line and nothing else, and signs; on a phone one after the other', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => void errors.push(String(error)));
  await page.goto(`${url}/sign-in?next=/console/calls`);
  await page.fill('#f-username', member.username);
  await page.fill('#f-password', TEST_PASSWORD);
  await page.click('form.act .buttons button');
  await page.waitForURL(`${url}/console/calls`);
  await assertUsable(page);
  await page.click(`a[href="${desk}"]`);
  await page.locator('#f-reasonZh').waitFor();
  await assertUsable(page);
  await page.click('form.act .buttons button');
  await page.locator('[data-sheet]').waitFor();
  await assertUsable(page);
  await pictured(page, 'expert-desk');

  // Each field is saved when it is left.
  const [first, ...others] = REVIEW;
  await page.selectOption(`[name="mark:${first?.key}"]`, 'true');
  await state(page, first?.key, 'saved');
  // Without a line it is kept here, and sent once it is back: a page that was left meanwhile has it too.
  const second = others[0]?.key;
  await context.setOffline(true);
  await page.selectOption(`[name="mark:${second}"]`, 'false');
  await page.fill(`[name="reason:${second}"]`, '缺少安全生产许可证。');
  await page.locator(`[name="reason:${second}"]`).blur();
  await state(page, second, 'offline');
  await context.setOffline(false);
  await page.reload();
  // The script of the page puts it there.
  const reason = () => page.inputValue(`[name="reason:${second}"]`).catch(() => null);
  await expect.poll(reason, { timeout: 30_000 }).toBe('缺少安全生产许可证。');
  // It may have been stored as the page was asked for, which then shows it.
  await expect.poll(() => storedReason(member), { timeout: 30_000 }).toContain('缺少安全生产许可证。');
  await page.reload();
  expect(await page.inputValue(`[name="mark:${second}"]`)).toBe('false');

  // A page that was made before what it sent was stored is asked for again.
  const older = (await madeNow(page)).replaceAll('缺少安全生产许可证。', '缺少');
  await page.fill(`[name="reason:${second}"]`, '缺少许可证。');
  await page.locator(`[name="reason:${second}"]`).blur();
  await state(page, second, 'saved');
  await page.route(page.url(), (route) => route.fulfill({ body: older, contentType: 'text/html' }), { times: 1 });
  await page.reload();
  await expect.poll(reason, { timeout: 30_000 }).toBe('缺少许可证。');
  // What was sent is not left in the tab.
  await page.fill(`[name="reason:${second}"]`, '缺少许可证原件。');
  await page.locator(`[name="reason:${second}"]`).blur();
  await state(page, second, 'saved');
  await expect.poll(() => page.evaluate('Object.values(sessionStorage).join()'), { timeout: 30_000 }).toBe('');

  // The text of a bid stands beside its sheet.
  await page.click('.reading ul a >> nth=0');
  const box = async (of: string) => (await page.locator(of).boundingBox()) ?? { x: 0, y: 0 };
  const [paper, sheet] = [await box('.paper'), await box('[data-sheet]')];
  expect(paper.x).toBeLessThan(sheet.x);
  await page.setViewportSize({ width: 360, height: 740 });
  const [above, below] = [await box('.paper'), await box('[data-sheet]')];
  expect(above.y).toBeLessThan(below.y);
  await assertUsable(page);
  await pictured(page, 'expert-desk-360');
  await page.setViewportSize({ width: 1280, height: 900 });

  for (const bid of at.of.bids) {
    await page.goto(`${url}${desk}?part=review&bid=${bid.id}`);
    for (const { key } of REVIEW) {
      await page.selectOption(`[name="mark:${key}"]`, 'true');
      await state(page, key, 'saved');
    }
  }
  await page.goto(`${url}/en${desk}?part=review`);
  await assertUsable(page);
  await page.fill('#f-partPassword', TEST_PASSWORD);
  await page.click('#check form:last-of-type .buttons button');
  await page.locator('#check .tag.good').waitFor();
  await pictured(page, 'expert-signed-en');
  expect(errors).toEqual([]);
  await context.close();
});

it('is fit for dark and for a phone in English', async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto(`${url}/en/sign-in`);
  await page.fill('#f-username', member.username);
  await page.fill('#f-password', TEST_PASSWORD);
  await page.click('form.act .buttons button');
  await page.waitForURL(`${url}/en/console`);
  for (const path of ['/console/calls', `${desk}?part=technical`, '/console/account']) {
    await page.goto(`${url}/en${path}`);
    await assertUsable(page);
    await pictured(
      page,
      `expert-dark-360${(path.split('?')[0] ?? '').replace(at.of.place.procurementId, 'one').replaceAll('/', '-')}`,
    );
  }
  await context.close();
});
