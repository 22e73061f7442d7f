import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../setup/command.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { BIDDER, custodianKeys, opened, PROCUREMENT, termsOf, type Keys } from '../setup/tenders/sealing.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-seal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

let keys: Keys;
let tender: { procurementId: string; lots: { no: number; title: string }[]; terms: unknown; bidDeadline: string };
beforeAll(async () => {
  keys = await custodianKeys();
  tender = {
    procurementId: PROCUREMENT,
    lots: [{ no: 1, title: '土建' }],
    terms: await termsOf(keys),
    bidDeadline: '2026-12-24T09:30:00.000+08:00',
  };
  writeFileSync(at('tender.json'), JSON.stringify(tender));
  writeFileSync(at('locks.json'), JSON.stringify({ ...tender, terms: await termsOf(keys, 45) }));
  writeFileSync(at('报价.pdf'), '报价');
  writeFileSync(at('technical.docx'), 'x'.repeat(100_000));
});

function seal(
  over: Record<string, string | null> = {},
  files = ['报价.pdf', 'technical.docx'],
  more: string[] = [],
  as?: 'a program',
) {
  const options: Record<string, string | null> = {
    ...{
      '--tender': at('tender.json'),
      '--lot': '1',
      '--bidder': BIDDER,
      '--price': '1234567.8',
      '--out': at('bid.sealed'),
    },
    ...over,
  };
  const args = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : [name, value]));
  const typed = ['seal', ...args, ...more, ...files.map(at)];
  return as === 'a program' ? kaibiao(typed, process.env) : command(typed, process.env);
}

describe('kaibiao seal', () => {
  it('seals files to a file that two custodians open, and prints its hash', async () => {
    const { code, stdout } = await seal({ '--period': '180', '--quality': '合格' }, undefined, [], 'a program');
    expect(code).toBe(0);
    const bytes = readFileSync(at('bid.sealed'));
    expect(stdout).toContain(createHash('sha256').update(bytes).digest('hex'));
    expect(stdout).toContain('1234567.80');
    const { manifest, files } = await opened(bytes, keys);
    expect(manifest).toMatchObject({ priceFen: 123_456_780, periodDays: 180, quality: '合格', bidder: BIDDER });
    expect(manifest.parts.map(({ mediaType }) => mediaType)).toEqual([
      'application/pdf',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ]);
    expect(files.get('报价.pdf')?.toString()).toBe('报价');
  });

  it('puts the blind part into its folder, and seals nothing that names the bidder unless it is said so', async () => {
    writeFileSync(at('blind.json'), JSON.stringify({ ...tender, lots: [{ no: 1, title: '土建', blind: true }] }));
    writeFileSync(at('方案.txt'), '本工程分三段施工。');
    writeFileSync(at('有名.txt'), '江城建设有限公司的方案。');
    const blind = (file: string, ...more: string[]) =>
      seal({ '--tender': at('blind.json'), '--out': at(`${file}.sealed`), '--blind': at(file) }, undefined, more);
    const name = ['--name', '江城建设有限公司'];
    const unnamed = await blind('方案.txt');
    expect([unnamed.code, unnamed.stderr.includes('--name')]).toEqual([2, true]);
    const clean = await blind('方案.txt', ...name);
    expect([clean.code, clean.stderr]).toEqual([0, '']);
    const { files } = await opened(readFileSync(at('方案.txt.sealed')), keys);
    expect(files.get('暗标/方案.txt')?.toString()).toBe('本工程分三段施工。');
    const named = await blind('有名.txt', ...name);
    expect(named.code).toBe(2);
    expect(named.stderr).toMatch(/有名.txt」正文[\s\S]*写有“江城建设有限公司”[\s\S]*it says "江城建设有限公司"/);
    expect(existsSync(at('有名.txt.sealed'))).toBe(false);
    const allowed = await blind('有名.txt', ...name, '--allow-identifying');
    expect([allowed.code, allowed.stderr.includes('写有“江城建设有限公司”')]).toEqual([0, true]);
    const missing = await seal({ '--tender': at('blind.json'), '--out': at('no-blind.sealed') });
    expect([missing.code, missing.stderr.includes('--blind')]).toEqual([0, true]);
  });

  it('never writes over a bid that is there', async () => {
    writeFileSync(at('there.sealed'), 'handed in already');
    const { code, stderr } = await seal({ '--out': at('there.sealed') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/已经存在[\s\S]*exists already/);
    expect(readFileSync(at('there.sealed'), 'utf8')).toBe('handed in already');
  });

  it('gives the bidder its share in a file of its own that others do not read (双锁)', async () => {
    const { code, stdout } = await seal({ '--tender': at('locks.json'), '--out': at('two.sealed') }, undefined, [
      '--json',
    ]);
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { out: string; sha256: string; size: number; bidderShare: string };
    expect(told.bidderShare).toBe(at('two.sealed.share'));
    expect(statSync(told.bidderShare).mode & 0o777).toBe(0o600);
    const bidderShare = readFileSync(told.bidderShare, 'utf8');
    expect(stdout).not.toContain(bidderShare.trim());
    const bytes = readFileSync(told.out);
    expect(told.size).toBe(bytes.length);
    expect((await opened(bytes, keys, { bidderShare })).manifest.priceFen).toBe(123_456_780);
    // A second try must not leave the bidder with a share that opens nothing.
    expect((await seal({ '--tender': at('locks.json'), '--out': at('two.sealed') })).code).toBe(1);
    expect(readFileSync(told.bidderShare, 'utf8')).toBe(bidderShare);
  });

  it('takes the terms from the address of the tender', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
      else response.end(request.url === '/html' ? '<html>' : JSON.stringify(tender));
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
    const from = (path: string, as?: 'a program') =>
      seal({ '--tender': `http://127.0.0.1:${port}${path}`, '--out': at('fetched.sealed') }, undefined, [], as);
    expect((await from('/')).code).toBe(0);
    expect(await from('/html')).toMatchObject({ code: 2, stderr: expect.stringContaining('not JSON') as string });
    expect(await from('/moved')).toMatchObject({ code: 1, stderr: expect.stringContaining('redirect') as string });
    server.close();
    // This process has a connection to it left.
    expect(await from('/', 'a program')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(await seal({ '--tender': 'http://example.com/' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('https') as string,
    });
  });

  it.each([
    ['a lot that is not there', { '--lot': '7' }, /没有第 7 标段/],
    ['a price with separators', { '--price': '1,234.00' }, /取值有误/],
    ['a price in parts of a fen', { '--price': '1.005' }, /取值有误/],
    ['two prices', { '--price-fen': '1' }, /之一/],
    ['no price', { '--price': null }, /之一/],
    ['a credit code that is none', { '--bidder': '91420100MA4K00000I' }, /取值有误/],
    [
      'a period of no day',
      { '--period': '0' },
      /选项 --period <days> 的取值有误：应为 1 至 36500 的整数（日）；收到的是「0」/,
    ],
    ['a quality with a line break', { '--quality': '合格\n优良' }, /选项 --quality .*的取值有误/],
    ['a quality that nobody sees', { '--quality': '\u200b' }, /选项 --quality .*的取值有误/],
    ['a code of no department', { '--bidder': '000000000000000000' }, /选项 --bidder .*的取值有误/],
    ['terms that are not there', { '--tender': '/nowhere/tender.json' }, /ENOENT/],
  ] as const)('called with %s ends with code 2 and writes nothing', async (_, over, told) => {
    const { code, stdout, stderr } = await seal({ ...over, '--out': at('wrong.sealed') });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(told);
    expect(stderr).toMatch(/^错误：[\s\S]*\nerror: /);
    expect(() => statSync(at('wrong.sealed'))).toThrow('ENOENT');
  });

  it('reports missing files, and names that some systems cannot have', async () => {
    writeFileSync(at('a b .pdf'), '');
    writeFileSync(at('what?.pdf'), '');
    expect(await seal({}, ['absent.pdf'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOENT') as string,
    });
    expect(await seal({}, [''])).toMatchObject({ code: 2, stderr: expect.stringContaining('not a file') as string });
    expect(await seal({}, ['what?.pdf'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('what?.pdf') as string,
    });
    expect(await seal({}, ['报价.pdf', '报价.pdf'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('another') as string,
    });
  });

  it('takes a tender whose bids are not sealed for what it is', async () => {
    writeFileSync(at('open.json'), JSON.stringify({ ...tender, terms: null }));
    expect(await seal({ '--tender': at('open.json'), '--out': at('open.sealed') })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('不要求封装') as string,
    });
  });
});

describe('a bid of 200 MB', () => {
  const SIZE = 200_000_000;
  const LIMIT = 150_000_000;
  const measured = join(import.meta.dirname, 'measured.mjs');

  /** @returns what the program said, and the most memory that it had at any time */
  const run = (args: string[]) =>
    new Promise<{ stdout: string; peak: number }>((resolve, reject) => {
      execFile(process.execPath, ['--import', measured, ...args], (error, stdout, stderr) => {
        if (error) reject(new Error(stderr, { cause: error }));
        else resolve({ stdout, peak: Number(/peak (\d+)/.exec(stderr)?.[1]) });
      });
    });

  it('is sealed in less than 150 MB of memory, and opened in as much', { timeout: 180_000 }, async () => {
    writeFileSync(at('large.bin'), '');
    truncateSync(at('large.bin'), SIZE);
    const program = join(import.meta.dirname, '../../cli/kaibiao.mjs');
    const sealing = await run([
      ...[program, 'seal', '--tender', at('tender.json'), '--lot', '1', '--bidder', BIDDER, '--price', '1'],
      ...['--out', at('large.sealed'), at('large.bin')],
    ]);
    expect(sealing.peak).toBeLessThan(LIMIT);
    expect(sealing.peak).toBeGreaterThan(10_000_000);

    writeFileSync(at('keys.json'), JSON.stringify([...keys]), { mode: 0o600 });
    // The worker, whose memory is not the bid's, opens in a thread of its own.
    const opener = join(import.meta.dirname, 'unsealing.mjs');
    const opening = await run([opener, at('large.sealed'), at('keys.json'), at('tender.json')]);
    const { bytes, before } = JSON.parse(opening.stdout) as { bytes: number; before: number };
    expect(bytes).toBe(SIZE);
    expect(opening.peak - before).toBeLessThan(LIMIT);
    expect(opening.peak - before).toBeGreaterThan(10_000_000);
  });
});
