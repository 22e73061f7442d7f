import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import { biddingFor, standingBids } from '../../db/bids.ts';
import { insertOpenings } from '../../db/openings/openings.ts';
import { suspend } from '../../db/tender/suspensions.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { QUICK_PASSWORDS, startTestApi, TEST_PASSWORD, type Member, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt, moveTo } from '../setup/tenders/tenders.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A tender in its bidding stage, and a machine clock that tests turn. */
async function bidding(options: Parameters<typeof startTestApi>[0] = {}): Promise<{
  api: TestApi;
  tender: string;
  purchaser: Member;
  setNow: (ms: number) => void;
}> {
  let now = DEADLINE - 3_600_000;
  const api = await startTestApi({ ...options, database: { machineClock: () => now, ...options.database } });
  const purchaser = await api.member('purchaser');
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline: DEADLINE });
  const tender = await tenderAt(api.db, 'bidding', draft);
  return { api, tender, purchaser, setNow: (ms) => (now = ms) };
}

const bidPath = (tender: string, lot = 1): string => `/api/procurements/${tender}/lots/${lot}/bids`;
const withdraw = (member: Member, tender: string, password = member.password) =>
  member.call('POST', `${bidPath(tender)}/withdraw`, { json: { password } });
const incoming = (api: TestApi): Promise<string[]> => readdir(join(api.dataDir, 'blobs', 'incoming'));

it('a bid is handed in, replaced and withdrawn; each time with a receipt', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const [one, two] = [randomBytes(100_000), randomBytes(200_000)] as const;
  const first = await supplier.call('POST', bidPath(tender), { body: one, headers: { 'content-sha256': sha256(one) } });
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    lotNo: 1,
    version: 1,
    sha256: sha256(one),
    size: 100_000,
    receivedAt: formatInstant(DEADLINE - 3_600_000),
    deadline: '2026-04-01T09:30:00+08:00',
    state: 'standing',
  });
  const digest = createHash('sha256').update(two).digest('base64');
  const second = await supplier.call('POST', bidPath(tender), {
    body: two,
    headers: { 'content-digest': `sha-512=:AAAA:, sha-256=:${digest}:` },
  });
  expect(second.get('version')).toBe(2);
  expect((await withdraw(supplier, tender)).get('state')).toBe('withdrawn');
  const receipts = await supplier.call('GET', `/api/procurements/${tender}/receipts`);
  const states = (receipts.get('items') as { version: number; state: string }[]).map(({ version, state }) => [
    version,
    state,
  ]);
  expect(states).toEqual([
    [2, 'withdrawn'],
    [1, 'replaced'],
  ]);
  const nothing = await withdraw(supplier, tender);
  expect([nothing.status, nothing.get('code')]).toEqual([404, 'bid-unknown']);
  expect((await supplier.call('POST', bidPath(tender, 2), { body: one })).status).toBe(404);
  expect(await api.db.blobs.inspect(sha256(one))).toEqual({ sha256: sha256(one), size: 100_000 });
});

it('what arrived must be what was declared', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(1000);
  const send = (headers: Record<string, string>) => supplier.call('POST', bidPath(tender), { body: bytes, headers });
  const hex = await send({ 'content-sha256': sha256(randomBytes(10)) });
  expect([hex.status, hex.get('code'), hex.get('details.received')]).toEqual([422, 'hash-mismatch', sha256(bytes)]);
  const other = createHash('sha256').update('other').digest('base64');
  expect((await send({ digest: `SHA-256=${other}` })).get('code')).toBe('hash-mismatch');
  expect((await send({ 'content-sha256': 'short' })).get('issues.0.field')).toBe('Content-SHA256');
  expect((await send({ 'content-digest': 'md5=:AAAA:' })).get('issues.0.field')).toBe('Content-Digest');
  const empty = await supplier.call('POST', bidPath(tender), {});
  expect([empty.status, empty.get('code')]).toEqual([422, 'file-empty']);
  expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
});

it('a file beyond the limit is refused: by its declared size before a byte is read, else as soon as it is passed', async () => {
  const { api, tender } = await bidding({ settings: { maxFileBytes: 1_000_000 } });
  await using _ = api;
  const supplier = await api.member('supplier');
  const declared = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(`${api.url}${bidPath(tender)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${supplier.token}`, 'idempotency-key': 'k', 'content-length': '1000001' },
    });
    sent.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
        sent.destroy();
      });
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });
  expect([declared.status, declared.body]).toEqual([413, expect.stringContaining('file-too-large')]);

  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(randomBytes(100_000)),
  });
  const endless = await supplier.call('POST', bidPath(tender), { body: stream }).catch(() => null);
  // The server may disconnect a client that keeps sending; the answer, if it arrived, is 413.
  if (endless) expect(endless.status).toBe(413);
  expect(await incoming(api)).toEqual([]);
  expect((await supplier.call('POST', bidPath(tender), { body: randomBytes(1_000_000) })).status).toBe(201);
});

it('an upload that breaks off leaves nothing behind', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  await new Promise<void>((resolve) => {
    const sent = request(`${api.url}${bidPath(tender)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${supplier.token}`, 'idempotency-key': 'broken', 'content-length': '1000000' },
    });
    sent.on('error', () => resolve());
    sent.write(randomBytes(400_000), () => sent.destroy(new Error('the line broke')));
  });
  await expect.poll(() => api.log()).toContain('"msg":"request aborted"');
  await expect.poll(() => incoming(api)).toEqual([]);
  expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
  const again = await supplier.call('POST', bidPath(tender), { body: randomBytes(1_000_000), key: 'broken' });
  expect(again.status).toBe(201);
});

it('the same upload sent again is the same bid', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const body = randomBytes(5000);
  const first = await supplier.call('POST', bidPath(tender), { body, key: 'bid' });
  const again = await supplier.call('POST', bidPath(tender), { body, key: 'bid' });
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const own = { procurementId: tender, lotNo: 1, supplierId: supplier.organisationId };
  expect((await biddingFor(api.db.read, own)).bids).toHaveLength(1);
});

it('a late bid is refused with the article, before and after the close; so is a late withdrawal', async () => {
  const { api, tender, setNow } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  await supplier.call('POST', bidPath(tender), { body: randomBytes(10) });
  for (const close of [false, true]) {
    setNow(DEADLINE);
    if (close) await api.db.transaction((tx) => moveTo(tx, tender, 'evaluation', { openedAt: tx.now }));
    const late = await supplier.call('POST', bidPath(tender), { body: randomBytes(10) });
    // 招标投标法实施条例 36: 逾期送达的投标文件，招标人应当拒收.
    expect([late.status, late.get('code'), late.get('details.law'), late.get('details.article')]).toEqual([
      409,
      'bid-late',
      '招标投标法实施条例',
      '36',
    ]);
    expect(late.get('messageZh')).toContain('投标截止时间 2026年4月1日 09:30');
    expect(late.get('details.deadline')).toBe('2026-04-01T09:30:00+08:00');
    expect((await withdraw(supplier, tender)).get('code')).toBe('bid-late');
  }
});

it('while an objection suspends the clock, bids are taken past the deadline', async () => {
  const { api, tender, setNow } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  await api.db.transaction((tx) => suspend(tx, { procurementId: tender, lotNo: 0 }, 'bid-deadline', 'a grievance'));
  setNow(DEADLINE + 1);
  expect((await supplier.call('POST', bidPath(tender), { body: randomBytes(10) })).status).toBe(201);
});

it('of hundreds of bids at the deadline none late is taken, and each that is taken has its receipt and its file', async () => {
  const { api, tender, setNow } = await bidding();
  await using _ = api;
  const suppliers = await Promise.all(Array.from({ length: 8 }, () => api.member('supplier')));
  setNow(DEADLINE - 40);
  let turned = 0;
  const sent = Array.from({ length: 400 }, async (_unused, n) => {
    const supplier = suppliers[n % suppliers.length] as Member;
    const body = randomBytes(200 + n);
    const answer = await supplier.call('POST', bidPath(tender), { body });
    // The clock advances with each answer, so that the deadline passes during the herd at any speed of the machine.
    turned += 1;
    setNow(DEADLINE - 40 + Math.floor(turned / 4));
    return { supplier, body, answer };
  });
  const outcomes = await Promise.all(sent);
  const taken = outcomes.filter(({ answer }) => answer.status === 201);
  const late = outcomes.filter(({ answer }) => answer.status !== 201);
  expect(taken.length).toBeGreaterThan(0);
  expect(late.length).toBeGreaterThan(0);
  expect(new Set(late.map(({ answer }) => answer.get('code')))).toEqual(new Set(['bid-late']));

  const stored = (
    await Promise.all(
      suppliers.map(({ organisationId }) =>
        biddingFor(api.db.read, { procurementId: tender, lotNo: 1, supplierId: organisationId }),
      ),
    )
  ).flatMap(({ bids }) => bids);
  expect(stored).toHaveLength(taken.length);
  expect(stored.filter(({ receivedAt, deadline }) => receivedAt >= (deadline ?? Infinity))).toEqual([]);
  expect(stored.filter(({ state }) => state === 'standing')).toHaveLength(
    new Set(taken.map(({ supplier }) => supplier)).size,
  );
  for (const { answer, body } of taken) {
    expect(answer.get('sha256')).toBe(sha256(body));
    expect(stored.find(({ id }) => id === answer.get('bidId'))).toMatchObject({
      sha256: sha256(body),
      size: body.length,
    });
    expect(await api.db.blobs.inspect(sha256(body))).toEqual({ sha256: sha256(body), size: body.length });
  }
  const metrics = await api.call('GET', '/metrics');
  expect(metrics.text).toContain(`kaibiao_bids_total{outcome="accepted",code=""} ${taken.length}`);
  expect(metrics.text).toContain(`kaibiao_bids_total{outcome="refused",code="bid-late"} ${late.length}`);
});

it('before the opening nothing that anybody can read discloses whether anyone has bid', async () => {
  const { api, tender, purchaser, setNow } = await bidding();
  await using _ = api;
  const people = [
    purchaser,
    ...(await Promise.all(
      (['centre', 'office', 'supervisor', 'discipline', 'auditor', 'administrator', 'supplier'] as const).map((role) =>
        api.member(role),
      ),
    )),
  ];
  const bidder = await api.member('supplier');
  const paths = [
    '',
    '/timeline',
    '/questions',
    '/grievances',
    '/opening',
    '/obtainers',
    '/receipts',
    '/lots/1/report',
    '/documents',
  ].map((end) => `/api/procurements/${tender}${end}`);
  paths.push('/api/procurements', '/api/notices', `/api/audit?procurementId=${tender}`);
  const look = async (): Promise<string[]> => {
    const seen: string[] = [];
    for (const person of [...people, api]) {
      for (const path of paths) {
        const { status, text } = await person.call('GET', path, { headers: { 'x-request-id': 'look-at-this' } });
        seen.push(`${'role' in person ? person.role : 'public'} ${path} ${status} ${text}`);
      }
    }
    return seen;
  };
  const before = await look();
  const handedIn = await bidder.call('POST', bidPath(tender), { body: randomBytes(10) });
  expect(await look()).toEqual(before);
  const file = `/api/procurements/${tender}/lots/1/bids/${String(handedIn.get('bidId'))}/file`;
  for (const person of [...people, api]) expect(await statusOf(person, file)).toBeOneOf([401, 403]);

  setNow(DEADLINE);
  await api.db.transaction(async (tx) => {
    await moveTo(tx, tender, 'evaluation', { openedAt: tx.now });
    await insertOpenings(tx, [
      {
        procurementId: tender,
        lotNo: 1,
        legalAt: DEADLINE,
        actualAt: tx.now,
        entries: [],
        bidders: 1,
        opened: true,
      },
    ]);
  });
  expect(await statusOf(purchaser, file)).toBe(200);
  expect(await statusOf(bidder, file)).toBe(403);
  const audited = await people[2]?.call('GET', `/api/audit?procurementId=${tender}`);
  expect(audited?.text).toContain('bid.submit');
  expect((await auditAfter(api.db.read, 0, 500)).some(({ confidential }) => confidential)).toBe(true);
});

const statusOf = async (person: Member | TestApi, path: string): Promise<number> =>
  (await person.call('GET', path)).status;

it('a lot that had too few bidders stays sealed although its procurement was opened', async () => {
  const { api, tender, purchaser, setNow } = await bidding();
  await using _ = api;
  const bidder = await api.member('supplier');
  const { get } = await bidder.call('POST', bidPath(tender), { body: randomBytes(10) });
  setNow(DEADLINE);
  await api.db.transaction(async (tx) => {
    await moveTo(tx, tender, 'evaluation', { openedAt: tx.now });
    await insertOpenings(tx, [
      {
        procurementId: tender,
        lotNo: 1,
        legalAt: DEADLINE,
        actualAt: tx.now,
        entries: [],
        bidders: 1,
        opened: false,
      },
    ]);
  });
  const answer = await purchaser.call('GET', `/api/procurements/${tender}/lots/1/bids/${String(get('bidId'))}/file`);
  expect([answer.status, answer.get('details.reason')]).toEqual([403, 'before-opening']);
});

/** Somebody else who acts for a supplier, with the same password. */
async function colleagueOf(api: TestApi, { organisationId }: Member): Promise<Member['call']> {
  const passwordHash = await QUICK_PASSWORDS.hash(TEST_PASSWORD);
  await api.db.transaction((tx) =>
    createAccount(tx, UNATTENDED, {
      ...{ username: 'colleague', name: '同事', passwordHash, oneTimeUntil: null },
      memberships: [{ organisationId, role: 'supplier' }],
    }),
  );
  const token = String((await api.signIn('colleague', TEST_PASSWORD)).get('token'));
  return (method, path, sent = {}) =>
    api.call(method, path, { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } });
}

it('two people of one supplier hand in for the same organisation', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const one = await api.member('supplier');
  const colleague = await colleagueOf(api, one);
  await one.call('POST', bidPath(tender), { body: randomBytes(10) });
  const replaced = await colleague('POST', bidPath(tender), { body: randomBytes(10) });
  expect(replaced.get('version')).toBe(2);
});

it('a session alone does not withdraw a bid: its person’s password does, and all of the supplier’s people know', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const one = await api.member('supplier');
  const other = await api.member('supplier');
  const colleague = await colleagueOf(api, one);
  await one.call('POST', bidPath(tender), { body: randomBytes(10) });
  const without = await one.call('POST', `${bidPath(tender)}/withdraw`, { json: {} });
  expect([without.status, without.get('issues.0.field')]).toEqual([422, 'password']);
  for (let n = 0; n < 5; n += 1) {
    const wrong = await withdraw(one, tender, 'not the password');
    expect([wrong.status, wrong.get('code')]).toEqual([401, 'unauthenticated']);
  }
  // Who guesses with a session waits, and neither its person elsewhere nor a colleague does.
  expect((await withdraw(one, tender)).status).toBe(429);
  expect(await standingBids(api.db.read, tender, 1)).toHaveLength(1);
  const elsewhere = { authorization: `Bearer ${String((await api.signIn(one.username, TEST_PASSWORD)).get('token'))}` };
  const withdrawn = await api.call('POST', `${bidPath(tender)}/withdraw`, {
    json: { password: TEST_PASSWORD },
    headers: elsewhere,
  });
  expect([withdrawn.status, withdrawn.get('state')]).toEqual([200, 'withdrawn']);
  for (const person of [one, { call: colleague }]) {
    const informed = await person.call('GET', '/api/notifications');
    expect(informed.get('items.0')).toMatchObject({
      kind: 'bid.withdrawn',
      detail: { procurementId: tender, lotNo: 1, by: one.accountId },
    });
  }
  expect((await other.call('GET', '/api/notifications')).get('items')).toEqual([]);
});

it('a bid of 200 MB is streamed to the disk, never held in memory whole', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const chunk = randomBytes(1024 * 1024);
  const hash = createHash('sha256');
  const before = process.memoryUsage.rss();
  let peak = before;
  const file = new ReadableStream<Uint8Array>({
    pull(controller) {
      peak = Math.max(peak, process.memoryUsage.rss());
      sent += 1;
      hash.update(chunk);
      controller.enqueue(chunk);
      if (sent === 200) controller.close();
    },
  });
  let sent = 0;
  const receipt = await fetch(`${api.url}${bidPath(tender)}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${supplier.token}`,
      'idempotency-key': 'two-hundred',
      'content-type': 'application/octet-stream',
    },
    body: file,
    duplex: 'half',
  });
  expect(receipt.status).toBe(201);
  expect(await receipt.json()).toMatchObject({ size: 200 * chunk.length, sha256: hash.digest('hex') });
  expect(peak - before).toBeLessThan(150 * 1024 * 1024);
});
