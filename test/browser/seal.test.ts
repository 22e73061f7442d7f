import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../setup/api.ts';
import { downloaded, findChromium, startChromium } from '../setup/servers/chromium.ts';
import { BIDDER, custodianKeys, opened, PROCUREMENT, termsOf, type Keys } from '../setup/tenders/sealing.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-browser-'));
const at = (name: string): string => join(folder, name);
let api: TestApi;
let browser: Browser;
let keys: Keys;
let tender: object;

beforeAll(async () => {
  if (executable === null) return;
  api = await startTestApi();
  browser = await startChromium(executable);
  keys = await custodianKeys();
  const lots = [
    { no: 1, title: '土建' },
    { no: 2, title: '<b>安装</b>' },
  ];
  const terms = await termsOf(keys);
  tender = { procurementId: PROCUREMENT, lots, terms, bidDeadline: '2026-12-24T09:30:00.000+08:00' };
  writeFileSync(at('terms.json'), JSON.stringify({ ...tender, terms: await termsOf(keys, 45) }));
  writeFileSync(at('报价.pdf'), '报价');
  writeFileSync(at('技术标.bin'), Buffer.alloc(3_000_000, 'x'));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The page, and whatever it complained of. */
async function visit(query = ''): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
  const page = await browser.newPage({ viewport: { width: 900, height: 1_000 }, acceptDownloads: true });
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('request', (request) => void asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.route(`**/api/procurements/${PROCUREMENT}/sealing`, (route) => route.fulfill({ json: tender }));
  await page.goto(`${api.url}/seal${query}`);
  return { page, complaints, asked };
}

describe('the page on which a bidder seals', () => {
  it('seals in the browser what our opener opens, and sends nothing of it anywhere', async () => {
    const { page, complaints, asked } = await visit(`?tender=${PROCUREMENT}`);
    await page.locator('#known').waitFor();
    expect(await page.locator('#lot option').allTextContents()).toEqual(['1　土建', '2　<b>安装</b>']);
    await page.fill('#bidder', BIDDER.toLowerCase());
    await page.fill('#price', '1234567.8');
    await page.fill('#period', '180');
    await page.fill('#quality', '合格');
    await page.setInputFiles('#files', [at('报价.pdf'), at('技术标.bin')]);
    await page.evaluate(`{
      const progress = document.querySelector('#progress');
      progress.told = [];
      const note = () => progress.told.push(progress.value);
      new MutationObserver(note).observe(progress, { attributeFilter: ['value'] });
    }`);
    const worker = page.waitForEvent('worker');
    await page.click('#seal');
    expect(new URL((await worker).url()).pathname).toMatch(/^\/seal\/[0-9a-f]{32}\.js$/);
    await page.locator('#result').waitFor();
    const told = await page.evaluate<number[]>(`document.querySelector('#progress').told`);
    expect(told.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(page.workers()).toEqual([]);

    const { bytes } = await downloaded(page, '#save');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(await page.locator('#sealed-hash').textContent());
    const { manifest, files } = await opened(bytes, keys);
    expect(manifest).toMatchObject({ bidder: BIDDER, priceFen: 123_456_780, periodDays: 180, quality: '合格' });
    expect(manifest.parts.map(({ mediaType }) => mediaType)).toEqual(['application/pdf', 'application/octet-stream']);
    for (const [path, body] of files) expect(body.equals(readFileSync(at(path))), path).toBe(true);
    expect(await page.locator('#save-share').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    expect(asked.filter((each) => !/^GET \/(seal|assets\/[0-9a-f]+\.css)/.test(each))).toEqual([
      `GET /api/procurements/${PROCUREMENT}/sealing`,
    ]);
    await page.close();
  });

  it('gives the bidder its share to keep, where the tender has two locks', async () => {
    const { page, complaints } = await visit();
    await page.setInputFiles('#terms', at('terms.json'));
    await page.locator('#known').waitFor();
    await page.fill('#bidder', BIDDER);
    await page.fill('#price', '1');
    await page.setInputFiles('#files', at('报价.pdf'));
    await page.click('#seal');
    await page.locator('#result').waitFor();
    expect(await page.locator('#keep').textContent()).toMatch(/45 分钟/);
    const { bytes } = await downloaded(page, '#save');
    const bidderShare = (await downloaded(page, '#save-share')).bytes.toString();
    const { manifest } = await opened(bytes, keys, { bidderShare });
    expect(manifest).toMatchObject({ priceFen: 100, periodDays: null, quality: null });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('inspects a blind part as the command does, seals nothing that names the bidder unless it is said so, and puts it apart', async () => {
    const { page, complaints, asked } = await visit();
    const lots = [{ no: 1, title: '土建', blind: true }];
    const terms = { ...tender, lots };
    await page.setInputFiles('#terms', {
      name: 'terms.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(terms)),
    });
    await page.locator('#blind').waitFor();
    await page.fill('#bidder', BIDDER);
    await page.fill('#price', '1000');
    await page.setInputFiles('#files', at('报价.pdf'));
    const info = `%PDF-1.7\n1 0 obj\n<< /Author (Zhang San) >>\nendobj\n2 0 obj\n`;
    const packed = deflateSync(Buffer.from('(JIANGCHENG Co)'));
    const stream = Buffer.concat([
      Buffer.from(`<< /Filter /FlateDecode /Length 9 0 R >>\nstream\n`),
      packed,
      Buffer.from('\nendstream\nendobj\n%%EOF'),
    ]);
    const plan = { name: '方案.pdf', mimeType: 'application/pdf', buffer: Buffer.concat([Buffer.from(info), stream]) };
    await page.setInputFiles('#blind-files', plan);
    await page.click('#seal');
    await page.locator('#fault', { hasText: '请填写投标人名称' }).waitFor();
    await page.fill('#names', '江城建设有限公司\nJiangcheng Co');
    await page.click('#seal');
    await page.locator('#identifying').waitFor();
    expect(await page.locator('#identifying-list li').allTextContents()).toEqual([
      expect.stringMatching(/属性 Author 为“Zhang San”.*the property Author/),
      expect.stringMatching(/写有“Jiangcheng Co”/),
    ]);
    expect(await page.locator('#result').isVisible()).toBe(false);
    await page.check('#allow-identifying');
    await page.click('#seal');
    await page.locator('#result').waitFor();
    const { bytes } = await downloaded(page, '#save');
    const { manifest } = await opened(bytes, keys);
    expect(manifest.parts.map(({ path }) => path)).toEqual(['报价.pdf', '暗标/方案.pdf']);
    // Other files are inspected again.
    await page.setInputFiles('#blind-files', { ...plan, name: '江城建设有限公司.pdf' });
    expect(await page.locator('#identifying').isVisible()).toBe(false);
    await page.click('#seal');
    await page.locator('#identifying li', { hasText: '文件名' }).waitFor();
    expect([complaints, asked.filter((each) => !/^GET \/(seal|assets\/[0-9a-f]+\.css)/.test(each))]).toEqual([[], []]);
    await page.close();
  });

  it('says what is wrong in both languages, and seals nothing', async () => {
    const { page } = await visit();
    const told = async (): Promise<string> => {
      await page.click('#seal');
      await page.locator('#fault').waitFor();
      return (await page.locator('#fault').textContent()) ?? '';
    };
    expect(await told()).toMatch(/请先取得[\s\S]*terms of the tender/);
    await page.fill('#tender', 'https://elsewhere.example/api/procurements/1/sealing');
    await page.click('#load');
    await page.locator('#fault', { hasText: '其他平台' }).waitFor();
    await page.setInputFiles('#terms', at('报价.pdf'));
    await page.locator('#fault', { hasText: '不是 JSON' }).waitFor();
    await page.setInputFiles('#terms', at('terms.json'));
    await page.locator('#known').waitFor();
    await page.fill('#bidder', '123');
    expect(await told()).toMatch(/18 位/);
    await page.fill('#bidder', BIDDER);
    await page.fill('#price', '1,000');
    expect(await told()).toMatch(/千分位/);
    await page.fill('#price', '1000');
    expect(await told()).toMatch(/请选择/);
    await page.setInputFiles('#files', { name: 'a<b.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
    expect(await told()).toMatch(/a<b\.pdf/);
    expect(await page.locator('#result').isVisible()).toBe(false);
    await page.close();
  });
});
