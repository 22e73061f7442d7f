import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experts as expertRows } from '../../db/schema/sqlite.ts';
import { templateOf } from '../../domain/evaluation/scheme/templates.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import type { Entry } from '../../domain/evaluation/sheets/marks.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { verifySheet, type ScoreSheet } from '../../proofs/sheet.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { stateScheme } from '../../services/evaluation/scheme.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { confirmAll, drawn, expertGiven, poolOf, requestOf } from '../setup/tenders/committees.ts';
import { NOTHING_STATED } from '../setup/tenders/evaluations.ts';
import { candidateTold } from '../setup/tenders/particulars.ts';
import { peopleOf } from '../setup/tenders/played.ts';
import { addTenderDocument, advance, at, bid, draftOf, handClock } from '../setup/tenders/tender.ts';

// 公开招标 of goods under 财政部令87号: points, with the qualification examined by the purchaser.

/** 财库〔2020〕46号 9: 6% to 10% off the price of a small firm; 10% is lawful under 财库〔2022〕19号 (10% to 20%) too. */
const REDUCTION_PERCENT = 10;

/** Plan 25 (judged), data 25 (all 25, most 12.5), contracts 20 (4 each), price 30 (87令 55: 货物不低于30%). */
const schemeOf = (noticeAt: number): Scheme => {
  const template = templateOf(GOVERNMENT_OPEN_TENDER, 'comprehensive', { kind: 'goods', noticeAt });
  if (!template) throw new Error('no comprehensive method');
  return {
    ...template,
    preferences: [{ key: 'small-firm', form: 'reduction', percent: String(REDUCTION_PERCENT) }],
    disclosure: 'totals',
  };
};

const YUAN = 100;
interface Offer {
  readonly openedFen: number;
  /** What each of the five members gives the plan. */
  readonly plan: readonly string[];
  readonly data: 'all' | 'most';
  readonly contracts: string;
}
/**
 * | bid          | opened    | counts as                                    | evaluated price |
 * | unqualified  | 2 000 000 | rejected by the purchaser (87令 44)          |                 |
 * | corrected    | 3 200 000 | 大写 3 000 000, confirmed (87令 59)          | 3 000 000       |
 * | unconfirmed  | 2 600 000 | 汇总 2 650 000, not confirmed: invalid       |                 |
 * | brandSecond  | 2 880 000 | of the brand of brandFirst (87令 31)         | 2 880 000       |
 * | brandFirst   | 3 240 000 |                                              | 3 240 000       |
 * | small        | 3 000 000 | × (1 − 10 %)                                 | 2 700 000       |
 */
const OFFERS = {
  unqualified: { openedFen: 2_000_000 * YUAN, plan: [], data: 'all', contracts: '5' },
  corrected: { openedFen: 3_200_000 * YUAN, plan: ['20', '20', '20', '20', '21'], data: 'all', contracts: '5' },
  unconfirmed: { openedFen: 2_600_000 * YUAN, plan: ['16', '16', '16', '16', '17'], data: 'all', contracts: '5' },
  brandSecond: { openedFen: 2_880_000 * YUAN, plan: ['15', '15', '15', '15', '16'], data: 'most', contracts: '3' },
  brandFirst: { openedFen: 3_240_000 * YUAN, plan: ['20', '20', '20', '20', '19'], data: 'all', contracts: '5' },
  small: { openedFen: 3_000_000 * YUAN, plan: ['18', '18', '18', '18', '17'], data: 'all', contracts: '4' },
} as const satisfies Readonly<Record<string, Offer>>;
type Name = keyof typeof OFFERS;
const NAMES = Object.keys(OFFERS) as Name[];

/**
 * The base is the lowest evaluated price of all that are valid, 2 700 000 (87令 55: 满足招标文件要求且投标价格最低的投标报价); neither the
 * unqualified 2 000 000 nor the invalid 2 650 000.
 * | corrected   | 101 ÷ 5 + 25 + 20 + 30 × 2.70 ÷ 3.00 | 20.2 + 25   + 20 + 27     = 92.2   |
 * | brandFirst  |  99 ÷ 5 + 25 + 20 + 30 × 2.70 ÷ 3.24 | 19.8 + 25   + 20 + 25     = 89.8   |
 * | small       |  89 ÷ 5 + 25 + 16 + 30 × 2.70 ÷ 2.70 | 17.8 + 25   + 16 + 30     = 88.8   |
 * | brandSecond |  76 ÷ 5 + 12.5 + 12 + 30 × 2.70 ÷ 2.88 | 15.2 + 12.5 + 12 + 28.125 = 67.825 |
 */
const TOTALS = { corrected: '461/5', brandFirst: '449/5', small: '444/5', brandSecond: '2713/40' } as const;

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let purchaser: Member;
let suppliers: Readonly<Record<Name, Member>>;
let members: Member[];
let bidIds: Readonly<Record<Name, string>>;
let base: string;
let scheme: Scheme;

const call = (member: Member, method: string, path: string, json?: unknown): Promise<Answered> =>
  member.call(method, `${base}${path}`, { ...(json === undefined ? {} : { json }), key: null });
const done = async (answer: Promise<Answered>): Promise<Answered> => {
  const answered = await answer;
  expect(answered.status, answered.text).toBe(200);
  return answered;
};
/** As the purchaser and the bidders send it: with a key. */
const post = (member: Member, path: string, json: unknown) => member.call('POST', `${base}${path}`, { json });
const first = (): Member => members[0] as Member;
const seen = () => done(call(first(), 'GET', '/evaluation'));
async function agree(motion: object): Promise<void> {
  const moved = await done(call(first(), 'POST', '/evaluation/motions', { motion }));
  const motionId = String((moved.get('motions') as { id: string }[]).at(-1)?.id);
  for (const member of members.slice(1, 3))
    await done(call(member, 'POST', `/evaluation/motions/${motionId}/vote`, { yes: true }));
}

const byName = <T>(items: readonly T[]): Readonly<Record<Name, T>> =>
  Object.fromEntries(NAMES.map((name, index) => [name, items[index]])) as Record<Name, T>;

beforeAll(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  purchaser = await api.member('purchaser');
  const bidders: Member[] = [];
  for (const _ of NAMES) bidders.push(await api.member('supplier'));
  suppliers = byName(bidders);
  const everyExpert: Member[] = [];
  for (let n = 0; n < 6; n += 1) everyExpert.push(await api.member('expert'));
  const who = await peopleOf(api, purchaser, bidders);

  const draft = draftOf('government', purchaser.organisationId);
  scheme = schemeOf(draft.noticeAt);
  clock.set(draft.noticeAt - 86_400_000);
  const { id } = await api.db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
  base = `/api/procurements/${id}/lots/1`;
  const stated = { lotNo: 1, scheme, statements: NOTHING_STATED };
  await api.db.transaction((tx) => stateScheme(tx, who.asPurchaser, id, stated, new Set()));
  await addTenderDocument(api.db, who.asPurchaser, id);
  await api.db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id));
  clock.set(draft.noticeAt);
  await advance(api.db, id);

  const given = everyExpert.map((_, n) => expertGiven(n + 1));
  const poolId = await poolOf(api.db, purchaser.organisationId, given);
  await api.db.transaction(async (tx) => {
    for (const [n, { accountId }] of everyExpert.entries())
      await tx.q
        .update(expertRows)
        .set({ accountId })
        .where(eq(expertRows.number, `E${n + 1}`));
  });
  // 财库〔2016〕198号 14: at most two working days before the evaluation; of a budget below 10 million five members do (87令 47).
  clock.set('2026-04-07T09:00+08:00');
  const request = requestOf(poolId, [purchaser.accountId], at('2026-04-08T14:00+08:00'));
  await confirmAll(api.db, await drawn(api.db, who, { id }, request));
  const made: string[] = [];
  for (const index of NAMES.keys()) made.push((await bid(api.db, who, index, id)).id);
  bidIds = byName(made);
  clock.set('2026-04-08T09:30+08:00');
  await advance(api.db, id);
  clock.set('2026-04-08T14:00+08:00');
  members = [];
  for (const expert of everyExpert) if ((await call(expert, 'GET', '/evaluation')).status === 200) members.push(expert);
  members.push(purchaser);
  expect(members).toHaveLength(5);
  for (const member of members) await done(call(member, 'POST', '/evaluation/conflicts', { bidIds: [] }));
});
afterAll(() => api[Symbol.asyncDispose]());

describe('goods under 财政部令87号, evaluated over HTTP', () => {
  it('the purchaser examines the qualification (44): on an item of the documents and its ground, before the review', async () => {
    const qualification = (member: Member, change: object = {}) =>
      post(member, '/evaluation/qualification', {
        ...{ bidId: bidIds.unqualified, item: 'qualified', ground: 3, reasonZh: '营业执照已被吊销' },
        ...change,
      });
    expect((await qualification(suppliers.small)).status).toBe(403);
    expect((await qualification(members[0] as Member)).status).toBe(403);
    // 63 (三) is the ground of a bidder that does not qualify; (一) is that of a deposit.
    for (const [change, field] of [
      [{ item: 'responds' }, 'item'],
      [{ ground: 7 }, 'ground'],
      [{ ground: 1 }, 'ground'],
    ] as const) {
      const refused = await qualification(purchaser, change);
      expect([refused.status, refused.get('violations.0.field'), refused.get('violations.0.article')]).toEqual([
        422,
        field,
        '63',
      ]);
    }
    await done(qualification(purchaser));
    // Nobody reviews or marks it.
    const mark = await call(first(), 'PUT', `/sheets/${bidIds.unqualified}`, { entries: reviewed() });
    expect([mark.status, mark.get('violations.0.rule')]).toEqual([422, 'gp-eval-per-docs']);
  });

  it('members mark the others alone, and sign', async () => {
    for (const part of ['review', 'technical', 'commercial'] as const) {
      for (const [n, member] of members.entries()) {
        for (const name of NAMES) {
          if (name === 'unqualified') continue;
          await done(call(member, 'PUT', `/sheets/${bidIds[name]}`, { entries: entriesOf(part, name, n) }));
        }
        const { password } = member;
        await done(call(member, 'POST', `/evaluation/parts/${part}/signature`, { password }));
      }
    }
    const view = await seen();
    expect((view.get('parts') as { closed: boolean }[]).map(({ closed }) => closed)).toEqual([true, true, true]);
    // 87令 47: the purchaser's representative does not lead.
    const lead = (memberId: unknown, member: Member) => call(member, 'POST', '/evaluation/leader', { memberId });
    expect((await lead('purchaser-1', first())).status).toBe(422);
    for (const member of members.slice(0, 3)) await done(lead(view.get('memberId'), member));
  });

  it('a price is corrected in the order of 59, and binds once its bidder confirms; who does not is invalid', async () => {
    for (const name of NAMES) await agree({ on: 'price', bidId: bidIds[name], priceFen: OFFERS[name].openedFen });
    const correction = (name: Name, ...corrections: readonly object[]) => ({
      on: 'correction',
      minutes: 60,
      ...{ bidId: bidIds[name], corrections },
    });
    const words = { step: 'words', toFen: 3_000_000 * YUAN, noteZh: '大写为叁佰万元整' };
    const sum = { step: 'sum', toFen: 2_650_000 * YUAN, noteZh: '按单价汇总' };
    for (const [wrong, field] of [
      [correction('corrected', sum, words), 'motion.corrections[1]'],
      [correction('corrected', { ...words, toFen: OFFERS.corrected.openedFen }), 'motion.corrections[0]'],
      [correction('corrected', { ...words, step: 'unit-price' }), 'motion.corrections[0]'],
    ] as const) {
      const refused = await call(first(), 'POST', '/evaluation/motions', { motion: wrong });
      expect([refused.status, refused.get('violations.0.article'), refused.get('violations.0.field')]).toEqual([
        422,
        '59',
        field,
      ]);
    }
    await agree(correction('corrected', words));
    await agree(correction('unconfirmed', sum));
    const pending = async () =>
      (await seen()).get('outcome.pending') as readonly { what: string; bidIds: readonly string[] }[];
    expect((await pending()).map(({ what, bidIds: [id] }) => [what, id])).toEqual(
      expect.arrayContaining([
        ['confirm-correction', bidIds.corrected],
        ['confirm-correction', bidIds.unconfirmed],
      ]),
    );
    const asked = await done(call(suppliers.corrected, 'GET', `/bids/${bidIds.corrected}/requests`));
    expect(asked.get('corrections')).toEqual([
      { steps: [words], until: expect.any(String) as unknown, yes: null, name: null },
    ]);
    expect((await call(suppliers.small, 'GET', `/bids/${bidIds.corrected}/requests`)).status).toBe(404);
    const confirm = (by: Name, of: Name, yes: boolean) =>
      post(suppliers[by], `/bids/${bidIds[of]}/confirmation`, { yes, name: '张三' });
    expect((await confirm('small', 'corrected', true)).status).toBe(404);
    expect((await confirm('small', 'small', true)).status).toBe(404);
    await done(confirm('corrected', 'corrected', true));
    await done(confirm('unconfirmed', 'unconfirmed', false));
    expect((await confirm('unconfirmed', 'unconfirmed', true)).get('code')).toBe('stage-conflict');
    expect(await pending()).toEqual([]);
  });

  it('bids of one brand count once (31), and the price of a small firm is reduced (财库〔2020〕46号 9)', async () => {
    // The same brand, however it is typed; and one that may be the same, which the committee is asked about.
    await agree({ on: 'brand', bidId: bidIds.brandFirst, brand: '乙牌' });
    await agree({ on: 'brand', bidId: bidIds.brandSecond, brand: '「乙 牌」' });
    await agree({ on: 'brand', bidId: bidIds.corrected, brand: '乙' });
    await agree({ on: 'claims', bidId: bidIds.small, claims: [{ key: 'small-firm', granted: true }] });
    const outcome = (await seen()).get('outcome') as {
      readonly pending: unknown[];
      readonly valid: readonly { readonly bidId: string; readonly total: string; readonly rank: number | null }[];
      readonly rejected: readonly { readonly bidId: string; readonly rule: string; readonly ground: number }[];
    };
    expect(outcome.pending).toEqual([]);
    expect(outcome.valid.map(({ bidId, rank, total }) => [bidId, rank, total])).toEqual([
      [bidIds.corrected, 1, TOTALS.corrected],
      [bidIds.brandFirst, 2, TOTALS.brandFirst],
      [bidIds.small, 3, TOTALS.small],
      [bidIds.brandSecond, null, TOTALS.brandSecond],
    ]);
    expect(outcome.rejected.map(({ bidId, ground }) => [bidId, ground]).sort()).toEqual(
      [
        // 63 (三), (六): 59, 投标人不确认的，其投标无效.
        [bidIds.unqualified, 3],
        [bidIds.unconfirmed, 6],
      ].sort(),
    );
  });

  it('brands that are much alike are compared before anybody signs (31)', async () => {
    const findings = async () => (await seen()).get('findings') as { key: string; open: boolean; rule: string }[];
    const [found, ...others] = await findings();
    expect([found?.open, found?.rule, others]).toEqual([true, 'gp-same-brand', []]);
    const { password } = first();
    const early = await call(first(), 'POST', '/evaluation/signature', { as: 'signed', password });
    expect(early.get('code')).toBe('stage-conflict');
    const answered = { key: found?.key, reasonZh: '“乙”为另一厂家的品牌。' };
    const other = await call(members[1] as Member, 'POST', '/evaluation/answers', answered);
    expect(other.get('code')).toBe('unlawful');
    await done(call(first(), 'POST', '/evaluation/answers', answered));
    expect((await findings()).map(({ open }) => open)).toEqual([false]);
  });

  it('the report states it, the award follows, and each bidder recomputes its own sheet', async () => {
    for (const member of members) {
      const { password } = member;
      await done(call(member, 'POST', '/evaluation/signature', { as: 'signed', password }));
    }
    const details = NAMES.map((name) => ({ bidId: bidIds[name], ...candidateTold() }));
    await done(call(first(), 'POST', '/evaluation/report', { details }));
    const report = await done(call(purchaser, 'GET', '/report'));
    // 44, 31: five of six qualify; of those that are valid two are of one brand.
    expect([report.get('qualified'), report.get('conforming'), report.get('made')]).toEqual([5, 4, 'here']);
    expect(report.get('candidates')).toMatchObject([
      {
        ...{ bidId: bidIds.corrected, rank: 1, priceFen: 3_000_000 * YUAN, score: 92.2 },
        ...{ corrections: [{ step: 'words' }], confirmation: { by: '张三' } },
      },
      { bidId: bidIds.brandFirst, rank: 2, priceFen: 3_240_000 * YUAN, score: 89.8 },
      {
        ...{ bidId: bidIds.small, rank: 3, priceFen: 3_000_000 * YUAN, evaluatedFen: 2_700_000 * YUAN, score: 88.8 },
        evaluatedZh: '小微企业：价格扣除 10.00%；评标价 2700000.00 元',
      },
    ]);
    expect(report.get('others')).toMatchObject([{ bidId: bidIds.brandSecond, brandBehind: bidIds.brandFirst }]);
    // 87令 68: within five working days of the report, to the first.
    clock.set('2026-04-09T09:00+08:00');
    await advance(api.db, String(base.split('/')[3]), 1);
    const award = (bidId: string) => post(purchaser, '/award', { bidId, ground: null, reasonZh: null });
    expect((await award(bidIds.brandFirst)).status).toBe(422);
    await done(award(bidIds.corrected));

    const sheets = byName(
      await Promise.all(
        NAMES.map(
          async (name) => (await done(call(suppliers[name], 'GET', '/score-sheet'))).get('sheet') as ScoreSheet,
        ),
      ),
    );
    for (const name of NAMES) {
      expect(verifySheet(sheets[name]).faults, name).toEqual([]);
      for (const other of NAMES) if (other !== name) expect(JSON.stringify(sheets[name])).not.toContain(bidIds[other]);
    }
    for (const name of ['corrected', 'brandFirst', 'small', 'brandSecond'] as const) {
      expect(sheets[name].score?.total).toBe(TOTALS[name]);
      // The lowest of the valid ones, with those behind their brand.
      expect(sheets[name].group.prices[0]).toBe(String(2_700_000 * YUAN));
    }
    expect(sheets.small.score?.evaluatedFen).toBe(String(2_700_000 * YUAN));
    expect([sheets.brandSecond.rank, sheets.brandSecond.behindItsBrand]).toEqual([null, true]);
    expect(sheets.unqualified).toMatchObject({ score: null, rejected: { ground: 3, zh: '营业执照已被吊销' } });
    expect(sheets.unconfirmed).toMatchObject({ score: null, rejected: { point: 'unconfirmed', ground: 6 } });
    // What is not so is found.
    const forged = { ...sheets.small, bid: { ...sheets.small.bid, claims: [] } };
    expect(verifySheet(forged).faults).not.toEqual([]);
  });
});

const reviewed = (): Entry[] => scheme.conformity.map(({ key }) => ({ item: key, passes: true }));

function entriesOf(part: 'review' | 'technical' | 'commercial', name: Name, member: number): Entry[] {
  if (part === 'review') return reviewed();
  const { plan, data, contracts } = OFFERS[name] as Offer;
  if (part === 'commercial') return [{ item: 'similar-contracts', value: contracts }];
  return [
    { item: 'technical-plan', points: plan[member] ?? '' },
    { item: 'technical-data', value: data },
  ];
}
