import type { Browser, Page } from 'playwright-core';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Notice } from '../../db/notices.ts';
import type { NoticeKind } from '../../domain/notices/kinds.ts';
import { tenderOf } from '../../domain/procedures/index.ts';
import { PAGE_POLICY } from '../../web/notices/html.ts';
import { html } from '../setup/checks/rendered.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { formNotices } from '../setup/tenders/forms.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

let browser: Browser;
beforeAll(async () => {
  if (executable !== null) browser = await startChromium(executable);
}, 120_000);
afterAll(() => browser?.close());

const POLICY = [
  ['default-src', PAGE_POLICY.defaultSrc],
  ['style-src', PAGE_POLICY.styleSrc],
]
  .map(([name, values]) => `${String(name)} ${(values as readonly string[]).join(' ')}`)
  .join(';');
const LONG = '江西省吉安市万安县工业园区尾水提升达标处理厂及配套管网工程（二期）https://www.example.cn/'.repeat(3);

/** The page as it is sent, with its policy, and what the browser complained of. */
async function shown(kind: NoticeKind, change: object = {}): Promise<{ page: Page; complaints: string[] }> {
  const [notice] = formNotices(kind, tenderOf('government').words, change) as [Notice];
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void complaints.push(message.text()));
  await page.route('**/*', (route) =>
    route.request().url().endsWith('/notice')
      ? route.fulfill({
          body: html(notice),
          contentType: 'text/html; charset=utf-8',
          headers: { 'content-security-policy': POLICY },
        })
      : route.fulfill({ status: 404 }),
  );
  await page.goto('http://notice.test/notice');
  return { page, complaints };
}

/** The least contrast of a text to what it stands on (WCAG 2). The program is the browser's: it knows the document. */
const CONTRAST = `(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/\\d+/g).map((each) => {
      const part = Number(each) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratios = [...document.querySelectorAll('main *, footer *')].map((each) => {
    const ground = each.closest('th, main, footer');
    const [a, b] = [light(getComputedStyle(each).color), light(getComputedStyle(ground).backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
  return Math.min(...ratios);
})()`;
const styleOf = (page: Page, selector: string, property: string): Promise<string> =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${property}`);

it('is light or dark as the screen is, and legible in both, in the style that its policy allows', async () => {
  const { page, complaints } = await shown('candidates');
  const grounds: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    grounds.push(await styleOf(page, 'main', 'backgroundColor'));
    expect(await page.evaluate<number>(CONTRAST)).toBeGreaterThan(4.5);
  }
  expect(grounds[0]).toBe('rgb(255, 255, 255)');
  expect(grounds[1]).not.toBe(grounds[0]);
  expect(await styleOf(page, 'h1', 'textAlign')).toBe('center');
  expect(await styleOf(page, '.signature', 'textAlign')).toBe('right');
  expect(complaints).toEqual([]);
  await page.close();
});

it('fits a phone: only a wide table scrolls, by the keyboard too', async () => {
  const { page } = await shown('tender', { title: LONG });
  await page.setViewportSize({ width: 360, height: 640 });
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  const table = `document.querySelector('.scroll[tabindex]')`;
  expect(await page.evaluate<boolean>(`${table}.scrollWidth > ${table}.clientWidth`)).toBe(true);
  await page.keyboard.press('Tab');
  expect(await page.evaluate<boolean>(`${table} === document.activeElement`)).toBe(true);
  await page.close();
});

async function printed(page: Page): Promise<{ sides: number[]; pages: string[] }> {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const pdf = await getDocumentProxy(new Uint8Array(await page.pdf({ preferCSSPageSize: true })));
  const [, , width = 0, height = 0] = (await pdf.getPage(1)).view;
  const { text } = await extractText(pdf);
  return { sides: [Math.round(width), Math.round(height)], pages: text };
}

it('is printed on A4, black on white, a short one on one page', async () => {
  const { page } = await shown('suspension');
  const { sides, pages } = await printed(page);
  expect(sides).toEqual([595, 842]);
  expect(pages).toHaveLength(1);
  expect(pages[0]).toContain('SHA-256');
  expect(await styleOf(page, 'body', 'color')).toBe('rgb(0, 0, 0)');
  await page.close();
});

it('of a drill, each printed page says so', async () => {
  const { page } = await shown('tender', { drill: true });
  const { pages } = await printed(page);
  expect(pages.length).toBeGreaterThan(1);
  for (const each of pages) expect(each).toContain('DRILL');
  await page.close();
});
