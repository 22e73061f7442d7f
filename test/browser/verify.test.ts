import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { evaluate } from '../../domain/evaluation/scoring/evaluate.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { leafOf } from '../../proofs/leaf.ts';
import { GrowingTree, inclusionProof, nodeHash } from '../../proofs/merkle.ts';
import { RECEIPT, type ReceiptStatement } from '../../proofs/receipt.ts';
import { SCORE_SHEET, sheetHash, sheetOf } from '../../proofs/sheet.ts';
import { createSigner, newSigningKey, type Signer } from '../../proofs/signing.ts';
import { orderedBids } from '../../proofs/tie-order.ts';
import { TREE_HEAD } from '../../proofs/tree-head.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { madeRecord } from '../draws/made-draw.ts';
import { bid, inputOf, judged, priced, scheme } from '../evaluation/golden/scenario.ts';
import { startTestApi, type TestApi } from '../setup/api.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { testSigner } from '../setup/signer.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

let api: TestApi;
let browser: Browser;
let signer: Signer;
const folder = mkdtempSync(join(tmpdir(), 'kaibiao-verify-'));

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  api = await startTestApi({ port, settings: { publicUrl: `http://127.0.0.1:${port}` } });
  browser = await startChromium(executable);
  signer = await testSigner();
  // With it the platform publishes its key.
  await signHead(api.db, signer);
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const kept = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

interface Chosen {
  readonly file: string;
  readonly bid?: string;
  readonly keys?: string;
}

/** What the page says of files, and what was asked of any server after they were chosen. */
async function checked(chosen: Chosen, path = '/verify'): Promise<{ text: string; good: boolean; asked: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  await page.goto(`${api.url}${path}`, { waitUntil: 'networkidle' });
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(`${request.method()} ${request.url().replace(api.url, '')}`));
  for (const [id, file] of Object.entries<string>({ ...chosen })) await page.setInputFiles(`#${id}`, file);
  await page.click('#submit');
  await page.locator('#verdict.good, #verdict.fault').waitFor();
  const verdict = page.locator('#verdict');
  const [text, name] = [await verdict.innerText(), await verdict.getAttribute('class')];
  expect(complaints).toEqual([]);
  await page.close();
  return { text, good: name === 'note good', asked };
}

const BID = 'a sealed bid';

/** With its proof, in a log of three entries. */
async function receipt(change: Partial<ReceiptStatement> = {}): Promise<{ signed: string; proof: object }> {
  const statement: ReceiptStatement = {
    ...{ procurementId: 'tender', lotNo: 1, bidId: 'bid', version: 1, bidder: '91420000000000000X' },
    ...{ sha256: hex(BID), size: BID.length, entry: hex('entry') },
    ...{ receivedAt: 1_775_000_000_000, deadline: 1_775_003_600_000, headBy: 1_775_000_060_000 },
    ...change,
  };
  const leaves = [leafOf(hex('x'), hex('y')), leafOf(statement.entry, hex(BID)), leafOf(hex('z'), hex('y'))];
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.append(leaf);
  const inclusion = await inclusionProof(1, leaves.length, async ({ level, index }) =>
    level === 0 ? (leaves[index] as string) : nodeHash(leaves[2 * index] as string, leaves[2 * index + 1] as string),
  );
  const head = { size: leaves.length, root: tree.root(), at: statement.headBy };
  const proof = { head: await signer.sign(TREE_HEAD, head), index: 1, inclusion };
  return { signed: await signer.sign(RECEIPT, statement), proof };
}

/** Of the second of three bids. */
async function sheetFile() {
  const input = inputOf({
    ...{ definition: GOVERNMENT_OPEN_TENDER, kind: 'goods', budgetWan: 200 },
    scheme: scheme({ criteria: [judged('70'), priced('30')] }),
    bids: (['a', 'b', 'c'] as const).map((id, n) => bid(id, 100 + 10 * n, { marks: { quality: ['60', '58', '62'] } })),
  });
  const order = orderedBids(
    { procurementId: 'tender', lotNo: 1 },
    input.bids.map(({ bidId }) => ({ bidId, file: hex(bidId), content: hex(`${bidId} content`) })),
  );
  const sheet = sheetOf(order, input, evaluate(input), 'b', (rule) => citationOf(rule));
  if (!sheet) throw new Error('no such bid');
  return { sheet, signed: await signer.sign(SCORE_SHEET, { bidId: 'b', sha256: sheetHash(sheet) }), keys: [] };
}

describe('the checkers in the browser', () => {
  it('a receipt is good with its bid, and names what differs of another file', async () => {
    const file = kept('receipt.json', await receipt());
    const good = await checked({ file, bid: kept('bid.kbseal', BID) });
    expect([good.good, good.text]).toEqual([true, expect.stringContaining('已证明在日志第 1 位')]);
    expect(good.text).toContain('已与所选文件比对');
    const other = await checked({ file, bid: kept('other.kbseal', 'a sealed bit') });
    expect([other.good, other.text]).toEqual([false, expect.stringContaining('文件的 SHA-256 为')]);
  });

  it('a receipt that was changed, or that another place has issued, is refused', async () => {
    const { signed, proof } = await receipt();
    const [head, claims = '', signature] = signed.split('.');
    const changed = Buffer.from(
      Buffer.from(claims, 'base64url').toString().replace('"receivedAt":1775000000000', '"receivedAt":1774000000000'),
    ).toString('base64url');
    expect(changed).not.toBe(claims);
    const tampered = await checked({
      file: kept('changed.json', { signed: [head, changed, signature].join('.'), proof }),
    });
    expect([tampered.good, tampered.text]).toEqual([false, expect.stringContaining('签名无效')]);
    const elsewhere = await createSigner(await newSigningKey());
    const foreign = await checked(
      { file: kept('receipt.json', { signed, proof }), keys: kept('keys.json', { keys: [elsewhere.publicJwk] }) },
      '/en/verify',
    );
    expect([foreign.good, foreign.text]).toEqual([false, expect.stringContaining('The signature is not valid')]);
    const moved = await checked({ file: kept('moved.json', { signed, proof: { ...proof, index: 0 } }) });
    expect([moved.good, moved.text]).toEqual([false, expect.stringContaining('第 0 位不是此回执')]);
  });

  it('a draw is repeated; one in which a member was put first is not what was drawn', async () => {
    const record = await madeRecord({ named: true });
    const good = await checked({ file: kept('draw.json', record) });
    expect([good.good, good.text]).toEqual([true, expect.stringContaining('候选 12 人，排除 0 人，成员 4 人')]);
    const orders = record.orders.map((order, n) => (n === 0 ? { ...order, labels: order.labels.toReversed() } : order));
    const bad = await checked({ file: kept('favoured.json', { ...record, orders }) });
    expect([bad.good, bad.text]).toEqual([false, expect.stringContaining('✗')]);
    expect(bad.text).toContain('orders');
  });

  it('a score sheet is recomputed; a better mark is found by its sum and by its signature', async () => {
    const given = await sheetFile();
    const good = await checked({ file: kept('sheet.json', given) });
    expect([good.good, good.text]).toEqual([true, expect.stringContaining('第 2 名，共 3 家')]);
    expect(good.text).toMatch(/报价.*=.*/);
    const marks = { quality: ['70', '70', '70'] };
    const better = { ...given, sheet: { ...given.sheet, bid: { ...given.sheet.bid, marks } } };
    const bad = await checked({ file: kept('better.json', better) }, '/en/verify');
    expect(bad.good).toBe(false);
    expect(bad.text).toContain('the recomputed result differs');
    expect(bad.text).toContain('The signature is not of this sheet');
  });

  it('nothing is sent: with own keys nothing is asked at all, else the public keys alone', async () => {
    const keys = kept('own-keys.json', { keys: [signer.publicJwk] });
    const files: Chosen[] = [
      { file: kept('receipt.json', await receipt()), bid: kept('bid.kbseal', BID), keys },
      { file: kept('draw.json', await madeRecord()), keys },
      { file: kept('sheet.json', await sheetFile()), keys },
    ];
    for (const chosen of files) {
      const { good, asked } = await checked(chosen);
      expect([good, asked]).toEqual([true, []]);
    }
    const { asked } = await checked({ file: kept('receipt.json', await receipt()) });
    expect(asked).toEqual(['GET /.well-known/jwks.json']);
  });

  it('what is none of them is said to be none', async () => {
    for (const content of ['{"a":1}', 'no JSON']) {
      const { good, text } = await checked({ file: kept('none.json', content) });
      expect([good, text]).toEqual([false, expect.stringContaining('不是回执、抽取记录、得分说明或者日志导出')]);
    }
  });
});
