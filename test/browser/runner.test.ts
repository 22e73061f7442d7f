import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { PREPARABLE_ACT_NAMES } from '../../domain/prepared-acts/acts.ts';
import { colleagueOf } from '../prepared-acts/colleague.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { violationsOf } from '../setup/servers/looked-at.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { handClock } from '../setup/tenders/tender.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 780 } };
/** Where small pictures of what was seen are kept; only where somebody wants to look. */
const PICTURES = process.env['KAIBIAO_PICTURES'];

const clock = handClock('2026-03-01T12:00+08:00');
let api: TestApi;
let browser: Browser;
let clerk: Member;
let second: Member;

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  api = await startTestApi({
    port,
    settings: { publicUrl: `http://127.0.0.1:${port}`, secondPerson: new Set(PREPARABLE_ACT_NAMES) },
    database: { machineClock: clock.read },
    deps: { realNow: () => Date.now() },
  });
  browser = await startChromium(executable);
  clerk = await api.member('purchaser', '江夏区教育局');
  second = await colleagueOf(api, clerk, '李四');
  await api.member('agency', '武汉诚信招标代理有限公司');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

/** Somebody signs in by the page. */
async function signedIn(member: Member, width: keyof typeof WIDTHS = 'desktop', dark = false): Promise<Visit> {
  const context = await browser.newContext({
    viewport: WIDTHS[width],
    colorScheme: dark ? 'dark' : 'light',
    // Axe is put into the page by the test; the policy of the pages lets in nobody else's script.
    bypassCSP: false,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('console', (message) => {
    // A form that is refused is answered with its status.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${api.url}/sign-in`);
  await page.fill('[name=username]', member.username);
  await page.fill('[name=password]', member.password);
  await page.press('[name=password]', 'Enter');
  await page.waitForURL('**/console**');
  return { page, context, complaints };
}

/** What axe finds wrong with the page as it is shown, and whether it is wider than the window. */
async function faultsOf(page: Page): Promise<string[]> {
  const found = await violationsOf(page);
  const wide = await page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  return wide ? [...found, 'the page is wider than the window'] : found;
}

async function seen(page: Page, name: string): Promise<void> {
  expect.soft(await faultsOf(page), `${name} ${page.url()}`).toEqual([]);
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}

/** Chosen from a list. */
const SELECTED: ReadonlySet<string> = new Set(['consortium', 'evaluationMethod']);
const PARTICULARS = Object.entries({ ...PARTICULARS_TOLD, ceilingPriceFen: '990000', documentsPriceFen: '0' });

describe('a clerk who launches her first procurement', () => {
  it('is led from the first word to the launch, which another person confirms', async () => {
    const { page, context, complaints } = await signedIn(clerk);
    await page.click('text=新建采购项目');
    await seen(page, 'launch-start');
    await page.fill('#f-title', '某区中学教学楼工程');
    await page.selectOption('#f-regime', 'tendering');
    await page.selectOption('#f-kind', 'works');
    await page.selectOption('#f-procedure', 'open-tender');
    await page.fill('#f-budgetFen', '100万元');
    await page.locator('#f-budgetFen-said', { hasText: '人民币壹佰万元整' }).waitFor();
    await page.fill('#f-contentZh', '教学楼一栋。');
    await page.fill('#f-noticeAt', '2026-03-02T09:00');
    // The timeline appears as soon as the law can count from something.
    await page.locator('#plan svg.timeline').waitFor();
    await page.click('form.act .buttons > button >> nth=0');
    await page.waitForURL('**step=parties');

    await page.locator('#f-agencyId').waitFor();
    const search = page.locator('[name="_q:agencyId"]');
    await search.pressSequentially('诚信招标', { delay: 20 });
    await page.locator('#f-agencyId option', { hasText: '武汉诚信招标代理有限公司' }).waitFor({ state: 'attached' });
    await seen(page, 'launch-parties');
    await page.goto(page.url().replace('parties', 'dates'));

    await page.fill('#f-documentsFrom', '2026-03-02T09:00');
    await page.fill('#f-documentsUntil', '2026-03-09T17:00');
    await page.fill('#f-bidValidityDays', '90');
    await page.fill('#f-bidDeadline', '2026-03-12T09:30');
    await page.locator('#plan', { hasText: '2026-03-12 周四 09:30' }).waitFor();
    await page.click('button:has-text("保存") >> nth=-1');
    await page.waitForURL('**step=dates');
    const lawful = page.locator('button[name=_set][value^="bidDeadline="]');
    await lawful.waitFor();
    expect(await page.getAttribute('#f-bidDeadline', 'aria-invalid')).toBe('true');
    await seen(page, 'launch-dates');
    await lawful.click();
    await page.waitForURL('**step=dates');
    expect(await lawful.count()).toBe(0);
    expect(await page.inputValue('#f-bidDeadline')).toMatch(/^2026-03-2\d/);

    const id = /launch\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
    const at = (step: string) => `${api.url}/console/launch/${id}?step=${step}`;
    await page.fill('#f-bidDeadline', '2026-04-01T09:30');
    await page.click('form.act .buttons > button >> nth=0');
    await page.waitForURL('**step=particulars');
    for (const [key, value] of PARTICULARS) {
      const field = page.locator(`#f-particulars-${key}`);
      if (SELECTED.has(key)) await field.selectOption(String(value));
      else await field.fill(String(value));
    }
    await seen(page, 'launch-particulars');
    await page.click('form.act .buttons > button >> nth=0');
    await page.waitForURL('**step=documents');
    await page.setInputFiles('[name=_file]', {
      ...{ name: '招标文件.pdf', mimeType: 'application/pdf', buffer: Buffer.from('招标文件') },
    });
    await page.click('form.act .buttons > button >> nth=0');
    await page.locator('td', { hasText: '招标文件.pdf' }).waitFor();
    await seen(page, 'launch-documents');
    await page.goto(at('scheme'));
    await page.selectOption('#f-template-1', 'comprehensive');
    await page.click('button:has-text("采用该模板") >> nth=-1');
    await page.waitForURL('**/scheme/1');
    await page.locator('text=合计与总分一致').waitFor();
    await seen(page, 'launch-scheme');
    await page.goto(at('check'));
    await seen(page, 'launch-check');
    await page.click('button:has-text("发起") >> nth=-1');
    await page.waitForURL('**/console/prepared/**');
    await seen(page, 'prepared-own');
    expect(complaints).toEqual([]);
    await context.close();

    const other = await signedIn(second, 'phone');
    await other.page.locator('text=待我复核').waitFor();
    await seen(other.page, 'due-phone');
    await other.page.click('ul.due a.button');
    await seen(other.page, 'prepared-phone');
    await other.page.click('button:has-text("复核：确认并执行") >> nth=-1');
    await other.page.locator('text=已复核生效 >> nth=0').waitFor();
    expect((await clerk.call('GET', `/api/procurements/${id}`)).get('stage')).toBe('launched');
    await other.page.goto(`${api.url}/console/tenders/${id}`);
    await seen(other.page, 'tender-phone');
    expect(other.complaints).toEqual([]);
    await other.context.close();
  });

  it('is asked before she leaves what was typed, also after a row was added; in English, in the dark, on a phone', async () => {
    const { page, context, complaints } = await signedIn(clerk, 'phone', true);
    await page.goto(`${api.url}/en/console/launch`);
    await seen(page, 'launch-dark-phone-en');
    await page.fill('#f-title', 'School kitchen');
    await page.selectOption('#f-regime', 'government');
    await page.selectOption('#f-kind', 'goods');
    await page.selectOption('#f-procedure', 'open-tender');
    await page.fill('#f-budgetFen', '5,000,000');
    await page.fill('#f-contentZh', '厨房设备一批');
    await page.fill('#f-noticeAt', '2026-03-03T09:00');
    await page.press('#f-title', 'Enter');
    await page.waitForURL('**step=parties');
    await seen(page, 'launch-parties-dark-phone-en');
    await page.goto(page.url().replace('parties', 'lots'));
    await page.click('button[name=_add]');
    await page.locator('[name="lots[1].title"]').waitFor();
    await seen(page, 'launch-lots-dark-phone-en');
    const asked = page.waitForEvent('dialog');
    await page.click('#f-lots-1-title');
    void page.goto(`${api.url}/en/console`).catch(() => undefined);
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.accept();
    await page.waitForURL('**/en/console');
    await seen(page, 'due-dark-phone-en');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
