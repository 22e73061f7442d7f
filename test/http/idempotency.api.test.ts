import { ReadableStream } from 'node:stream/web';
import { expect, it } from 'vitest';
import { questionsOf } from '../../db/questions.ts';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import { decisions } from '../../db/schema/sqlite.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { addTenderDocument } from '../setup/tenders/tender.ts';

/** While the tender takes bids. */
const inTime = { database: { machineClock: () => Date.parse('2026-03-05T10:00:00+08:00') } };
const organisation = { name: '某区财政局', creditCode: '11110000MB1234567K' };

it('every POST but sign-in names its key', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const answer = await administrator.call('POST', '/api/organisations', { json: organisation, key: null });
  expect([answer.status, answer.get('code')]).toEqual([400, 'idempotency-key-missing']);
  expect(answer.get('messageZh')).toContain('Idempotency-Key');
});

it('the same request sent twice acts once, even when the first has made it impossible; another is refused', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const first = await administrator.call('POST', '/api/organisations', { json: organisation, key: 'one' });
  const again = await administrator.call('POST', '/api/organisations', { json: organisation, key: 'one' });
  expect(again.body).toEqual(first.body);
  expect([again.status, again.headers.get('location')]).toEqual([201, first.headers.get('location')]);
  expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
    null,
    'true',
  ]);
  const other = await administrator.call('POST', '/api/organisations', {
    json: { ...organisation, name: '另一单位', creditCode: '11110000MB1234568N' },
    key: 'one',
  });
  expect([other.status, other.get('code')]).toEqual([422, 'idempotency-conflict']);
  const fresh = await administrator.call('POST', '/api/organisations', { json: organisation, key: 'two' });
  expect([fresh.status, fresh.get('code')]).toEqual([409, 'already-exists']);
  const made = (await auditAfter(api.db.read, 0, 100)).filter(({ action }) => action === 'organisation.create');
  expect(made).toHaveLength(2);
});

it('keys are each person’s own', async () => {
  await using api = await startTestApi();
  const one = await api.member('administrator');
  const another = await api.member('administrator');
  const first = await one.call('POST', '/api/organisations', { json: organisation, key: 'the-key' });
  const second = await another.call('POST', '/api/organisations', {
    json: { ...organisation, creditCode: '11110000MB1234568N' },
    key: 'the-key',
  });
  expect([first.status, second.status]).toEqual([201, 201]);
});

it('a request that failed without effect gives its key back', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const wrong = await administrator.call('POST', '/api/organisations', {
    json: { ...organisation, creditCode: 'x' },
    key: 'k',
  });
  const right = await administrator.call('POST', '/api/organisations', { json: organisation, key: 'k' });
  expect([wrong.status, right.status]).toEqual([422, 201]);
});

it('of many sent together one is executed, and the others must wait or get its answer', async () => {
  await using api = await startTestApi(inTime);
  const purchaser = await api.member('purchaser');
  const supplier = await api.member('supplier');
  const id = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  const ask = () =>
    supplier.call('POST', `/api/procurements/${id}/questions`, { json: { textZh: '工期可否顺延？' }, key: 'ask' });
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].filter((status) => status !== 201 && status !== 409)).toEqual([]);
  for (const waiting of answers.filter(({ status }) => status === 409)) {
    expect([waiting.get('code'), waiting.headers.get('retry-after')]).toEqual(['request-in-progress', '1']);
  }
  expect(await questionsOf(api.db.read, id)).toHaveLength(1);
  expect((await ask()).headers.get('idempotency-replayed')).toBe('true');
});

const termination = { ground: 'force-majeure', reasonZh: '地震致使场地灭失' };

/** A tender that takes bids, and what is kept of what its purchaser decides. */
async function terminating(api: TestApi) {
  const purchaser = await api.member('purchaser');
  const id = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  return {
    id,
    terminate: (json: object, key: string) =>
      purchaser.call('POST', `/api/procurements/${id}/termination`, { json, key }),
    kept: () => Promise.all([api.db.read.select().from(decisions), auditAfter(api.db.read, 0, 1_000)]),
  };
}

it('a decision sent again acts once, and is answered as it was', async () => {
  await using api = await startTestApi(inTime);
  const { terminate, kept } = await terminating(api);
  const first = await terminate(termination, 'terminate');
  expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
  const once = await kept();
  const again = await terminate(termination, 'terminate');
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('content-location')).toBe(first.headers.get('content-location'));
  expect(await kept()).toEqual(once);
  expect(once[0]).toMatchObject([{ id: first.get('id'), kind: 'terminate', payload: termination }]);
  const anew = await terminate(termination, 'another');
  expect([anew.status, anew.get('details.reason')]).toEqual([403, 'stage']);
});

it('a decision sent many times at once acts once', async () => {
  await using api = await startTestApi(inTime);
  const { terminate, kept } = await terminating(api);
  const answers = await Promise.all(Array.from({ length: 10 }, () => terminate(termination, 'terminate')));
  for (const { status, get } of answers) {
    expect(status).toBeOneOf([200, 409]);
    if (status === 409) expect(get('code')).toBe('request-in-progress');
  }
  const [made] = await kept();
  expect(made).toHaveLength(1);
});

it('a refused decision is a problem with its article, leaves nothing, and gives its key back', async () => {
  await using api = await startTestApi(inTime);
  const { terminate, kept } = await terminating(api);
  const before = await kept();
  // A ground of inquiries (财政部令74号 50), and none of works.
  const unlawful = { ground: 'no-longer-fits', reasonZh: '不再符合' };
  for (let time = 1; time <= 2; time += 1) {
    const refused = await terminate(unlawful, 'terminate');
    expect([refused.status, refused.get('code'), refused.get('details.article')]).toEqual([422, 'unlawful', '15(4)']);
    expect(refused.headers.get('content-type')).toMatch(/problem\+json/);
    // Nothing was kept of it: it is judged each time, by the law and the tender of its instant.
    expect(refused.headers.get('idempotency-replayed')).toBeNull();
  }
  expect(await kept()).toEqual(before);
  expect((await terminate(termination, 'terminate')).status).toBe(200);
});

it('a launch whose answer was lost on the way is answered again, not refused for its stage', async () => {
  await using api = await startTestApi({ database: { machineClock: () => Date.parse('2026-03-01T04:00:00Z') } });
  const purchaser = await api.member('purchaser');
  const id = await tenderAt(api.db, 'draft', draftOf({ purchaserId: purchaser.organisationId }));
  await addTenderDocument(api.db, UNATTENDED, id);
  const first = await purchaser.call('POST', `/api/procurements/${id}/launch`, { key: 'launch' });
  const again = await purchaser.call('POST', `/api/procurements/${id}/launch`, { key: 'launch' });
  expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true']);
  expect(again.body).toEqual(first.body);
  const anew = await purchaser.call('POST', `/api/procurements/${id}/launch`, { key: 'another' });
  expect([anew.status, anew.get('details.reason')]).toEqual([403, 'stage']);
});

/** Bytes of unknown length, which come in chunks. */
const inChunks = (bytes: Buffer): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 40_000) controller.enqueue(bytes.subarray(at, at + 40_000));
      controller.close();
    },
  });

it.each(['bids', 'documents', 'bank statements'] as const)('the key sees the bytes of a file: %s', async (what) => {
  await using api = await startTestApi(inTime);
  const purchaser = await api.member('purchaser');
  const id = await tenderAt(
    api.db,
    what === 'bids' ? 'bidding' : 'draft',
    draftOf({ purchaserId: purchaser.organisationId }),
  );
  const csv = (yuan: string) => Buffer.from(`流水号,贷方发生额,交易时间,附言\nT1,${yuan},2026-03-01 08:15:00,保证金\n`);
  const [path, who, first, other] = {
    bids: [
      `/procurements/${id}/lots/1/bids`,
      await api.member('supplier'),
      Buffer.alloc(100_000, 1),
      Buffer.alloc(100_000, 2),
    ],
    documents: [
      `/procurements/${id}/documents?name=a.pdf`,
      purchaser,
      Buffer.alloc(100_000, 1),
      Buffer.alloc(100_000, 2),
    ],
    'bank statements': ['/deposits/import', await api.member('centre'), csv('1.00'), csv('2.00')],
  }[what] as [string, Member, Buffer, Buffer];
  const send = (body: Buffer | ReadableStream<Uint8Array>) => who.call('POST', `/api${path}`, { body, key: 'file' });
  const made = await send(first);
  expect([made.status, made.headers.get('idempotency-replayed')]).toEqual([
    what === 'bank statements' ? 200 : 201,
    null,
  ]);
  for (const again of [first, inChunks(first)]) {
    const same = await send(again);
    expect([same.status, same.headers.get('idempotency-replayed')]).toEqual([made.status, 'true']);
    expect(same.body).toEqual(made.body);
  }
  for (const another of [other, inChunks(other), Buffer.concat([first, Buffer.from('x')])]) {
    const refused = await send(another);
    expect([refused.status, refused.get('code')]).toEqual([422, 'idempotency-conflict']);
  }
});
