import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { ensureFirstAdministrator } from '../../services/accounts/first-administrator.ts';
import { startTestApi, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';
import { drawnIn, readQr } from '../setup/checks/rendered.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { violationsOf } from '../setup/servers/looked-at.ts';
import { deviceCode } from '../setup/sign-in/authenticator.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { handClock } from '../setup/tenders/tender.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 780 } };
/** Where pictures of what was seen are kept; only where somebody wants to look. */
const PICTURES = process.env['KAIBIAO_PICTURES'];
const PASSWORD = 'a much better password';

const clock = handClock('2026-03-01T12:00+08:00');
/** Of the machine: moved, so that a password was given long ago. */
let laterMs = 0;
let api: TestApi;
let browser: Browser;
let setupToken: string;
beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  api = await startTestApi({
    port,
    settings: { publicUrl: `http://127.0.0.1:${port}`, channels: ['mail'] },
    database: { machineClock: clock.read },
    deps: {
      realNow: () => Date.now() + laterMs,
      custodiansRunning: async () => ({ centre: 1, purchaser: 1, supervisor: 0 }),
    },
  });
  setupToken = (await ensureFirstAdministrator(api.db))?.setupToken ?? '';
  browser = await startChromium(executable);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
  /** Every address that was asked for. */
  readonly asked: string[];
}

async function visit(width: keyof typeof WIDTHS, dark = false): Promise<Visit> {
  const context = await browser.newContext({ viewport: WIDTHS[width], colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  const [complaints, asked]: string[][] = [[], []];
  page.on('pageerror', (error) => void complaints?.push(String(error)));
  page.on('console', (message) => {
    // A form that is refused is answered with its status.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints?.push(message.text());
  });
  page.on('request', (request) => void asked?.push(request.url(), request.headers()['referer'] ?? ''));
  return { page, context, complaints: complaints ?? [], asked: asked ?? [] };
}

async function signedIn(member: Pick<Member, 'username' | 'password'>, width: keyof typeof WIDTHS): Promise<Visit> {
  const visited = await visit(width);
  await visited.page.goto(`${api.url}/sign-in`);
  await visited.page.fill('[name=username]', member.username);
  await visited.page.fill('[name=password]', member.password);
  await visited.page.press('[name=password]', 'Enter');
  await visited.page.waitForURL('**/console**');
  return visited;
}

/** What axe finds wrong with the page, and whether it is wider than the window. */
async function seen(page: Page, name: string): Promise<void> {
  const found = await violationsOf(page);
  expect.soft(found, `${name} ${page.url()}`).toEqual([]);
  const isWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
  expect.soft(await page.evaluate<boolean>(isWide), `${name} is wider than the window`).toBe(false);
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}

const submit = (page: Page): Promise<void> => page.click('form.act .buttons > button >> nth=0');

it('an empty installation: from the address that was printed to the first administrator, signed in', async () => {
  const { page, context, complaints, asked } = await visit('desktop');
  await page.goto(`${api.url}/setup#${setupToken}`);
  await expect.poll(async () => (await page.inputValue('[name=token]')).length, { timeout: 30_000 }).toBe(43);
  // Neither the history nor a server has the code.
  expect(page.url()).toBe(`${api.url}/setup`);
  expect(asked.filter((address) => address.includes(setupToken) && !address.includes(`#${setupToken}`))).toEqual([]);
  await seen(page, 'first-start');
  await page.fill('[name=name]', '王主任');
  await page.fill('[name=newPassword]', PASSWORD);
  await page.fill('[name=again]', 'another one');
  await page.fill('[name="centre.name"]', '江夏区公共资源交易中心');
  await page.fill('[name="centre.creditCode"]', '11110000MB1234567K');
  await submit(page);
  await page.locator('#f-again-error').waitFor();
  expect(await page.inputValue('[name="centre.name"]')).toBe('江夏区公共资源交易中心');
  await seen(page, 'first-start-refused');
  await page.fill('[name=newPassword]', PASSWORD);
  await page.fill('[name=again]', PASSWORD);
  await submit(page);
  await page.waitForURL('**/console/setup');
  expect(await page.textContent('.site-name')).toBe('江夏区公共资源交易中心');
  await seen(page, 'setup-guide');
  await page.fill('[name=address]', 'wang@example.org');
  await page.click('#mail form .buttons > button');
  await page.locator('#mail [role=status]').waitFor();
  await seen(page, 'setup-guide-mail');
  expect(complaints).toEqual([]);
  await context.close();

  const phone = await visit('phone', true);
  await phone.page.goto(`${api.url}/en/setup#${setupToken}`);
  await phone.page.locator('text=closed for good').waitFor();
  await seen(phone.page, 'first-start-over-dark-phone-en');
  await phone.page.click('main a.button');
  await phone.page.fill('[name=username]', 'administrator');
  await phone.page.fill('[name=password]', PASSWORD);
  await phone.page.press('[name=password]', 'Enter');
  await phone.page.waitForURL('**/en/console/setup');
  await seen(phone.page, 'setup-guide-dark-phone-en');
  expect(phone.complaints).toEqual([]);
  await phone.context.close();
});

it('a second factor: the code on the screen is scanned, the recovery codes are shown once, and the next sign-in asks', async () => {
  const member = await api.member('purchaser', '江夏区教育局');
  const { page, context, complaints } = await signedIn(member, 'phone');
  await page.goto(`${api.url}/console/account`);
  await seen(page, 'account-phone');
  await page.click('text=第二因素');
  await seen(page, 'second-factor-phone');
  await page.fill('[name=password-begin]', TEST_PASSWORD);
  await submit(page);
  await page.locator('svg.qr').waitFor();
  await seen(page, 'second-factor-qr-phone');
  const uri = readQr(drawnIn(await page.content())) ?? '';
  expect(uri).toMatch(/^otpauth:\/\/totp\//);
  const picture = await page.locator('svg.qr').boundingBox();
  expect(picture?.width ?? 0).toBeGreaterThan(180);
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  await page.fill('[name=oneTimeCode-confirm]', '000000');
  await submit(page);
  await page.locator('#f-oneTimeCode-confirm-error').waitFor();
  await page.fill('[name=oneTimeCode-confirm]', deviceCode(secret, Date.now()));
  await submit(page);
  await page.locator('ol.codes').waitFor();
  expect(await page.locator('ol.codes code').count()).toBe(10);
  expect(await page.locator('[data-print]').isVisible()).toBe(true);
  await seen(page, 'recovery-codes-phone');
  const [recovery] = await page.locator('ol.codes code').allTextContents();
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('ol.codes').isVisible()).toBe(true);
  expect(await page.locator('[data-print]').isVisible()).toBe(false);
  await page.emulateMedia({ media: 'screen' });
  await page.click('main a.button');
  await page.goto(`${api.url}/en/console/account/second-factor`);
  await seen(page, 'second-factor-on-phone-en');
  await page.goto(`${api.url}/en/console/account/identities`);
  await seen(page, 'identities-phone-en');
  expect(complaints).toEqual([]);
  await context.close();

  const again = await visit('desktop');
  await again.page.goto(`${api.url}/sign-in`);
  await again.page.fill('[name=username]', member.username);
  await again.page.fill('[name=password]', TEST_PASSWORD);
  await again.page.press('[name=password]', 'Enter');
  await again.page.waitForURL('**/sign-in/proof**');
  await seen(again.page, 'proof');
  await again.page.fill('[name=oneTimeCode]', recovery ?? '');
  await submit(again.page);
  await again.page.waitForURL('**/console');
  await again.context.close();
});

it('a launch after a long while asks for the password, loses nothing, and goes on', async () => {
  const clerk = await api.member('purchaser', '某县人民医院');
  const draft = {
    ...{ title: '某区中学教学楼工程', regime: 'tendering', kind: 'works', budgetFen: 100_000_000 },
    ...{ contentZh: '教学楼一栋。', noticeAt: '2026-03-02T09:00:00+08:00', bidValidityDays: 90 },
    ...{ documentsFrom: '2026-03-02T09:00:00+08:00', documentsUntil: '2026-03-09T17:00:00+08:00' },
    ...{ bidDeadline: '2026-04-01T09:30:00+08:00', lots: [{ no: 1, title: '教学楼', budgetFen: 100_000_000 }] },
    particulars: { ...PARTICULARS_TOLD, ceilingPriceFen: 99_000_000, documentsPriceFen: 0 },
  };
  const made = await clerk.call('POST', '/api/procurements', { json: draft });
  expect(made.status, made.text).toBe(201);
  const id = String(made.get('id'));
  const documents = `/api/procurements/${id}/documents?kind=tender-documents&name=tender.pdf`;
  await clerk.call('POST', documents, { body: 'tender', headers: { 'content-type': 'application/octet-stream' } });
  const { page, context, complaints } = await signedIn(clerk, 'phone');
  await page.goto(`${api.url}/console/launch/${id}?step=scheme`);
  await page.selectOption('#f-template-1', 'comprehensive');
  await page.click('button:has-text("采用该模板") >> nth=-1');
  await page.waitForURL('**/scheme/1');
  await page.goto(`${api.url}/console/launch/${id}?step=check`);
  await page.locator('text=没有不合法之处，可以发起').waitFor();
  laterMs = 11 * 60_000;
  await page.click('button:has-text("发起") >> nth=-1');
  await page.locator('[name=_password]').waitFor();
  await seen(page, 'verification-phone');
  await page.fill('[name=_password]', 'not this one');
  await submit(page);
  await page.locator('.note.fault', { hasText: '密码不正确' }).waitFor();
  await seen(page, 'verification-refused-phone');
  expect((await clerk.call('GET', `/api/procurements/${id}`)).get('stage')).toBe('draft');
  await page.fill('[name=_password]', TEST_PASSWORD);
  await submit(page);
  await page.waitForURL(`**/console/tenders/${id}`);
  expect((await clerk.call('GET', `/api/procurements/${id}`)).get('stage')).toBe('launched');
  expect(complaints).toEqual([]);
  await context.close();

  const desktop = await signedIn(clerk, 'desktop');
  laterMs += 11 * 60_000;
  await desktop.page.goto(`${api.url}/en/console/account`);
  await desktop.page.click('button:has-text("Revoke every session") >> nth=-1');
  await desktop.page.locator('text=Confirm that it is you >> nth=0').waitFor();
  await seen(desktop.page, 'verification-en');
  await desktop.page.fill('[name=_password]', TEST_PASSWORD);
  await submit(desktop.page);
  await desktop.page.waitForURL('**/en/sign-in');
  await desktop.context.close();
});
