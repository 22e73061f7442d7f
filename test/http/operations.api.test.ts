import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import { STATUS_OF } from '../../api/http/problems.ts';
import { dialect, rawDatabase } from '../setup/database.ts';
import { startTestApi, TEST_PASSWORD } from '../setup/api.ts';

describe('the OpenAPI document', () => {
  interface Operation {
    operationId: string;
    summary: string;
    description: string;
    tags: string[];
    security: object[];
    parameters?: { name: string; in: string; required?: boolean; schema: object }[];
    requestBody?: { content: Record<string, { schema: object }> };
    responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  }
  interface Document {
    openapi: string;
    info: { title: string; version: string };
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, object>; securitySchemes: object };
  }

  it('lists every route with summary in both languages, its parameters, body, answers and errors', async () => {
    await using api = await startTestApi();
    const document = (await api.call('GET', '/openapi.json')).body as Document;
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toEqual(
      ROUTES.map(({ path, method }) => `${method} /api${path}`).sort(),
    );
    const ids = new Set<string>();
    for (const { path, method, operation } of operations) {
      const name = `${method} ${path}`;
      const [zh, en] = operation.summary.split(' / ');
      expect(zh, name).toMatch(/\p{Script=Han}/u);
      expect(en, name).toMatch(/^[A-Z]/);
      ids.add(operation.operationId);
      const named = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map((parameter) => parameter.name);
      expect(named, name).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter));
      const codes = Object.keys(operation.responses).map(Number);
      expect(
        codes.some((code) => code < 300),
        name,
      ).toBe(true);
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description, `${name} ${status}`).not.toBe('');
        if (Number(status) >= 400)
          expect(Object.keys(answer.content ?? {}), `${name} ${status}`).toEqual(['application/problem+json']);
      }
    }
    expect(ids.size).toBe(operations.length);
  });

  it('is whole: every reference leads somewhere, and every declared error has its status', async () => {
    await using api = await startTestApi();
    const { text, body } = await api.call('GET', '/openapi.json');
    const { schemas } = (body as Document).components;
    for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      expect(Object.keys(schemas)).toContain(reference?.replace('#/components/schemas/', ''));
    }
    for (const spec of ROUTES) {
      const responses = (body as Document).paths[`/api${spec.path}`]?.[spec.method]?.responses ?? {};
      for (const code of spec.errors ?? []) {
        expect(responses[String(STATUS_OF[code])]?.description, `${spec.path} ${code}`).toContain(code);
      }
    }
    // Instants are strings in requests, whatever they become inside.
    expect(schemas['Draft']).toMatchObject({
      properties: { noticeAt: { type: 'string', format: 'date-time' }, budgetFen: { type: 'integer', minimum: 0 } },
      additionalProperties: false,
    });
  });

  it('is browsed with files of our own, under a policy that runs no script but ours', async () => {
    await using api = await startTestApi();
    const page = await api.call('GET', '/docs');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      expect([file, (await api.call('GET', file)).status]).toEqual([file, 200]);
    }
    expect(page.text).not.toMatch(/<script>|onload=/);
    expect((await api.call('GET', '/docs/../package.json')).status).toBe(404);
  });
});

it('distinguishes health from readiness', async () => {
  let temporal = true;
  await using api = await startTestApi({ deps: { temporalReady: async () => temporal } });
  expect((await api.call('GET', '/health')).body).toEqual({ status: 'ok' });
  expect((await api.call('GET', '/ready')).body).toEqual({
    status: 'ready',
    database: true,
    temporal: true,
    disk: true,
    clock: true,
  });
  temporal = false;
  const away = await api.call('GET', '/ready');
  expect([away.status, away.body]).toEqual([
    503,
    { status: 'not-ready', database: true, temporal: false, disk: true, clock: true },
  ]);
  expect((await api.call('GET', '/health')).status).toBe(200);
  expect((await api.call('GET', '/api/notices')).status).toBe(200);
});

it('is not ready while commits do not pass, although it still reads', async () => {
  await using api = await startTestApi({ database: { busyTimeoutMs: 500 } });
  const other = await rawDatabase(api.storage);
  try {
    await other.hold();
    const away = await api.call('GET', '/ready');
    expect([away.status, away.get('database')]).toEqual([503, false]);
    expect((await api.call('GET', '/api/notices')).status).toBe(200);
    await other.letGo();
    await expect.poll(async () => (await api.call('GET', '/ready')).status, { timeout: 20_000 }).toBe(200);
  } finally {
    await other.close();
  }
});

it.runIf(dialect === 'postgres')(
  'answers 503 while its connections to the database are taken, whoever asks for what',
  async () => {
    await using api = await startTestApi({ database: { busyTimeoutMs: 1_000 } });
    const supplier = await api.member('supplier');
    const other = await rawDatabase(api.storage);
    try {
      await other.run('BEGIN; LOCK TABLE notices, sessions IN ACCESS EXCLUSIVE MODE');
      const asks = [
        () => api.call('GET', '/api/notices'),
        () => supplier.call('GET', '/api/session'),
        () => api.signIn(supplier.username, supplier.password),
        () => supplier.call('DELETE', '/api/session'),
      ];
      const asked = Array.from({ length: 10 }, () => asks.map((ask) => ask())).flat();
      for (const { status, get } of await Promise.all(asked)) {
        expect([status, get('code')]).toEqual([503, expect.stringMatching(/^database-(busy|unreachable)$/)]);
      }
    } finally {
      await other.close();
    }
    expect((await supplier.call('GET', '/api/session')).status).toBe(200);
  },
);

it('measures by route, and serves its measurements to this machine only', async () => {
  await using api = await startTestApi();
  await api.call('GET', '/api/procurements/0198c0de-0000-7000-8000-000000000001');
  const { text } = await api.call('GET', '/metrics');
  expect(text).toContain('route="/api/procurements/{id}",status="404"');
  expect(text).not.toContain('0198c0de');
  expect(text).toContain('process_cpu_user_seconds_total');
  for (const header of ['x-forwarded-for', 'forwarded']) {
    expect((await api.call('GET', '/metrics', { headers: { [header]: '203.0.113.7' } })).status).toBe(404);
  }
  await using open = await startTestApi({ settings: { publicMetrics: true } });
  expect((await open.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(200);
});

it('sends the headers that keep a browser safe, and nothing that a cache may keep', async () => {
  await using api = await startTestApi();
  const { headers } = await api.call('GET', '/api/notices');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('strict-transport-security')).toBeNull();
  await using secure = await startTestApi({ settings: { publicUrl: 'https://tender.example.cn' } });
  expect((await secure.call('GET', '/health')).headers.get('strict-transport-security')).toMatch(/max-age/);
  await secure.member('supplier');
  const signedIn = await secure.signIn('supplier.1', TEST_PASSWORD);
  expect(signedIn.headers.getSetCookie().join()).toMatch(/__Secure-.*Secure/);
});

it('writes no secret into its log', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const supplier = await api.member('supplier');
  const opened = await administrator.call('POST', '/api/accounts', { json: { username: 'wang.wu', name: '王五' } });
  const signedIn = await api.signIn(supplier.username, TEST_PASSWORD);
  await api.signIn(supplier.username, 'a wrong password that was typed');
  await api.call('GET', '/api/session?token=in-the-query', {
    headers: { cookie: 'kaibiao.session_token=a-cookie-value' },
  });
  const { db } = api;
  // The database goes away under a request: the error that is logged must not carry what the query carried.
  await db.close();
  const broken = await supplier.call('POST', '/api/session/password', {
    json: { currentPassword: TEST_PASSWORD, newPassword: 'a new password that is secret' },
  });
  expect([broken.status, broken.get('code')]).toEqual([500, 'internal']);
  const log = api.log();
  expect(log).toContain('a request failed');
  expect(log).toContain('"path":"/api/session/password"');
  for (const secret of [
    supplier.token,
    administrator.token,
    String(signedIn.get('token')),
    TEST_PASSWORD,
    String(opened.get('invitation.token')),
    'a wrong password',
    'a new password',
    'in-the-query',
    'a-cookie-value',
  ]) {
    expect(log.includes(secret), secret.slice(0, 6)).toBe(false);
  }
});

it('lets a request end that is under way when it closes, disconnects one that never ends, and accepts no more', async () => {
  const api = await startTestApi();
  const supplier = await api.member('supplier');
  const begin = async (key: string) => {
    const sent = request(`${api.url}/api/session/password`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${supplier.token}`,
        'idempotency-key': key,
        'content-type': 'application/json',
        'content-length': '2',
        expect: '100-continue',
      },
    });
    const ended = once(sent, 'response').then(
      ([response]: IncomingMessage[]) => response?.resume().statusCode,
      ({ code }: NodeJS.ErrnoException) => code,
    );
    sent.flushHeaders();
    await once(sent, 'continue');
    return { sent, ended };
  };
  const [slow, never] = [await begin('slow'), await begin('never')];
  const closed = api[Symbol.asyncDispose]();
  slow.sent.end('{}');
  expect(await slow.ended).toBe(422);
  expect(await never.ended).toBe('ECONNRESET');
  await closed;
  await expect(fetch(`${api.url}/health`)).rejects.toThrow();
});
