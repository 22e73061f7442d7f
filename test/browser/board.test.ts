import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { violationsOf } from '../setup/servers/looked-at.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { testSigner } from '../setup/signer.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const clock = handClock('2026-03-01');
let api: TestApi;
let browser: Browser;
let tender: string;
let open: string;

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  api = await startTestApi({
    ...{ port, settings: { publicUrl: `http://127.0.0.1:${port}` } },
    ...{ database: { machineClock: clock.read }, deps: { realNow: clock.read } },
  });
  browser = await startChromium(executable);
  const suppliers: Member[] = [];
  for (const name of ['北山建筑公司', '南水建设集团', '东方工程公司'])
    suppliers.push(await api.member('supplier', name));
  const who = await peopleOf(api, await api.member('purchaser', '江夏区教育局'), suppliers);
  ({ id: tender } = await played(api.db, clock, who, 'tendering', 'contract'));
  const bidDeadline = clock.read() + 25 * DAY_MS;
  const draft = draftOf(
    { purchaserId: who.purchaser.id },
    { title: '某区中学教学楼工程', noticeAt: clock.read(), bidDeadline },
  );
  open = await tenderAt(api.db, 'bidding', draft);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

interface Seen {
  readonly page: Page;
  readonly complaints: string[];
}

async function visit(path: string, { width = 1280, dark = false, javaScriptEnabled = true } = {}): Promise<Seen> {
  const context = await browser.newContext({
    ...{ viewport: { width, height: 900 }, javaScriptEnabled },
    ...(dark ? { colorScheme: 'dark' as const } : {}),
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  await page.goto(`${api.url}${path}`);
  return { page, complaints };
}

const PAGES: [string, () => string][] = [
  ['the board', () => '/'],
  ['a search', () => `/?list=calls&q=${encodeURIComponent('工程')}&stage=bidding`],
  ['a tender with its result', () => `/tenders/${tender}`],
  ['a tender that accepts bids', () => `/tenders/${open}`],
  ['the law', () => '/law?kind=quorum'],
  ['a rule', () => '/law/works-bid-prep-min'],
  ['the calendar', () => '/calendar'],
  ['statistics', () => '/statistics?year=2026'],
  ['the checkers', () => '/verify'],
  ['about', () => '/about'],
];

describe.each(PAGES)('%s', (_, path) => {
  it.each([
    ['in Chinese', '', false],
    ['in English, dark', '/en', true],
  ])('is for everybody: no violation, no error, no wider than a phone, %s', async (__, prefix, dark) => {
    const { page, complaints } = await visit(`${prefix}${path()}`, { width: 360, dark });
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

it('a citizen finds a procurement without a script, and reads what the law says of each date', async () => {
  const { page } = await visit('/', { width: 360, javaScriptEnabled: false });
  await page.fill('input[name=q]', '教育局');
  await page.click('form[role=search] button');
  await page.locator('a.listed-title').first().click();
  await page.locator('h1').waitFor();
  await page.locator('details', { hasText: '依据' }).first().locator('summary').first().click();
  expect(await page.locator('blockquote').first().innerText()).toMatch(/第\d+条/);
  await page.context().close();
});

it('counts down by the clock of the server', async () => {
  const { page } = await visit(`/tenders/${open}`);
  const left = page.locator('time[data-countdown] .left').first();
  await left.filter({ hasText: /秒|分/ }).waitFor();
  expect(await left.innerText()).toMatch(/^还有/);
  await page.context().close();
});

it('a page comes to at most 60 KB, of which 30 KB are script', async () => {
  for (const path of ['/', `/tenders/${open}`, `/tenders/${tender}`]) {
    const { gzipSync } = await import('node:zlib');
    const context = await browser.newContext();
    const page = await context.newPage();
    const sizes = { all: 0, script: 0 };
    page.on('response', (response) => {
      void response.body().then((body) => {
        const { length } = gzipSync(body);
        sizes.all += length;
        if (response.request().resourceType() === 'script') sizes.script += length;
      });
    });
    await page.goto(`${api.url}${path}`, { waitUntil: 'networkidle' });
    expect(sizes.script).toBeLessThanOrEqual(30 * 1024);
    expect(sizes.all).toBeLessThanOrEqual(60 * 1024);
    await context.close();
  }
});

it('an export of the log is checked in the browser, and a changed one is refused', async () => {
  await signHead(api.db, await testSigner());
  const log = (await api.call('GET', '/api/log/export')).text;
  const [good, bad] = ['good', 'bad'].map((name) => join(tmpdir(), `kaibiao-log-${process.pid}-${name}.jsonl`)) as [
    string,
    string,
  ];
  writeFileSync(good, log);
  // An instant, a millisecond later.
  writeFileSync(
    bad,
    log.replace(/(?<=:)1\d{12}(?=[,}])/, (at) => String(Number(at) + 1)),
  );
  const { page, complaints } = await visit('/verify');
  await page.setInputFiles('#file', good);
  await page.click('#submit');
  await page.locator('#verdict strong').waitFor();
  const verdict = await page.locator('#verdict').innerText();
  await page.setInputFiles('#file', bad);
  await page.click('#submit');
  await page.locator('#verdict.fault').waitFor();
  expect(verdict).toMatch(/审计 \d+/);
  expect(await page.locator('#verdict').innerText()).toContain('核验不通过');
  expect(complaints).toEqual([]);
  await page.context().close();
});
