import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const PASSWORD = 'correct horse battery staple';

let api: TestApi;
let browser: Browser;
let administrator: Member;
let centre: Member;

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  api = await startTestApi({ port, settings: { publicUrl: `http://127.0.0.1:${port}` } });
  browser = await startChromium(executable);
  administrator = await api.member('administrator');
  centre = await api.member('centre');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

/** The page behind a link, what it complained of, and the addresses that it asked for. */
async function visit(link: string): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('request', (request) => void asked.push(request.url()));
  await page.goto(link);
  return { page, complaints, asked };
}

const textOf = async (page: Page, id: string): Promise<string> => {
  await page.locator(id).waitFor();
  return (await page.locator(id).textContent()) ?? '';
};

// A function that is asked again and again is refused by the page's own policy.
const says = (page: Page, id: string, hasText: RegExp): Promise<void> => page.locator(id).filter({ hasText }).waitFor();

async function set(page: Page, password: string, again = password): Promise<void> {
  await page.fill('#password', password);
  await page.fill('#again', again);
  await page.click('#set');
}

describe('the page behind an invitation', () => {
  it('sets the password of an account that an administrator opened, once, and its token reaches no address', async () => {
    const account = await administrator.call('POST', '/api/accounts', {
      json: { username: '李会计', name: '李会计', memberships: [] },
    });
    const link = String(account.get('invitation.link'));
    const token = link.split('#')[1] ?? '';
    expect(token.length).toBeGreaterThan(20);
    const { page, complaints, asked } = await visit(link);
    expect(await textOf(page, '#known')).toBe('李会计（李会计）');
    expect(await page.locator('#choose').isVisible()).toBe(false);

    await set(page, PASSWORD, 'another one');
    expect(await textOf(page, '#fault')).toMatch(/两次输入的密码不同[^]*not the same/);
    await set(page, 'short');
    await says(page, '#fault', /10/);
    expect((await api.signIn('李会计', PASSWORD)).status).toBe(401);

    await set(page, PASSWORD);
    await says(page, '#known', /已设置/);
    expect(await textOf(page, '#known')).toContain('李会计');
    expect(await page.locator('#form').isVisible()).toBe(false);
    // Neither the history nor a server has the token.
    expect(page.url()).not.toContain(token);
    expect(asked.filter((address) => address.includes(token) && !address.includes(`#${token}`))).toEqual([]);
    expect(complaints).toEqual([]);
    expect((await api.signIn('李会计', PASSWORD)).status).toBe(200);
    await page.close();

    const again = await visit(link);
    expect(await textOf(again.page, '#fault')).toMatch(/[\u4e00-\u9fff]/);
    expect(await again.page.locator('#form').isVisible()).toBe(false);
    await again.page.close();
  });

  it('lets whoever registered a supplier choose a user name, once the centre has confirmed it', async () => {
    const registered = await api.call('POST', '/api/registrations', {
      json: {
        ...{ name: '<b>新供应商</b>有限公司', creditCode: creditCodeFrom(77), contact: '王小明' },
        telephone: '0796-5700001',
      },
      key: null,
    });
    expect(registered.status, registered.text).toBe(202);
    const link = String(registered.get('invitation.link'));
    const early = await visit(link);
    expect(await textOf(early.page, '#known')).toMatch(/<b>新供应商<\/b>有限公司[^]*待交易中心确认/);
    expect(await early.page.locator('#form').isVisible()).toBe(false);
    await early.page.close();

    const id = String(registered.get('registrationId'));
    expect((await centre.call('POST', `/api/registrations/${id}/confirm`)).status).toBe(200);
    const { page, complaints } = await visit(link);
    expect(await textOf(page, '#known')).toContain('已确认');
    await page.fill('#username', '王小明');
    await set(page, PASSWORD);
    await says(page, '#known', /已设置/);
    expect((await api.signIn('王小明', PASSWORD)).status).toBe(200);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says that a link without its token, or with another, is good for nothing', async () => {
    for (const link of [`${api.url}/invitation`, `${api.url}/invitation#${'A'.repeat(43)}`]) {
      const { page } = await visit(link);
      expect(await textOf(page, '#fault')).toMatch(/[\u4e00-\u9fff][^]*[a-z]/);
      expect(await page.locator('#form').isVisible()).toBe(false);
      await page.close();
    }
  });
});
