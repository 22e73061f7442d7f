import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../setup/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api[Symbol.asyncDispose]());

describe('the page on which a bidder seals', () => {
  it('lets in no script but its own, and talks to this site alone', async () => {
    const response = await fetch(`${api.url}/seal`);
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "form-action 'none'"])
      expect(policy.split(';')).toContain(directive);
    expect(policy).not.toContain('unsafe');
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]* src=)| on[a-z]+=| style=/);
    expect(html).toContain('lang="zh-CN"');
    expect(html).not.toContain('演练');
  });

  it('has a worker that may talk to nobody', async () => {
    const html = await (await fetch(`${api.url}/seal`)).text();
    const [, path = ''] = /data-worker="(\/seal\/[0-9a-f]{32}\.js)"/.exec(html) ?? [];
    const worker = await fetch(`${api.url}${path}`);
    expect(worker.status).toBe(200);
    expect(worker.headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(html).not.toContain(`src="${path}"`);
  });

  it('has its script at an address that is of its content', async () => {
    const html = await (await fetch(`${api.url}/seal`)).text();
    const [, path = ''] = /src="(\/seal\/[0-9a-f]{32}\.js)"/.exec(html) ?? [];
    const script = await fetch(`${api.url}${path}`);
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    const bytes = Buffer.from(await script.arrayBuffer());
    expect(path).toBe(`/seal/${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.js`);
    expect((await fetch(`${api.url}/seal/${'0'.repeat(32)}.js`)).status).toBe(404);
    expect((await fetch(`${api.url}${path}`, { method: 'POST' })).status).toBe(405);
  });
});
