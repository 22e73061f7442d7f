import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../cli/servers/processes.ts';
import { commitmentOf } from '../../proofs/draw.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { browse, signInAs } from '../setup/pages/browsing.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { openedDraw, type OpenedDraw } from '../setup/tenders/opened-draw.ts';
import { handClock } from '../setup/tenders/tender.ts';

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const clock = handClock('2026-03-01T09:00+08:00');
let api: TestApi;
let browser: Browser;
let draw: OpenedDraw;
let others: readonly (readonly ['purchaser' | 'supervisor', Member])[];
let centre: Member;

beforeAll(async () => {
  if (executable === null) return;
  const port = await freePort();
  api = await startTestApi({
    ...{ port, settings: { publicUrl: `http://127.0.0.1:${port}` } },
    ...{ database: { machineClock: clock.read }, deps: { realNow: clock.read } },
  });
  browser = await startChromium(executable);
  const purchaser = await api.member('purchaser');
  others = [
    ['purchaser', purchaser],
    ['supervisor', await api.member('supervisor')],
  ];
  centre = await api.member('centre');
  draw = await openedDraw(api, clock, purchaser);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await api?.[Symbol.asyncDispose]();
});

it('a clerk makes the part of the centre in the browser, keeps it as a file, and hands it in from there', async () => {
  await using clerk = await browse(browser, api.url, {});
  const { page, complaints } = clerk;
  await signInAs(clerk, { username: centre.username, password: centre.password });
  const own = `${api.url}/console/draws/${draw.tender}/1`;
  await page.goto(own);
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(request.url().replace(api.url, '')));
  const downloading = page.waitForEvent('download');
  await page.click('#draw-make');
  const file = await (await downloading).path();
  const part = readFileSync(file, 'utf8').trim();
  expect(await page.inputValue('[name=commitment]')).toBe(commitmentOf(draw.drawId, 'centre', part));
  // The part itself leaves the machine with the form that hands it in, and not before.
  expect(asked.filter((url) => !url.startsWith('blob:'))).toEqual([]);
  await page.getByRole('button', { name: '提交承诺' }).last().click();
  await page.getByText('已提交承诺').first().waitFor();
  for (const [party, member] of others) {
    const secret = createHash('sha256').update(party).digest('hex');
    const json = { commitment: commitmentOf(draw.drawId, party, secret) };
    expect((await member.call('POST', `${draw.base}/commitment`, { json })).status).toBe(200);
  }
  await page.goto(own);
  await page.setInputFiles('#draw-file', {
    ...{ name: 'other.txt', mimeType: 'text/plain' },
    buffer: Buffer.from('not a part'),
  });
  await page.getByText('该文件不是随机数文件').waitFor();
  expect(await page.inputValue('[name=part]')).toBe('');
  await page.setInputFiles('#draw-file', file);
  await expect.poll(() => page.inputValue('[name=part]')).toBe(part);
  await page.getByRole('button', { name: '交出随机数' }).last().click();
  await page.locator('.note.good').waitFor();
  const state = await centre.call('GET', draw.base);
  const given = state.get('parties') as { party: string; revealedAt: string | null }[];
  expect(given.find(({ party }) => party === 'centre')?.revealedAt).not.toBeNull();
  expect(complaints).toEqual([]);
});
