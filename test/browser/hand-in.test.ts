import { createHash, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { standingBids } from '../../db/bids.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { verifyReceipt, type ReceiptProof } from '../../proofs/receipt.ts';
import { createSigner, newSigningKey, type PublicJwk } from '../../proofs/signing.ts';
import { freePort } from '../../cli/servers/processes.ts';
import { startTestApi, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';
import { downloaded, findChromium, startChromium } from '../setup/servers/chromium.ts';
import { cuttableLine, type CuttableLine } from '../setup/servers/cuttable-line.ts';
import { custodianKeys, opened, termsOf, type Keys } from '../setup/tenders/sealing.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const file = (size: number) => ({ name: '投标文件.pdf', mimeType: 'application/pdf', buffer: randomBytes(size) });

let now = DEADLINE - 3_600_000;
let api: TestApi;
let line: CuttableLine;
let browser: Browser;
let keys: Keys;
let purchaser: Member;

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  line = await cuttableLine(`http://127.0.0.1:${port}`);
  api = await startTestApi({ port, settings: { publicUrl: line.url }, database: { machineClock: () => now } });
  browser = await startChromium(executable);
  keys = await custodianKeys();
  purchaser = await api.member('purchaser');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await line?.[Symbol.asyncDispose]();
  await api?.[Symbol.asyncDispose]();
});
beforeEach(() => line?.mend());

/** A tender that takes sealed bids, a bidder, and the page, reached by the line. */
async function bidding(bidderWindowMinutes: number | null = null) {
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline: DEADLINE });
  const tender = await tenderAt(api.db, 'bidding', draft);
  const sealing = await termsOf(keys, bidderWindowMinutes);
  await api.db.transaction((tx) => tx.q.update(procurements).set({ sealing }).where(eq(procurements.id, tender)));
  const supplier = await api.member('supplier');
  const who = await supplier.call('GET', '/api/session');
  const creditCode = String(who.get('memberships.0.creditCode'));
  return { tender, supplier, creditCode, ...(await visit(tender)) };
}

async function visit(tender: string): Promise<{ page: Page; offsets: number[]; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 900, height: 1_000 }, acceptDownloads: true });
  const page = await context.newPage();
  const offsets: number[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  await page.goto(`${line.url}/seal?tender=${tender}`);
  await page.locator('#known').waitFor();
  return { page, offsets, complaints };
}

async function seal(page: Page, bidder: string, size = 100_000): Promise<void> {
  await page.fill('#bidder', bidder);
  await page.fill('#price', '1234567.8');
  await page.setInputFiles('#files', file(size));
  await page.click('#seal');
  await page.locator('#result').waitFor();
}

async function signIn(page: Page, { username }: Member): Promise<void> {
  await page.locator('#sign-in').waitFor();
  await page.fill('#username', username);
  await page.fill('#password', TEST_PASSWORD);
  await page.click('#sign-in button[type=submit]');
}

const fault = async (page: Page, id = '#hand-in-fault'): Promise<string> => {
  await page.locator(id).waitFor();
  return (await page.locator(id).textContent()) ?? '';
};

describe('the page on which a bidder hands in what it has sealed', () => {
  it('uploads the sealed file, shows the receipt, checks it, and saves it as JSON and PDF', async () => {
    const { page, tender, supplier, creditCode, complaints } = await bidding();
    await seal(page, creditCode);
    const sealed = (await downloaded(page, '#save')).bytes;
    await page.click('#hand-in-now');
    await page.locator('#sign-in').waitFor();
    expect(await page.locator('#hand-in-fault').isVisible()).toBe(false);
    await page.fill('#username', supplier.username);
    await page.fill('#password', 'not the password');
    await page.click('#sign-in button[type=submit]');
    expect(await fault(page)).toMatch(/用户名或密码不正确[\s\S]*password is wrong/);
    await signIn(page, supplier);
    await page.locator('#verdict.known').waitFor();

    const [bid] = await standingBids(api.db.read, tender, 1);
    expect(bid).toMatchObject({ sha256: sha256(sealed), size: sealed.length, supplierId: supplier.organisationId });
    expect(await page.locator('#receipt-hash').textContent()).toBe(sha256(sealed));
    expect(await page.locator('#receipt-at').textContent()).toBe('2026-04-01 08:30');
    expect(await page.locator('#receipt-deadline').textContent()).toBe('2026-04-01 09:30');
    const receipt = await downloaded(page, '#save-receipt');
    expect(receipt.name).toBe(`receipt-${bid?.id}.json`);
    const kept = JSON.parse(receipt.bytes.toString()) as { signed: string; proof: ReceiptProof; keys: PublicJwk[] };
    const checked = await verifyReceipt(kept, { sha256: sha256(sealed), size: sealed.length }, kept.keys);
    expect(checked).toMatchObject({ faults: [], statement: { bidId: bid?.id, bidder: creditCode } });
    const pdf = await downloaded(page, '#save-receipt-pdf');
    expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-');
    const printed = await fetch(`${api.url}/api/receipts/${bid?.id}/receipt.pdf`, {
      headers: { authorization: `Bearer ${supplier.token}` },
    });
    expect(pdf.bytes.equals(Buffer.from(await printed.arrayBuffer()))).toBe(true);
    // The page shows what is refused; the browser logs each such answer too.
    expect(complaints.filter((each) => !each.includes('the server responded with a status of 401'))).toEqual([]);
    await page.context().close();
  });

  it('resumes a broken upload automatically once the connection is back', async () => {
    const { page, tender, supplier, creditCode, offsets } = await bidding();
    await seal(page, creditCode, 6_000_000);
    await page.click('#hand-in-now');
    line.cutAfter(2_500_000);
    await signIn(page, supplier);
    await page.locator('#upload-state', { hasText: /正在重试.*retrying/ }).waitFor();
    expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
    line.mend();
    await page.locator('#verdict.known').waitFor();
    expect(offsets[0]).toBe(0);
    expect(offsets.at(-1)).toBeGreaterThan(0);
    expect(await standingBids(api.db.read, tender, 1)).toHaveLength(1);
    await page.context().close();
  });

  it('resumes with a saved file on another machine, and makes the bidder save the share of two locks', async () => {
    const { page, tender, supplier, creditCode } = await bidding(45);
    await seal(page, creditCode, 6_000_000);
    expect(await page.locator('#keep').textContent()).toMatch(/45 分钟内[\s\S]*视为撤销[\s\S]*counts as revoked/);
    expect(await page.locator('#kept').isDisabled()).toBe(true);
    await page.click('#hand-in-now');
    expect(await fault(page)).toMatch(/请先保存自留份额[\s\S]*save your share/);
    const sealed = (await downloaded(page, '#save')).bytes;
    const share = (await downloaded(page, '#save-share')).bytes.toString();
    await page.check('#kept');
    await page.click('#hand-in-now');
    line.cutAfter(2_500_000);
    await signIn(page, supplier);
    await page.locator('#upload-state', { hasText: '正在重试' }).waitFor();
    await page.context().close();
    line.mend();

    const other = await visit(tender);
    await other.page.setInputFiles('#sealed', { name: 'bid.sealed', mimeType: '', buffer: sealed });
    await other.page.locator('#result').waitFor();
    expect(await other.page.locator('#sealed-hash').textContent()).toBe(sha256(sealed));
    expect(await other.page.locator('#save-share').isVisible()).toBe(false);
    await other.page.check('#kept');
    await other.page.click('#hand-in-now');
    await signIn(other.page, supplier);
    await other.page.locator('#verdict.known').waitFor();
    expect(other.offsets[0]).toBeGreaterThan(0);
    const [bid] = await standingBids(api.db.read, tender, 1);
    expect(bid?.sha256).toBe(sha256(sealed));
    const expected = { procurementId: tender, lotNo: 1, bidder: creditCode };
    const { manifest } = await opened(sealed, keys, { bidderShare: share, expected });
    expect(manifest.priceFen).toBe(123_456_780);
    await other.page.context().close();
  });

  it('what would be rejected at the opening, or is not the bidder’s to hand in, is not sent', async () => {
    const { page, tender, supplier, creditCode } = await bidding();
    await seal(page, '91420100MA4K00000Q');
    await page.click('#hand-in-now');
    await signIn(page, purchaser);
    expect(await fault(page)).toMatch(/不是任何供应商[\s\S]*acts for no supplier/);
    await page.click('#sign-out');
    await signIn(page, supplier);
    const told = await page.locator('#hand-in-fault', { hasText: creditCode }).textContent();
    expect(told).toMatch(/91420100MA4K00000Q[\s\S]*rejected at the opening/);
    expect((await supplier.call('GET', `/api/procurements/${tender}/lots/1/uploads`)).get('items')).toEqual([]);
    await page.setInputFiles('#sealed', file(100));
    expect(await fault(page, '#fault')).not.toBe('');
    expect(await page.locator('#hand-in').isVisible()).toBe(false);
    await page.context().close();
  });

  it('a receipt that no published key has signed is not believed, and is kept all the same', async () => {
    const { page, supplier, creditCode } = await bidding();
    const stranger = await createSigner(await newSigningKey());
    await page.route('**/.well-known/jwks.json', (route) => route.fulfill({ json: { keys: [stranger.publicJwk] } }));
    await seal(page, creditCode);
    await page.click('#hand-in-now');
    await signIn(page, supplier);
    expect(await fault(page)).toMatch(/平台签名不成立[\s\S]*signature is not valid/);
    expect(await page.locator('#verdict.fault').textContent()).toMatch(/未能核验/);
    expect((await downloaded(page, '#save-receipt')).bytes.length).toBeGreaterThan(100);
    await page.context().close();
  });

  // The last one: the clock of a database does not go back.
  it('after the deadline it is refused, with the rule and the deadline in both languages; the seal can still be saved', async () => {
    const { page, tender, supplier, creditCode } = await bidding();
    await seal(page, creditCode);
    await page.click('#hand-in-now');
    now = DEADLINE;
    await signIn(page, supplier);
    const told = await fault(page);
    expect(told).toMatch(
      /已过投标截止时间 2026年4月1日 09:30，服务器时间 2026年4月1日 09:30，.*招标投标法实施条例第36条/,
    );
    expect(told).toMatch(/deadline 1 April 2026, 09:30 has passed.*招标投标法实施条例.*36/);
    const rule = await page.locator('#hand-in-fault a').getAttribute('href');
    expect((await fetch(`${api.url}${rule}`)).status).toBe(200);
    const { bytes } = await downloaded(page, '#save');
    expect(sha256(bytes)).toBe(await page.locator('#sealed-hash').textContent());
    expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
    await page.context().close();
  });
});
