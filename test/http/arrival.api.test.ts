import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../api/http/app.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { uploadDocument } from '../../services/documents/upload.ts';
import { startTestApi, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const { arrival } = DEFAULT_SETTINGS;

interface Line {
  readonly socket: Socket;
  /** Everything that came, once the other side has closed the connection. */
  readonly ended: Promise<string>;
}

/** A connection that sends this much of a request, and waits. */
function slowly(api: TestApi, text: string): Line {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => void socket.write(text));
  const ended = new Promise<string>((resolve) => {
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.on('error', () => undefined).on('close', () => resolve(received));
  });
  return { socket, ended };
}

const post = (path: string, length: number, more: readonly string[] = []): string =>
  [`POST ${path} HTTP/1.1`, 'host: tender.test', `content-length: ${length}`, ...more, '', '{'].join('\r\n');
const JSON_BODY = ['content-type: application/json'];

it('a body that comes too slowly is cut off, by whoever and wherever to; others are served meanwhile', async () => {
  await using api = await startTestApi({ settings: { arrival: { ...arrival, bodyMs: 1_000 } } });
  const lines = Array.from({ length: 60 }, () => slowly(api, post('/api/session', 100, JSON_BODY)));
  expect((await api.call('GET', '/api/notices')).status).toBe(200);
  for (const answer of await Promise.all(lines.map(({ ended }) => ended))) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/"code":"request-timeout"/);
  }
  // Answered at once, and read no more: the connection is not kept for the rest.
  const { ended } = slowly(api, post('/api/organisations', 100, JSON_BODY));
  expect(await ended).toMatch(/^HTTP\/1\.1 401 /);
  const nowhere = slowly(api, post('/nowhere', 100, JSON_BODY));
  expect(await nowhere.ended).toMatch(/^HTTP\/1\.1 404 /);
});

it('headers that come too slowly are cut off, and so is a connection on which nothing comes', async () => {
  await using api = await startTestApi({ settings: { arrival: { ...arrival, headersMs: 300 } } });
  const lines = [slowly(api, 'GET /api/notices HTTP/1.1\r\nhost: tender.test\r\n'), slowly(api, '')];
  for (const { ended } of lines) expect(await ended).toMatch(/^HTTP\/1\.1 408 |^$/);
});

it('a download that nobody reads on ends', async () => {
  await using api = await startTestApi({ settings: { arrival: { ...arrival, idleMs: 1_000 } } });
  const purchaser = await api.member('purchaser');
  const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  const size = 30_000_000;
  const file = await api.db.blobs.store(Readable.from([Buffer.alloc(size, 'a')]), size);
  const { id } = await api.db.transaction((tx) =>
    uploadDocument(tx, UNATTENDED, {
      procurementId: tender,
      kind: 'amendment',
      name: 'a',
      mediaType: 'text/plain',
      file,
    }),
  );
  const path = `/api/procurements/${tender}/documents/${id}/content`;
  const head = ['host: tender.test', `authorization: Bearer ${purchaser.token}`];
  const { socket, ended } = slowly(api, [`GET ${path} HTTP/1.1`, ...head, '', ''].join('\r\n'));
  socket.once('data', () => socket.pause());
  await sleep(4_000);
  socket.resume();
  const received = await ended;
  expect(received).toMatch(/^HTTP\/1\.1 200 /);
  expect(received.length).toBeLessThan(size);
});

it('connections have a limit; those beyond it are closed, and there is room again when others end', async () => {
  await using api = await startTestApi({ settings: { connections: 3 } });
  const held = Array.from({ length: 3 }, () => slowly(api, ''));
  await Promise.all(held.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
  expect(await slowly(api, '').ended).toBe('');
  for (const { socket, ended } of held) {
    socket.end();
    await ended;
  }
  expect((await api.call('GET', '/api/notices')).status).toBe(200);
});

it('a file may take its time as long as it goes on; one that stops is cut off, and resumed where it stopped', async () => {
  await using api = await startTestApi({
    database: { machineClock: () => DEADLINE - 3_600_000 },
    settings: { arrival: { ...arrival, bodyMs: 100, fileIntervalMs: 2_000, fileBytes: 2 } },
  });
  const purchaser = await api.member('purchaser');
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline: DEADLINE });
  const tender = await tenderAt(api.db, 'bidding', draft);
  const supplier = await api.member('supplier');
  const tus = { 'tus-resumable': '1.0.0' };
  const begun = await supplier.call('POST', `/api/procurements/${tender}/lots/1/uploads`, {
    key: null,
    headers: { ...tus, 'upload-length': '12' },
  });
  const at = String(begun.headers.get('location'));
  const head = [
    `PATCH ${at} HTTP/1.1`,
    'host: tender.test',
    'content-length: 12',
    `authorization: Bearer ${supplier.token}`,
    'tus-resumable: 1.0.0',
    'content-type: application/offset+octet-stream',
    'upload-offset: 0',
  ];
  const { socket, ended } = slowly(api, [...head, '', 'abc'].join('\r\n'));
  // Past the limit for other bodies.
  await sleep(500);
  socket.write('def');
  expect(await ended).toMatch(/^HTTP\/1\.1 408 /);
  expect((await supplier.call('HEAD', at, { headers: tus })).headers.get('upload-offset')).toBe('6');
  const last = await supplier.call('PATCH', at, {
    body: Buffer.from('ghijkl'),
    headers: { ...tus, 'upload-offset': '6', 'content-type': 'application/offset+octet-stream' },
  });
  expect([last.status, last.get('size')]).toEqual([200, 12]);
});
