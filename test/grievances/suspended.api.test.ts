import { expect, it } from 'vitest';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { replyToGrievance } from '../../services/grievances/reply.ts';
import { verifyReceipt } from '../../proofs/receipt.ts';
import { startTestApi, type Member } from '../setup/api.ts';
import { testSigner } from '../setup/signer.ts';
import { peopleOf } from '../setup/tenders/played.ts';
import { custodiansWithKeys, sealedBid } from '../setup/tenders/sealed.ts';
import {
  advance,
  bid,
  decide,
  handClock,
  obtainDocuments,
  people,
  publishedTender,
  reportOn,
} from '../setup/tenders/tender.ts';

const clock = handClock('2026-02-01');
const started = async () => {
  clock.set('2026-02-01');
  const api = await startTestApi({ database: { machineClock: clock.read } });
  return { api, who: await people(api.db, 4) };
};

// An objection to the documents suspends the activity until it is replied to (招标投标法实施条例 22), and three days are the
// purchaser's for that: filed on 9 April, the last is Sunday the 12th, so Monday the 13th.
it('a tender that is suspended says so wherever it is shown: since when, why, by which article, and what follows', async () => {
  const { api, who } = await started();
  await using _ = api;
  const supplier = await api.member('supplier');
  const { id } = await publishedTender(api.db, clock, who, 'tendering');
  const path = `/api/procurements/${id}`;
  const early = await api.call('GET', `${path}/opening`);
  expect([early.status, early.get('details.reason')]).toEqual([403, 'before-opening']);
  expect((await api.call('GET', path)).get('suspensions')).toEqual([]);

  clock.set('2026-04-09T10:00:07.200+08:00');
  await obtainDocuments(api.db, who, 0, id);
  const { id: grievanceId } = await api.db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(0), {
      ...{ procurementId: id, lotNo: 0, target: 'documents', textZh: '理由见附件' },
      organisationId: String(who.suppliers[0]?.id),
    }),
  );
  const suspended = {
    lotNo: 0,
    milestone: 'bid-deadline',
    by: 'objection',
    since: '2026-04-09T10:00:07.200+08:00',
    rule: 'works-objection-reply-docs',
    law: '招标投标法实施条例',
    article: '22',
    replyDueAt: '2026-04-13T23:59:59.999+08:00',
    why: { zh: '对招标文件的异议尚未答复', en: 'An objection to the documents has no reply yet' },
  };
  // After the deadline of 20 April 09:00, which has not passed.
  clock.set('2026-04-20T10:00+08:00');
  await advance(api.db, id);
  const shown = await api.call('GET', path);
  expect(shown.body).toMatchObject({ stage: 'bidding', suspensions: [suspended], lots: [{ suspensions: [] }] });
  expect(shown.get('suspensions.0.next.zh')).toMatch(
    /^答复期限已于 2026-04-13 24:00 届满.*顺延至工作日的原定时刻并公告.*可以递交/,
  );
  expect((await api.call('GET', '/api/procurements')).body).toMatchObject({ items: [{ suspensions: [suspended] }] });

  const timeline = (await api.call('GET', `${path}/timeline`)).get('items') as Record<string, unknown>[];
  const standing = timeline.filter(({ state }) => state === 'suspended');
  expect(standing.map(({ key }) => key).sort()).toEqual([
    'amendment-latest',
    'bid-deadline',
    'objection-documents-end',
    'opening',
  ]);
  for (const each of standing) expect(each).toMatchObject({ dueAt: null, suspensions: [suspended] });
  expect(timeline.find(({ key }) => key === 'documents-until')).toMatchObject({ suspensions: [] });

  const opening = await api.call('GET', `${path}/opening`);
  expect([opening.status, opening.body]).toMatchObject([
    200,
    { state: 'suspended', since: suspended.since, suspensions: [suspended], items: [], custodians: [] },
  ]);
  const notice = (await api.call('GET', `/api/notices?procurementId=${id}&kind=suspension`)).get('items.0');
  expect(notice).toMatchObject({ titleZh: expect.stringContaining('暂停公告') as string });
  const page = await api.call('GET', `/notices/${(notice as { id: string }).id}`);
  expect(page.text).toContain('2026年4月9日（星期四）10:00<');

  expect((await api.call('GET', `${path}/sealing`)).get('bidDeadline')).toBeNull();

  // A bid of now is in time, and its receipt is good.
  const handed = await supplier.call('POST', `${path}/lots/1/bids`, { body: Buffer.from('sealed') });
  expect([handed.status, handed.get('deadline')]).toEqual([201, null]);
  const { publicJwk } = await testSigner();
  const receipt = handed.body as { signed: string };
  const { statement, faults } = await verifyReceipt(receipt, null, [publicJwk]);
  expect([statement.deadline, faults]).toEqual([null, []]);
  expect((await supplier.call('GET', `/api/receipts/${String(handed.get('bidId'))}/receipt.pdf`)).status).toBe(200);

  clock.set('2026-04-21T08:00+08:00');
  await api.db.transaction((tx) =>
    replyToGrievance(tx, who.asPurchaser, grievanceId, { outcome: 'rejected', effect: 'none', textZh: '答复如下' }),
  );
  expect((await api.call('GET', path)).get('suspensions')).toEqual([]);
  expect((await api.call('GET', `${path}/opening`)).status).toBe(403);
  // Eleven days and 22 hours after the 20th at 09:00: 2 May; off until the 5th.
  const resumed = (await api.call('GET', `/api/notices?procurementId=${id}&kind=amendment`)).get(
    'items.0.id',
  ) as string;
  expect((await api.call('GET', `/notices/${resumed}`)).text).toContain('2026年5月6日（星期三）09:00<');
  // What has ended stays listed: for the public, on the timeline, and on the pages of the notices.
  const { since, until: _open, ...told } = { ...suspended, until: null };
  const { replyDueAt: _due, why: _why, ...cited } = told;
  const past = {
    ...cited,
    since,
    until: '2026-04-21T08:00:00+08:00',
    why: { zh: '对招标文件的异议', en: 'An objection to the documents' },
    dueBefore: '2026-04-20T09:00:00+08:00',
    dueAfter: '2026-05-06T09:00:00+08:00',
    movedMinutes: 16 * 24 * 60,
  };
  expect((await api.call('GET', path)).get('pastSuspensions')).toMatchObject([past]);
  const after = (await api.call('GET', `${path}/timeline`)).get('items') as { key: string }[];
  expect(after.find(({ key }) => key === 'bid-deadline')).toMatchObject({ suspensions: [], pastSuspensions: [past] });
  expect(after.find(({ key }) => key === 'documents-until')).toMatchObject({ pastSuspensions: [] });
  const call = (await api.call('GET', `/api/notices?procurementId=${id}&kind=tender`)).get('items.0.id') as string;
  expect((await api.call('GET', `/notices/${call}`)).text).toMatch(
    /本项目已结束的暂停：.*2026-04-09 10:00 至 2026-04-21 08:00，对招标文件的异议（招标投标法实施条例第22条）；由 2026-04-20 09:00 顺延至 2026-05-06 09:00/,
  );
  const replaced = await supplier.call('POST', `${path}/lots/1/bids`, { body: Buffer.from('sealed again') });
  expect(replaced.get('deadline')).toBe('2026-05-06T09:00:00+08:00');
});

// A query suspends the signing of the contract (政府采购法实施条例 54), and a supervisor may pause an opening (94令 28,
// `gp-complaint-suspend-effect`; of works 条例 62, `works-complaint-suspend`).
it('a lot whose contract is suspended, and an opening that a supervisor has paused, say so too', async () => {
  const { api, who } = await started();
  await using _ = api;
  const { id } = await publishedTender(api.db, clock, who, 'government');
  clock.set('2026-03-18T10:00+08:00');
  const bids = [];
  for (const index of [0, 1, 2]) bids.push(await bid(api.db, who, index, id));
  clock.set('2026-04-08T09:30+08:00');
  await advance(api.db, id);
  const act = (kind: 'report' | 'award', payload: object) =>
    decide(api.db, who.asPurchaser, { procurementId: id, lotNo: 1, kind, payload: payload as never });
  clock.set('2026-04-09T10:00+08:00');
  await act('report', reportOn(bids, parseInstant('2026-04-08T17:00:00+08:00')));
  await act('award', { bidId: String(bids[0]?.id), ground: null, reasonZh: null });
  clock.set('2026-04-13T10:00+08:00');
  await api.db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(1), {
      ...{ procurementId: id, lotNo: 1, target: 'result', textZh: '理由见附件' },
      organisationId: String(who.suppliers[1]?.id),
    }),
  );
  const suspended = {
    ...{ lotNo: 1, milestone: 'contract', by: 'query', since: formatInstant(clock.read()) },
    ...{ rule: 'gp-challenge-suspend-contract', law: '政府采购法实施条例', article: '54' },
    why: { zh: '对中标结果的质疑尚未答复' },
  };
  const shown = await api.call('GET', `/api/procurements/${id}`);
  expect(shown.body).toMatchObject({
    suspensions: [suspended],
    lots: [{ stage: 'contract', suspensions: [suspended] }],
  });
  expect(shown.get('suspensions.0.next.zh')).toContain('此前不得签订合同');
  const timeline = (await api.call('GET', `/api/procurements/${id}/timeline`)).get('items') as { key: string }[];
  expect(timeline.find(({ key }) => key === 'contract')).toMatchObject({ state: 'suspended', dueAt: null });
  // The law asks for no notice of it.
  expect((await api.call('GET', `/api/notices?procurementId=${id}&kind=suspension`)).get('items')).toEqual([]);

  await custodiansWithKeys(api.db);
  const open = { documentsFrom: null, documentsUntil: null, bidDeadline: null };
  const noticeAt = parseInstant('2026-05-11T09:00:00+08:00');
  const paused = await publishedTender(api.db, clock, who, 'tendering', { ...open, noticeAt });
  const supervisor = await api.member('supervisor');
  const path = `/api/procurements/${paused.id}`;
  await supervisor.call('POST', `${path}/opening/pause`, { json: { reasonZh: '接到举报' } });
  const order = { milestone: 'opening', by: 'supervisor', article: '62', replyDueAt: null };
  expect((await api.call('GET', path)).body).toMatchObject({ suspensions: [order] });
  expect((await api.call('GET', `${path}/opening`)).body).toMatchObject({ state: 'paused', suspensions: [order] });
  // Bids close on time: the deadline runs.
  const items = (await api.call('GET', `${path}/timeline`)).get('items') as { key: string }[];
  expect(items.find(({ key }) => key === 'bid-deadline')).toMatchObject({ state: 'planned', suspensions: [] });
  expect(items.find(({ key }) => key === 'opening')).toMatchObject({ state: 'planned', suspensions: [order] });

  // 10号令 20: what is suspended is announced, and so is its end.
  const noticeOf = async (kind: string): Promise<Record<string, unknown>> =>
    (await api.call('GET', `/api/notices?procurementId=${paused.id}&kind=${kind}`)).get('items.0') as never;
  const announced = await noticeOf('suspension');
  expect(announced.titleZh).toMatch(/暂停公告$/);
  expect(announced.content).toMatchObject({
    ...{ milestone: 'opening', law: '招标投标法实施条例', article: '62', replyDueAt: null },
    whyZh: '监督部门已暂停开标：接到举报',
  });
  expect((await api.call('GET', `/notices/${String(announced.id)}`)).text).toContain('本项目现在暂停：');
  clock.set('2026-05-12T10:00+08:00');
  await supervisor.call('POST', `${path}/opening/resume`);
  const ended = await noticeOf('amendment');
  expect(ended.titleZh).toMatch(/恢复开标公告$/);
  expect((ended.content as { textZh: string }).textZh).toMatch(/已于 2026-05-12 10:00 恢复；投标截止时间不变/);
  const past = {
    ...{ milestone: 'opening', by: 'supervisor', article: '62', until: '2026-05-12T10:00:00+08:00' },
    ...{ dueBefore: null, dueAfter: null, movedMinutes: 0 },
  };
  const shownAfter = await api.call('GET', path);
  expect(shownAfter.body).toMatchObject({ suspensions: [], pastSuspensions: [past] });
  // By whom: in what role, and no more.
  expect(JSON.stringify(shownAfter.get('pastSuspensions'))).not.toContain(supervisor.organisationId);
});

// 94令 28 has it notified to those who must stop, and no article asks for a public notice of it.
it('where the law asks for no notice, those who bid are told of a pause and of its end, as are those who must stop', async () => {
  clock.set('2026-02-01');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  await custodiansWithKeys(api.db);
  const purchaser = await api.member('purchaser');
  const bidder = await api.member('supplier');
  const another = await api.member('supplier');
  const supervisor = await api.member('supervisor');
  const who = await peopleOf(api, purchaser, [bidder]);
  const { id } = await publishedTender(api.db, clock, who, 'government');
  clock.set('2026-03-18T10:00+08:00');
  await sealedBid(api.db, who, 0, id);
  const path = `/api/procurements/${id}`;
  const told = async (person: Member): Promise<unknown[]> =>
    ((await person.call('GET', '/api/notifications')).get('items') as { kind: string; detail: unknown }[])
      .filter(({ kind }) => kind.startsWith('opening.'))
      .map(({ kind, detail }) => [kind, detail]);
  await supervisor.call('POST', `${path}/opening/pause`, { json: { reasonZh: '核查投诉' } });
  const [paused, resumed] = ['opening.paused', 'opening.resumed'].map((kind) => [kind, { procurementId: id }]);
  for (const person of [purchaser, bidder]) expect(await told(person)).toEqual([paused]);
  expect((await api.call('GET', path)).get('suspensions.0')).toMatchObject({ by: 'supervisor', article: '28(2)' });
  clock.set('2026-03-19T10:00+08:00');
  await supervisor.call('POST', `${path}/opening/resume`);
  for (const person of [purchaser, bidder]) expect(await told(person)).toEqual([resumed, paused]);
  expect(await told(another)).toEqual([]);
  for (const kind of ['suspension', 'amendment']) {
    expect((await api.call('GET', `/api/notices?procurementId=${id}&kind=${kind}`)).get('items')).toEqual([]);
  }
  expect((await api.call('GET', path)).get('pastSuspensions')).toHaveLength(1);
});
