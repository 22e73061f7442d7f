import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { errorForLog } from '../../api/http/request-log.ts';
import { problemOf, problemSchema, STATUS_OF } from '../../api/http/problems.ts';
import { DomainError, ERROR_CODES } from '../../domain/errors.ts';
import { dialect, rawDatabase } from '../setup/database.ts';
import { startTestApi } from '../setup/api.ts';

const HAN = /\p{Script=Han}/u;

it('every code has a status, and becomes a problem in both languages', () => {
  for (const code of ERROR_CODES) {
    const problem = problemOf(new DomainError(code, { messageZh: '中文', messageEn: 'English' }), 'request-1');
    expect(STATUS_OF[code], code).toBeGreaterThanOrEqual(400);
    expect(problemSchema.parse(problem)).toEqual(problem);
    expect(problem).toMatchObject({ code, status: STATUS_OF[code], detail: '中文 / English', messageZh: '中文' });
  }
});

it('a reason of ours is found below what libraries wrap it in', () => {
  const ours = new DomainError('database-unreachable', { messageZh: '无法连接', messageEn: 'unreachable' });
  const wrapped = new Error('Failed to get session', { cause: new Error('Failed query: select', { cause: ours }) });
  expect(problemOf(wrapped, 'request-1')).toEqual(problemOf(ours, 'request-1'));
  expect(problemOf(wrapped, 'request-1').status).toBe(503);
});

it('confidential details are neither returned nor logged', () => {
  const leak = new Error('Failed query: insert into sessions\nparams: secret-token,\nsecond line of a text', {
    cause: new Error('SQLITE_CONSTRAINT'),
  });
  const problem = problemOf(leak, 'request-1');
  expect([problem.status, problem.code]).toEqual([500, 'internal']);
  expect(JSON.stringify(problem)).not.toMatch(/secret|insert|SQLITE/);
  const logged = JSON.stringify(errorForLog(leak));
  expect(logged).toMatch(/insert into sessions/);
  expect(logged).not.toMatch(/secret-token|second line/);
});

describe('over HTTP', () => {
  it('a refusal is one line of the log with its code, and no error', async () => {
    await using api = await startTestApi();
    const wrong = { json: { username: 'nobody', password: 'not the one' } };
    expect((await api.call('POST', '/api/session', wrong)).status).toBe(401);
    expect((await api.call('POST', '/api/session', { json: {} })).status).toBe(422);
    expect((await api.call('GET', '/notices/none')).status).toBe(404);
    expect((await api.call('DELETE', '/')).status).toBe(405);
    expect((await api.call('GET', '/api/notices')).status).toBe(200);
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const said = lines(api.log()).filter(({ res }) => res !== undefined);
    expect(said.map(({ res, code, level }) => [(res as { status: number }).status, code, level])).toEqual([
      [401, 'unauthenticated', 40],
      [422, 'bad-input', 40],
      [404, 'not-found', 40],
      [405, 'method-not-allowed', 40],
      [200, undefined, 30],
    ]);
    for (const line of said) expect(line).not.toHaveProperty('err');
  });

  it('at a terminal a request that is not refused is no line', async () => {
    await using api = await startTestApi({ settings: { acceptedLevel: 'debug' } });
    expect((await api.call('GET', '/api/notices')).status).toBe(200);
    expect(JSON.parse(api.log())).toMatchObject({ level: 20, res: { status: 200 } });
  });

  it('answers what does not exist, and what is not to be done there', async () => {
    await using api = await startTestApi();
    const nowhere = await api.call('GET', '/api/nothing-here');
    expect([nowhere.status, nowhere.get('code')]).toEqual([404, 'not-found']);
    expect(nowhere.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const method = await api.call('DELETE', '/api/notices');
    expect([method.status, method.get('code'), method.headers.get('allow')]).toEqual([
      405,
      'method-not-allowed',
      'GET, HEAD',
    ]);
    for (const id of [
      'no-uuid',
      '0198c0de-0000-7000-8000-00000000dead',
      '%00',
      '..%2f..%2fetc',
      "'; drop table bids",
    ]) {
      const answer = await api.call('GET', `/api/procurements/${encodeURIComponent(id)}`);
      expect([id, answer.status, answer.get('code')]).toEqual([id, 404, 'not-found']);
      expect(answer.get('messageZh')).toMatch(HAN);
    }
    expect((await api.call('GET', '/api/procurements/%E0%A4%A')).status).toBe(400);
  });

  it('names every field that is wrong, and its rule, at once', async () => {
    await using api = await startTestApi();
    const administrator = await api.member('administrator');
    const answer = await administrator.call('POST', '/api/organisations', {
      json: { name: '长'.repeat(201), creditCode: 'x', surprise: true },
    });
    expect([answer.status, answer.get('code')]).toEqual([422, 'bad-input']);
    const issues = answer.get('issues') as { field: string; rule: string; messageZh: string; messageEn: string }[];
    expect(issues.map(({ field, rule }) => [field, rule])).toEqual([
      ['name', 'maximum 200'],
      ['creditCode', 'regex'],
      ['surprise', 'unrecognized_keys'],
    ]);
    for (const { messageZh, messageEn } of issues) {
      expect(messageZh).toMatch(HAN);
      expect(messageEn).not.toMatch(HAN);
      expect(messageZh + messageEn).not.toMatch(/\^|\[|regex|pattern|正则/);
    }
  });

  it('tells a clerk the name of each field, what may be chosen, and what came', async () => {
    await using api = await startTestApi();
    const purchaser = await api.member('purchaser');
    const lots = [
      { no: 1, title: '一标段', budgetFen: 100 },
      { no: 2, title: '二标段', budgetFen: '12万' },
    ];
    const answer = await purchaser.call('POST', '/api/procurements', {
      json: { regime: 'works', procedure: 'open-tender', kind: 'works', lots, bidDeadlineAt: '2026-04-17' },
    });
    expect(answer.status).toBe(422);
    const issues = answer.get('issues') as { field: string }[];
    const named = (field: string) => issues.find((issue) => issue.field === field);
    expect(named('regime')).toMatchObject({
      fieldZh: '法律体系',
      fieldEn: 'legal system',
      given: 'works',
      allowed: [
        { value: 'tendering', zh: '招标投标法' },
        { value: 'government', zh: '政府采购法' },
      ],
      messageZh: '应为下列之一：tendering（招标投标法）、government（政府采购法）；收到的是文字「works」',
    });
    expect(named('title')).toMatchObject({ fieldZh: '项目名称', messageZh: expect.stringMatching(/^必填/) as string });
    expect(named('lots[1].budgetFen')).toMatchObject({ fieldZh: '第2个标段的预算金额', given: '12万' });
    expect(named('bidDeadlineAt')).toMatchObject({
      messageZh: '没有这一项；是否要写「投标截止时间（bidDeadline）」？',
    });
    expect(answer.get('messageZh')).toContain('第2个标段的预算金额（lots[1].budgetFen）：应为整数');
    expect(answer.get('messageEn')).toContain('legal system (regime): it must be one of tendering, government');
  });

  it('names parameters of a query, headers and fields that a service refuses in the same way', async () => {
    await using api = await startTestApi();
    const administrator = await api.member('administrator');
    const query = await administrator.call('GET', '/api/notices?limit=1e2&kind=tenders&stage=draft');
    expect(query.get('issues')).toMatchObject([
      { field: 'limit', fieldZh: '每页条数', given: '1e2' },
      { field: 'kind', fieldZh: '公告种类', messageZh: expect.stringContaining('tender（招标公告）') as string },
      { field: 'stage', rule: 'unrecognized_keys' },
    ]);
    const key = await administrator.call('POST', '/api/organisations', { key: '', json: {} });
    expect([key.status, key.get('details.fieldZh')]).toEqual([400, '幂等键']);
    const acting = await administrator.call('GET', '/api/organisations', { headers: { 'x-acting-as': 'me' } });
    expect(acting.get('issues.0') ?? acting.get('details')).toMatchObject({ fieldZh: '办理身份' });
    const weak = await administrator.call('POST', '/api/session/password', {
      json: { currentPassword: 'never to be seen again', newPassword: '12345678', oldPasword: 'hunter2' },
    });
    expect(weak.text).toContain('新密码');
    expect(weak.text).not.toMatch(/never to be seen|12345678|hunter2/);
  });

  it.each([
    ['malformed JSON', '{"name": ', 'application/json', 400, 'malformed-request'],
    ['a body that is no object', 'null', 'application/json', 422, 'bad-input'],
    ['a body that is a number', '5', 'application/json', 422, 'bad-input'],
    ['a body that is a text', '"x"', 'application/json', 422, 'bad-input'],
    ['an array', '[]', 'application/json', 422, 'bad-input'],
    ['nothing', '', 'application/json', 422, 'bad-input'],
    ['another kind', 'name=x', 'application/x-www-form-urlencoded', 415, 'media-type-unsupported'],
    ['too much', JSON.stringify({ name: 'x'.repeat(300_000) }), 'application/json', 413, 'file-too-large'],
    [
      'control characters',
      '{"name":"a\\u0000b","creditCode":"11110000MB1234567K"}',
      'application/json',
      422,
      'bad-input',
    ],
  ])('refuses %s', async (_what, body, type, status, code) => {
    await using api = await startTestApi();
    const administrator = await api.member('administrator');
    const answer = await administrator.call('POST', '/api/organisations', { body, headers: { 'content-type': type } });
    expect([answer.status, answer.get('code')]).toEqual([status, code]);
    expect(answer.get('messageZh')).toMatch(HAN);
  });

  it('gives each request an id, its own where it is one', async () => {
    await using api = await startTestApi();
    const given = await api.call('GET', '/api/nothing', { headers: { 'x-request-id': 'my-request-0001' } });
    expect(given.headers.get('x-request-id')).toBe('my-request-0001');
    expect(given.get('instance')).toBe('urn:kaibiao:request:my-request-0001');
    const foul = await api.call('GET', '/api/nothing', { headers: { 'x-request-id': 'a b{}"' } });
    expect(foul.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['U+0000', '某区\0财政局'],
    ['half a surrogate pair', '某区\ud83d财政局'],
    ['a space of no width', '某区\u200b财政局'],
    ['nothing else', '\u200b\u2060'],
    ['a change of direction', '某区\u202e局政财'],
    ['a tag', '某区\u{e0041}财政局'],
    ['U+0085', '某区\u0085财政局'],
    ['a filler', '\u3164'],
    ['U+FFFD', '某区\ufffd财政局'],
  ])('names the field whose text no database keeps as it was sent: %s', async (_what, name) => {
    await using api = await startTestApi();
    const administrator = await api.member('administrator');
    const answer = await administrator.call('POST', '/api/organisations', {
      json: { name, creditCode: '11110000MB1234567K' },
    });
    expect([answer.status, answer.get('code')]).toEqual([422, 'bad-input']);
    expect(answer.get('issues.0')).toMatchObject({
      field: 'name',
      rule: 'no-control-characters',
    });
  });

  it.skipIf(dialect === 'sqlite')('says so where a table cannot be read, and answers from the others', async () => {
    await using api = await startTestApi();
    const other = await rawDatabase(api.storage);
    await other.run('BEGIN; LOCK TABLE notices IN ACCESS EXCLUSIVE MODE');
    const [none, ...stuck] = await Promise.all([
      api.call('GET', '/api/calendar'),
      ...Array.from({ length: 40 }, () => api.call('GET', '/api/notices')),
    ]);
    expect(none.status).toBe(200);
    for (const each of stuck) expect([each.status, each.get('code')]).toEqual([503, 'database-busy']);
    await other.letGo();
    await expect.poll(async () => (await api.call('GET', '/api/notices')).status).toBe(200);
    await other.close();
  });

  it('says that it is busy when the database is locked, and writes nothing', async () => {
    await using api = await startTestApi({ database: { busyTimeoutMs: 50 } });
    const administrator = await api.member('administrator');
    const other = await rawDatabase(api.storage);
    const json = { name: '某区财政局', creditCode: '11110000MB1234567K' };
    await other.hold();
    const busy = await administrator.call('POST', '/api/organisations', { json, key: 'the-same-key' });
    expect([busy.status, busy.get('code'), busy.headers.get('retry-after')]).toEqual([503, 'database-busy', '1']);
    await other.letGo();
    await other.close();
    const again = await administrator.call('POST', '/api/organisations', { json, key: 'the-same-key' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  it('refuses a request that is no HTTP without harm', async () => {
    await using api = await startTestApi();
    const { port } = new URL(api.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = createConnection(Number(port), '127.0.0.1', () => socket.write('GARBAGE\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect((await api.call('GET', '/health')).status).toBe(200);
  });
});

it('limits how often one asks, and how often one guesses', async () => {
  await using api = await startTestApi({ settings: { rateLimit: { perMinute: 5, signInPerMinute: 2 } } });
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) statuses.push((await api.call('GET', '/api/notices')).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  const guesses = [1, 2, 3].map(() => api.signIn('nobody', 'guess'));
  const answers = (await Promise.all(guesses)).map(({ status }) => status).sort();
  expect(answers).toEqual([401, 401, 429]);
  const refused = await api.signIn('nobody', 'guess');
  expect(refused.get('code')).toBe('too-many-requests');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

it('a wrong type is told with what came, not as if nothing had', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const answer = await administrator.call('POST', '/api/organisations', { json: { name: 7, creditCode: null } });
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.body)).not.toContain('undefined');
  expect(answer.get('issues.0.messageEn')).toContain('received the number 7');
});

it('what is not UTF-8 is 400, and JSON that nests without end 422; nothing of it is stored', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const json = { 'content-type': 'application/json' };
  const post = (body: Buffer | string) => administrator.call('POST', '/api/organisations', { body, headers: json });
  const gbk = Buffer.concat([
    Buffer.from('{"name":"'),
    Buffer.from([0xc4, 0xb3, 0xc7, 0xf8]),
    Buffer.from('","creditCode":"11110000MB1234567K"}'),
  ]);
  for (const body of [gbk, Buffer.from([0x7b, 0xff, 0x7d])]) {
    const answer = await post(body);
    expect([answer.status, answer.get('code'), answer.get('messageEn')]).toEqual([
      400,
      'malformed-request',
      'The body is not UTF-8',
    ]);
  }
  for (const open of ['[', '{"a":']) {
    const answer = await post(open.repeat(40_000));
    expect([answer.status, answer.get('code'), answer.get('issues.0.rule')]).toEqual([422, 'bad-input', 'maximum 64']);
  }
  const brackets = await post(JSON.stringify({ name: '['.repeat(150), creditCode: '11110000MB1234567K' }));
  expect(brackets.status).toBe(201);
  for (const query of ['q=%FF', 'q=%b3%c4', 'limit=1&q=%E4%BD']) {
    const answer = await api.call('GET', `/api/procurements?${query}`);
    expect([query, answer.status, answer.get('code')]).toEqual([query, 400, 'malformed-request']);
  }
  expect((await api.call('GET', '/api/procurements?q=%E9%81%93%E8%B7%AF+100%')).status).toBe(200);
});
