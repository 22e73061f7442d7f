import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { deliveries } from '../../db/schema/sqlite.ts';
import { settleDelivery } from '../../db/notifications/deliveries.ts';
import { mailChannel } from '../../engine/notifications/mail.ts';
import { sendBatch } from '../../engine/notifications/send.ts';
import { readEvents } from '../../services/notifications/read-events.ts';
import { noteAttempts } from '../../services/notifications/sending.ts';
import { recordEvent } from '../../db/events.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { handClock, people, publishedTender } from '../setup/tenders/tender.ts';
import { queued } from './reached.ts';
import { startMailServer, type MailServer } from './mail-server.ts';

const clock = handClock('2026-03-01');
let api: TestApi;
let server: MailServer;
beforeEach(async () => {
  clock.set('2026-02-01T09:00+08:00');
  server = await startMailServer();
  api = await startTestApi({
    settings: { channels: ['mail', 'webhook'] },
    database: { machineClock: clock.read },
  });
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await server.stop();
});

const send = async (): Promise<void> => {
  const channel = mailChannel(server.settings);
  await sendBatch(api.db, channel, { publicUrl: 'http://tender.test' }, clock.read);
  channel.close();
};
const codeIn = (raw = ''): string => {
  const text = Buffer.from(raw.split('\r\n\r\n')[1] ?? '', 'base64').toString() + raw;
  return /\b\d{6}\b/.exec(text.replace(/[\w-]+@/g, ''))?.[0] ?? '';
};
const give = (who: Member, address: string, channel = 'mail') =>
  who.call('POST', '/api/contact/addresses', { json: { channel, address } });
const confirm = (who: Member, code: string) =>
  who.call('POST', '/api/contact/addresses/confirm', { json: { channel: 'mail', code }, key: null });

it('a person is written to at an address once they have sent back its code, in their language', async () => {
  const buyer = await api.member('purchaser');
  const asked = await buyer.call('GET', '/api/contact');
  expect(asked.body).toEqual({ language: 'zh', channels: [], mail: null, sms: null, offered: ['mail', 'webhook'] });

  const early = await buyer.call('PUT', '/api/contact', { json: { language: 'en', channels: ['mail'] } });
  expect([early.status, early.get('issues.0.rule') ?? early.text]).toEqual([422, 'address-confirmed']);
  expect((await give(buyer, 'caigou@example.cn')).status).toBe(204);
  await send();
  expect(server.received.map(({ to }) => to)).toEqual([['caigou@example.cn']]);
  const code = codeIn(server.received[0]?.raw);
  expect(code).toMatch(/^\d{6}$/);

  const wrong = await confirm(buyer, code === '000000' ? '000001' : '000000');
  expect([wrong.status, wrong.get('issues.0.rule')]).toEqual([422, 'code-valid']);
  const done = await confirm(buyer, code);
  expect(done.body).toMatchObject({ channels: ['mail'], mail: 'caigou@example.cn' });
  expect((await confirm(buyer, code)).status).toBe(422);
  const set = await buyer.call('PUT', '/api/contact', { json: { language: 'en', channels: ['mail', 'webhook'] } });
  expect(set.body).toMatchObject({ language: 'en', channels: ['mail', 'webhook'] });
  const gone = await buyer.call('DELETE', '/api/contact/addresses/mail');
  expect(gone.body).toMatchObject({ channels: ['webhook'], mail: null });

  // Neither an address nor a code is in the trail, or in the log.
  const trail = JSON.stringify(await auditAfter(api.db.read, 0, 500));
  expect(trail).toContain('contact.change');
  for (const text of [trail, api.log()]) {
    expect(text).not.toContain('caigou@');
    expect(text).not.toContain(code);
  }
});

it('a code is valid for half an hour, and void after five wrong ones; five are sent a day', async () => {
  const buyer = await api.member('purchaser');
  await give(buyer, 'a@example.cn');
  await send();
  const first = codeIn(server.received[0]?.raw);
  clock.step(30 * 60_000);
  expect((await confirm(buyer, first)).status).toBe(422);

  await give(buyer, 'b@example.cn');
  await send();
  const second = codeIn(server.received[1]?.raw);
  for (let n = 0; n < 5; n += 1) await confirm(buyer, second === '999999' ? '999998' : '999999');
  expect((await confirm(buyer, second)).status).toBe(422);
  for (let n = 0; n < 3; n += 1) expect((await give(buyer, `c${n}@example.cn`)).status).toBe(204);
  const sixth = await give(buyer, 'd@example.cn');
  expect([sixth.status, sixth.get('code')]).toEqual([429, 'too-many-requests']);
});

it('what is not offered, or is no address, is refused', async () => {
  const buyer = await api.member('purchaser');
  const refusals = [
    await give(buyer, '+8613800000000', 'sms'),
    await give(buyer, 'a@example.cn, b@example.cn'),
    await buyer.call('PUT', '/api/contact', { json: { language: 'zh', channels: ['sms'] } }),
    await buyer.call('PUT', '/api/contact', { json: { language: 'fr', channels: [] } }),
  ];
  expect(refusals.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
  expect(await queued(api.db)).toEqual([]);
  expect((await api.call('GET', '/api/contact')).status).toBe(401);
});

it('the inbox has what happened in tenders beside the account, in pages, and is marked read as far as it was seen', async () => {
  const who = await people(api.db, 1);
  const buyer = await api.member('purchaser');
  const { id } = await publishedTender(api.db, clock, who, 'tendering');
  const centre = await api.member('centre');
  for (const kind of ['opening.paused', 'opening.resumed', 'opening.paused']) {
    await api.db.transaction(async (tx) =>
      recordEvent(tx, { kind, procurementId: id, lotNo: 0, subject: `procurement/${id}/opening` }),
    );
  }
  while ((await readEvents(api.db)) > 0);
  const first = await centre.call('GET', '/api/notifications?limit=2');
  expect((first.get('items') as { kind: string }[]).map(({ kind }) => kind)).toEqual([
    'opening.paused',
    'opening.resumed',
  ]);
  expect(first.get('items.0.about')).toMatchObject({
    procurementId: id,
    lotNo: 0,
    subject: `procurement/${id}/opening`,
  });
  const second = await centre.call('GET', `/api/notifications?limit=2&cursor=${String(first.get('next'))}`);
  expect((second.get('items') as unknown[]).length).toBe(1);
  expect((await centre.call('GET', '/api/session')).get('unreadNotifications')).toBe(3);

  const upTo = String(first.get('items.1.id'));
  expect((await centre.call('POST', '/api/notifications/read', { json: { upTo } })).status).toBe(204);
  expect((await centre.call('GET', '/api/session')).get('unreadNotifications')).toBe(1);
  expect((await centre.call('POST', '/api/notifications/read')).status).toBe(204);
  expect((await centre.call('GET', '/api/session')).get('unreadNotifications')).toBe(0);
  expect((await buyer.call('GET', '/api/notifications')).get('items')).toEqual([]);
});

it('an administrator sees what was given up, without what it was about and without who judges', async () => {
  const [administrator, buyer, expert] = [
    await api.member('administrator'),
    await api.member('purchaser'),
    await api.member('expert'),
  ];
  for (const who of [buyer, expert]) await give(who, 'wrong@example.cn');
  const rows = await api.db.read.select().from(deliveries);
  const result = { outcome: 'never', reason: 'smtp-550' } as const;
  await noteAttempts(
    api.db,
    'mail',
    rows.map((delivery) => ({ delivery, result })),
    clock.read(),
  );
  const listed = await administrator.call('GET', '/api/deliveries');
  expect((listed.get('items') as { username: string | null }[]).map(({ username }) => username)).toEqual([
    null,
    buyer.username,
  ]);
  expect(listed.get('items.0')).toMatchObject({ state: 'given-up', lastError: 'smtp-550', attempts: 1 });
  expect(listed.text).not.toMatch(/wrong@|code/);
  expect((await administrator.call('GET', '/api/notifications')).get('items.0.kind')).toBe('delivery.given-up');
  expect((await buyer.call('GET', '/api/deliveries')).status).toBe(403);
  await api.db.transaction((tx) => settleDelivery(tx, rows[0] as never, 'sent', null, 1));
  expect((await administrator.call('GET', '/api/deliveries?state=sent')).get('items.0.state')).toBe('sent');
});
