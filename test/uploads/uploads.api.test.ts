import { organisationById } from '../../db/organisations.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { eq } from 'drizzle-orm';
import { Upload, type UploadOptions } from 'tus-js-client';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../api/http/app.ts';
import { auditAfter } from '../../db/audit.ts';
import { biddingFor, standingBids } from '../../db/bids.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { CUSTODIANS, SEAL_FORMAT, SEAL_SUITES, type SealingTerms } from '../../domain/bids/sealing.ts';
import { sealBid } from '../../sealing/seal.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { startTestBucket } from '../setup/servers/bucket.ts';
import { draftOf, tenderAt, moveTo } from '../setup/tenders/tenders.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const metadata = (hash: string): string => `filename ${btoa('bid.sealed')},sha256 ${btoa(hash)}`;
const TUS = { 'tus-resumable': '1.0.0' };

async function bidding(options: Parameters<typeof startTestApi>[0] = {}) {
  let now = DEADLINE - 3_600_000;
  const api = await startTestApi({ ...options, database: { machineClock: () => now, ...options.database } });
  const purchaser = await api.member('purchaser');
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline: DEADLINE });
  const tender = await tenderAt(api.db, 'bidding', draft);
  return { api, tender, purchaser, setNow: (ms: number) => (now = ms) };
}

const uploadsPath = (tender: string): string => `/api/procurements/${tender}/lots/1/uploads`;

/** Begins an upload and answers where it is. */
async function begin(member: Member, tender: string, length: number, hash?: string): Promise<string> {
  const answer = await member.call('POST', uploadsPath(tender), {
    key: null,
    headers: { ...TUS, 'upload-length': String(length), ...(hash ? { 'upload-metadata': metadata(hash) } : {}) },
  });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.headers.get('location'));
}

const send = (
  member: Member,
  at: string,
  offset: number,
  body: Uint8Array<ArrayBuffer>,
  more: Record<string, string> = {},
): Promise<Answered> =>
  member.call('PATCH', at, {
    body,
    headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...more },
  });

const offsetOf = async (member: Member, at: string): Promise<[number, string | null]> => {
  const { status, headers } = await member.call('HEAD', at, { headers: TUS });
  return [status, headers.get('upload-offset')];
};

const announce = (member: Member, tender: string, length: number): Promise<Answered> =>
  member.call('POST', uploadsPath(tender), { key: null, headers: { ...TUS, 'upload-length': String(length) } });

async function suppliersOf(api: TestApi, count: number): Promise<[Member, Member, Member, Member, Member, Member]> {
  const made: Member[] = [];
  while (made.length < count) made.push(await api.member('supplier'));
  return made as [Member, Member, Member, Member, Member, Member];
}

/** What the disk of the data folder says. */
const freeBytes = (api: TestApi, free: () => number | Promise<number>): void =>
  void Object.assign(api.db.uploads, { free: async () => free() });
const sizeOf = (api: TestApi, at: string): Promise<number> => api.db.uploads.onDisk(at.slice(-36));

const lying = (api: TestApi): Promise<string[]> => readdir(join(api.dataDir, 'uploads'));

it('a bid is uploaded in pieces; it counts when the last is stored, with its receipt', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(300_000);
  const at = await begin(supplier, tender, bytes.length, sha256(bytes));
  expect(await offsetOf(supplier, at)).toEqual([200, '0']);
  const first = await send(supplier, at, 0, bytes.subarray(0, 100_000));
  expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '100000']);
  expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
  const wrong = await send(supplier, at, 50_000, bytes.subarray(50_000));
  expect([wrong.status, wrong.get('code')]).toEqual([409, 'upload-offset']);
  expect(wrong.headers.get('tus-resumable')).toBe('1.0.0');
  expect(wrong.headers.get('access-control-allow-origin')).toBeNull();
  const beyond = await send(supplier, at, 100_000, randomBytes(200_001));
  expect([beyond.status, beyond.get('code')]).toEqual([413, 'file-too-large']);

  const last = await send(supplier, at, 100_000, bytes.subarray(100_000));
  expect(last.status, last.text).toBe(200);
  expect(last.body).toMatchObject({ version: 1, sha256: sha256(bytes), size: 300_000, state: 'standing' });
  expect(await api.db.blobs.inspect(sha256(bytes))).toEqual({ sha256: sha256(bytes), size: 300_000 });
  expect(await lying(api)).toEqual([]);

  // A client without an answer asks again, in each possible way.
  expect(await offsetOf(supplier, at)).toEqual([200, '300000']);
  expect((await send(supplier, at, 300_000, new Uint8Array())).body).toEqual(last.body);
  expect((await send(supplier, at, 299_999, bytes.subarray(299_999))).body).toEqual(last.body);
  expect((await supplier.call('POST', `${at}/finish`, { key: null })).body).toEqual(last.body);
  expect((await supplier.call('GET', at)).get('receipt')).toEqual(last.body);
  expect((await send(supplier, at, 100_000, bytes.subarray(100_000))).body).toEqual(last.body);
  expect((await send(supplier, at, 0, bytes)).body).toEqual(last.body);
  expect((await send(supplier, at, 0, bytes.subarray(0, 100_000))).get('code')).toBe('upload-offset');
  const over = await supplier.call('DELETE', at, { headers: TUS });
  expect([over.status, over.get('details.bidId')]).toEqual([409, last.get('bidId')]);
  expect(await standingBids(api.db.read, tender, 1)).toHaveLength(1);
  const trail = (await auditAfter(api.db.read, 0, 500)).filter(({ action }) => /^(upload|bid)\./.test(action));
  expect(trail.map(({ action, confidential }) => [action, confidential])).toEqual([
    ['upload.begin', true],
    ['bid.submit', true],
    ['upload.take', true],
  ]);
});

it('an upload replaces the bid before it, and the two ways of handing in go together', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(1_000);
  await supplier.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: randomBytes(10) });
  const whole = await supplier.call('POST', uploadsPath(tender), {
    key: null,
    body: bytes,
    headers: { ...TUS, 'upload-length': '1000', 'content-type': 'application/offset+octet-stream' },
  });
  expect([whole.status, whole.get('version'), whole.headers.get('upload-offset')]).toEqual([201, 2, '1000']);
  const at = await begin(supplier, tender, 10);
  const minimal = await send(supplier, at, 0, randomBytes(10), { prefer: 'return=minimal' });
  expect([minimal.status, minimal.text]).toEqual([204, '']);
  expect(
    (await biddingFor(api.db.read, { procurementId: tender, lotNo: 1, supplierId: supplier.organisationId })).bids.map(
      ({ state }) => state,
    ),
  ).toEqual(['replaced', 'replaced', 'standing']);
  await supplier.call('POST', `/api/procurements/${tender}/lots/1/bids/withdraw`, {
    json: { password: supplier.password },
  });
  expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
});

it('what was announced is what must come', async () => {
  const { api, tender } = await bidding({ settings: { maxFileBytes: 10_000 } });
  await using _ = api;
  const supplier = await api.member('supplier');
  const post = (headers: Record<string, string>) => supplier.call('POST', uploadsPath(tender), { key: null, headers });
  const codes = await Promise.all(
    [
      { 'upload-length': '5' },
      { ...TUS },
      { ...TUS, 'upload-defer-length': '1' },
      { ...TUS, 'upload-length': '0' },
      { ...TUS, 'upload-length': '10001' },
      { ...TUS, 'upload-length': '5', 'upload-metadata': 'sha256 ====' },
      { ...TUS, 'upload-length': '5', 'upload-metadata': metadata('short') },
    ].map(async (headers) => {
      const { status, get, headers: answered } = await post(headers);
      expect(answered.get('tus-resumable')).toBe('1.0.0');
      return [status, get('code')];
    }),
  );
  expect(codes).toEqual([
    [412, 'tus-version'],
    [422, 'bad-input'],
    [422, 'bad-input'],
    [422, 'file-empty'],
    [413, 'file-too-large'],
    [422, 'bad-input'],
    [422, 'bad-input'],
  ]);
  const at = await begin(supplier, tender, 10, sha256(randomBytes(10)));
  const mismatch = await send(supplier, at, 0, randomBytes(10));
  expect([mismatch.status, mismatch.get('code')]).toEqual([422, 'hash-mismatch']);
  expect(await offsetOf(supplier, at)).toEqual([404, null]);
  expect((await supplier.call('GET', at)).get('state')).toBe('refused');
  expect(await lying(api)).toEqual([]);
  expect((await send(supplier, at, 0, randomBytes(10), { 'content-type': 'text/plain' })).status).toBe(415);
  const described = await supplier.call('OPTIONS', uploadsPath(tender));
  expect([described.status, described.headers.get('tus-max-size'), described.headers.get('tus-extension')]).toEqual([
    204,
    '10000',
    'creation,creation-with-upload,termination',
  ]);
});

it('an upload is its supplier’s alone: to anybody else there is none', async () => {
  const { api, tender, purchaser } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const other = await api.member('supplier');
  const at = await begin(supplier, tender, 10);
  const guessed = at.replace(/[^/]+$/, '01900000-0000-7000-8000-000000000000');
  const ask = async (member: Member, path: string) => [
    await member.call('HEAD', path, { headers: TUS }),
    await member.call('GET', path),
    await send(member, path, 0, randomBytes(10)),
    await member.call('POST', `${path}/finish`, { key: null }),
    await member.call('DELETE', path, { headers: TUS }),
  ];
  const theirs = await ask(other, at);
  const none = await ask(other, guessed);
  expect(theirs.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  const told = (answers: Answered[], path: string) =>
    answers.map(({ text }) => text.replaceAll(path.slice(-36), 'ID').replace(/"instance":"[^"]+"/, ''));
  expect(told(theirs, at)).toEqual(told(none, guessed));
  expect((await ask(purchaser, at)).map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  const cookie = { ...TUS, cookie: 'kaibiao.session_token=none', origin: 'https://evil.example' };
  expect((await api.call('PATCH', at, { headers: cookie })).status).toBe(403);
  expect((await api.call('PATCH', at, { headers: TUS })).status).toBe(401);
  expect((await other.call('GET', uploadsPath(tender))).get('items')).toEqual([]);
  expect((await supplier.call('GET', uploadsPath(tender))).get('items')).toHaveLength(1);
  expect((await supplier.call('DELETE', at, { headers: TUS })).status).toBe(204);
  expect(await offsetOf(supplier, at)).toEqual([404, null]);
});

/** The stock client, until it succeeds or fails. */
function client(
  api: TestApi,
  member: Member,
  tender: string,
  bytes: Buffer,
  options: Partial<UploadOptions> = {},
): { upload: Upload; over: Promise<void> } {
  let upload: Upload | undefined;
  const over = new Promise<void>((resolve, reject) => {
    upload = new Upload(bytes, {
      endpoint: `${api.url}${uploadsPath(tender)}`,
      headers: { Authorization: `Bearer ${member.token}` },
      retryDelays: [10, 10, 10],
      metadata: { sha256: sha256(bytes) },
      onSuccess: () => resolve(),
      onError: reject,
      ...options,
    });
  });
  if (!upload) throw new Error('a promise begins at once');
  return { upload, over };
}

it('an upload that is interrupted repeatedly is resumed by a new client each time', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(3_000_000);
  let uploadUrl: string | null = null;
  let cuts = 0;
  for (let sent = 0; sent < bytes.length && cuts < 30; cuts += 1) {
    const cutAfter = 1 + Math.floor(Math.random() * 800_000);
    await new Promise<void>((resolve, reject) => {
      const { upload, over } = client(api, supplier, tender, bytes, {
        uploadUrl,
        chunkSize: 1 + Math.floor(Math.random() * 900_000),
        onProgress: (now) => {
          uploadUrl = upload.url;
          if (now - sent < cutAfter || now === bytes.length) return;
          void upload.abort().then(resolve, reject);
        },
      });
      over.then(() => {
        sent = bytes.length;
        resolve();
      }, reject);
      upload.start();
    });
    if (sent < bytes.length && uploadUrl) {
      const [status, offset] = await offsetOf(supplier, new URL(uploadUrl).pathname);
      expect(status).toBe(200);
      sent = Number(offset);
    }
  }
  const { upload, over } = client(api, supplier, tender, bytes, { uploadUrl });
  upload.start();
  await over;
  expect(await standingBids(api.db.read, tender, 1)).toMatchObject([{ sha256: sha256(bytes), size: bytes.length }]);
});

it('a line that breaks in the middle of a piece loses nothing that came before', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(1_000_000);
  const at = await begin(supplier, tender, bytes.length, sha256(bytes));
  await new Promise<void>((resolve) => {
    const sent = request(`${api.url}${at}`, {
      method: 'PATCH',
      headers: {
        ...TUS,
        authorization: `Bearer ${supplier.token}`,
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(bytes.length),
      },
    });
    sent.on('error', () => resolve());
    sent.write(bytes.subarray(0, 400_000));
    // The line is cut once some of it lies on the disk.
    const poll = setInterval(async () => {
      if ((await api.db.uploads.onDisk(at.slice(-36))) === 0) return;
      clearInterval(poll);
      sent.destroy(new Error('the line broke'));
    }, 5);
  });
  const [status, offset] = await offsetOf(supplier, at);
  expect(status).toBe(200);
  expect(Number(offset)).toBeGreaterThan(0);
  const last = await send(supplier, at, Number(offset), bytes.subarray(Number(offset)));
  expect(last.get('sha256')).toBe(sha256(bytes));
});

it('of several that send the same piece at once one at most is heard, and the bid is whole', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(2_000_000);
  const at = await begin(supplier, tender, bytes.length, sha256(bytes));
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(supplier, at, 0, bytes).catch(() => null)));
  for (const answer of answers) expect(answer?.status ?? 409).toBeOneOf([200, 400, 404, 409, 423]);
  const { upload, over } = client(api, supplier, tender, bytes, { uploadUrl: `${api.url}${at}` });
  upload.start();
  await over;
  const { bids } = await biddingFor(api.db.read, {
    procurementId: tender,
    lotNo: 1,
    supplierId: supplier.organisationId,
  });
  expect(bids).toMatchObject([{ sha256: sha256(bytes), version: 1 }]);
});

it('an upload that is whole and yet no bid, its process killed in between, becomes one when the client comes back', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  for (const way of ['the stock client', 'no more bytes', 'finish'] as const) {
    const bytes = randomBytes(500_000);
    const at = await begin(supplier, tender, bytes.length, sha256(bytes));
    await writeFile(join(api.dataDir, 'uploads', at.slice(-36)), bytes);
    // It may have been killed later, too: the blob is there, the bid is not.
    await api.db.blobs.adopt(join(api.dataDir, 'uploads', at.slice(-36)), () => undefined);
    expect(await offsetOf(supplier, at)).toEqual([200, '499999']);
    if (way === 'the stock client') {
      const { upload, over } = client(api, supplier, tender, bytes, { uploadUrl: `${api.url}${at}` });
      upload.start();
      await over;
    } else if (way === 'finish') await supplier.call('POST', `${at}/finish`, { key: null });
    else await send(supplier, at, bytes.length, new Uint8Array());
    expect(await standingBids(api.db.read, tender, 1), way).toMatchObject([{ sha256: sha256(bytes) }]);
  }
});

it('late is late: before a byte is taken, at the last byte, and for good', async () => {
  const { api, tender, setNow } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const unfinished = await begin(supplier, tender, 20);
  await send(supplier, unfinished, 0, randomBytes(10));
  const whole = await begin(supplier, tender, 20);
  await writeFile(join(api.dataDir, 'uploads', whole.slice(-36)), randomBytes(20));
  setNow(DEADLINE);
  for (const at of [unfinished, whole]) {
    const late = await send(supplier, at, 10, randomBytes(10));
    expect([late.status, late.get('code')]).toEqual([409, 'bid-late']);
  }
  expect((await supplier.call('POST', `${whole}/finish`, { key: null })).get('code')).toBe('bid-late');
  const post = () =>
    supplier.call('POST', uploadsPath(tender), { key: null, headers: { ...TUS, 'upload-length': '5' } });
  expect((await post()).get('code')).toBe('bid-late');
  await api.db.transaction((tx) => moveTo(tx, tender, 'evaluation', { openedAt: tx.now }));
  expect((await post()).get('code')).toBe('bid-late');
  expect(await standingBids(api.db.read, tender, 1)).toEqual([]);
});

it('quotas of a supplier name their limit; that of the procurement does not disclose how much others have uploaded', async () => {
  const { api, tender } = await bidding({
    settings: { bidQuotas: { supplierBytes: 1_000, procurementBytes: 1_500, openUploads: 2, announcedBytes: 5_000 } },
  });
  await using _ = api;
  const [one, two, three, four] = await suppliersOf(api, 4);
  const post = async (member: Member, length: number) => {
    const { status, get } = await member.call('POST', uploadsPath(tender), {
      key: null,
      headers: { ...TUS, 'upload-length': String(length) },
    });
    return [status, get('code'), get('details.limit'), get('details.maximum')];
  };
  const bid = (member: Member, length: number) =>
    member.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: randomBytes(length) });
  expect((await bid(one, 900)).status).toBe(201);
  expect(await post(one, 101)).toEqual([413, 'quota-exceeded', 'supplierBytes', 1_000]);
  expect((await bid(one, 101)).get('code')).toBe('quota-exceeded');
  expect((await post(one, 50))[0]).toBe(201);
  expect((await post(one, 20))[0]).toBe(201);
  expect(await post(one, 1)).toEqual([413, 'quota-exceeded', 'openUploads', 2]);
  // What is asked for, what one has oneself, and what others have only announced do not move the limit of all.
  expect((await post(two, 1_000))[0]).toBe(201);
  expect((await post(three, 1))[0]).toBe(201);
  expect((await bid(four, 600)).status).toBe(201);
  expect(await post(three, 1)).toEqual([413, 'quota-exceeded', 'procurementBytes', 1_500]);
  expect((await post(one, 1))[2]).toBe('openUploads');
});

it('what one supplier has announced is limited over all procurements', async () => {
  const bidQuotas = { ...DEFAULT_SETTINGS.bidQuotas, announcedBytes: 1_000 };
  const { api, tender, purchaser } = await bidding({ settings: { bidQuotas } });
  await using _ = api;
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline: DEADLINE });
  const another = await tenderAt(api.db, 'bidding', draft);
  const [supplier, other] = await suppliersOf(api, 2);
  const first = await begin(supplier, tender, 600);
  const more = () => announce(supplier, another, 401);
  const refused = await more();
  expect([refused.status, refused.get('code'), refused.get('details')]).toEqual([
    413,
    'quota-exceeded',
    { limit: 'announcedBytes', maximum: 1_000, held: 600 },
  ]);
  expect((await announce(other, another, 401)).status).toBe(201);
  expect((await supplier.call('DELETE', first, { headers: TUS })).status).toBe(204);
  expect((await more()).status).toBe(201);
});

describe('a disk with little room', () => {
  const MB = 1_000_000;
  const settings = { diskReserveBytes: 100 * MB, maxFileBytes: 50 * MB };

  it('announcements without bytes take none of it: the bids of others are received', async () => {
    const { api, tender } = await bidding({ settings });
    await using _ = api;
    freeBytes(api, () => 160 * MB);
    const [one, two, three, four, five, other] = await suppliersOf(api, 6);
    for (const supplier of [one, two, three, four, five]) {
      for (let n = 0; n < 9; n += 1) await begin(supplier, tender, 5 * MB);
    }
    expect((await announce(other, tender, 50 * MB)).status).toBe(201);
    const bid = await other.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: randomBytes(1_000) });
    expect(bid.status, bid.text).toBe(201);
  });

  it('small bids may use half of the reserve; the probe fails before any bid is refused', async () => {
    const { api, tender } = await bidding({ settings });
    await using _ = api;
    const [supplier] = await suppliersOf(api, 1);
    const tried = async (free: number) => {
      freeBytes(api, () => free);
      const ready = await api.call('GET', '/ready');
      const answers = [await announce(supplier, tender, 50 * MB), await announce(supplier, tender, 1_000)];
      for (const { headers } of answers) {
        const at = headers.get('location');
        if (at) await supplier.call('DELETE', at, { headers: TUS });
      }
      return [ready.status, ready.get('disk'), ...answers.map(({ status }) => status)];
    };
    expect(await tried(200 * MB)).toEqual([200, true, 201, 201]);
    expect(await tried(200 * MB - 1)).toEqual([503, false, 201, 201]);
    expect(await tried(150 * MB - 1)).toEqual([503, false, 507, 201]);
    expect(await tried(60 * MB)).toEqual([503, false, 507, 507]);
  });

  it('many large files at once leave the reserve free: each is interrupted, and resumed where it stopped', async () => {
    const { api, tender } = await bidding({ settings });
    await using _ = api;
    const [supplier] = await suppliersOf(api, 1);
    const bytes = randomBytes(12 * MB);
    const at = await begin(supplier, tender, bytes.length);
    // Others fill the disk meanwhile.
    freeBytes(api, async () => ((await sizeOf(api, at)) < 2 * MB ? 101 : 99) * MB);
    const refused = await send(supplier, at, 0, bytes).catch(() => null);
    if (refused) expect([refused.status, refused.get('code')]).toEqual([507, 'database-full']);
    freeBytes(api, () => 200 * MB);
    const [, offset] = await offsetOf(supplier, at);
    expect(Number(offset)).toBeLessThan(bytes.length - 1);
    const last = await send(supplier, at, Number(offset), bytes.subarray(Number(offset)));
    expect([last.status, last.get('sha256')]).toEqual([200, sha256(bytes)]);
    // In one request, too: nothing is left of it.
    freeBytes(api, () => 99 * MB);
    const whole = await supplier
      .call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: new Blob([bytes]).stream() })
      .catch(() => null);
    expect(whole?.status ?? 507).toBe(507);
    expect(await readdir(join(api.dataDir, 'blobs', 'incoming'))).toEqual([]);
  });
});

it('a disk that is too full for the largest file refuses files of any size, before the first byte', async () => {
  const { api, tender } = await bidding({ settings: { diskReserveBytes: Number.MAX_SAFE_INTEGER } });
  await using _ = api;
  const supplier = await api.member('supplier');
  const answers = [
    await supplier.call('POST', uploadsPath(tender), { key: null, headers: { ...TUS, 'upload-length': '1' } }),
    await supplier.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: randomBytes(1) }),
  ];
  for (const { status, get } of answers) expect([status, get('code')]).toEqual([507, 'database-full']);
  expect(await lying(api)).toEqual([]);
});

it('uploads may lie in a bucket until they are whole; nothing is left in it', async () => {
  await using bucket = await startTestBucket();
  const { endpoint } = bucket;
  const { api, tender } = await bidding({
    database: {
      uploadBucket: {
        bucket: 'bids',
        region: 'us-east-1',
        endpoint,
        credentials: { accessKeyId: 'somebody', secretAccessKey: 'something' },
      },
    },
  });
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(12_000_000);
  const at = await begin(supplier, tender, bytes.length, sha256(bytes));
  expect((await send(supplier, at, 0, bytes.subarray(0, 6_000_000))).status).toBe(204);
  expect(await offsetOf(supplier, at)).toEqual([200, '6000000']);
  expect((await send(supplier, at, 6_000_000, bytes.subarray(6_000_000, 6_000_100))).status).toBe(204);
  expect(await offsetOf(supplier, at)).toEqual([200, '6000100']);
  const last = await send(supplier, at, 6_000_100, bytes.subarray(6_000_100));
  expect([last.status, last.get('sha256')], last.text).toEqual([200, sha256(bytes)]);
  expect(await api.db.blobs.inspect(sha256(bytes))).toEqual({ sha256: sha256(bytes), size: bytes.length });
  expect([[...bucket.objects.keys()], bucket.underWay()]).toEqual([[], 0]);

  const abandoned = await begin(supplier, tender, 9_000_000);
  await send(supplier, abandoned, 0, randomBytes(5_500_000));
  expect(bucket.underWay()).toBe(1);
  expect((await supplier.call('DELETE', abandoned, { headers: TUS })).status).toBe(204);
  expect([[...bucket.objects.keys()], bucket.underWay()]).toEqual([[], 0]);

  // Killed when the last byte was in the bucket: whole there, and no bid.
  const killed = await begin(supplier, tender, 100, sha256(bytes.subarray(0, 100)));
  await api.db.uploads.store.write(Readable.from([bytes.subarray(0, 100)]), killed.slice(-36), 0);
  expect(await offsetOf(supplier, killed)).toEqual([200, '99']);
  expect((await send(supplier, killed, 99, bytes.subarray(99, 100))).get('version')).toBe(2);
});

it('an upload created at one process is resumed at another, on the same folder', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const bytes = randomBytes(300_000);
  const at = await begin(supplier, tender, bytes.length, sha256(bytes));
  await send(supplier, at, 0, bytes.subarray(0, 120_000));
  await using other = await startTestApi({
    database: { ...api.storage, machineClock: () => DEADLINE - 1_000 },
  });
  const { upload, over } = client(other, supplier, tender, bytes, { uploadUrl: `${other.url}${at}` });
  upload.start();
  await over;
  expect((await supplier.call('GET', at)).get('receipt.sha256')).toBe(sha256(bytes));
});

it('a bid that is not sealed as the tender asks is refused when its last byte is in (办法 26)', async () => {
  const { api, tender } = await bidding();
  await using _ = api;
  const supplier = await api.member('supplier');
  const custodians = await Promise.all(
    CUSTODIANS.map(async (custodian) => ({
      custodian,
      recipient: await identityToRecipient(await generateIdentity()),
    })),
  );
  const sealing: SealingTerms = { format: SEAL_FORMAT, suite: SEAL_SUITES[0], custodians, bidderWindowMinutes: null };
  await api.db.transaction((tx) => tx.q.update(procurements).set({ sealing }).where(eq(procurements.id, tender)));
  const { creditCode } = await organisationById(api.db.read, supplier.organisationId);
  const sealed = async (lotNo: number, bidder = creditCode): Promise<Buffer<ArrayBuffer>> => {
    const contents = new TextEncoder().encode('投标函');
    const { stream } = await sealBid({
      terms: sealing,
      procurementId: tender,
      lotNo,
      bidder,
      figures: { priceFen: 100, periodDays: null, quality: null },
      parts: [
        {
          path: 'bid.pdf',
          mediaType: 'application/pdf',
          size: contents.length,
          open: () => new Blob([contents]).stream(),
        },
      ],
    });
    return Buffer.from(await new Response(stream).arrayBuffer());
  };
  const handIn = async (bytes: Buffer<ArrayBuffer>): Promise<unknown[][]> => {
    const at = await begin(supplier, tender, bytes.length);
    const once = await supplier.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: bytes });
    const pieces = await send(supplier, at, 0, bytes);
    return [once, pieces].map(({ status, get }) => [status, get('code'), get('details.fault'), get('details.rule')]);
  };
  // 电子招标投标办法 26: 未按规定加密的，应当拒收并提示.
  const rule = 'e-encrypt';
  expect(await handIn(randomBytes(2_000))).toEqual([
    [422, 'not-sealed', 'not-a-seal', rule],
    [422, 'not-sealed', 'not-a-seal', rule],
  ]);
  expect(await handIn(await sealed(2))).toEqual([
    [422, 'seal-unfit', 'wrong-lot', rule],
    [422, 'seal-unfit', 'wrong-lot', rule],
  ]);
  // A slip in the code, or the file of another: at the opening it would be a dead bid.
  const another = await sealed(1, creditCodeFrom(77));
  expect(await handIn(another)).toEqual([
    [422, 'seal-unfit', 'wrong-bidder', rule],
    [422, 'seal-unfit', 'wrong-bidder', rule],
  ]);
  const told = await supplier.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: another });
  expect(told.get('messageZh')).toContain(creditCode);
  expect(await lying(api)).toEqual([]);
  expect((await handIn(await sealed(1))).map(([status]) => status)).toEqual([201, 200]);
});
