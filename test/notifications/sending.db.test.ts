import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueDeliveries, type QueuedDelivery } from '../../db/notifications/deliveries.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { setContact } from '../../db/notifications/contacts.ts';
import { DAY_MS, MINUTE_MS } from '../../domain/civil-time.ts';
import { digestDayAt, digestSource } from '../../domain/notifications/digest.ts';
import type { OutgoingChannel } from '../../engine/notifications/channel.ts';
import { mailChannel } from '../../engine/notifications/mail.ts';
import { noChannel, sendBatch } from '../../engine/notifications/send.ts';
import { httpSignature, signedHttpChannel } from '../../engine/notifications/signed-http.ts';
import { inform } from '../../services/notifications/inform.ts';
import { takeDeliveries } from '../../services/notifications/sending.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { draftOf, handClock, launch, people, publishedTender } from '../setup/tenders/tender.ts';
import { inboxOf, queued, reached } from './reached.ts';
import { settingsFor, startMailServer } from './mail-server.ts';

const clock = handClock('2026-03-01');
const NOW = 1_800_000_000_000;
const sender = { publicUrl: 'https://tender.example.cn' };
let db: TestDatabase;
let administrator: string;
const open: OutgoingChannel[] = [];

beforeEach(async () => {
  clock.set('2026-02-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  administrator = await reached(db, 'administrator', undefined, null);
});
afterEach(async () => {
  for (const channel of open.splice(0)) channel.close();
  await db.close();
});

const opened = (channel: OutgoingChannel): OutgoingChannel => {
  open.push(channel);
  return channel;
};
const send = (channel: OutgoingChannel, realNow = NOW) => sendBatch(db, channel, sender, () => realNow);
const states = async () => (await queued(db)).map(({ state, attempts, lastError }) => [state, attempts, lastError]);

/** Messages to new people of purchasers. */
async function messages(count: number, change: Partial<QueuedDelivery> = {}): Promise<string[]> {
  const accountIds: string[] = [];
  for (let n = 0; n < count; n += 1) accountIds.push(await reached(db, 'purchaser'));
  await queueFor(accountIds, change);
  return accountIds;
}
const queueFor = (accountIds: readonly string[], change: Partial<QueuedDelivery> = {}) =>
  db.transaction((tx) =>
    queueDeliveries(
      tx,
      accountIds.map((accountId) => ({
        ...{ accountId, channel: 'mail', kind: 'act.prepared', source: `notification/${accountId}` },
        ...{ procurementId: null, lotNo: 0, detail: {}, ...change },
      })),
    ),
  );

/** The mail server's answer to each recipient. */
const answering = (responseCode: number, message = 'no'): SMTPServerOptions => ({
  onRcptTo: (_address, _session, done) => done(Object.assign(new Error(message), { responseCode })),
});

describe('a message', () => {
  it('is sent once, in the words of its kind, from the platform', async () => {
    await using server = await startMailServer();
    const channel = opened(mailChannel(server.settings));
    await messages(1);
    expect(await send(channel)).toEqual({ sent: 1, failed: 0, givenUp: 0, down: null, more: true });
    expect(await send(channel)).toMatchObject({ sent: 0, more: false });
    const [row] = await queued(db);
    expect(row).toMatchObject({ state: 'sent', attempts: 1, detail: {} });
    expect(server.received).toHaveLength(1);
    const [mail] = server.received;
    expect(mail).toMatchObject({ from: 'notice@platform.example.cn', to: [expect.stringMatching(/^purchaser\.\d+@/)] });
    expect(mail?.raw).toContain(`Message-ID: <${row?.id}@platform.example.cn>`);
    expect(mail?.raw).toContain('Auto-Submitted: auto-generated');
    expect(mail?.raw).toContain('Content-Language: zh-CN');
  });

  it('that was sent by a process which died before it could say so is sent again, as the same message', async () => {
    await using server = await startMailServer();
    const channel = opened(mailChannel(server.settings));
    await messages(1);
    // Taken and sent; then the process is gone.
    const [taken] = await takeDeliveries(db, 'mail', NOW);
    expect(taken).toBeDefined();
    expect(await send(channel)).toMatchObject({ sent: 0 });
    expect(await send(channel, NOW + 9 * MINUTE_MS)).toMatchObject({ sent: 0 });
    expect(await send(channel, NOW + 10 * MINUTE_MS)).toMatchObject({ sent: 1 });
    expect(server.received.map(({ raw }) => /^Message-ID: <(.*)@/m.exec(raw)?.[1])).toEqual([taken?.id]);
  });

  it('is taken by one process only', async () => {
    await messages(30);
    const taken = await Promise.all([1, 2, 3, 4].map(() => takeDeliveries(db, 'mail', NOW)));
    const ids = taken.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('goes to the address that its reader has when it is sent, and nowhere once they have none', async () => {
    await using server = await startMailServer();
    const channel = opened(mailChannel(server.settings));
    const [moved, gone] = (await messages(2)) as [string, string];
    const contact = { language: 'en', channels: ['mail'], mail: 'new@example.cn', sms: null } as const;
    await db.transaction(async (tx) => {
      await setContact(tx, moved, contact);
      await setContact(tx, gone, { ...contact, channels: [] });
    });
    expect(await send(channel)).toMatchObject({ sent: 1 });
    expect(server.received.map(({ to }) => to)).toEqual([['new@example.cn']]);
    expect((await states()).map(([state]) => state).sort()).toEqual(['dropped', 'sent']);
  });

  it('to a supplier or an expert says nothing but to sign in', async () => {
    await using server = await startMailServer();
    const channel = opened(mailChannel(server.settings));
    await queueFor([await reached(db, 'supplier')], { kind: 'bid.withdrawn' });
    await queueFor([await reached(db, 'expert')], { kind: 'opening.paused' });
    await queueFor([await reached(db, 'supplier')], {
      kind: 'digest',
      source: digestSource(digestDayAt(clock.read())),
    });
    await send(channel);
    const said = new Set(server.received.map(({ raw }) => raw.slice(raw.indexOf('\r\n\r\n'))));
    expect(server.received).toHaveLength(3);
    expect(said.size).toBe(1);
    expect(new Set(server.received.map(({ raw }) => /^Subject: .*(\r\n .*)*/m.exec(raw)?.[0])).size).toBe(1);
  });

  it('names a procurement that is public, and not one that is not', async () => {
    await using server = await startMailServer();
    const channel = opened(mailChannel(server.settings));
    const who = await people(db, 3);
    const reader = await reached(db, 'purchaser', who.purchaser.id);
    const { procurement: launched } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    const { id: published } = await publishedTender(db, clock, who, 'tendering');
    for (const procurementId of [launched.id, published]) {
      await queueFor([reader], { kind: 'question.asked', procurementId, source: procurementId });
    }
    await send(channel);
    const texts = server.received.map(({ raw }) => Buffer.from(raw.split('\r\n\r\n')[1] ?? '', 'base64').toString());
    const named = texts.filter((text) => text.includes('项目：工业园区尾水提升达标处理厂工程（二期）'));
    expect([texts.length, named.length]).toEqual([2, 1]);
    for (const text of texts) expect(text).toContain('有供应商对采购文件提出疑问');
  });

  it('of a day counts what is unread, of tenders and of the account, and is left out where nothing is', async () => {
    await using server = await startMailServer();
    const channel = opened(mailChannel(server.settings));
    const digest = { kind: 'digest', source: digestSource(digestDayAt(clock.read())) } as const;
    const [busy, idle] = [await reached(db, 'purchaser'), await reached(db, 'purchaser')];
    await db.transaction((tx) => notify(tx, [busy], 'act.prepared'));
    await db.transaction((tx) => notify(tx, [busy], 'act.prepared'));
    await db.transaction((tx) =>
      inform(tx, [
        {
          ...{ kind: 'delivery.given-up', procurementId: null, lotNo: 0, detail: {}, opened: false },
          ...{ source: 'given-up/mail', accountIds: [busy, idle] },
        },
      ]),
    );
    await queueFor([busy, idle], digest);
    await send(channel);
    const digests = server.received.map(({ raw }) => Buffer.from(raw.split('\r\n\r\n')[1] ?? '', 'base64').toString());
    const [of, ...more] = digests.filter((text) => text.includes('未读的通知'));
    expect(more).toEqual([]);
    expect(of).toContain('· 有经办事项待您或同事复核（GET /api/prepared-acts）（2）');
    // What is to stay on the platform is not counted.
    expect(of).not.toContain('已放弃');
    expect((await queued(db)).find(({ accountId }) => accountId === idle)?.state).toBe('dropped');
  });

  it('with a code that has expired is not sent', async () => {
    await using server = await startMailServer();
    const channel = opened(mailChannel(server.settings));
    const detail = { code: '123456', address: 'a@example.cn', validUntil: NOW + 1 };
    await messages(1, { kind: 'code', detail });
    await messages(1, { kind: 'code', detail: { ...detail, validUntil: NOW } });
    expect(await send(channel)).toMatchObject({ sent: 1 });
    expect(server.received.map(({ to }) => to)).toEqual([['a@example.cn']]);
    // Nothing of a code is left behind.
    expect(JSON.stringify(await queued(db))).not.toMatch(/123456|a@example/);
  });
});

describe('a mail server', () => {
  it('that answers 4xx is asked again later, and 5xx never: the administrators are notified once', async () => {
    await using later = await startMailServer(answering(450));
    const first = opened(mailChannel(later.settings));
    await messages(1);
    expect(await send(first)).toMatchObject({ sent: 0, failed: 1, givenUp: 0, down: null });
    expect(await states()).toEqual([['waiting', 1, 'smtp-450']]);
    expect(await send(first)).toMatchObject({ failed: 0 });
    expect(await send(first, NOW + MINUTE_MS)).toMatchObject({ failed: 1 });

    await using never = await startMailServer(answering(550, 'no such user <secret@example.cn>'));
    const second = opened(mailChannel(never.settings));
    await messages(2);
    expect(await send(second, NOW + MINUTE_MS)).toMatchObject({ failed: 2, givenUp: 2, down: null });
    expect((await states()).slice(1)).toEqual([
      ['given-up', 1, 'smtp-550'],
      ['given-up', 1, 'smtp-550'],
    ]);
    // What a server says may name an address: it is not kept.
    expect(JSON.stringify(await queued(db))).not.toContain('secret@');
    expect(await inboxOf(db, administrator)).toEqual(['delivery.given-up']);
  });

  it('that is dead costs one attempt for a whole batch, and holds up no other channel', async () => {
    const dead = await startMailServer();
    await dead.stop();
    const channel = opened(mailChannel(dead.settings));
    const readers = await messages(12);
    await db.transaction(async (tx) => {
      for (const id of readers) {
        await setContact(tx, id, { language: 'zh', channels: ['mail', 'webhook'], mail: 'x@example.cn', sms: null });
      }
    });
    await queueFor(readers, { channel: 'webhook' });
    await using hook = await startHook(() => 204);
    const [mail, http] = await Promise.all([send(channel), send(opened(hook.channel('webhook')))]);
    expect(mail).toMatchObject({ sent: 0, givenUp: 0, down: expect.stringMatching(/^smtp-e/) as string, more: false });
    expect(mail.failed).toBeLessThanOrEqual(3);
    expect(http).toMatchObject({ sent: 12, down: null });
    const attempts = (await queued(db)).filter(({ channel: by }) => by === 'mail').map((each) => each.attempts);
    expect(attempts.filter((each) => each === 0).length).toBeGreaterThanOrEqual(9);

    // It is back: everything arrives, once.
    await using back = await startMailServer();
    const again = opened(mailChannel(back.settings));
    while ((await send(again, NOW + 5 * MINUTE_MS)).more);
    expect(back.received).toHaveLength(12);
  });

  it('that is given up after days has had many chances', async () => {
    const dead = await startMailServer();
    await dead.stop();
    const channel = opened(mailChannel(dead.settings));
    await messages(1);
    let givenUpAt: number | null = null;
    for (let hour = 0; hour < 24 * 8 && givenUpAt === null; hour += 1) {
      if ((await send(channel, NOW + hour * 60 * MINUTE_MS)).givenUp > 0) givenUpAt = hour;
    }
    expect(givenUpAt).toBeGreaterThan(72);
    expect(await inboxOf(db, administrator)).toEqual(['delivery.given-up']);
  });

  it('that never greets is left after its time', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const channel = opened(mailChannel({ ...settingsFor((silent.address() as AddressInfo).port), timeoutMs: 200 }));
    await messages(1);
    expect(await send(channel)).toMatchObject({ sent: 0, failed: 1, down: expect.stringMatching(/^smtp-/) as string });
    channel.close();
    silent.close();
  });

  it('that trickles is left after its time too', async () => {
    await using server = await startMailServer({ onData: () => undefined });
    const channel = opened(mailChannel({ ...server.settings, timeoutMs: 200 }));
    await messages(1);
    expect(await send(channel)).toMatchObject({ sent: 0, failed: 1, down: expect.stringMatching(/^smtp-/) as string });
  });

  it.each([
    ['refuses the password', { user: 'platform', password: 'wrong' }, 'smtp-535'],
    ['has no TLS where it is required', { requireTls: true }, 'smtp-500'],
  ])('that %s is given no message', async (_, settings, reason) => {
    await using server = await startMailServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error('no'), { responseCode: 535 })),
    });
    const channel = opened(mailChannel({ ...server.settings, ...settings }));
    await messages(1);
    expect(await send(channel)).toMatchObject({ sent: 0, failed: 1, givenUp: 0, down: reason });
    expect(server.received).toEqual([]);
  });
});

/** An address that takes calls; what it answers, and what it got. */
async function startHook(answer: (headers: IncomingHttpHeaders) => number | Promise<number>, retryAfter?: string) {
  const got: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      void Promise.resolve(answer(request.headers)).then((status) => {
        response.writeHead(status, retryAfter === undefined ? {} : { 'Retry-After': retryAfter }).end('{}');
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return {
    got,
    channel: (name: 'sms' | 'webhook', timeoutMs = 60_000) =>
      signedHttpChannel(name, { url, secret: SECRET, timeoutMs }, () => NOW),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
const SECRET = 'a secret for tests, of 32 characters or more';
const VECTORS = [
  '0850268fa308ae3edeca90913d4723535696ebe94b25f30c87f39fe661febf0c',
  '08ea1527b61cf332ac4a96be227d6e1e346f694a147b79796182bd95ac1627e9',
  '40b54fb158adad2f165283fbb4e64d6ee517c6d3935f1469dde7b0c36e8de7f7',
];

describe('signed HTTP', () => {
  it('is signed over its timestamp and the bytes of its body', () => {
    // By OpenSSL: printf '1800000000.{"id":"x"}' | openssl dgst -sha256 -hmac "$SECRET"
    expect(httpSignature(SECRET, '1800000000', '{"id":"x"}')).toBe(VECTORS[0]);
    expect(httpSignature(SECRET, '1800000001', '{"id":"x"}')).toBe(VECTORS[1]);
    expect(httpSignature(SECRET, '1800000000', '{"text":"开标"}')).toBe(VECTORS[2]);
  });

  it('carries a text message as one line, under an id that stays', async () => {
    let status = 503;
    await using hook = await startHook(() => status);
    const channel = opened(hook.channel('sms'));
    const [reader] = (await messages(1, { channel: 'sms' })) as [string];
    const contact = { language: 'zh', channels: ['sms'], mail: null, sms: '+8613800000000' } as const;
    await db.transaction((tx) => setContact(tx, reader, contact));
    expect(await send(channel)).toMatchObject({ failed: 1, down: null });
    status = 200;
    expect(await send(channel, NOW + MINUTE_MS)).toMatchObject({ sent: 1 });
    const [row] = await queued(db);
    const [first, second] = hook.got;
    expect(JSON.parse(String(second?.body))).toEqual({
      ...{ id: row?.id, channel: 'sms', to: '+8613800000000', language: 'zh' },
      text: '有经办事项待您或同事复核（GET /api/prepared-acts），请登录查看：https://tender.example.cn',
    });
    expect(first?.body).toBe(second?.body);
    expect(first?.headers['idempotency-key']).toBe(row?.id);
    expect(second?.headers).toMatchObject({
      'idempotency-key': row?.id,
      'x-kaibiao-timestamp': '1800000000',
      'x-kaibiao-signature': httpSignature(SECRET, '1800000000', String(second?.body)),
    });
  });

  it.each([
    [200, ['sent', 1, null]],
    [302, ['given-up', 1, 'http-302']],
    [400, ['given-up', 1, 'http-400']],
    [429, ['waiting', 1, 'http-429']],
    [500, ['waiting', 1, 'http-500']],
  ])('an answer of %i', async (status, expected) => {
    await using hook = await startHook(() => status);
    const [reader] = (await messages(1, { channel: 'webhook' })) as [string];
    await db.transaction((tx) =>
      setContact(tx, reader, { language: 'zh', channels: ['webhook'], mail: null, sms: null }),
    );
    await send(opened(hook.channel('webhook')));
    expect(await states()).toEqual([expected]);
  });

  it('waits as long as it is told to, and no longer than an hour', async () => {
    await using hook = await startHook(() => 429, '86400');
    const [reader] = (await messages(1, { channel: 'webhook' })) as [string];
    await db.transaction((tx) =>
      setContact(tx, reader, { language: 'zh', channels: ['webhook'], mail: null, sms: null }),
    );
    await send(opened(hook.channel('webhook')));
    expect((await queued(db))[0]?.notBefore).toBe(NOW + 60 * MINUTE_MS);
  });

  it('that answers nothing is left after its time', async () => {
    await using hook = await startHook(() => new Promise<number>(() => undefined));
    const [reader] = (await messages(1, { channel: 'webhook' })) as [string];
    await db.transaction((tx) =>
      setContact(tx, reader, { language: 'zh', channels: ['webhook'], mail: null, sms: null }),
    );
    expect(await send(opened(hook.channel('webhook', 100)))).toMatchObject({ failed: 1, down: 'http-timeout' });
  });
});

it('what waits for a channel that the installation has no more is given up, and its digest is not sent late', async () => {
  await messages(1);
  expect(await send(noChannel('mail'))).toMatchObject({ givenUp: 1, down: null });
  await using server = await startMailServer();
  await messages(1, { kind: 'digest', source: digestSource(digestDayAt(clock.read())) });
  clock.step(DAY_MS);
  expect(await send(opened(mailChannel(server.settings)))).toMatchObject({ sent: 0 });
  expect(server.received).toEqual([]);
});
