import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import { listNotices, noticeOf, type Notice } from '../../db/notices.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { CorrectionPayload } from '../../domain/decisions.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { choiceOf, played } from '../setup/tenders/played.ts';
import { advance, decide, dueOf, handClock, people, refusalOf, type People } from '../setup/tenders/tender.ts';

let db: Database;
let who: People;
const clock = handClock('2026-03-01');
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

const newest = async (procurementId: string, kind: Notice['kind']): Promise<Notice> =>
  (await listNotices(db.read, { procurementId, kind, limit: 1 }))[0] as Notice;

const correct = async (notice: Notice, given: Partial<CorrectionPayload>): Promise<Notice> => {
  const { payload } = await decide(db, who.asPurchaser, {
    ...{ procurementId: notice.procurementId, lotNo: notice.lotNo, kind: 'correct' },
    payload: { noticeId: notice.id, changes: [], textZh: null, reasonZh: '录入错误', ...given },
  });
  return noticeOf(db.read, String(payload.correctionId));
};

const objects = (procurementId: string) =>
  db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(1), {
      ...{ procurementId, lotNo: 1, target: 'result', textZh: '业绩不符' },
      organisationId: String(who.suppliers[1]?.id),
    }),
  );

describe('the publicity of candidates of a works tender (10号令16, 条例54)', () => {
  // @rule ann-correction-request, works-candidate-publicity-min
  it('is put right by a notice that names it, and stands public again for the whole period; the old bytes stay', async () => {
    const { id, bids } = await played(db, clock, who, 'tendering', 'publicity');
    const lot = { procurementId: id, lotNo: 1 };
    // Public from Tuesday 21 April: to Friday the 24th.
    expect(await dueOf(db, lot, 'publicity-end')).toBe('2026-04-24T23:59:59.999+08:00');
    const publicity = await newest(id, 'candidates');
    clock.set('2026-04-24T10:00+08:00');
    const first = await correct(publicity, {
      changes: [
        { field: 'candidates[0].leadCertificate', after: '注册建造师 赣236000000099' },
        { field: 'candidates[0].address', after: '江西省南昌市红谷滩区1号' },
      ],
      reasonZh: '证书编号录入有误',
    });
    expect(first).toMatchObject({
      kind: 'correction',
      lotNo: 1,
      version: 1,
      corrects: publicity.id,
      titleZh: '工业园区尾水提升达标处理厂工程（二期）第1标段中标候选人公示的更正公告',
      content: {
        of: { id: publicity.id, hash: publicity.hash, kind: 'candidates' },
        changes: [
          {
            field: 'candidates[0].leadCertificate',
            nameZh: '投标人1：项目负责人证书名称和编号',
            before: '注册建造师（市政公用工程）赣236000000001',
            after: '注册建造师 赣236000000099',
          },
          { field: 'candidates[0].address' },
        ],
        law: '10号令',
        article: '16',
        unchanged: { candidates: [{ rank: 1, supplier: '投标人1', priceFen: 380_000_000 }, {}, {}] },
        // From Friday the 24th three days end on Monday the 27th.
        periods: [{ key: 'publicity-end', until: '2026-04-27T23:59:59.999+08:00' }],
      },
    });
    expect(getRule('ann-correction-request')).toMatchObject({ law: '10号令', article: '16' });
    expect(await dueOf(db, lot, 'publicity-end')).toBe('2026-04-27T23:59:59.999+08:00');
    expect(await noticeOf(db.read, publicity.id)).toEqual(publicity);
    const trail = (await auditAfter(db.read, 0, 9_999)).filter(({ subject }) => subject === `notice/${first.id}`);
    expect(trail).toMatchObject([{ action: 'notice.publish', detail: { kind: 'correction', hash: first.hash } }]);

    // It is over, and nobody is awarded yet: what is still wrong stands public before anybody is.
    clock.set('2026-04-28T09:00+08:00');
    await advance(db, id, 1);
    expect((await lotOf(db.read, id, 1)).stage).toBe('award');
    const second = await correct(first, {
      changes: [{ field: 'candidates[0].leadCertificate', after: '注册建造师 赣236000000098' }],
    });
    expect(second).toMatchObject({
      corrects: first.id,
      version: 2,
      content: { of: { id: publicity.id }, changes: [{ before: '注册建造师 赣236000000099' }] },
    });
    expect((await lotOf(db.read, id, 1)).stage).toBe('publicity');
    const early = await refusalOf(decide(db, who.asPurchaser, { ...lot, kind: 'award', payload: choiceOf(bids[0]) }));
    expect(early.code).toBe('stage-conflict');
    // Tuesday the 28th: 29, 30 April, 1 May, which is off until the 5th: Wednesday 6 May.
    expect(await dueOf(db, lot, 'publicity-end')).toBe('2026-05-06T23:59:59.999+08:00');

    // An objection suspends it; a correction meanwhile begins it again, and the reply lets it run: of the days after
    // Wednesday 29 April the first that no suspension touches are 7, 8 and 9 May, a Saturday on which people work.
    const objection = await objects(id);
    clock.set('2026-04-29T09:00+08:00');
    await correct(publicity, { textZh: '投标人2业绩表第三项更正为已竣工。', reasonZh: '异议人指出' });
    clock.set('2026-05-06T10:00+08:00');
    const payload = { outcome: 'rejected', effect: 'none', textZh: '已更正' } as const;
    await decide(db, who.asPurchaser, { ...lot, kind: 'reply', grievanceId: objection.id, payload });
    expect(await dueOf(db, lot, 'publicity-end')).toBe('2026-05-09T23:59:59.999+08:00');

    // The result is announced as it was put right; it has been decided, and nothing begins again.
    clock.set('2026-05-11T10:00+08:00');
    await decide(db, who.asPurchaser, { ...lot, kind: 'award', payload: choiceOf(bids[0]) });
    expect((await newest(id, 'award')).content).toMatchObject({ winnerAddress: '江西省南昌市红谷滩区1号' });
    const late = await correct(publicity, { changes: [{ field: 'candidates[1].quality', after: '优良' }] });
    expect(late.content).not.toHaveProperty('periods');
    expect((await lotOf(db.read, id, 1)).stage).toBe('contract');
  });
});

describe('the notice of a result under 政府采购法 (条例43, 53; 87令69; 94令11)', () => {
  // @rule gp-award-fields-87, gp-award-notice-period, gp-challenge-file, gp-challenge-known-date
  it('corrected, it stands for a working day, from whose end queries run; what is owed from the award is owed as before', async () => {
    const { id } = await played(db, clock, who, 'government', 'performance');
    const lot = { procurementId: id, lotNo: 1 };
    const award = await newest(id, 'award');
    // Announced on Friday 10 April: to Monday the 13th, and seven working days from there: Wednesday the 22nd.
    expect(await dueOf(db, lot, 'query-result-end')).toBe('2026-04-22T23:59:59.999+08:00');
    const owed = () =>
      Promise.all((['contract', 'deposits-losers', 'contract-filing'] as const).map((key) => dueOf(db, lot, key)));
    const before = await owed();
    clock.set('2026-04-24T10:00+08:00');
    expect((await refusalOf(objects(id))).code).toBe('grievance-late');
    const corrected = await correct(award, {
      changes: [
        { field: 'items[0].unitPriceFen', after: 1_260_000 },
        { field: 'purchaserTelephone', after: '0796-5700111' },
        // A number has one spelling, as in the draft.
        { field: 'projectNumber', after: ' ＫＢ－2026－002 ' },
      ],
    });
    expect(corrected.content).toMatchObject({
      changes: [
        { nameZh: '第 1 项：单价', before: 1_200_000, after: 1_260_000 },
        { nameZh: '采购人联系电话', before: '0796-5700001' },
        { nameZh: '项目编号', before: 'KB-2026-001', after: 'KB-2026-002' },
      ],
      unchanged: { winner: '投标人1', priceFen: 380_000_000 },
      law: '财政部令87号',
      article: '69(2)',
      // Friday the 24th: Monday the 27th; seven working days from there, over the holiday: Saturday 9 May, a workday.
      periods: [
        { key: 'award-notice-end', until: '2026-04-27T23:59:59.999+08:00' },
        { key: 'query-result-end', until: '2026-05-09T23:59:59.999+08:00' },
      ],
    });
    expect(await owed()).toEqual(before);
    await objects(id);
    // Later notices state what is right.
    expect((await procurementById(db.read, id)).particulars).toMatchObject({
      ...{ purchaserTelephone: '0796-5700111', projectNumber: 'KB-2026-002' },
    });
    await decide(db, who.asPurchaser, {
      ...{ ...lot, kind: 'publish-contract' },
      payload: { textZh: '合同总价三百八十万元。', documentId: null },
    });
    const contract = await correct(await newest(id, 'contract'), {
      changes: [{ field: 'textZh', after: '合同总价 380 万元。' }],
    });
    expect(contract.content).toMatchObject({ law: '政府采购法实施条例', article: '50' });
    expect(contract.content).not.toHaveProperty('periods');
  });

  it('ranks nobody, and names no price, beside the record', async () => {
    const { id } = await played(db, clock, who, 'tendering', 'publicity');
    const candidates = await newest(id, 'candidates');
    for (const textZh of [
      '第一中标候选人应为投标人４',
      '第一中标候选人应为投标人 4',
      '第一中标候选人应为从未投标的丁公司，报价 1.00 元',
      '第一名投标人3，第三名投标人1',
      '投标人3第一，投标人1第三',
      '投标人1的报价更正为人民币壹元整',
    ]) {
      const refused = await refusalOf(correct(candidates, { textZh }));
      expect(refused, textZh).toMatchObject({
        code: 'unlawful',
        details: { field: 'textZh', law: '10号令', article: '16' },
      });
    }
    await correct(candidates, { textZh: '投标人3业绩表第三项更正为已竣工。' });
  });

  it('makes nobody else the winner, whatever it is written into', async () => {
    const { id } = await played(db, clock, who, 'government', 'contract');
    const award = await newest(id, 'award');
    const one = (field: string, after: string | number): Partial<CorrectionPayload> => ({
      changes: [{ field, after }],
    });
    const unlawful: [Partial<CorrectionPayload>, string][] = [
      [one('winner', '投标人2'), 'changes.0.field'],
      [one('priceFen', 1), 'changes.0.field'],
      [one('committee[0]', '专家9'), 'changes.0.field'],
      [one('__proto__.winner', '投标人2'), 'changes.0.field'],
      [{ textZh: '中标人更正为投标人2。' }, 'textZh'],
      [one('winnerAddress', '（投标人3）某路1号'), 'changes.0.after'],
      [{ textZh: '说明', reasonZh: '投标人1放弃，由投标人2替补' }, 'reasonZh'],
      // In other widths, with blanks and marks; and who never bid, whom nobody here can name.
      [{ textZh: '中标金额更正为 1.00 元，中标人更正为投标人２。' }, 'textZh'],
      [{ textZh: '补充公告：投标人 2 的地址。' }, 'textZh'],
      [{ textZh: '补充公告：投 标·人（2）的地址。' }, 'textZh'],
      [{ textZh: '中标人更正为从未投标的丁公司。' }, 'textZh'],
      [one('reasonZh', '中标金额更正为1元'), 'changes.0.after'],
    ];
    for (const [given, field] of unlawful) {
      const wanted = { code: 'unlawful', details: { field, rule: 'gp-award-fields-87' } };
      expect(await refusalOf(correct(award, given)), JSON.stringify(given)).toMatchObject(wanted);
    }
    const bad: [Partial<CorrectionPayload>, string[]][] = [
      [{}, ['changes']],
      [one('items[7].name', '终端'), ['changes.0.field']],
      [one('items[0].name', '智慧终端'), ['changes.0.after']],
      [one('items[0].unitPriceFen', '一万'), ['changes.0.after']],
      [one('winnerAddress', '一行\n两行'), ['changes.0.after']],
      [{ changes: ['甲路', '乙路'].map((after) => ({ field: 'winnerAddress', after })) }, ['changes.1.field']],
    ];
    for (const [given, fields] of bad) {
      const refused = await refusalOf(correct(award, given));
      expect(refused.code).toBe('bad-input');
      expect((refused.details?.['issues'] as { field: string }[]).map((each) => each.field)).toEqual(fields);
    }
    expect(await listNotices(db.read, { procurementId: id, kind: 'correction', limit: 9 })).toEqual([]);
    // One unit costs no more than the whole (380 million fen).
    for (const dear of [380_000_001, 9_999_999_999_999]) {
      expect(await refusalOf(correct(award, one('items[0].unitPriceFen', dear)))).toMatchObject({
        code: 'unlawful',
        details: { violations: [{ rule: 'amount', field: 'items[0].unitPriceFen', limit: 380_000_000 }] },
      });
    }
    await correct(award, one('items[0].unitPriceFen', 1_210_000));
    // Its own name may be part of a longer text.
    await correct(award, { textZh: '投标人1的统一社会信用代码补充公告。' });
  });
});

describe('notices that are not put right by people, or only in part', () => {
  it('the tender notice: its contacts; all else by an amendment, which may name what it puts right (87令27, 条例21)', async () => {
    const { id } = await played(db, clock, who, 'government', 'bidding');
    const tender = await newest(id, 'tender');
    const refused = await refusalOf(correct(tender, { changes: [{ field: 'qualifications', after: '无' }] }));
    expect(refused).toMatchObject({ code: 'unlawful', details: { law: '政府采购法实施条例', article: '31' } });
    expect(refused.messageZh).toContain('/amendments');
    await correct(tender, { changes: [{ field: 'projectTelephone', after: '0796-1' }] });
    const amend = (corrects: string) =>
      decide(db, who.asPurchaser, {
        ...{ procurementId: id, lotNo: 0, kind: 'amend' },
        payload: { textZh: '第三章更正', affectsBids: false, bidDeadline: null, documentIds: [], corrects },
      });
    await amend(tender.id);
    const amendment = await newest(id, 'amendment');
    await amend(amendment.id);
    expect(await newest(id, 'amendment')).toMatchObject({ version: 2, corrects: amendment.id });
    const correction = await newest(id, 'correction');
    expect((await refusalOf(amend(correction.id))).details).toMatchObject({ issues: [{ field: 'corrects' }] });

    // Bids are in: nothing that they were written by changes.
    clock.set('2026-04-08T09:30+08:00');
    await advance(db, id);
    const late = await refusalOf(correct(amendment, { textZh: '资格要求放宽' }));
    expect(late).toMatchObject({ code: 'unlawful', details: { field: 'textZh' } });
    expect(late.messageZh).toContain('投标截止后');
    const record = await refusalOf(
      correct(await newest(id, 'opening-record'), { changes: [{ field: 'bidders[0].supplier', after: '甲' }] }),
    );
    expect(record.code).toBe('unlawful');
    await correct(tender, { changes: [{ field: 'projectTelephone', after: '0796-2' }] });
  });

  it('the notice of a failed lot: by a text that names no bidder', async () => {
    const { id } = await played(db, clock, { ...who, suppliers: who.suppliers.slice(0, 2) }, 'government', 'bidding');
    clock.set('2026-04-08T09:30+08:00');
    await advance(db, id);
    expect((await procurementById(db.read, id)).stage).toBe('concluded');
    const failed = await newest(id, 'lot-failed');
    expect((await refusalOf(correct(failed, { changes: [{ field: 'reasonZh', after: '无' }] }))).code).toBe('unlawful');
    // @rule gp-void-notify
    expect(await correct(failed, { textZh: '废标理由补充：只有两家投标。' })).toMatchObject({
      corrects: failed.id,
      lotNo: 1,
      content: { law: '政府采购法', article: '36(2)' },
    });
  });

  it('a termination: its reason, and not its ground', async () => {
    const ended = await played(db, clock, who, 'tendering', 'bidding');
    clock.set('2026-04-01T10:00+08:00');
    const payload = { ground: 'force-majeure', reasonZh: '山洪' } as const;
    await decide(db, who.asPurchaser, { procurementId: ended.id, lotNo: 0, kind: 'terminate', payload });
    const termination = await newest(ended.id, 'termination');
    const other = correct(termination, { changes: [{ field: 'ground', after: 'task-cancelled' }] });
    expect((await refusalOf(other)).code).toBe('unlawful');
    expect(await correct(termination, { changes: [{ field: 'reasonZh', after: '山体滑坡' }] })).toMatchObject({
      content: { changes: [{ before: '山洪', after: '山体滑坡' }] },
    });
  });

  it('a score is the committee’s: the sentence that states it is no comment', async () => {
    const { id } = await played(db, clock, who, 'tendering', 'publicity');
    const refused = await refusalOf(
      correct(await newest(id, 'candidates'), {
        changes: [{ field: 'candidates[1].evaluationZh', after: '评审得分 99 分' }],
      }),
    );
    expect(refused).toMatchObject({ code: 'unlawful', details: { given: 'candidates[1].evaluationZh' } });
  });
});
