import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bid } from '../../db/bids.ts';
import { grievanceById } from '../../db/grievances.ts';
import { listNotices } from '../../db/notices.ts';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import type { Organisation } from '../../db/organisations.ts';
import { insertCorrection } from '../../db/parties/corrections.ts';
import type { GrievanceLetter } from '../../domain/grievances/letter.ts';
import { missingInLetter } from '../../domain/grievances/missing.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { attachToGrievance, completeLetter } from '../../services/grievances/complete.ts';
import { fileGrievance, type NewGrievance } from '../../services/grievances/file.ts';
import { replyToGrievance } from '../../services/grievances/reply.ts';
import { answerQuestion } from '../../services/questions/answer.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { visibleQuestions } from '../../services/questions/visible.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  blockingOf,
  decide,
  fileOf,
  handClock,
  obtainDocuments,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

// What an objection or a query states, who may file it, and what its answer states.

const clock = handClock('2026-01-01');
let db: TestDatabase;
let who: People;
let procurementId: string;
beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
});
afterEach(() => db.close());

const file = (supplier: number, filing: Partial<NewGrievance>) =>
  db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(supplier), {
      ...{ procurementId, lotNo: 0, target: 'documents', textZh: '技术参数指向特定产品' },
      organisationId: String(who.suppliers[supplier]?.id),
      ...filing,
    }),
  );
const government = () => procedureOf({ regime: 'government', procedure: 'open-tender' });
const missingOf = async (id: string) =>
  missingInLetter(government(), await grievanceById(db.read, id)).map(({ item, field, article }) => [
    item,
    field,
    article,
  ]);
const WHOLE: GrievanceLetter = {
  ...{ address: '某市某路5号', postcode: '331800', contact: '赵六', telephone: '0796-6600001' },
  matters: [
    { matterZh: '投标人1认为第4.2条的参数只有一家满足', factsZh: '公开的产品目录', lawZh: '政府采购法实施条例第20条' },
  ],
  requestZh: '删去第4.2条',
};

it('a query is taken whatever it lacks, told by the items of 财政部令94号 12, and completed while its reply is due (13)', async () => {
  ({ id: procurementId } = await publishedTender(db, clock, who, 'government'));
  expect(government().grievances.letter).toEqual({
    rule: 'gp-challenge-letter-fields',
    evidence: 'gp-challenge-evidence',
    authorisation: 'gp-proxy-authorisation',
    authorised: 'gp-proxy-submit',
    notRefused: 'gp-challenge-no-refusal',
  });
  clock.set('2026-03-18T10:00+08:00');
  await obtainDocuments(db, who, 0, procurementId);
  clock.set('2026-04-02T10:00+08:00');
  const query = await file(0, {});
  // Seven working days from 2 April: 3, 7, 8, 9, 10, 13, 14 April; the 4th to the 6th are 清明节.
  expect(query.replyDueAt).toBe(at('2026-04-14T23:59:59.999+08:00'));
  expect(await missingOf(query.id)).toEqual([
    ...['address', 'postcode', 'contact', 'telephone'].map((field) => [1, `letter.${field}`, '12']),
    [3, 'letter.matters', '12'],
    [3, 'letter.requestZh', '12'],
    [4, 'letter.matters.0.factsZh', '12'],
    [5, 'letter.matters.0.lawZh', '12'],
    [null, 'attachments', '12(1)'],
  ]);
  clock.set('2026-04-07T10:00+08:00');
  const proxy = { nameZh: '某律师事务所', until: at('2026-04-01') };
  const complete = (letter: GrievanceLetter) =>
    db.transaction((tx) => completeLetter(tx, who.asSupplier(0), query.id, letter));
  await complete({ ...WHOLE, postcode: '　', proxy });
  expect(await missingOf(query.id)).toEqual([
    [1, 'letter.postcode', '12'],
    [null, 'attachments', '12(1)'],
    [null, 'letter.proxy.matterZh', '8(1)'],
    [null, 'letter.proxy.powersZh', '8(1)'],
    // It had ended before the query was filed.
    [null, 'letter.proxy.until', '8(1)'],
    [null, 'attachments', '8(2)'],
  ]);
  await complete({
    postcode: '331800',
    proxy: { ...proxy, matterZh: '提出质疑', powersZh: '签收文书', until: at('2026-12-31') },
  });
  for (const kind of ['evidence', 'authorisation'] as const) {
    const document = { kind, name: `${kind}.pdf`, mediaType: 'application/pdf', file: await fileOf(db, kind) };
    await db.transaction((tx) => attachToGrievance(tx, who.asSupplier(0), query.id, document));
  }
  expect(await missingOf(query.id)).toEqual([]);
  // The time for the reply runs on from the filing.
  expect((await grievanceById(db.read, query.id)).replyDueAt).toBe(query.replyDueAt);

  const reply = { outcome: 'rejected', effect: 'none', textZh: '三家以上产品满足' } as const;
  const replied = (basis: object) =>
    db.transaction((tx) => replyToGrievance(tx, who.asPurchaser, query.id, { ...reply, ...basis }));
  const refused = await refusalOf(replied({ factsZh: ' ' }));
  expect(blockingOf(refused.details)).toEqual([
    ['gp-challenge-reply-fields', '财政部令94号', '15', 'factsZh'],
    ['gp-challenge-reply-fields', '财政部令94号', '15', 'lawZh'],
  ]);
  await replied({ factsZh: '市场调研报告', lawZh: '政府采购法实施条例第20条' });
  const [notice] = await listNotices(db.read, { procurementId, kind: 'grievance-reply', limit: 1 });
  expect(notice?.content).toMatchObject({
    ...{ title: '教育智慧终端设备采购项目', projectNumber: 'KB-2026-001', respondent: '万安县工业园区管委会' },
    questions: ['（略）认为第4.2条的参数只有一家满足'],
    ...{ filedAt: '2026-04-02T10:00:00+08:00', repliedAt: '2026-04-07T10:00:00+08:00' },
    ...{ factsZh: '市场调研报告', lawZh: '政府采购法实施条例第20条' },
    // Fifteen working days after the time for the reply, which ends on 14 April: 15, 16, 17, 20–24, 27–30 April, 6, 7, 8 May.
    // gp-complaint-file
    complaint: { law: '财政部令94号', article: '17', until: '2026-05-08T23:59:59.999+08:00' },
  });
  const shown = JSON.stringify(notice && documentOf(notice));
  for (const told of [
    'KB-2026-001',
    '只有一家满足',
    '市场调研报告',
    '15个工作日',
    '2026年5月8日（星期五）24:00',
    '答复人',
  ]) {
    expect(shown).toContain(told);
  }
  expect(JSON.stringify(notice)).not.toMatch(/投标人1|赵六|0796-6600001|其他补充事宜/);
  expect((await refusalOf(complete({ requestZh: '撤回' }))).code).toBe('grievance-settled');
  const trail = (await auditAfter(db.read, 0, 999)).filter(({ action }) => action === 'grievance.complete');
  expect(trail.map(({ confidential }) => confidential)).toEqual([true, true]);
});

it('the answer tells nobody who asked: not by a name or code of now or before, however it is written, nor how to reach it', async () => {
  ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
  clock.set('2026-04-01T10:00+08:00');
  await obtainDocuments(db, who, 0, procurementId);
  const { id: filerId, creditCode } = who.suppliers[0] as Organisation;
  const formerCode = '913600000000088880';
  await db.transaction((tx) =>
    insertCorrection(tx, {
      ...{ id: 'c1', organisationId: filerId, name: '投标人1', creditCode, reasonZh: '更名' },
      ...{ formerName: '万安县旧名建设有限公司', formerCode },
      ...{ requestedBy: UNATTENDED, requestedAt: tx.now, state: 'done', decidedAt: tx.now },
    }),
  );
  const told = [
    ...['投标人1', '投标人１', '投标人 1', creditCode, creditCode.toLowerCase(), formerCode, '万安县旧名建设有限公司'],
    ...['刘备', '0796-8881234', '07968881234', '8881234', '某市某路5号', '某市某路 5 号', '诸葛亮'],
  ];
  const letter = {
    ...{ address: '某市某路5号', postcode: '343000', contact: '刘备', telephone: '0796-8881234' },
    proxy: { nameZh: '诸葛亮' },
  };
  const objection = await file(0, { textZh: `${told.join('，')}，343000：投标人12的预算为1343000元`, letter });
  const reply = (texts: object) =>
    db.transaction((tx) =>
      replyToGrievance(tx, who.asPurchaser, objection.id, {
        ...{ outcome: 'rejected', effect: 'none', textZh: '参数合理', factsZh: '调研', lawZh: '条例' },
        ...texts,
      }),
    );
  for (const each of told) {
    expect(await refusalOf(reply({ textZh: `致${each}：来函收悉` }))).toMatchObject({
      code: 'bad-input',
      details: { issues: [{ field: 'replyZh', rule: 'names-asker' }] },
    });
  }
  expect(await refusalOf(reply({ factsZh: '投标人１于4月1日提交', lawZh: '刘备' }))).toMatchObject({
    details: { issues: [{ field: 'factsZh' }, { field: 'lawZh' }] },
  });
  // Another bidder, and a number that is its postcode by chance.
  await reply({ textZh: '投标人12的预算为343000元' });
  const [notice] = await listNotices(db.read, { procurementId, kind: 'grievance-reply', limit: 1 });
  expect(notice?.content['questions']).toEqual([
    `${told.map(() => '（略）').join('，')}，（略）：投标人12的预算为1343000元`,
  ]);
});

it('nor does a question (疑问), for whoever reads it, and its answer', async () => {
  ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
  clock.set('2026-04-01T10:00+08:00');
  const organisationId = String(who.suppliers[0]?.id);
  const { id: questionId } = await db.transaction((tx) =>
    askQuestion(tx, who.asSupplier(0), { procurementId, organisationId, textZh: '投标人 １询问：工期自何日起算？' }),
  );
  const textsFor = async (reader: string | null) =>
    (await visibleQuestions(db.read, { id: procurementId }, { runsIt: true, organisationId: reader })).map(
      ({ textZh }) => textZh,
    );
  expect(await textsFor(who.purchaser.id)).toEqual(['（略）询问：工期自何日起算？']);
  expect(await textsFor(organisationId)).toEqual(['投标人 １询问：工期自何日起算？']);
  const answer = (answerZh: string) =>
    db.transaction((tx) =>
      answerQuestion(tx, who.asPurchaser, { procurementId, questionId, answerZh, affectsBids: false }),
    );
  expect(await refusalOf(answer('投标人１：自开工令之日起'))).toMatchObject({
    code: 'bad-input',
    details: { issues: [{ field: 'answerZh' }] },
  });
  const { notice } = await answer('自开工令之日起');
  expect(notice.content).toMatchObject({ questionZh: '（略）询问：工期自何日起算？', answerZh: '自开工令之日起' });
});

it('works: who takes no part objects with the interest that it has (11号令 3); in government procurement only who takes part does (94令 11)', async () => {
  ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
  expect(procedureOf({ regime: 'tendering', procedure: 'open-tender' }).grievances).toMatchObject({
    interested: 'wcomp-who',
    complaint: { rule: 'works-complaint-file', from: 'knowledge' },
  });
  clock.set('2026-04-01T10:00+08:00');
  const bids: Bid[] = [];
  for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurementId));
  const interestZh = '我方为相邻地块的在建工程承包人，施工便道受招标范围影响。';
  const refused = await refusalOf(file(3, {}));
  expect([refused.code, refused.messageZh]).toEqual([
    'forbidden',
    expect.stringMatching(/interestZh）（11号令第3条）$/),
  ]);
  expect((await refusalOf(file(3, { interestZh, organisationId: who.purchaser.id }))).code).toBe('forbidden');
  const objection = await file(3, { interestZh });
  expect(objection).toMatchObject({ kind: 'objection', interestZh, suspends: 'activity' });
  // An objection has no prescribed contents.
  expect(missingInLetter(procedureOf({ regime: 'tendering', procedure: 'open-tender' }), objection)).toEqual([]);
  await decide(db, who.asPurchaser, {
    ...{ procurementId, lotNo: 0, grievanceId: objection.id, kind: 'reply' },
    payload: { outcome: 'rejected', effect: 'none', textZh: '便道不在招标范围内' },
  });
  const [notice] = await listNotices(db.read, { procurementId, kind: 'grievance-reply', limit: 1 });
  expect(notice?.content).toMatchObject({
    questions: ['技术参数指向特定产品'],
    complaint: {
      ...{ law: '招标投标法实施条例', article: '60', until: null },
      zh: expect.stringContaining('自知道或者应当知道之日起10日内') as string,
    },
  });
  clock.set('2026-04-20T09:00+08:00');
  await advance(db, procurementId);
  clock.set('2026-04-21T10:00+08:00');
  const report = { payload: reportOn(bids, at('2026-04-20T17:00+08:00')) };
  await decide(db, who.asPurchaser, { procurementId, lotNo: 1, kind: 'report', ...report });
  expect((await refusalOf(file(3, { target: 'result', lotNo: 1 }))).code).toBe('forbidden');
  expect(await file(3, { target: 'result', lotNo: 1, interestZh })).toMatchObject({ lotNo: 1, interestZh });

  ({ id: procurementId } = await publishedTender(db, clock, who, 'government', {
    noticeAt: at('2026-05-12T09:00+08:00'),
    documentsFrom: at('2026-05-13T00:00+08:00'),
    documentsUntil: at('2026-05-20T17:00+08:00'),
    bidDeadline: at('2026-06-10T09:00+08:00'),
  }));
  expect(await refusalOf(file(3, { interestZh }))).toMatchObject({ code: 'forbidden', details: { article: '11(2)' } });
});
