import { TENDERING_OPEN_TENDER } from '../../../domain/procedures/tendering-open-tender.ts';
import type { PriceFormula, Scheme } from '../../../domain/evaluation/scheme/scheme.ts';
import { bid, judged, marked, priced, scheme, WAN, type Golden, type Lot } from './scenario.ts';

const DEVIATION: Extract<PriceFormula, { name: 'deviation' }> = {
  name: 'deviation',
  base: { of: 'mean', trim: 0, trimFrom: 0, down: '0' },
  above: '1',
  below: '0.5',
  least: '0',
};

/** 技术 60, 报价 40. */
const scored = (
  bids: Lot['bids'],
  formula: PriceFormula = DEVIATION,
  change: Partial<Scheme> = {},
  more: Partial<Lot> = {},
): Lot => ({
  definition: TENDERING_OPEN_TENDER,
  kind: 'works',
  scheme: scheme({ criteria: [judged('60'), priced('40', formula)], ties: ['price', 'technical', 'draw'], ...change }),
  bids,
  ...more,
});

const lowest = (bids: Lot['bids'], change: Partial<Scheme> = {}, more: Partial<Lot> = {}): Lot =>
  scored(bids, DEVIATION, { method: 'lowest-evaluated', criteria: [], ties: ['draw'], ...change }, more);

const DOCUMENTS = '12号令第34至37条、招标文件';

export const WORKS: readonly Golden[] = [
  {
    name: 'deviation from the mean: 1 point for each % above, half a point for each % below',
    article: DOCUMENTS,
    hand: '平均 (90+100+110)/3=100；110：+10%，40−10×1=30；90：−10%，40−10×0.5=35；100：40',
    lot: scored([marked('a', 90, '50'), marked('b', 100, '50'), marked('c', 110, '50')]),
    expected: { totals: { a: '85', b: '90', c: '80' }, ranks: { b: 1, a: 2, c: 3 } },
  },
  {
    name: 'a base of the mean less 5 %',
    article: DOCUMENTS,
    hand: '平均 100×(1−5%)=95；95：40；100：+100/19%，40−100/19=660/19；105：+200/19%，40−200/19=560/19',
    lot: scored([marked('a', 95, '50'), marked('b', 100, '50'), marked('c', 105, '50')], {
      ...DEVIATION,
      base: { ...DEVIATION.base, down: '5' },
    }),
    expected: {
      steps: {
        a: { 'criterion.price': '40', 'price.base': '95000000' },
        b: { 'criterion.price': '660/19' },
        c: { 'criterion.price': '560/19' },
      },
    },
  },
  {
    name: 'the mean without the highest and the lowest, from five bids on',
    article: `${DOCUMENTS}（政府采购不得去掉）`,
    hand: '60、95、100、105、190：去掉 60、190，(95+100+105)/3=100；190：+90%，40−90<0，取 0',
    lot: scored(
      [
        marked('a', 60, '50'),
        marked('b', 95, '50'),
        marked('c', 100, '50'),
        marked('d', 105, '50'),
        marked('e', 190, '50'),
      ],
      { ...DEVIATION, base: { ...DEVIATION.base, trim: 1, trimFrom: 5 } },
    ),
    expected: {
      steps: {
        a: { 'criterion.price': '20', 'price.mean': '100000000' },
        b: { 'criterion.price': '75/2' },
        e: { 'criterion.price': '0' },
      },
    },
  },
  {
    name: 'with four bids nothing is left out',
    article: DOCUMENTS,
    hand: '(60+100+100+140)/4=100',
    lot: scored([marked('a', 60, '50'), marked('b', 100, '50'), marked('c', 100, '50'), marked('d', 140, '50')], {
      ...DEVIATION,
      base: { ...DEVIATION.base, trim: 1, trimFrom: 5 },
    }),
    expected: { steps: { b: { 'price.mean': '100000000', 'criterion.price': '40' } } },
  },
  {
    name: 'mean and ceiling together',
    article: DOCUMENTS,
    hand: '平均 100×(1−0.2)+最高限价 120×0.2=104；104 满分；100：−50/13%，40−50/13×0.5=495/13',
    lot: scored(
      [marked('a', 100, '50'), marked('b', 104, '50'), marked('c', 96, '50')],
      { ...DEVIATION, base: { of: 'mean-and-ceiling', trim: 0, trimFrom: 0, ceilingShare: '0.2', down: '0' } },
      {},
      { ceilingWan: 120 },
    ),
    expected: {
      steps: { b: { 'criterion.price': '40', 'price.base': '104000000' }, a: { 'criterion.price': '495/13' } },
    },
  },
  {
    name: 'the lowest as the base of a deviation',
    article: DOCUMENTS,
    hand: '基准 80；100：+25%，40−25=15',
    lot: scored([marked('a', 80, '50'), marked('b', 100, '50'), marked('c', 88, '50')], {
      ...DEVIATION,
      base: { ...DEVIATION.base, of: 'lowest' },
    }),
    expected: {
      steps: { a: { 'criterion.price': '40' }, b: { 'criterion.price': '15' }, c: { 'criterion.price': '30' } },
    },
  },
  {
    name: 'a small firm: 5 % more points for the price, by its original price',
    article: '财库〔2020〕46号第9条（工程，未采用低价优先法）',
    hand: '平均 100；s 报价 100：40×1.05=42；评标价不变',
    lot: scored(
      [
        marked('s', 100, '50', { claims: [{ key: 'small-firm', granted: true }] }),
        marked('b', 100, '50'),
        marked('c', 100, '50'),
      ],
      DEVIATION,
      { preferences: [{ key: 'small-firm', form: 'bonus', percent: '5' }] },
    ),
    expected: { totals: { s: '92', b: '90' }, evaluatedWan: { s: '100' }, ranks: { s: 1 } },
  },
  {
    name: 'marks without the highest and the lowest, where the documents say so',
    article: `${DOCUMENTS}（政府采购不得去掉）`,
    hand: '10、8、8、7、2：去掉 10、2，23/3',
    lot: scored(
      [
        bid('a', 100, { marks: { quality: ['10', '8', '8', '7', '2'] } }),
        bid('b', 100, { marks: { quality: ['7', '7', '7', '7', '7'] } }),
        bid('c', 100, { marks: { quality: ['1', '1', '1', '1', '1'] } }),
      ],
      DEVIATION,
      { marks: 'trimmed' },
    ),
    expected: { steps: { a: { 'criterion.quality': '23/3' } }, ranks: { a: 1, b: 2, c: 3 } },
  },
  {
    name: 'fewer than five marks are all counted',
    article: DOCUMENTS,
    hand: '(10+8+8+2)/4=7',
    lot: scored(
      [bid('a', 100, { marks: { quality: ['10', '8', '8', '2'] } }), marked('b', 100, '1'), marked('c', 100, '1')],
      DEVIATION,
      { marks: 'trimmed' },
    ),
    expected: { steps: { a: { 'criterion.quality': '7' } } },
  },
  {
    name: 'at most three candidates, ranked',
    article: '招标投标法实施条例第53条、12号令第45条',
    hand: '5 个有效投标：前 3 名为候选人',
    lot: scored(['a', 'b', 'c', 'd', 'e'].map((id, index) => marked(id, 100, String(50 - index)))),
    expected: { candidates: ['a', 'b', 'c'], ranks: { a: 1, b: 2, c: 3, d: 4, e: 5 } },
  },
  {
    name: 'equal points: the documents put the lower price first, then the better technical part, then chance decides',
    article: '12号令第18条（法律未规定，招标文件规定）',
    hand: '均为 90 分、100 万、技术 50：报价、技术均不能区分，随机抽取，次序 b、a',
    lot: scored(
      [marked('a', 100, '50'), marked('b', 100, '50'), marked('c', 100, '40')],
      DEVIATION,
      {},
      { given: { drawn: ['b', 'c', 'a'] } },
    ),
    expected: { ranks: { b: 1, a: 2, c: 3 }, pending: [] },
  },
  {
    name: 'equal points of different prices: the lower price first',
    article: '12号令第18条、招标文件',
    hand: '平均 100；a 90：35+50=85；b 110：30+55=85；a 报价低',
    lot: scored([marked('a', 90, '50'), marked('b', 110, '55'), marked('c', 100, '10')]),
    expected: { totals: { a: '85', b: '85' }, ranks: { a: 1, b: 2, c: 3 }, pending: [] },
  },
  {
    name: 'the documents say nothing of equal bids: by chance',
    article: '12号令第18条',
    hand: '招标文件未规定先后：随机抽取，次序 c、b、a',
    lot: scored(
      [marked('a', 100, '50'), marked('b', 100, '50'), marked('c', 100, '40')],
      DEVIATION,
      { ties: [] },
      { given: { drawn: ['c', 'b', 'a'] } },
    ),
    expected: { ranks: { b: 1, a: 2, c: 3 }, pending: [] },
  },
  {
    name: 'two valid bids: the committee says whether competition is left',
    article: '12号令第27条',
    hand: '否决后 2 个有效投标：可以否决全部，不是必须',
    lot: scored([
      marked('a', 100, '50'),
      marked('b', 100, '40'),
      marked('c', 100, '40', { failed: [{ part: 'conformity', item: 'responds', ground: 6, reasonZh: '工期超限' }] }),
    ]),
    expected: {
      pending: [['decide-competition', 'a', 'b']],
      rejected: { c: ['conformity', 6] },
      ranks: { a: 1, b: 2 },
    },
  },
  {
    name: '… enough is left: they are ranked',
    article: '12号令第27条',
    hand: '认定仍有竞争：推荐 2 名',
    lot: scored(
      [
        marked('a', 100, '50'),
        marked('b', 100, '40'),
        marked('c', 100, '40', { failed: [{ part: 'conformity', item: 'responds', ground: 6, reasonZh: '工期超限' }] }),
      ],
      DEVIATION,
      {},
      { given: { competition: 'sufficient' } },
    ),
    expected: { pending: [], stopped: null, candidates: ['a', 'b'] },
  },
  {
    name: '… it is not: all are rejected',
    article: '12号令第27条',
    hand: '明显缺乏竞争：否决全部',
    lot: scored(
      [
        marked('a', 100, '50'),
        marked('b', 100, '40'),
        marked('c', 100, '40', { failed: [{ part: 'conformity', item: 'responds', ground: 6, reasonZh: '工期超限' }] }),
      ],
      DEVIATION,
      {},
      { given: { competition: 'insufficient' } },
    ),
    expected: { stopped: ['valid', 'works-lt3-valid-after-rejection', 2] },
  },
  {
    name: 'above the ceiling: rejected; above the budget without a ceiling: not',
    article: '招标投标法实施条例第51条第5项',
    hand: '最高投标限价 100 万：101 万否决；预算 90 万不作限价',
    lot: scored(
      [marked('a', 101, '50'), marked('b', 100, '50'), marked('c', 95, '40'), marked('d', 95, '30')],
      DEVIATION,
      {},
      { budgetWan: 90, ceilingWan: 100 },
    ),
    expected: { rejected: { a: ['price-limit', 5] }, stopped: null },
  },
  {
    name: 'a low price by the committee’s own judgement: asked, not explained, below cost',
    article: '12号令第21条、招标投标法实施条例第51条第5项',
    hand: '法律没有比例；评标委员会认定低于成本：否决',
    lot: scored([
      marked('a', 60, '50', { lowPrice: { asked: true, reasonable: false, reasonZh: '不能合理说明' } }),
      marked('b', 100, '50'),
      marked('c', 100, '40'),
      marked('d', 100, '30'),
    ]),
    expected: { rejected: { a: ['abnormal-low', 5] }, steps: { b: { 'price.base': '100000000' } } },
  },
  {
    name: 'a correction that is refused binds nobody: the opened price counts',
    article: '30号令第53条：经投标人确认后产生约束力',
    hand: '大写 98 万，未获确认：仍按 100 万',
    lot: scored([
      marked('a', 100, '50', { corrections: [{ step: 'words', toFen: 98 * WAN, noteZh: '大写' }], confirmed: false }),
      marked('b', 100, '40'),
      marked('c', 100, '30'),
    ]),
    expected: { evaluatedWan: { a: '100' }, rejected: {} },
  },
  {
    name: 'lowest evaluated price: commercial deviations are turned into money',
    article: '12号令第30至33条',
    hand: 'a 100 万，工期超 10 日×1 万元=110；b 105 万=105：b 在前',
    lot: lowest([bid('a', 100, { deviations: { days: '10' } }), bid('b', 105), bid('c', 120)], {
      adjustments: [{ key: 'days', nameZh: '工期', part: 'commercial', unit: '日', fenPerUnit: WAN }],
    }),
    expected: { evaluatedWan: { a: '110', b: '105' }, ranks: { b: 1, a: 2, c: 3 } },
  },
  {
    name: 'lowest evaluated price: a deviation in the bidder’s favour lowers it',
    article: '12号令第30至33条',
    hand: '预付款少要 5 个百分点×−0.5 万元：100−2.5=97.5',
    lot: lowest([bid('a', 100, { deviations: { advance: '5' } }), bid('b', 98), bid('c', 120)], {
      adjustments: [{ key: 'advance', nameZh: '预付款', part: 'commercial', unit: '百分点', fenPerUnit: -WAN / 2 }],
    }),
    expected: { evaluatedWan: { a: '195/2' }, ranks: { a: 1, b: 2, c: 3 } },
  },
  {
    name: 'lowest evaluated price: a small firm’s reduction is of its price, not of the deviations',
    article: '12号令第30至33条、财库〔2020〕46号第9条',
    hand: '100 万，工期折价 +10，扣 100×5%=5：105 万',
    lot: lowest(
      [
        bid('a', 100, { deviations: { days: '10' }, claims: [{ key: 'small-firm', granted: true }] }),
        bid('b', 105.1),
        bid('c', 120),
      ],
      {
        adjustments: [{ key: 'days', nameZh: '工期', part: 'commercial', unit: '日', fenPerUnit: WAN }],
        preferences: [{ key: 'small-firm', form: 'reduction', percent: '5' }],
      },
    ),
    expected: { evaluatedWan: { a: '105' }, ranks: { a: 1, b: 2, c: 3 } },
  },
  {
    name: '评定分离: candidates without an order',
    article: '地方规定（与招标投标法实施条例第53、55条不一致）',
    hand: '不排序：按编号列出',
    lot: scored([marked('b', 100, '50'), marked('a', 100, '40'), marked('c', 100, '30')], DEVIATION, {
      separate: true,
    }),
    expected: { ranks: { a: null, b: null, c: null }, candidates: ['a', 'b', 'c'], totals: { b: '90', a: '80' } },
  },
];
