import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import { PERMISSIONS, type Role } from '../../domain/roles.ts';
import { bankSignature } from '../../imports/bank/signature.ts';
import { startTestApi } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';

// Requests that the OpenAPI document once allowed and the server refused, or the other way round.

it('a name is counted by characters: 200 rare ones are taken, 201 are not', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const register = (name: string, creditCode: string) =>
    administrator.call('POST', '/api/organisations', { json: { name, creditCode } });
  expect((await register('𠮷'.repeat(200), creditCodeFrom(9_001))).status).toBe(201);
  const refused = await register('𠮷'.repeat(201), creditCodeFrom(9_002));
  expect([refused.status, refused.get('issues.0.field'), refused.get('issues.0.rule')]).toEqual([
    422,
    'name',
    'maximum 200',
  ]);
});

it('what no database keeps is refused wherever text is sent', async () => {
  const bankSecret = 'a secret that the bank and the platform share';
  await using api = await startTestApi({ settings: { bankSecret } });
  for (const path of ['/api/notices', '/api/procurements', '/api/law/rules']) {
    const answer = await api.call('GET', `${path}?q=a%00b`);
    expect([path, answer.status, answer.get('issues.0.field')]).toEqual([path, 422, 'q']);
  }
  const body = JSON.stringify({
    ...{ transactionId: '1', amountFen: 1, text: 'a\0b', arrivedAt: '2026-03-27T09:00:00+08:00' },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const called = await api.call('POST', '/api/deposits/callback', {
    body,
    key: null,
    headers: {
      'content-type': 'application/json',
      'x-bank-timestamp': timestamp,
      'x-bank-signature': bankSignature(bankSecret, timestamp, body),
    },
  });
  expect([called.status, called.get('issues.0.field')]).toEqual([422, 'text']);
});

it('another method at an address of its own is not taken for an id', async () => {
  await using api = await startTestApi();
  const answer = await api.call('GET', '/api/procurements/check');
  expect([answer.status, answer.get('code'), answer.headers.get('allow')]).toEqual([405, 'method-not-allowed', 'POST']);
});

it.each([
  ['/api/notices?limit=1e1', 'limit'],
  ['/api/notices?limit=0x10', 'limit'],
  ['/api/notices?cursor=%20', 'cursor'],
  ['/api/log/inclusion?index=9007199254740993&size=1', 'index'],
  ['/api/law/due?rule=works-bid-prep-min&from=0000', 'from'],
  ['/api/law/due?rule=works-bid-prep-min&from=9999-12-31', 'from'],
  ['/api/law/plan/back?regime=tendering', 'bidDeadline'],
])('%s is refused, and names what is wrong', async (path, field) => {
  await using api = await startTestApi();
  const answer = await api.call('GET', path);
  expect([answer.status, answer.get('code'), answer.get('issues.0.field')]).toEqual([422, 'bad-input', field]);
});

it('the address of a holiday notice is one of the web', async () => {
  await using api = await startTestApi();
  const office = await api.member('office');
  const answer = await office.call('POST', '/api/calendar/preview', {
    json: { file: '2027', url: 'javascript:alert(1)' },
    key: null,
  });
  expect([answer.status, answer.get('issues.0.field')]).toEqual([422, 'url']);
});

describe('a body that is packed for its transport (RFC 9110 8.4)', () => {
  it('is JSON in gzip, deflate or br, bounded by what it unpacks to; what else is said to be allowed', async () => {
    await using api = await startTestApi();
    const administrator = await api.member('administrator');
    const send = (body: Uint8Array, coding: string) =>
      administrator.call('POST', '/api/organisations', {
        body,
        headers: { 'content-type': 'application/json', 'content-encoding': coding },
      });
    const json = (n: number): Buffer =>
      Buffer.from(JSON.stringify({ name: `单位${n}`, creditCode: creditCodeFrom(n) }));
    for (const [coding, packed] of [
      ['gzip', gzipSync(json(9_011))],
      ['deflate', deflateSync(json(9_012))],
      ['br', brotliCompressSync(json(9_013))],
      ['identity', json(9_014)],
    ] as const) {
      expect([coding, (await send(packed, coding)).status]).toEqual([coding, 201]);
    }
    for (const coding of ['zstd', 'compress', 'gzip, br']) {
      const refused = await send(json(9_015), coding);
      expect([coding, refused.status, refused.get('code'), refused.headers.get('accept-encoding')]).toEqual([
        ...[coding, 415, 'media-type-unsupported', 'gzip, deflate, br, identity'],
      ]);
    }
    const bomb = await send(gzipSync(Buffer.from(`{"name":"${'a'.repeat(64 * 1024 * 1024)}"}`)), 'gzip');
    expect([bomb.status, bomb.get('code')]).toEqual([413, 'file-too-large']);
    const broken = await send(Buffer.from('no gzip'), 'gzip');
    expect([broken.status, broken.get('code')]).toEqual([400, 'malformed-request']);
  });

  const uploads = ROUTES.filter(({ upload }) => upload !== undefined);
  it.each(uploads.map((spec) => [`${spec.method.toUpperCase()} ${spec.path}`, spec] as const))(
    'and is no file: %s',
    async (_, spec) => {
      await using api = await startTestApi();
      const [role] = Object.keys(PERMISSIONS[spec.action].roles) as Exclude<Role, 'public'>[];
      const member = await api.member(role ?? 'supplier');
      const path = `/api${spec.path.replaceAll(/\{no\}/g, '1').replaceAll(/\{\w+\}/g, '0198c0de-0000-7000-8000-000000000001')}`;
      const answer = await member.call(spec.method.toUpperCase(), path, {
        body: gzipSync('…'),
        headers: { 'content-encoding': 'gzip', 'content-type': spec.upload?.mediaType ?? 'application/octet-stream' },
      });
      expect([answer.status, answer.get('details.field'), answer.headers.get('accept-encoding')]).toEqual([
        ...[415, 'Content-Encoding', 'identity'],
      ]);
    },
  );
});
