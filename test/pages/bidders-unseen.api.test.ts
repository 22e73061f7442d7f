import { request } from 'node:http';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concernsBidders } from '../../api/http/of-bidders.ts';
import type { PublicPage } from '../../api/visit.ts';
import { ROUTES } from '../../api/routes.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { liveHref } from '../../web/live/pages.ts';
import { publicPages } from '../../web/pages.ts';
import { headersOf, startTestApi, type Answered, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

const NOW = parseInstant('2026-03-05T10:00:00+08:00');

let api: TestApi;
let tender: string;
let supplier: Visitor;
let pages: readonly PublicPage[];
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: () => NOW }, settings: { publicMetrics: true } });
  const purchaser = await api.member('purchaser');
  tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  supplier = await visitor(api, await api.member('supplier'));
  pages = publicPages({ db: api.db, publicUrl: 'http://tender.test' }).filter(({ sameForAll }) => !sameForAll);
});
afterAll(() => api[Symbol.asyncDispose]());

const named = (path: string): string =>
  path
    .replace(/:(id|procurementId)\b|\{id\}/g, tender)
    .replace(/:(lot|no)\b|\{no\}/g, '1')
    .replace('*rest', `procurements/${tender}`)
    .replace(':method', 'post')
    .replace(/:\w+|\{\w+\}/g, () => newId());

/** What was logged, at any level, of what a piece of work asked for. */
async function loggedBy(work: () => Promise<unknown>): Promise<string[]> {
  const before = api.log().length;
  await work();
  return api
    .log()
    .slice(before)
    .split('\n')
    .filter((line) => line !== '');
}

const assertSilent = (lines: readonly string[]): void => {
  for (const line of lines) {
    expect(line).not.toContain(tender);
    expect(line).not.toMatch(/127\.0\.0\.1|"address"|"method"|procurementId|\/console|\/api\//);
  }
  expect(lines.filter((line) => line.includes('"path":"(bidders)"')).length).toBeGreaterThan(0);
};

/** A stream that does not end is left once it has begun. */
function streamed(path: string): Promise<Answered> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers: { cookie: supplier.cookie } }, (response) => {
      response.on('close', () => {
        const headers = headersOf(response);
        resolve({ status: response.statusCode ?? 0, headers, text: '', body: undefined, get: () => undefined });
      });
      sent.destroy();
    });
    sent.on('error', reject).end();
  });
}

const metrics = (): Promise<Answered> => api.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });

/** Every page that is not the same for everybody, in both languages. */
async function walk(visit: (path: string, method: string) => Promise<Answered>): Promise<void> {
  for (const { path, method = 'get' } of pages) {
    if (/^\/(en\/)?sign-(in|out)/.test(path)) continue;
    const answered = await visit(named(path), method);
    const kept = answered.headers.get('cache-control') ?? '';
    if (path.includes('console')) expect([path, kept]).toEqual([path, 'no-store']);
  }
}

describe('who bids is not told by the pages of the console', () => {
  it('a walk of all of them leaves neither address nor tender nor path in the log, and is kept by nobody', async () => {
    expect(pages.length).toBeGreaterThan(20);
    const lines = await loggedBy(() =>
      walk(async (path, method) => {
        const { cookie } = supplier;
        if (path.endsWith(liveHref(null))) return streamed(path);
        return api.call(method.toUpperCase(), path, { key: null, headers: { cookie, origin: 'http://tender.test' } });
      }),
    );
    expect(lines.length).toBeGreaterThan(pages.length / 2);
    assertSilent(lines);
  });

  it('nor do the forms and the reads of all that bidders and experts do', async () => {
    const token = await supplier.token();
    const theirs = ROUTES.filter(concernsBidders).filter(({ method }) => method !== 'head' && method !== 'options');
    expect(theirs.length).toBeGreaterThan(20);
    for (const { method, path, upload } of theirs) {
      const lines = await loggedBy(async () => {
        const at = named(path);
        if (method === 'get') return supplier.get(`/console/read${at}?back=/console/tenders/${tender}`);
        await supplier.get(`/en/console/do/${method}${at}`);
        return upload ? undefined : supplier.submit(`/console/do/${method}${at}`, {}, { token });
      });
      assertSilent(lines);
    }
  });

  it('what a page reads in order to be shown is no line of its own, whoever could read it', async () => {
    const lines = await loggedBy(() => supplier.get(`/console/tenders/${tender}`));
    assertSilent(lines);
    expect(lines.filter((line) => !line.includes('"level":20'))).toHaveLength(1);
    // Asked for by itself it is logged, and somebody outside cannot say that it is inside.
    const headers = { 'x-kaibiao-inside': newId() };
    const open = await loggedBy(() => api.call('GET', `/api/procurements/${tender}`, { headers }));
    expect(open.join()).toContain(`/api/procurements/${tender}`);
  });

  it('however an address is written that leads to a page, or to none', async () => {
    const { hostname, port } = new URL(api.url);
    const raw = (path: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const sent = request({ hostname, port, path, headers: { cookie: supplier.cookie } }, (response) => {
          response.resume().on('end', () => resolve());
        });
        sent.on('error', reject).end();
      });
    for (const path of [
      `/CONSOLE/tenders/${tender}`,
      `/console/tenders/${tender}/`,
      `/console/tenders/${tender}/nothing/at/all`,
      `/en/Console/read/procurements/${tender}/receipts?a=b`,
      `http://tender.test/console/tenders/${tender}`,
      `/API/procurements/${tender}/receipts`,
      `http://tender.test/api/procurements/${tender}/receipts/`,
    ])
      assertSilent(await loggedBy(() => raw(path)));
  });

  it('the public numbers count neither pages nor sign-ins, nor what pages read', async () => {
    const numbers = async (): Promise<string[]> =>
      (await metrics()).text.split('\n').filter((line) => line.includes('route="') && !line.includes('/metrics'));
    const before = await numbers();
    await supplier.get(`/console/tenders/${tender}`);
    await visitor(api, await api.member('supplier'));
    expect(await numbers()).toEqual(before);
    expect((await metrics()).text).not.toMatch(/console|sign-in|seal|invitation/);
    await api.call('GET', `/api/procurements/${tender}`);
    expect(await numbers()).not.toEqual(before);
  });

  it('no page makes a span, nor what it reads', async () => {
    const spans = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      for (const path of ['/console', '/en/console/tenders', `/console/tenders/${tender}`]) await supplier.get(path);
      const own = spans.getFinishedSpans().filter((span) => span.instrumentationScope.name === 'kaibiao');
      expect(own.map(({ name }) => name)).toEqual([]);
      await api.call('GET', `/api/procurements/${tender}`);
      expect(spans.getFinishedSpans().map(({ name }) => name)).toContain('GET /api/procurements/{id}');
    } finally {
      trace.disable();
      context.disable();
    }
  });
});
