import { expect, it } from 'vitest';
import { startTestApi, type Member } from '../setup/api.ts';
import {
  addFile,
  addTenderDocument,
  advance,
  at,
  fileOf,
  handClock,
  reportOn,
  setFigures,
} from '../setup/tenders/tender.ts';
import { INQUIRY_TOLD } from '../setup/tenders/particulars.ts';
import type { Actor } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import { submitBid } from '../../services/bids/submit.ts';
import { deliverReport } from '../../services/evaluation/report.ts';

const actor = ({ role, organisationId, accountId }: Member): Actor => ({
  ...{ role, organisationId, accountId },
  address: null,
  requestId: null,
});

/** An inquiry with an offer of each of its three suppliers, before they are opened. */
async function offered() {
  const clock = handClock('2026-04-23T10:00+08:00');
  const api = await startTestApi({ database: { machineClock: clock.read } });
  await setFigures(api.db);
  const purchaser = await api.member('purchaser');
  const supervisor = await api.member('supervisor');
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  const drafted = await purchaser.call('POST', '/api/procurements', {
    json: {
      title: '办公椅询价采购',
      ...{ regime: 'government', procedure: 'inquiry', kind: 'goods', mandatory: false, budgetFen: 400_000_00 },
      contentZh: '办公椅一批。',
      particulars: INQUIRY_TOLD,
      intentionAt: '2026-03-01T09:00:00+08:00',
      noticeAt: '2026-04-24T09:00:00+08:00',
      bidDeadline: '2026-04-30T09:00:00+08:00',
      methodGround: { case: 1 },
      invitees: suppliers.map(({ organisationId }) => ({ organisationId, source: 'database' })),
      lots: [{ no: 1, title: '办公椅', budgetFen: 400_000_00 }],
    },
  });
  expect(drafted.status).toBe(201);
  const id = String(drafted.get('id'));
  await addTenderDocument(api.db, actor(purchaser), id);
  const launched = await purchaser.call('POST', `/api/procurements/${id}/launch`);
  expect([launched.status, launched.get('procurement.documentsUntil')]).toEqual([200, null]);
  clock.set('2026-04-24T09:00+08:00');
  await advance(api.db, id);
  const bids: Bid[] = [];
  for (const supplier of suppliers) {
    const file = await fileOf(api.db, `offer of ${supplier.organisationId}`);
    const place = { procurementId: id, lotNo: 1, supplierId: supplier.organisationId };
    bids.push(await api.db.transaction((tx) => submitBid(tx, actor(supplier), { ...place, file })));
  }
  return { api, clock, purchaser, supervisor, suppliers, bids, id };
}

it('of an inquiry what was opened stays with who runs and supervises it until the result; a second offer is refused before its bytes are stored (74令 46, 49)', async () => {
  const { api, clock, purchaser, supervisor, suppliers, bids, id } = await offered();
  await using _ = api;
  const [first] = suppliers as [Member];
  const again = await first.call('POST', `/api/procurements/${id}/lots/1/bids`, {
    body: Buffer.from('a second offer'),
    headers: { 'content-type': 'application/octet-stream' },
  });
  expect([again.status, again.get('code'), again.get('details.rule')]).toEqual([
    409,
    'offer-made',
    'inq-one-shot-price',
  ]);

  // At another stage an act is refused with the rule of its procedure.
  const award = { json: { bidId: String(bids[0]?.id) } };
  const early = await purchaser.call('POST', `/api/procurements/${id}/lots/1/award`, award);
  expect([early.status, early.get('details.law'), early.get('details.article')]).toEqual([403, '财政部令74号', '49']);
  expect(early.text).not.toMatch(/招标投标法|87号/);

  clock.set('2026-04-30T09:00+08:00');
  await advance(api.db, id);
  const opening = `/api/procurements/${id}/opening`;
  for (const stranger of [api, first]) {
    const refused = await stranger.call('GET', opening);
    expect([refused.status, refused.get('details.reason')]).toEqual([403, 'before-result']);
    const notices = (await stranger.call('GET', `/api/notices?procurementId=${id}`)).get('items') as { kind: string }[];
    expect(notices.map(({ kind }) => kind)).toEqual(['invitation']);
  }
  const objection = { json: { textZh: '异议' } };
  const objected = await first.call('POST', `/api/procurements/${id}/lots/1/opening/objections`, objection);
  expect([objected.status, objected.get('code')]).toEqual([403, 'forbidden']);
  for (const insider of [purchaser, supervisor]) {
    const read = await insider.call('GET', opening);
    expect([read.status, read.get('items.0.bidders')]).toEqual([200, 3]);
  }

  const centre = await api.member('centre');
  const file = `/api/procurements/${id}/lots/1/bids/${String(bids[0]?.id)}/file`;
  expect((await centre.call('GET', file)).get('details.reason')).toBe('before-result');
  expect((await supervisor.call('GET', file)).status).toBe(200);

  clock.set('2026-05-06T10:00+08:00');
  const ranked = reportOn(bids, at('2026-04-30T17:00+08:00'));
  const candidates = ranked.candidates.map((each, index) => ({ ...each, priceFen: 380_000_00 + index, score: null }));
  const report = { ...ranked, candidates, documentId: await addFile(api.db, id, 'report') };
  await api.db.transaction((tx) => deliverReport(tx, actor(purchaser), { procurementId: id, lotNo: 1 }, report));
  expect((await api.call('GET', opening)).status).toBe(403);
  clock.set('2026-05-13T00:00+08:00');
  await advance(api.db, id, 1);
  expect((await api.call('GET', opening)).get('items.0.bidders')).toBe(3);
  const { text } = await api.call('GET', `/api/notices?procurementId=${id}`);
  expect(text).toContain('响应文件开启记录');
});

it('of an inquiry that is terminated after the opening nobody else ever sees what was offered', async () => {
  const { api, clock, purchaser, supervisor, id } = await offered();
  await using _ = api;
  clock.set('2026-04-30T09:00+08:00');
  await advance(api.db, id);
  const ended = await purchaser.call('POST', `/api/procurements/${id}/termination`, {
    json: { ground: 'no-longer-fits', reasonZh: '规格无法统一' },
  });
  expect(ended.status).toBe(200);
  const opening = `/api/procurements/${id}/opening`;
  expect((await api.call('GET', opening)).get('details.reason')).toBe('before-result');
  expect((await supervisor.call('GET', opening)).status).toBe(200);
});
