import { eq } from 'drizzle-orm';
import type { Database } from '../../db/access/database.ts';
import { insertCalls, insertDraw } from '../../db/committees/draws.ts';
import { expertsOf } from '../../db/committees/experts.ts';
import { experts } from '../../db/schema/sqlite.ts';
import { newCall } from '../../services/committees/calls.ts';
import { CENTRE, expertGiven, poolOf } from '../setup/tenders/committees.ts';
import { expect, it } from 'vitest';
import { obtainersOf } from '../../db/documents.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { startTestApi } from '../setup/api.ts';
import { choiceOf, peopleOf, played } from '../setup/tenders/played.ts';
import { advance, decide, handClock, publish, reportOn } from '../setup/tenders/tender.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { draftOf, tenderAt, moveTo } from '../setup/tenders/tenders.ts';

const FROM = parseInstant('2026-03-02T09:00:00+08:00');
const UNTIL = parseInstant('2026-03-09T17:00:00+08:00');

it('documents are uploaded, obtained in their period, and who has them may have them again', async () => {
  let now = FROM - 1;
  await using api = await startTestApi({ database: { machineClock: () => now } });
  const purchaser = await api.member('purchaser');
  const [supplier, latecomer] = [await api.member('supplier'), await api.member('supplier')];
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { documentsFrom: FROM, documentsUntil: UNTIL });
  const tender = await tenderAt(api.db, 'draft', draft);
  const uploaded = await purchaser.call(
    'POST',
    `/api/procurements/${tender}/documents?name=${encodeURIComponent('招标文件.pdf')}`,
    {
      body: new TextEncoder().encode('%PDF-1.7 …'),
      headers: { 'content-type': 'application/pdf' },
    },
  );
  expect([uploaded.status, uploaded.get('kind')]).toEqual([201, 'tender-documents']);
  const content = `/api/procurements/${tender}/documents/${String(uploaded.get('id'))}/content`;
  expect((await supplier.call('GET', content)).status).toBe(404);
  await api.db.transaction(async (tx) => {
    await moveTo(tx, tender, 'launched');
    await moveTo(tx, tender, 'bidding');
  });

  const early = await supplier.call('GET', content);
  expect([early.status, early.get('details.documentsFrom')]).toEqual([409, '2026-03-02T09:00:00+08:00']);
  now = FROM;
  const obtained = await supplier.call('GET', content);
  expect([obtained.status, obtained.text]).toEqual([200, '%PDF-1.7 …']);
  expect(obtained.headers.get('content-type')).toBe('application/pdf');
  // A download that broke off goes on (RFC 9110 14.2); what is no range of bytes means the whole.
  for (const [range, status, text, of] of [
    ['bytes=1-3', 206, 'PDF', 'bytes 1-3/12'],
    ['bytes=5-', 206, '1.7 …', 'bytes 5-11/12'],
    ['bytes=-3', 206, '…', 'bytes 9-11/12'],
    ['bytes=0-99', 206, '%PDF-1.7 …', 'bytes 0-11/12'],
    ['bytes=3-1', 200, '%PDF-1.7 …', null],
    ['bytes=0-1,3-4', 200, '%PDF-1.7 …', null],
    ['pages=1-2', 200, '%PDF-1.7 …', null],
    ['bytes=12-', 416, expect.stringContaining('range-not-satisfiable'), 'bytes */12'],
    ['bytes=-0', 416, expect.stringContaining('range-not-satisfiable'), 'bytes */12'],
  ] as const) {
    const part = await supplier.call('GET', content, { headers: { range } });
    expect([range, part.status, part.text, part.headers.get('content-range')]).toEqual([range, status, text, of]);
  }
  expect(obtained.headers.get('accept-ranges')).toBe('bytes');
  // If-Range (RFC 9110 13.1.5): the part of these bytes, or else the whole; a weak tag and a date never match.
  const tag = String(obtained.headers.get('etag'));
  expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
  for (const [condition, status] of [
    [tag, 206],
    [`W/${tag}`, 200],
    ['"another"', 200],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 200],
  ] as const) {
    const part = await supplier.call('GET', content, { headers: { range: 'bytes=1-3', 'if-range': condition } });
    expect([condition, part.status]).toEqual([condition, status]);
  }
  expect(obtained.headers.get('content-disposition')).toContain(encodeURIComponent('招标文件.pdf'));
  now = UNTIL + 1;
  expect((await supplier.call('GET', content)).status).toBe(200);
  const late = await latecomer.call('GET', content);
  expect([late.status, late.get('details.documentsUntil')]).toEqual([409, '2026-03-09T17:00:00+08:00']);
  expect(await obtainersOf(api.db.read, tender)).toMatchObject([{ organisationId: supplier.organisationId, at: FROM }]);

  const secret = await purchaser.call('GET', `/api/procurements/${tender}/obtainers`);
  expect([secret.status, secret.get('details.reason')]).toEqual([403, 'before-opening']);
  await api.db.transaction((tx) => moveTo(tx, tender, 'evaluation', { openedAt: tx.now }));
  const told = await purchaser.call('GET', `/api/procurements/${tender}/obtainers`);
  expect(told.get('items')).toMatchObject([{ organisationId: supplier.organisationId }]);
});

it('once announced, documents change by an amendment, which suppliers see when it is published', async () => {
  await using api = await startTestApi({ database: { machineClock: () => FROM } });
  const purchaser = await api.member('purchaser');
  const supplier = await api.member('supplier');
  const tender = await tenderAt(
    api.db,
    'bidding',
    draftOf({ purchaserId: purchaser.organisationId }, { documentsFrom: FROM }),
  );
  const upload = (query: string) =>
    purchaser.call('POST', `/api/procurements/${tender}/documents?${query}`, { body: new TextEncoder().encode('…') });
  const sneaked = await upload('name=x.pdf&kind=tender-documents');
  expect([sneaked.status, sneaked.get('code')]).toEqual([409, 'stage-conflict']);
  const amendment = await upload('name=bu-yi.pdf&kind=amendment');
  const documentId = String(amendment.get('id'));
  const list = async () => (await supplier.call('GET', `/api/procurements/${tender}/documents`)).get('items');
  expect(await list()).toEqual([]);
  const content = `/api/procurements/${tender}/documents/${documentId}/content`;
  expect((await supplier.call('GET', content)).status).toBe(404);
  await publish(api.db, UNATTENDED, {
    procurementId: tender,
    lotNo: 0,
    kind: 'amendment',
    titleZh: '澄清公告',
    content: { documentIds: [documentId] },
  });
  expect(await list()).toMatchObject([{ id: documentId }]);
  expect((await supplier.call('GET', content)).status).toBe(200);
  expect((await upload('name=')).status).toBe(422);
  expect((await upload('name=a%0Ab')).status).toBe(422);
});

// @rule works30-answers-to-all
it('a question is answered to everybody, without its asker', async () => {
  await using api = await startTestApi({ database: { machineClock: () => FROM } });
  const purchaser = await api.member('purchaser');
  const [asker, other] = [await api.member('supplier'), await api.member('supplier')];
  const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  const path = `/api/procurements/${tender}/questions`;
  const asked = await asker.call('POST', path, { json: { textZh: '暂估价是否计入？' } });
  expect([asked.status, asked.get('own')]).toEqual([201, true]);
  const seenBy = async (person: { call: typeof api.call }) =>
    ((await person.call('GET', path)).get('items') as unknown[]).length;
  expect([await seenBy(asker), await seenBy(other), await seenBy(purchaser), await seenBy(api)]).toEqual([1, 0, 1, 0]);
  const toPurchaser = await purchaser.call('GET', path);
  expect(toPurchaser.text).not.toContain(asker.organisationId);

  const answer = () =>
    purchaser.call('POST', `${path}/${String(asked.get('id'))}/answer`, {
      json: { answerZh: '计入。', affectsBids: false },
    });
  const answered = await answer();
  expect([answered.status, answered.get('question.answerZh')]).toEqual([200, '计入。']);
  expect([await seenBy(other), await seenBy(api)]).toEqual([1, 1]);
  const again = await answer();
  expect([again.status, again.get('code')]).toEqual([409, 'already-exists']);
  const notice = await api.call('GET', `/api/notices/${String(answered.get('noticeId'))}`);
  expect(notice.body).toMatchObject({ kind: 'clarification', version: 1, content: { answerZh: '计入。' } });
  expect(notice.text).not.toContain(asker.organisationId);
  const board = await api.call('GET', `/api/notices?procurementId=${tender}&kind=clarification`);
  expect(board.get('items.0.id')).toBe(answered.get('noticeId'));
  const search = async (text: string) =>
    (await api.call('GET', `/api/notices?kind=clarification&q=${encodeURIComponent(text)}`)).get('items');
  expect(await search(String(notice.get('titleZh')).slice(2, 5))).toMatchObject([{ id: answered.get('noticeId') }]);
  expect(await search('没有这样的标题')).toEqual([]);
});

/** Somebody who has been called to the committee of a procurement, and has confirmed. */
async function seated(db: Database, keeperId: string, procurementId: string, accountId: string): Promise<void> {
  const poolId = await poolOf(db, keeperId, [expertGiven(1)]);
  await db.transaction(async (tx) => {
    await tx.q.update(experts).set({ accountId }).where(eq(experts.poolId, poolId));
    const [expert] = await expertsOf(tx.q, [poolId]);
    const drawId = `draw-of-${procurementId}`;
    await insertDraw(tx, {
      ...{ id: drawId, procurementId, lotNo: 1, round: 1, state: 'calling', terms: {} as never, hash: '0', sealed: '' },
      ...{ answerMinutes: 60, headSize: null, orders: null, openedBy: CENTRE, openedAt: 1, drawnAt: 1, formedAt: null },
      ...{ shortAt: null, endedAt: null },
    });
    const call = { no: 1, field: 'A08', label: '0', expertId: String(expert?.id), chosen: false, answerMinutes: 60 };
    await insertCalls(tx, [{ ...newCall(tx, { id: drawId }, call), state: 'confirmed' }]);
  });
}

// @rule gp-award-docs-published, gp-award-fields
it('the tender documents are public with the result, the contract with its notice; centre and experts have them when they need them', async () => {
  const clock = handClock('2026-03-01');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  const purchaser = await api.member('purchaser');
  const suppliers = [await api.member('supplier'), await api.member('supplier'), await api.member('supplier')];
  const [centre, expert, stranger] = [
    await api.member('centre'),
    await api.member('expert'),
    await api.member('purchaser'),
  ];
  const latecomer = await api.member('supplier');
  const who = await peopleOf(api, purchaser, suppliers);
  const { id: tender, bids } = await played(api.db, clock, who, 'government', 'bidding');
  const path = `/api/procurements/${tender}/documents`;
  const upload = async (name: string, kind: string) =>
    String(
      (
        await purchaser.call('POST', `${path}?name=${name}&kind=${kind}`, {
          body: new TextEncoder().encode(kind),
        })
      ).get('id'),
    );
  const amendment = await upload('bu-yi.pdf', 'amendment');
  const amended = await purchaser.call('POST', `/api/procurements/${tender}/amendments`, {
    json: { textZh: '补充图纸', affectsBids: true, documentIds: [amendment] },
  });
  expect(amended.status).toBe(200);
  const ids = async (person: { call: typeof api.call } = api) => {
    const listed = await person.call('GET', path);
    return listed.status === 200
      ? (listed.get('items') as { id: string }[]).map(({ id }) => id)
      : [listed.status, listed.get('details.reason')];
  };
  const issued = await ids(purchaser);
  expect(issued).toHaveLength(2);
  expect(issued).toContain(amendment);
  // 招标投标法 22: who obtains them is nobody's to know; the centre runs the opening.
  expect(await ids()).toEqual([401, undefined]);
  expect(await ids(expert)).toEqual([403, 'role']);
  expect(await ids(stranger)).toEqual([403, 'scope']);
  expect(await ids(centre)).toEqual(issued);

  clock.set('2026-04-08T09:30+08:00');
  await advance(api.db, tender);
  clock.set('2026-04-08T17:30+08:00');
  const reportId = await upload('bao-gao.pdf', 'report');
  // An expert reads those of a procurement in whose committee it sits, and of no other.
  expect(await ids(expert)).toEqual([]);
  expect((await expert.call('GET', `${path}/${String(issued[0])}/content`)).status).toBe(404);
  await seated(api.db, purchaser.organisationId, tender, expert.accountId);
  expect(await ids(expert)).toEqual(issued);
  expect(await ids(await api.member('expert'))).toEqual([]);
  expect((await expert.call('GET', `${path}/${reportId}/content`)).status).toBe(404);
  expect((await centre.call('GET', `${path}/${reportId}/content`)).status).toBe(404);
  expect((await expert.call('GET', `${path}/${String(issued[0])}/content`)).status).toBe(200);
  expect(await ids()).toEqual([401, undefined]);

  const lot = { procurementId: tender, lotNo: 1 };
  clock.set('2026-04-09T10:00+08:00');
  const report = reportOn(bids, Date.parse('2026-04-08T17:00:00+08:00'), { documentId: reportId });
  await decide(api.db, who.asPurchaser, { ...lot, kind: 'report', payload: report });
  clock.set('2026-04-10T10:00+08:00');
  await decide(api.db, who.asPurchaser, { ...lot, kind: 'award', payload: choiceOf(bids[0]) });
  const award = await api.call('GET', `/api/notices?procurementId=${tender}&kind=award`);
  // 87令27, 招标投标法23: an amendment is part of the documents.
  expect(award.get('items.0.content.documents')).toMatchObject(issued.map((id) => ({ id })));
  for (const person of [api, stranger, latecomer, expert]) {
    expect(await ids(person)).toEqual(issued);
    for (const [index, id] of issued.entries()) {
      const file = await person.call('GET', `${path}/${String(id)}/content`);
      expect([file.status, file.headers.get('content-sha256')]).toEqual([
        200,
        award.get(`items.0.content.documents.${index}.sha256`),
      ]);
    }
    expect((await person.call('GET', `${path}/${reportId}/content`)).status).toBe(404);
  }
  // To read them is not to obtain them: only who did may query them (94令11).
  expect((await obtainersOf(api.db.read, tender)).map(({ organisationId }) => organisationId)).not.toContain(
    latecomer.organisationId,
  );
  const page = await api.call('GET', `/notices/${String(award.get('items.0.id'))}`);
  for (const id of issued) expect(page.text).toContain(`href="${path}/${String(id)}/content"`);

  clock.set('2026-04-13T10:00+08:00');
  const contractId = await upload('he-tong.pdf', 'contract');
  const contract = `/api/procurements/${tender}/lots/1/contract`;
  await purchaser.call('POST', contract, {
    json: {
      ...{ amountFen: 380_000_000, signedAt: '2026-04-13T09:00:00+08:00', documentId: contractId },
      terms: termsOf(380_000_000),
    },
  });
  expect((await api.call('GET', `${path}/${contractId}/content`)).status).toBe(404);
  // A report that is named as the contract would be public with it.
  const wrong = await purchaser.call('POST', `${contract}/publication`, {
    json: { textZh: '合同', documentId: reportId },
  });
  expect([wrong.status, wrong.get('issues.0.field'), wrong.get('issues.0.rule')]).toEqual([
    422,
    'documentId',
    'document-kind',
  ]);
  await purchaser.call('POST', `${contract}/publication`, { json: { textZh: '合同', documentId: contractId } });
  expect((await api.call('GET', `${path}/${contractId}/content`)).text).toBe('contract');
});

// 招标投标法实施条例 21: at least 15 days before the deadline, or the deadline moves.
it('an answer that may affect the bids needs the time of an amendment, and says whether it does', async () => {
  let now = FROM;
  await using api = await startTestApi({ database: { machineClock: () => now } });
  const purchaser = await api.member('purchaser');
  const supplier = await api.member('supplier');
  const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  const at = `/api/procurements/${tender}`;
  const answer = async (json: object) => {
    const asked = await supplier.call('POST', `${at}/questions`, { json: { textZh: '交货期？' } });
    return purchaser.call('POST', `${at}/questions/${String(asked.get('id'))}/answer`, { json });
  };
  const change = { answerZh: '交货期由 90 日改为 10 日。', affectsBids: true };
  const unsaid = await answer({ answerZh: change.answerZh });
  expect([unsaid.status, unsaid.get('issues.0.field')]).toEqual([422, 'affectsBids']);
  expect((await answer(change)).status).toBe(200);

  // An hour before the deadline of 1 April.
  now = Date.parse('2026-04-01T08:30:00+08:00');
  const late = await answer(change);
  expect([late.status, late.get('code'), late.get('violations.0.rule'), late.get('violations.0.article')]).toEqual([
    422,
    'unlawful',
    'works-clarify-tender-docs',
    '21',
  ]);
  // It is not for who answers to say that this affects nothing.
  const denied = await answer({ ...change, affectsBids: false });
  expect([denied.status, denied.get('violations.0.field'), denied.get('violations.0.article')]).toEqual([
    422,
    'affectsBids',
    '21',
  ]);
  expect(denied.get('messageZh')).toContain('answerZh 中“交货期由90日改为10日”变更了工期');
  const bidDeadline = String(late.get('violations.0.earliestLawful'));
  expect(bidDeadline.slice(0, 10)).toBe('2026-04-16');
  const moved = await purchaser.call('POST', `${at}/amendments`, {
    json: { textZh: '投标截止时间顺延。', affectsBids: true, bidDeadline },
  });
  expect(moved.status, moved.text).toBe(200);
  expect((await answer(change)).status).toBe(200);
});
