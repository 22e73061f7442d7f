import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../setup/api.ts';

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api[Symbol.asyncDispose]());

describe('the first page', () => {
  it('is the board, in Chinese, and in English beside it; it needs no script', async () => {
    const page = await api.call('GET', '/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toMatch(/<html lang="zh-CN"[^]*公告公示/);
    expect(page.text).toContain('hreflang="en" href="/en"');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none';script-src 'self';style-src 'self';/,
    );
  });

  it('leads only to what is there, for anybody; so does what says what this site is', async () => {
    const pages = await Promise.all(['/', '/about'].map((path) => api.call('GET', path)));
    const links = pages.flatMap(({ text }) => [...text.matchAll(/<a [^>]*href="([^"#]+)"/g)]);
    const paths = [...new Set(links.map(([, path = '']) => path.replaceAll('&amp;', '&')))].filter(
      // Those who are not signed in are led to the sign-in.
      (path) => path !== '/console',
    );
    expect(paths).toEqual(
      expect.arrayContaining(['/seal', '/docs', '/api/notices', '/kaibiao.mjs', '/verify', '/law']),
    );
    for (const path of paths.filter((each) => each !== '/api/log/head')) {
      expect([path, (await api.call('GET', path)).status]).toEqual([path, 200]);
    }
    // Of a log that has nothing in it yet.
    expect((await api.call('GET', '/api/log/head')).get('code')).toBe('not-found');
  });
});

describe('the program of bidders and citizens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaibiao-tool-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('comes with its hash, which pages show too', async () => {
    const file = await fetch(`${api.url}/kaibiao.mjs`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="kaibiao.mjs"');
    const bytes = Buffer.from(await file.arrayBuffer());
    const hash = createHash('sha256').update(bytes);
    const digest = hash.copy().digest('base64');
    const sha256 = hash.digest('hex');
    expect(file.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`);
    expect((await api.call('GET', '/kaibiao.mjs.sha256')).text).toBe(`${sha256}  kaibiao.mjs\n`);
    for (const page of ['/about', '/verify']) expect((await api.call('GET', page)).text).toContain(sha256);
    const again = await fetch(`${api.url}/kaibiao.mjs`, { headers: { 'If-None-Match': `"${sha256}"` } });
    expect(again.status).toBe(304);
    writeFileSync(join(folder, 'kaibiao.mjs'), bytes);
  });

  // RFC 9110 14: a download that broke off goes on, with the file that it began with.
  it('is sent in parts', async () => {
    const whole = await fetch(`${api.url}/kaibiao.mjs`);
    const text = await whole.text();
    const size = Buffer.byteLength(text);
    expect([whole.headers.get('accept-ranges'), whole.headers.get('content-length')]).toEqual(['bytes', String(size)]);
    const etag = String(whole.headers.get('etag'));
    const begins = text.slice(0, 20);
    for (const [headers, status, said, of] of [
      [{ range: 'bytes=0-19' }, 206, begins, `bytes 0-19/${size}`],
      [{ range: 'bytes=0-19', 'if-range': etag }, 206, begins, `bytes 0-19/${size}`],
      [{ range: 'bytes=0-19', 'if-range': '"of another release"' }, 200, text, null],
      [{ range: `bytes=${size}-` }, 416, expect.stringContaining('range-not-satisfiable'), `bytes */${size}`],
    ] as const) {
      const answer = await fetch(`${api.url}/kaibiao.mjs`, { headers });
      expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([status, said, of]);
      expect(answer.headers.get('etag')).toBe(status === 416 ? null : etag);
    }
    const head = await fetch(`${api.url}/kaibiao.mjs`, { method: 'HEAD', headers: { range: 'bytes=0-19' } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)]);
    const script = /src="(\/seal\/[0-9a-f]+\.js)"/.exec((await api.call('GET', '/seal')).text)?.[1] ?? '';
    expect((await api.call('GET', script, { headers: { range: 'bytes=0-9' } })).status).toBe(206);
  });

  it('runs where nothing is installed, and knows sealing and verifying only', async () => {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['kaibiao.mjs', '--help'], { cwd: folder, env: {} });
    expect([...stdout.matchAll(/^ {2}(\w+) \[/gm)].map(([, name]) => name)).toEqual(['seal', 'verify', 'help']);
    const wrong = run(process.execPath, ['kaibiao.mjs', 'verify', 'none.json'], { cwd: folder, env: {} });
    await expect(wrong).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('无法读取') as string });
  });
});
