import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { standingBids } from '../../db/bids.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { pictured, stickingOutOf, violationsOf } from '../setup/servers/looked-at.ts';
import { custodianKeys, termsOf } from '../setup/tenders/sealing.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const NOW = parseInstant('2026-03-05T10:00:00+08:00');
const PHONE = { width: 360, height: 740 };

let api: TestApi;
let url: string;
let browser: Browser;
let tender: string;
let supplier: Member;

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  api = await startTestApi({
    port,
    settings: {
      publicUrl: url,
      depositAccount: { holder: '公共资源交易中心', bank: '某银行', number: '6222000011112222' },
    },
    database: { machineClock: () => NOW },
  });
  browser = await startChromium(executable);
  const purchaser = await api.member('purchaser', '江夏区教育局');
  const lots = [{ no: 1, title: '施工', budgetFen: 1_000_000_00, bidBondFen: 20_000_00 }];
  tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }, { lots }));
  const sealing = await termsOf(await custodianKeys(), null);
  await api.db.transaction((tx) => tx.q.update(procurements).set({ sealing }).where(eq(procurements.id, tender)));
  supplier = await api.member('supplier', '江城建设有限公司');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

/** The page as a person who cannot see it all, and one with a phone, find it. */
async function assertUsable(page: Page): Promise<void> {
  expect([page.url(), await violationsOf(page)]).toEqual([page.url(), []]);
  expect([page.url(), await stickingOutOf(page)]).toEqual([page.url(), []]);
}

it('a supplier on a phone registers, signs in, seals and submits a bid, sees the receipt and withdraws it', async () => {
  const context = await browser.newContext({ viewport: PHONE });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => void errors.push(String(error)));

  await page.goto(`${url}/register`);
  await page.fill('#f-name', '新来的公司');
  await page.fill('#f-creditCode', creditCodeFrom(90_001));
  await page.fill('#f-contact', '张三');
  await page.fill('#f-telephone', '027-12345678');
  await assertUsable(page);
  await page.click('form.act .buttons button');
  await page.locator('#link').waitFor();
  await assertUsable(page);
  await page.click('#link');
  await page.locator('#known').waitFor();
  expect(await page.locator('#known').textContent()).toContain('待交易中心确认');
  await assertUsable(page);

  await page.goto(`${url}/sign-in?next=/console/tenders/${tender}`);
  await page.fill('#f-username', supplier.username);
  await page.fill('#f-password', TEST_PASSWORD);
  await page.click('form.act .buttons button');
  await page.waitForURL(`${url}/console/tenders/${tender}`);
  await assertUsable(page);
  await pictured(page, 'supplier-tender-360');

  await page.click(`a[href="/seal?tender=${tender}"]`);
  await page.locator('#known').waitFor();
  const who = await supplier.call('GET', '/api/session');
  await page.fill('#bidder', String(who.get('memberships.0.creditCode')));
  await page.fill('#price', '987654.32');
  await page.setInputFiles('#files', {
    name: '投标文件.pdf',
    mimeType: 'application/pdf',
    buffer: randomBytes(50_000),
  });
  await page.click('#seal');
  await page.locator('#result').waitFor();
  await page.click('#hand-in-now');
  await page.locator('#verdict.known').waitFor();
  await assertUsable(page);
  await pictured(page, 'supplier-seal-360');
  expect(await standingBids(api.db.read, tender, 1)).toHaveLength(1);

  await page.goto(`${url}/console/bids`);
  await assertUsable(page);
  await page.click('a[href*="/bids/withdraw"]');
  await page.fill('#f-password', TEST_PASSWORD);
  await assertUsable(page);
  await page.click('form.act .buttons button');
  await page.locator('.note.good').waitFor();
  expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
  expect(errors).toEqual([]);
  await context.close();
});

it('each of its pages is fit for a phone and a wide window, light and dark, in both languages', async () => {
  for (const [name, options] of [
    ['phone', { viewport: PHONE, colorScheme: 'light' }],
    ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ] as const) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`${url}/sign-in`);
    await page.fill('#f-username', supplier.username);
    await page.fill('#f-password', TEST_PASSWORD);
    await page.click('form.act .buttons button');
    await page.waitForURL(`${url}/console`);
    for (const language of ['', '/en'])
      for (const path of [
        ...[`/console/tenders/${tender}`, '/console/bids', '/console/deposits', '/console/grievances'],
        ...['/console/account', '/console/notifications', '/register', '/seal', '/invitation'],
      ]) {
        await page.goto(`${url}${language}${path}`);
        await assertUsable(page);
        await pictured(
          page,
          `supplier${language.replace('/', '-')}${path.replace(tender, 'one').replaceAll('/', '-')}-${name}`,
        );
      }
    await context.close();
  }
});
