import { describe, expect, it, test } from 'vitest';
import type { Candidate, PriceCorrection, Rejection, Valued } from '../../domain/decisions.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import {
  assertDistinctMembers,
  assertEachNamedOnce,
  checkEvaluationMethod,
  checkEvaluation,
  competingOf,
  countsOf,
  groundsOf,
} from '../../domain/evaluation/report.ts';
import type { OpenedBid, ReportFacts } from '../../domain/evaluation/facts.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_INVITED_TENDER } from '../../domain/procedures/government-invited-tender.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_INVITED_TENDER } from '../../domain/procedures/tendering-invited-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';

const candidate = (bidId: string, rank: number, priceFen: number, score: number | null = null): Candidate => ({
  ...{ bidId, rank, priceFen, score },
});
const other = (bidId: string, priceFen: number, score: number | null = null): Valued => ({ bidId, priceFen, score });
const rejection = (bidId: string, ground: number): Rejection => ({ bidId, ground, reasonZh: '不满足' });
const [OPENED, ENDED] = [parseInstant('2026-04-20T09:00+08:00'), parseInstant('2026-04-21T17:00+08:00')];
const facts = (prices: Record<string, number | null>, change: Partial<ReportFacts> = {}): ReportFacts => ({
  opened: Object.entries(prices).map(([bidId, priceFen]) => ({ bidId, priceFen })),
  limits: { budgetFen: 1_000, ceilingFen: null },
  method: null,
  ...{ kind: 'goods' as const, noticeAt: parseInstant('2026-03-01T09:00+08:00') },
  ...{ openedAt: OPENED, evaluationEndedAt: ENDED },
  ...change,
});
const found = (
  procedure: Procedure,
  of: ReportFacts,
  candidates: Candidate[],
  { others = [], rejected = [] }: { others?: Valued[]; rejected?: Rejection[] } = {},
) =>
  checkEvaluation(procedure, of, { candidates, others, rejected }).map(({ rule, article, field, severity }) => [
    ...[rule, article, field, severity],
  ]);

describe('the price of a candidate', () => {
  const corrected = (toFen: number, ...corrections: [PriceCorrection['step'], number][]): Candidate => ({
    ...candidate('a', 1, toFen),
    corrections: corrections.map(([step, to]) => ({ step, toFen: to, noteZh: '报价明细' })),
    confirmation: { by: '张三', at: OPENED + 60_000 },
  });

  it.each([
    [
      'works: no other sum than that of the opened bid but by its corrections',
      TENDERING_OPEN_TENDER,
      'works-price-correction',
      '53',
    ],
    ['government: the same', GOVERNMENT_OPEN_TENDER, 'gp-price-correction', '59'],
    ['an inquiry: it is offered once and not changed (74令46)', GOVERNMENT_INQUIRY, 'inq-one-shot-price', '46'],
  ] as const)('%s', (_name, procedure, rule, article) => {
    expect(found(procedure, facts({ a: 900 }), [candidate('a', 1, 800)])).toEqual([
      [rule, article, 'candidates[0].priceFen', 'block'],
    ]);
    expect(found(procedure, facts({ a: 900 }), [candidate('a', 1, 900)])).toEqual([]);
    // Not sealed: the platform cannot know.
    expect(found(procedure, facts({ a: null }), [candidate('a', 1, 800)])).toEqual([]);
  });

  it('is corrected in the order of 87令59: opening list, words, misplaced point, sum by unit prices', () => {
    const of = facts({ a: 900 });
    const steps = (made: Candidate) => found(GOVERNMENT_OPEN_TENDER, of, [made]).map(([, , field]) => field);
    expect(steps(corrected(850, ['words', 880], ['sum', 850]))).toEqual([]);
    expect(steps(corrected(850, ['sum', 880], ['words', 850]))).toEqual(['candidates[0].corrections[1]']);
    expect(steps(corrected(850, ['unit-price', 850]))).toEqual(['candidates[0].corrections[0]']);
    // It leads to another sum than is stated, or changes nothing.
    expect(steps(corrected(840, ['words', 850]))).toEqual(['candidates[0].priceFen']);
    expect(steps(corrected(900, ['words', 900]))).toEqual(['candidates[0].corrections[0]']);
  });

  it('in works: words before figures, unit prices before sums (30号令53); in an inquiry never (74令46)', () => {
    const of = facts({ a: 900 });
    expect(found(TENDERING_OPEN_TENDER, of, [corrected(850, ['words', 880], ['unit-price', 850])])).toEqual([]);
    expect(found(TENDERING_OPEN_TENDER, of, [corrected(850, ['opening-list', 850])])).toHaveLength(1);
    expect(found(GOVERNMENT_INQUIRY, of, [corrected(850, ['words', 850])])).toEqual([
      ['inq-one-shot-price', '46', 'candidates[0].corrections[0]', 'block'],
    ]);
  });
});

describe('a corrected price binds once its bidder has confirmed it', () => {
  const made = (confirmation?: Candidate['confirmation']): Candidate => ({
    ...candidate('a', 1, 850),
    corrections: [{ step: 'words', toFen: 850, noteZh: '大写' }],
    confirmation,
  });
  it.each([
    ['government: else the bid is invalid (87令59)', GOVERNMENT_OPEN_TENDER, 'gp-price-correction', '59', /投标无效/],
    ['works: else it does not bind (30号令53)', TENDERING_OPEN_TENDER, 'works-price-correction', '53', /没有约束力/],
  ] as const)('%s', (_name, procedure, rule, article, zh) => {
    const judge = (bid: Candidate) => found(procedure, facts({ a: 900 }), [bid]);
    expect(judge(made())).toEqual([[rule, article, 'candidates[0].confirmation', 'block']]);
    const [unconfirmed] = checkEvaluation(procedure, facts({ a: 900 }), {
      ...{ candidates: [made()], others: [], rejected: [] },
    });
    expect(unconfirmed?.messageZh).toMatch(zh);
    expect(judge(made({ by: '张三', at: ENDED }))).toEqual([]);
    for (const at of [OPENED - 1, ENDED + 1]) {
      expect(judge(made({ by: '张三', at }))).toEqual([[rule, article, 'candidates[0].confirmation.at', 'block']]);
    }
    // Not confirmed, the bid is rejected; a price that is not corrected needs no confirmation.
    expect(judge(candidate('a', 1, 900))).toEqual([]);
  });
});

describe('a price above the limit is invalid', () => {
  it('government: above the budget or the ceiling (87令63(四)), also of who is no candidate', () => {
    const of = facts({ a: 1_000, b: 1_001 });
    expect(found(GOVERNMENT_OPEN_TENDER, of, [candidate('a', 1, 1_000)], { others: [other('b', 1_001)] })).toEqual([
      ['gp-invalid-grounds', '63', 'others[0].priceFen', 'block'],
    ]);
    const ceiling = facts({ a: 960, b: 950 }, { limits: { budgetFen: 1_000, ceilingFen: 955 } });
    expect(found(GOVERNMENT_OPEN_TENDER, ceiling, [candidate('b', 1, 950), candidate('a', 2, 960)])).toEqual([
      ['gp-invalid-grounds', '63', 'candidates[1].priceFen', 'block'],
    ]);
  });

  it('works: above the ceiling of the documents (条例51(五)); the budget is none', () => {
    const of = (ceilingFen: number | null) => facts({ a: 1_200 }, { limits: { budgetFen: 1_000, ceilingFen } });
    expect(found(TENDERING_OPEN_TENDER, of(null), [candidate('a', 1, 1_200)])).toEqual([]);
    expect(found(TENDERING_OPEN_TENDER, of(1_100), [candidate('a', 1, 1_200)])).toEqual([
      ['works-reject-grounds', '51', 'candidates[0].priceFen', 'block'],
    ]);
  });

  it('nobody is rejected for a price that is within it', () => {
    const of = facts({ a: 900, b: 950 });
    const reject = (ground: number) =>
      found(GOVERNMENT_OPEN_TENDER, of, [candidate('a', 1, 900)], { rejected: [rejection('b', ground)] });
    expect(reject(4)).toEqual([['gp-invalid-grounds', '63', 'rejected[0].ground', 'block']]);
    expect(reject(3)).toEqual([]);
    // 87令63 has six items.
    expect(groundsOf(GOVERNMENT_OPEN_TENDER)).toHaveLength(6);
    expect(groundsOf(TENDERING_OPEN_TENDER)).toHaveLength(7);
    expect(reject(7)).toEqual([['gp-invalid-grounds', '63', 'rejected[0].ground', 'block']]);
  });
});

describe('nobody is rejected on a ground that the record contradicts', () => {
  const reject = (procedure: Procedure, ground: number, bid: Partial<OpenedBid>, change: Partial<ReportFacts> = {}) => {
    const opened = [
      { bidId: 'a', priceFen: 900 },
      { bidId: 'b', priceFen: 950, ...bid },
    ];
    return found(procedure, { ...facts({}), opened, ...change }, [candidate('a', 1, 900)], {
      rejected: [rejection('b', ground)],
    });
  };

  it('a deposit that is held, or that nobody asked for (87令63(一))', () => {
    const refused = [['gp-invalid-grounds', '63', 'rejected[0].ground', 'block']];
    for (const procedure of [GOVERNMENT_OPEN_TENDER, GOVERNMENT_INVITED_TENDER]) {
      expect(reject(procedure, 1, { deposit: 'held' })).toEqual(refused);
      expect(reject(procedure, 1, { deposit: 'not-asked' })).toEqual(refused);
      expect(reject(procedure, 1, { deposit: 'lacking' })).toEqual([]);
      // Whether it was signed, or accepts what is asked, the committee knows.
      for (const ground of [2, 3, 5, 6]) expect(reject(procedure, ground, { deposit: 'held' })).toEqual([]);
    }
  });

  it('the agreement of a consortium, where the documents take none (条例51(二))', () => {
    const refused = [['works-reject-grounds', '51', 'rejected[0].ground', 'block']];
    for (const procedure of [TENDERING_OPEN_TENDER, TENDERING_INVITED_TENDER]) {
      expect(reject(procedure, 2, {}, { consortium: 'refused' })).toEqual(refused);
      expect(reject(procedure, 2, {}, { consortium: 'accepted' })).toEqual([]);
      expect(reject(procedure, 2, {})).toEqual([]);
      // (四): one file may state two prices; (五): a price may be below cost.
      for (const ground of [1, 3, 4, 5, 6, 7]) expect(reject(procedure, ground, { deposit: 'held' })).toEqual([]);
    }
  });
});

describe('what is stated of a bid beside its price', () => {
  const stating = (told: Partial<Candidate>, opened: Partial<OpenedBid> = {}) =>
    found(TENDERING_OPEN_TENDER, { ...facts({}), opened: [{ bidId: 'a', priceFen: 900, ...opened }] }, [
      { ...candidate('a', 1, 900), ...told },
    ]).map(([rule, , field]) => [rule, field]);

  it('is what the opened bid promises: its time of performance, its quality', () => {
    const opened = { periodDays: 180, quality: '合格' };
    for (const period of ['180 日历天', '180天', '１８０日', '自2026年5月1日起 180 个日历天']) {
      expect(stating({ period }, opened), period).toEqual([]);
    }
    for (const period of ['3 日历天', '3 日历天（承诺 180 日历天）', '六个月', '180 个月', '1800 天', '5月180日']) {
      expect(stating({ period }, opened), period).toEqual([['opened-bid', 'candidates[0].period']]);
    }
    expect(stating({ quality: ' 合格' }, opened)).toEqual([]);
    expect(stating({ quality: '不合格' }, opened)).toEqual([['opened-bid', 'candidates[0].quality']]);
    // What was not read out, the platform cannot know.
    expect(stating({ period: '3 日历天', quality: '优良' })).toEqual([]);
  });

  it('costs no more in one unit than in the whole', () => {
    const items = (...told: [unitPriceFen: number, quantity?: string][]) =>
      stating({ items: told.map(([unitPriceFen, quantity]) => ({ name: '终端', unitPriceFen, quantity })) });
    expect(items([900])).toEqual([]);
    expect(items([400, '2 台'], [500])).toEqual([]);
    expect(items([901, '300 台'])).toEqual([['amount', 'candidates[0].items[0].unitPriceFen']]);
    expect(items([1], [9_999_999_999_999])).toEqual([['amount', 'candidates[0].items[1].unitPriceFen']]);
    expect(items([500], [500])).toEqual([['amount', 'candidates[0].items']]);
    // Of half a kilometre one kilometre costs more.
    expect(items([1_800, '0.5 公里'])).toEqual([]);
  });
});

describe('the evaluated price', () => {
  const [a, b] = [candidate('a', 1, 900), candidate('b', 2, 500)];
  const judged = (
    procedure: Procedure,
    evaluatedFen: number,
    evaluatedZh?: string,
    change: Partial<ReportFacts> = {},
  ) =>
    found(procedure, facts({ a: 900, b: 500 }, { method: 'lowest-evaluated', ...change }), [
      { ...a, evaluatedFen, evaluatedZh },
      b,
    ]).map(([rule, article, field]) => [rule, article, field]);

  it('government: only arithmetic and policy change a price (87令54), within the rates of the day', () => {
    const outOf = ['gp-lowest-no-adjust', '54(3)', 'candidates[0].evaluatedFen'];
    for (const procedure of [GOVERNMENT_OPEN_TENDER, GOVERNMENT_INVITED_TENDER]) {
      expect(judged(procedure, 1, '优惠')).toEqual([outOf]);
      expect(judged(procedure, 901, '加价')).toContainEqual(outOf);
      // 财库〔2022〕19号: 20 % at most, and 20 % for a domestic product.
      expect(judged(procedure, 540, '小微企业、本国产品')).not.toContainEqual(outOf);
      expect(judged(procedure, 539, '小微企业、本国产品')).toContainEqual(outOf);
      // Services have no domestic products.
      expect(judged(procedure, 719, '小微企业', { kind: 'services' })).toContainEqual(outOf);
      expect(judged(procedure, 720, '小微企业', { kind: 'services' })).not.toContainEqual(outOf);
      // 财库〔2020〕46号 9: 10 % at most until 30 June 2022.
      const before = { kind: 'services', noticeAt: parseInstant('2022-06-01T09:00+08:00') } as const;
      expect(judged(procedure, 809, '小微企业', before)).toContainEqual(outOf);
      expect(judged(procedure, 810, '小微企业', before)).not.toContainEqual(outOf);
      // Which, and how much.
      for (const blank of [undefined, ' ']) {
        expect(judged(procedure, 800, blank)).toContainEqual([
          ...['gp-lowest-no-adjust', '54(3)', 'candidates[0].evaluatedZh'],
        ]);
      }
    }
  });

  it('works: deviations are priced as the documents say, each explained (12号令30–33)', () => {
    for (const procedure of [TENDERING_OPEN_TENDER, TENDERING_INVITED_TENDER]) {
      expect(judged(procedure, 1)).toEqual([['works-method-lowest', '30–33', 'candidates[0].evaluatedZh']]);
      expect(judged(procedure, 490, '付款条件偏差折价')).toEqual([]);
    }
  });
});

it('a score is of a hundred points at most in government (87令55); in works the documents say of how many', () => {
  const scored = (procedure: Procedure, score: number) =>
    found(procedure, facts({ a: 900 }), [candidate('a', 1, 900, score)]);
  expect(scored(GOVERNMENT_OPEN_TENDER, 100)).toEqual([]);
  expect(scored(GOVERNMENT_OPEN_TENDER, 100.01)).toEqual([['gp-price-formula', '55', 'candidates[0].score', 'block']]);
  expect(scored(TENDERING_OPEN_TENDER, 120)).toEqual([]);
});

describe('the ranks', () => {
  it('by score, equal scores by price in government (87令57)', () => {
    const of = facts({ a: 900, b: 800, c: 700 });
    const ranked = (...candidates: Candidate[]) => found(GOVERNMENT_OPEN_TENDER, of, candidates);
    expect(ranked(candidate('a', 1, 900, 95), candidate('b', 2, 800, 90), candidate('c', 3, 700, 85))).toEqual([]);
    expect(ranked(candidate('a', 1, 900, 10), candidate('b', 2, 800, 99))).toEqual([
      ['gp-ranking-tie', '57', 'candidates[1].rank', 'block'],
    ]);
    expect(ranked(candidate('b', 1, 800, 90), candidate('a', 2, 900, 90))).toEqual([]);
    expect(ranked(candidate('a', 1, 900, 90), candidate('b', 2, 800, 90))).toHaveLength(1);
    // In works the documents say what decides then.
    expect(found(TENDERING_OPEN_TENDER, of, [candidate('a', 1, 900, 90), candidate('b', 2, 800, 90)])).toEqual([]);
  });

  it('nobody with a better score is passed over', () => {
    const of = facts({ a: 900, b: 800 });
    expect(found(TENDERING_OPEN_TENDER, of, [candidate('a', 1, 900, 80)], { others: [other('b', 800, 90)] })).toEqual([
      ['works-method-list', '29', 'others[0]', 'block'],
    ]);
  });

  it('as the method of the documents wants it: scores where bids are scored, none where the price decides', () => {
    const by = (method: ReportFacts['method'], ...scores: (number | null)[]) =>
      found(
        GOVERNMENT_OPEN_TENDER,
        facts({ a: 900, b: 800 }, { method }),
        scores.map((score, index) => candidate(index === 0 ? 'b' : 'a', index + 1, index === 0 ? 800 : 900, score)),
      ).map(([, , field]) => field);
    expect(by('comprehensive', 90, 80)).toEqual([]);
    expect(by('comprehensive', 90, null)).toEqual(['candidates[1].score']);
    expect(by('lowest-evaluated', null, null)).toEqual([]);
    expect(by('lowest-evaluated', 90, 80)).toEqual(['candidates[0].score']);
  });

  it('by the evaluated price where preferences make it another one', () => {
    const of = facts({ a: 900, b: 800 }, { method: 'lowest-evaluated' });
    const small = { ...candidate('a', 1, 900), evaluatedFen: 790, evaluatedZh: '小微企业价格扣除' };
    expect(found(GOVERNMENT_OPEN_TENDER, of, [small, candidate('b', 2, 800)])).toEqual([]);
    expect(found(GOVERNMENT_OPEN_TENDER, of, [candidate('a', 1, 900), candidate('b', 2, 800)])).toHaveLength(1);
  });

  it('of an inquiry: the lowest price first, and nobody who meets the needs is passed over (74令48, 49)', () => {
    const of = facts({ a: 100, b: 200, c: 300, d: 150 });
    const told = (candidates: Candidate[], rest: Parameters<typeof found>[3] = {}) =>
      found(GOVERNMENT_INQUIRY, of, candidates, rest);
    expect(told([candidate('a', 1, 100), candidate('d', 2, 150), candidate('b', 3, 200)])).toEqual([]);
    const three = [candidate('a', 1, 100), candidate('b', 2, 200), candidate('c', 3, 300)];
    expect(told(three, { rejected: [rejection('d', 1)] })).toEqual([]);
    expect(told(three, { others: [other('d', 150)] })).toEqual([['neg-award-rule', '36,49', 'others[0]', 'block']]);
    expect(
      told([candidate('a', 2, 100), candidate('b', 1, 200), candidate('c', 3, 300)], { rejected: [rejection('d', 1)] }),
    ).toEqual([['neg-award-rule', '36,49', 'candidates[0].rank', 'block']]);
    // The price of a small firm takes part as it is reduced (财库〔2020〕46号 9), and no further.
    const reduced = (evaluatedFen: number) =>
      told([{ ...candidate('b', 1, 200), evaluatedFen, evaluatedZh: '小微企业' }, candidate('d', 2, 150)], {
        rejected: [rejection('c', 1), rejection('a', 1)],
      });
    expect(reduced(149)).toEqual([]);
    expect(reduced(151)).toEqual([['neg-award-rule', '36,49', 'candidates[1].rank', 'block']]);
    expect(reduced(1)).toEqual([['neg-award-rule', '36,49', 'candidates[0].evaluatedFen', 'block']]);
    // Equal prices may stand in either order.
    expect(
      found(GOVERNMENT_INQUIRY, facts({ x: null, y: null }), [candidate('x', 1, 5), candidate('y', 2, 5)]),
    ).toEqual([]);
  });

  it('are 1, 2, 3 …, once each', () => {
    const of = facts({ a: 100, b: 200 });
    for (const ranks of [
      [1, 1],
      [1, 3],
      [0, 1],
    ]) {
      expect(() =>
        found(TENDERING_OPEN_TENDER, of, [candidate('a', ranks[0] ?? 0, 100), candidate('b', ranks[1] ?? 0, 200)]),
      ).toThrow(expect.objectContaining({ code: 'bad-input' }) as Error);
    }
  });
});

test('the documents choose a method of their procedure (12号令 29, 87令 53, 74令 36)', () => {
  expect(checkEvaluationMethod(GOVERNMENT_OPEN_TENDER, 'comprehensive', [1])).toEqual([]);
  expect(checkEvaluationMethod(GOVERNMENT_OPEN_TENDER, null, [])).toEqual([]);
  expect(checkEvaluationMethod(GOVERNMENT_INQUIRY, 'comprehensive', [1])).toMatchObject([
    {
      rule: 'neg-award-rule',
      severity: 'block',
      field: 'particulars.evaluationMethod',
      lawfulChoices: ['lowest-price'],
    },
  ]);
});

// @rule gp-doc-items-reg, works-unlisted-criteria
test('the documents state the method: 政府采购法实施条例 32 asks for it; 招标投标法实施条例 49 bars what they do not state', () => {
  const lacking = (definition: Procedure, unstated: readonly number[]) =>
    checkEvaluationMethod(definition, null, unstated).map(({ severity, law, article, field, lawfulChoices }) => [
      ...[severity, law, article, field, lawfulChoices],
    ]);
  const choices = ['lowest-evaluated', 'comprehensive'];
  const field = 'particulars.evaluationMethod';
  for (const definition of [GOVERNMENT_OPEN_TENDER, GOVERNMENT_INVITED_TENDER]) {
    expect(lacking(definition, [1])).toEqual([['block', '政府采购法实施条例', '32(2)', field, choices]]);
  }
  for (const definition of [TENDERING_OPEN_TENDER, TENDERING_INVITED_TENDER]) {
    expect(lacking(definition, [1])).toEqual([['warn', '招标投标法实施条例', '49(1)', field, choices]]);
  }
  // An inquiry has one method (财政部令74号 49), and a scheme of each lot states it too.
  expect(lacking(GOVERNMENT_INQUIRY, [1])).toEqual([]);
  expect(lacking(GOVERNMENT_OPEN_TENDER, [])).toEqual([]);
  const [violation] = checkEvaluationMethod(GOVERNMENT_OPEN_TENDER, null, [2, 3]);
  expect(violation?.messageZh).toMatch(/第 2、3 标段（包）未载明：请填写.*最低评标价.*综合评/);
});

test('where no method is stated, ranks are told by scores or by prices (12号令 29, 87令 53)', () => {
  const of = facts({ a: 100, b: 200, c: 300 });
  for (const procedure of [TENDERING_OPEN_TENDER, GOVERNMENT_OPEN_TENDER]) {
    expect(found(procedure, of, [candidate('a', 1, 100), candidate('b', 2, 200), candidate('c', 3, 300)])).toEqual([]);
    const wrong = [candidate('b', 1, 200), candidate('a', 2, 100), candidate('c', 3, 300)];
    expect(found(procedure, of, wrong)).toMatchObject([
      [expect.any(String), expect.any(String), 'candidates[1].rank', 'block'],
    ]);
    const [violation] = checkEvaluation(procedure, of, { candidates: wrong, others: [], rejected: [] });
    expect(violation?.messageZh).toContain('未载明评标方法，也没有得分');
    // With scores the scores decide.
    const scored = wrong.map((each, index) => ({ ...each, score: 90 - index }));
    expect(found(procedure, of, scored)).toEqual([]);
    // An evaluated price that the report states is one.
    const evaluated = [
      { ...candidate('b', 1, 200), evaluatedFen: 180, evaluatedZh: '小微企业' },
      candidate('a', 2, 190),
    ];
    expect(found(procedure, facts({ a: 190, b: 200 }), evaluated)).toEqual([]);
  }
});

test('each opened bid is named once, and the counts are the platform’s', () => {
  const of = facts({ a: 100, b: 200, c: 300 });
  const report = { candidates: [candidate('a', 1, 100)], others: [other('b', 200)], rejected: [rejection('c', 3)] };
  assertEachNamedOnce(GOVERNMENT_OPEN_TENDER, of, report);
  expect(countsOf(GOVERNMENT_OPEN_TENDER, report)).toEqual({ qualified: 2, conforming: 2 });
  const sixth = { ...report, rejected: [rejection('c', 6)] };
  expect(countsOf(GOVERNMENT_OPEN_TENDER, sixth)).toEqual({ qualified: 3, conforming: 2 });
  const refusal = (change: Partial<typeof report>) => () =>
    assertEachNamedOnce(GOVERNMENT_OPEN_TENDER, of, { ...report, ...change });
  expect(refusal({ candidates: [], others: [], rejected: [] })).toThrow(
    expect.objectContaining({ code: 'bad-input', details: { field: 'others', bidIds: ['a', 'b', 'c'] } }) as Error,
  );
  expect(refusal({ others: [other('b', 200), other('a', 100)] })).toThrow(
    expect.objectContaining({ details: { field: 'candidates', bidId: 'a' } }) as Error,
  );
});

test('members of a committee are persons: a name written twice counts once, whatever does not show', () => {
  const refused = (...names: string[]) => {
    try {
      assertDistinctMembers(
        TENDERING_OPEN_TENDER,
        names.map((name) => ({ name, kind: 'expert' })),
      );
      return null;
    } catch (error) {
      return (error as { details: { field: string } }).details.field;
    }
  };
  expect(refused('甲', '乙', '丙')).toBeNull();
  expect(refused('甲', '甲', '丙')).toBe('committee.1.name');
  for (const alike of ['甲\u200b', ' 甲', '甲 ', '\u202e甲', '甲\u00ad', '甲\u{e0041}', '甲\ufe0f', '甲\u3164']) {
    expect(refused('甲', '乙', alike), JSON.stringify(alike)).toBe('committee.2.name');
  }
  expect(refused('Ａlice', 'alice')).toBe('committee.1.name');
  expect(refused('买买提·艾力', '买买提艾力')).toBe('committee.1.name');
  for (const [one, other] of [
    ['王·明', '王•明'],
    ['王·明', '王・明'],
    ['王·明', '王.明'],
    ['甲', '甲，'],
    ['甲', '(甲)'],
    ['甲', '甲1'],
    ['甲', '甲②'],
    ['甲（一）', '甲（二）'],
    ['张三', '张三（甲单位）'],
    ['张三（甲单位）', '张三【甲 单位】'],
  ] as const) {
    expect(refused(one, other), `${one} ${other}`).toBe('committee.1.name');
  }
  // Two persons of one name are told apart by their employers.
  expect(refused('张三（甲单位）', '张三（乙单位）')).toBeNull();
  expect(refused('专家甲', '专家乙')).toBeNull();
});

describe('bids of one brand (财政部令87号 31)', () => {
  // Worked by hand: a and b offer one brand, with 95 and 90 points; c has 85, d 80. Of a and b the better one is recommended, and
  // the other is not: a, c and d are the candidates, although b has more points than d.
  const of = facts({ a: 900, b: 900, c: 900, d: 900, e: 900 }, { method: 'comprehensive' });
  const candidates = [candidate('a', 1, 900, 95), candidate('c', 2, 900, 85), candidate('d', 3, 900, 80)];
  const last = other('e', 900, 70);
  const behind = (score: number, brandBehind?: string): Valued => ({
    ...other('b', 900, score),
    ...(brandBehind === undefined ? {} : { brandBehind }),
  });

  it('the one behind another of its brand is no candidate, however many points it has', () => {
    expect(found(GOVERNMENT_OPEN_TENDER, of, candidates, { others: [behind(90, 'a'), last] })).toEqual([]);
  });

  it.each([
    ['without its brand it would be one', behind(90)],
    ['one that is better than the recommended one of its brand', behind(96, 'a')],
    ['the one before it must be recommended', behind(90, 'e')],
  ] as const)('%s', (_name, bid) => {
    expect(found(GOVERNMENT_OPEN_TENDER, of, candidates, { others: [bid, last] })).toEqual([
      ['gp-ranking-tie', '57', 'others[0]', 'block'],
    ]);
  });

  it('count as one: of three bids two are left, which stops the evaluation (财政部令87号 44)', () => {
    const report = { candidates: [candidate('a', 1, 900, 95), candidate('c', 2, 900, 85)], rejected: [] };
    const counted = (definition: Procedure, brand?: string) =>
      competingOf(definition, { ...report, others: [behind(90, brand)] });
    expect(counted(GOVERNMENT_OPEN_TENDER, 'a')).toEqual({ qualified: 2, conforming: 2 });
    expect(counted(GOVERNMENT_OPEN_TENDER)).toEqual({ qualified: 3, conforming: 3 });
    expect(counted(TENDERING_OPEN_TENDER, 'a')).toEqual({ qualified: 3, conforming: 3 });
  });

  it('works have no such rule', () => {
    expect(found(TENDERING_OPEN_TENDER, of, candidates, { others: [behind(90, 'a'), last] })).not.toEqual([]);
  });
});
