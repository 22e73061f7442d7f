import { GOVERNMENT_INQUIRY } from '../../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../../domain/procedures/government-open-tender.ts';
import type { LowLimit, Preference, Scheme } from '../../../domain/evaluation/scheme/scheme.ts';
import { bid, judged, marked, measured, priced, scheme, WAN, type Golden, type Lot } from './scenario.ts';

const SMALL: Preference = { key: 'small-firm', form: 'reduction', percent: '10' };
const SHARE: Preference = { key: 'small-firm-share', form: 'reduction', percent: '4', minShare: '30' };
const DOMESTIC: Preference = { key: 'domestic-product', form: 'reduction', percent: '20', minShare: '80' };
const small = { claims: [{ key: 'small-firm', granted: true }] } as const;

/** 技术方案 70, 报价 30. */
const scored = (bids: Lot['bids'], change: Partial<Scheme> = {}, more: Partial<Lot> = {}): Lot => ({
  definition: GOVERNMENT_OPEN_TENDER,
  kind: 'goods',
  scheme: scheme({ criteria: [judged('70'), priced('30')], ...change }),
  bids,
  ...more,
});

const lowest = (bids: Lot['bids'], change: Partial<Scheme> = {}, more: Partial<Lot> = {}): Lot =>
  scored(bids, { method: 'lowest-evaluated', criteria: [], ...change }, more);

const PRICE = '财政部令87号第55条';
const SME = '财库〔2020〕46号第9条、财库〔2022〕19号';
const LOW: readonly LowLimit[] = [
  { of: 'mean', percent: '50' },
  { of: 'second-lowest', percent: '50' },
  { of: 'ceiling', percent: '45' },
];

export const POINTS: readonly Golden[] = [
  {
    name: 'the lowest price has full points, the others base ÷ price × 30',
    article: PRICE,
    hand: '基准价 100 万；100/100×30=30；100/120×30=25；100/150×30=20；加技术分 60、62、70',
    lot: scored([marked('a', 100, '60'), marked('b', 120, '62'), marked('c', 150, '70')]),
    expected: {
      totals: { a: '90', b: '87', c: '90' },
      steps: { b: { 'criterion.price': '25' }, c: { 'criterion.price': '20', 'price.base': '100000000' } },
      // 57: 得分相同的，按投标报价由低到高.
      ranks: { a: 1, c: 2, b: 3 },
    },
  },
  {
    name: 'a result that no decimal can write stays a fraction',
    article: PRICE,
    hand: '基准价 90 万；90/110×30=2700/110=270/11；90/130×30=2700/130=270/13；50+270/11=820/11',
    lot: scored([marked('a', 90, '50'), marked('b', 110, '50'), marked('c', 130, '50')]),
    expected: {
      steps: { b: { 'criterion.price': '270/11' }, c: { 'criterion.price': '270/13' } },
      totals: { b: '820/11' },
    },
  },
  {
    name: 'the base and the points are those of the reduced prices',
    article: `${PRICE}第4款、${SME}`,
    hand: '小微 110×(1−10%)=99 万，为基准价：小微 99/99×30=30；100 万者 99/100×30=29.7',
    lot: scored([marked('a', 100, '60'), marked('s', 110, '60', small), marked('c', 198, '60')], {
      preferences: [SMALL],
    }),
    expected: {
      evaluatedWan: { s: '99', a: '100' },
      steps: { s: { 'criterion.price': '30' }, a: { 'criterion.price': '297/10' }, c: { 'criterion.price': '15' } },
      ranks: { s: 1, a: 2, c: 3 },
    },
  },
  {
    name: 'who claims it and is not found to be small has no reduction',
    article: SME,
    hand: '声明不符的不扣除：110 仍为 110',
    lot: scored(
      [
        marked('a', 100, '60'),
        marked('s', 110, '60', { claims: [{ key: 'small-firm', granted: false }] }),
        marked('c', 120, '60'),
      ],
      { preferences: [SMALL] },
    ),
    expected: { evaluatedWan: { s: '110' }, ranks: { a: 1, s: 2, c: 3 } },
  },
  {
    name: 'small firm and domestic product: both of the original price, added',
    article: `${SME}、国办发〔2025〕34号`,
    hand: '100×10%+100×20%=30；100−30=70 万',
    lot: scored(
      [
        marked('a', 100, '60', {
          claims: [
            { key: 'small-firm', granted: true },
            { key: 'domestic-product', granted: true, share: '100' },
          ],
        }),
        marked('b', 100, '60'),
        marked('c', 100, '60'),
      ],
      { preferences: [SMALL, DOMESTIC] },
    ),
    expected: {
      evaluatedWan: { a: '70', b: '100' },
      steps: { a: { 'price.reduction': '70000000' }, b: { 'criterion.price': '21' } },
    },
  },
  {
    name: 'one after the other, where the documents stack them so',
    article: '采购文件',
    hand: '1−(1−10%)×(1−20%)=28%；100−28=72 万',
    lot: scored(
      [
        marked('a', 100, '60', {
          claims: [
            { key: 'small-firm', granted: true },
            { key: 'domestic-product', granted: true, share: '80' },
          ],
        }),
        marked('b', 100, '60'),
        marked('c', 100, '60'),
      ],
      { preferences: [SMALL, DOMESTIC], stacking: 'chain' },
    ),
    expected: { evaluatedWan: { a: '72' } },
  },
  {
    name: 'only the greatest, where the documents stack them so',
    article: '采购文件',
    hand: 'max(10%, 20%)=20%；80 万',
    lot: scored(
      [
        marked('a', 100, '60', {
          claims: [
            { key: 'small-firm', granted: true },
            { key: 'domestic-product', granted: true, share: '95' },
          ],
        }),
        marked('b', 100, '60'),
        marked('c', 100, '60'),
      ],
      { preferences: [SMALL, DOMESTIC], stacking: 'greatest' },
    ),
    expected: { evaluatedWan: { a: '80' } },
  },
  {
    name: 'domestic products compete only with each other: no reduction',
    article: '国办发〔2025〕34号',
    hand: '无非本国产品参加竞争，均不扣除',
    lot: scored(
      ['a', 'b', 'c'].map((id) =>
        marked(id, 100, '60', { claims: [{ key: 'domestic-product', granted: true, share: '100' }] }),
      ),
      { preferences: [DOMESTIC] },
    ),
    expected: { evaluatedWan: { a: '100', b: '100', c: '100' } },
  },
  {
    name: 'a package of which less than 80 % is domestic has none',
    article: '国办发〔2025〕34号',
    hand: '79.99%<80%，不扣除；80% 扣除 20%',
    lot: scored(
      [
        marked('a', 100, '60', { claims: [{ key: 'domestic-product', granted: true, share: '79.99' }] }),
        marked('b', 100, '60', { claims: [{ key: 'domestic-product', granted: true, share: '80' }] }),
        marked('c', 100, '60'),
      ],
      { preferences: [DOMESTIC] },
    ),
    expected: { evaluatedWan: { a: '100', b: '80' } },
  },
  {
    name: 'a joint bid: from a share of exactly 30 % on',
    article: '财库〔2020〕46号第9条第2款',
    hand: '30% 以上含 30%：扣 4%，96 万；29.99% 不扣',
    lot: scored(
      [
        marked('a', 100, '60', { claims: [{ key: 'small-firm-share', granted: true, share: '30' }] }),
        marked('b', 100, '60', { claims: [{ key: 'small-firm-share', granted: true, share: '29.99' }] }),
        marked('c', 100, '60'),
      ],
      { preferences: [SMALL, SHARE] },
    ),
    expected: { evaluatedWan: { a: '96', b: '100' } },
  },
  {
    name: 'a joint bid whose members are all small counts as small, and not twice',
    article: '财库〔2020〕46号第4条第3款、第9条',
    hand: '视同小微：只扣 10%，不再加 4%',
    lot: scored(
      [
        marked('a', 100, '60', {
          claims: [
            { key: 'small-firm', granted: true },
            { key: 'small-firm-share', granted: true, share: '100' },
          ],
        }),
        marked('b', 100, '60'),
        marked('c', 100, '60'),
      ],
      { preferences: [SMALL, SHARE] },
    ),
    expected: { evaluatedWan: { a: '90' } },
  },
  {
    name: 'weights: Σ F×A',
    article: `${PRICE}：评标总得分=F1×A1+F2×A2+……+Fn×An`,
    hand: '技术 80×0.5=40；商务 60×0.2=12；价格 100/125×100=80，×0.3=24；合计 76',
    lot: scored(
      [
        bid('a', 125, { marks: { quality: ['80'], service: ['60'] } }),
        bid('b', 100, { marks: { quality: ['50'], service: ['50'] } }),
        bid('c', 200, { marks: { quality: ['50'], service: ['50'] } }),
      ],
      {
        criteria: [
          judged('100'),
          judged('100', { key: 'service', nameZh: '售后服务', part: 'commercial' }),
          priced('100'),
        ],
        weights: { technical: '0.5', commercial: '0.2', price: '0.3' },
      },
    ),
    expected: { totals: { a: '76', b: '65', c: '50' }, ranks: { a: 1, b: 2, c: 3 } },
  },
  {
    name: 'marks of five members: their arithmetical mean',
    article: '财政部令87号第55条第3款',
    hand: '(60+62+58+61+59)/5=60',
    lot: scored([
      bid('a', 100, { marks: { quality: ['60', '62', '58', '61', '59'] } }),
      bid('b', 100, { marks: { quality: ['60', '60', '60', '60', '61'] } }),
      bid('c', 100, { marks: { quality: ['50', '50', '50', '50', '50'] } }),
    ]),
    expected: { totals: { a: '90', b: '451/5', c: '80' }, ranks: { b: 1, a: 2, c: 3 } },
  },
  {
    name: 'marks of seven members: sevenths are not rounded',
    article: '财政部令87号第55条第3款',
    hand: '(6+6+6+6+6+6+7)/7=43/7；加 30 → 253/7',
    lot: scored([
      bid('a', 100, { marks: { quality: ['6', '6', '6', '6', '6', '6', '7'] } }),
      bid('b', 100, { marks: { quality: ['6', '6', '6', '6', '6', '6', '6'] } }),
      bid('c', 100, { marks: { quality: ['5', '5', '5', '5', '5', '5', '5'] } }),
    ]),
    expected: { totals: { a: '253/7', b: '36' }, ranks: { a: 1, b: 2, c: 3 } },
  },
  {
    name: 'what looks equal when it is rounded is not',
    article: '财政部令87号第57条',
    hand: 'a 60.001+30=90.001；b 60.002+30=90.002：显示均为 90.00，但 b 在前',
    lot: scored([marked('a', 100, '60.001'), marked('b', 100, '60.002'), marked('c', 100, '1')]),
    expected: { totals: { a: '90001/1000', b: '45001/500' }, ranks: { b: 1, a: 2, c: 3 } },
  },
  {
    name: 'an objective table',
    article: '财政部令87号第55条第3款：量化到相应区间',
    hand: '全部满足 40 分；有负偏离 20 分；其他 0 分',
    lot: scored(
      [
        bid('a', 100, { values: { data: 'all' } }),
        bid('b', 100, { values: { data: 'most' } }),
        bid('c', 100, { values: { data: 'few' } }),
      ],
      {
        criteria: [
          measured('70', {
            by: 'table',
            rows: [
              { answer: 'all', nameZh: '全部满足', points: '40' },
              { answer: 'most', nameZh: '有负偏离', points: '20' },
              { answer: 'few', nameZh: '其他', points: '0' },
            ],
          }),
          priced('30'),
        ],
      },
    ),
    expected: { totals: { a: '70', b: '50', c: '30' } },
  },
  {
    name: 'steps: the highest that is reached; its limit belongs to it',
    article: '财政部令87号第55条第3款',
    hand: '≥24 月 10 分、≥36 月 20 分：36→20；35.9→10；12→0',
    lot: scored(
      [
        bid('a', 100, { values: { data: '36' } }),
        bid('b', 100, { values: { data: '35.9' } }),
        bid('c', 100, { values: { data: '12' } }),
      ],
      {
        criteria: [
          measured('70', {
            by: 'steps',
            unit: '月',
            steps: [
              { atLeast: '24', points: '10' },
              { atLeast: '36', points: '20' },
            ],
          }),
          priced('30'),
        ],
      },
    ),
    expected: { totals: { a: '50', b: '40', c: '30' } },
  },
  {
    name: 'points for each whole unit, up to the most',
    article: '财政部令87号第55条第3款',
    hand: '每份 2 分，最高 10 分：3 份→6；7 份→14，取 10；2.9 份→2 份→4',
    lot: scored(
      [
        bid('a', 100, { values: { data: '3' } }),
        bid('b', 100, { values: { data: '7' } }),
        bid('c', 100, { values: { data: '2.9' } }),
      ],
      { criteria: [measured('10', { by: 'each', unit: '份', points: '2' }), judged('60'), priced('30')] },
    ),
    expected: { steps: { a: { 'criterion.data': '6' }, b: { 'criterion.data': '10' }, c: { 'criterion.data': '4' } } },
  },
  {
    name: 'in proportion to the best of the valid bids: the higher the better',
    article: '财政部令87号第55条第3款',
    hand: '最优 60；60/60×10=10；45/60×10=7.5；20/60×10=10/3',
    lot: scored(
      [
        bid('a', 100, { values: { data: '60' } }),
        bid('b', 100, { values: { data: '45' } }),
        bid('c', 100, { values: { data: '20' } }),
      ],
      {
        criteria: [
          measured('10', { by: 'proportional', unit: '小时', better: 'higher', best: 'bids' }),
          judged('60'),
          priced('30'),
        ],
      },
    ),
    expected: {
      steps: { a: { 'criterion.data': '10' }, b: { 'criterion.data': '15/2' }, c: { 'criterion.data': '10/3' } },
    },
  },
  {
    name: 'in proportion to a number of the documents: the lower the better, never above the most',
    article: '财政部令87号第55条第3款',
    hand: '标准 4：4/8×10=5；4/4×10=10；4/2×10=20，取 10',
    lot: scored(
      [
        bid('a', 100, { values: { data: '8' } }),
        bid('b', 100, { values: { data: '4' } }),
        bid('c', 100, { values: { data: '2' } }),
      ],
      {
        criteria: [
          measured('10', { by: 'proportional', unit: '小时', better: 'lower', best: { value: '4' } }),
          judged('60'),
          priced('30'),
        ],
      },
    ),
    expected: { steps: { a: { 'criterion.data': '5' }, b: { 'criterion.data': '10' }, c: { 'criterion.data': '10' } } },
  },
];

const TIE = '财政部令87号第57条';
const BRAND = '财政部令87号第31条';

export const ORDER: readonly Golden[] = [
  {
    name: 'equal points and prices share the rank, and the next is third',
    article: TIE,
    hand: 'a、b 得分 90 且报价 100 万：并列第 1；c 第 3',
    lot: scored([marked('a', 100, '60'), marked('b', 100, '60'), marked('c', 100, '50')]),
    expected: { ranks: { a: 1, b: 1, c: 3 }, pending: [] },
  },
  {
    name: 'of those who share it the one drawn goes first, where the documents say nothing',
    article: `${TIE}、第68条第2款`,
    hand: '文件未规定的随机抽取：次序 c、b、a，并列的 a、b 中 b 在先',
    lot: scored(
      [marked('a', 100, '60'), marked('b', 100, '60'), marked('c', 100, '50')],
      {},
      { given: { drawn: ['c', 'b', 'a'] } },
    ),
    expected: { ranks: { a: 1, b: 1, c: 3 }, first: 'b', candidates: ['b', 'a', 'c'] },
  },
  {
    name: 'of those who share it the documents name the first, and chance decides where they do not',
    article: `${TIE}、第68条第2款`,
    hand: '文件规定技术分高者在先：b、c 技术 60，a 技术 50；b、c 随机抽取，次序 a、c、b，c 在先',
    lot: scored(
      [
        bid('a', 100, { marks: { quality: ['50'], service: ['20'] } }),
        bid('b', 100, { marks: { quality: ['60'], service: ['10'] } }),
        bid('c', 100, { marks: { quality: ['60'], service: ['10'] } }),
      ],
      {
        ties: ['technical', 'draw'],
        criteria: [judged('60'), judged('20', { key: 'service', part: 'commercial' }), priced('20')],
      },
      { given: { drawn: ['a', 'c', 'b'] } },
    ),
    expected: { totals: { a: '90', b: '90', c: '90' }, ranks: { a: 1, b: 1, c: 1 }, candidates: ['c', 'b', 'a'] },
  },
  {
    name: 'the order of equal points is that of the bid prices, not of the reduced ones',
    article: TIE,
    hand: 's 报价 125、评标价 112.5；基准 100：30×100/112.5=80/3；a 报价 112.5、同分：a 报价低，在前',
    lot: scored([marked('s', 125, '60', small), marked('a', 112.5, '60'), marked('c', 100, '10')], {
      preferences: [SMALL],
    }),
    expected: { totals: { s: '260/3', a: '260/3' }, ranks: { a: 1, s: 2, c: 3 } },
  },
  {
    name: 'lowest evaluated price: by price, equal ones share the rank',
    article: '财政部令87号第56条',
    hand: '95 < 100 = 100',
    lot: lowest([bid('a', 100), bid('b', 100), bid('c', 95)]),
    expected: { ranks: { c: 1, a: 2, b: 2 }, pending: [] },
  },
  {
    name: 'lowest evaluated price: reductions by policy count',
    article: '财政部令87号第54条第3款、第56条',
    hand: 's 100×0.9=90 < 95',
    lot: lowest([bid('s', 100, small), bid('b', 95), bid('c', 96)], { preferences: [SMALL] }),
    expected: { evaluatedWan: { s: '90' }, ranks: { s: 1, b: 2, c: 3 } },
  },
  {
    name: 'points: of one brand the best is recommended; the others have points and no rank',
    article: BRAND,
    hand: 'a、b 同品牌按一家计，共 3 家；b 得分高，获推荐资格；a 不作候选人',
    lot: scored([
      marked('a', 100, '50', { brand: '甲牌' }),
      marked('b', 100, '55', { brand: '甲牌' }),
      marked('c', 100, '60'),
      marked('d', 100, '40'),
    ]),
    expected: { ranks: { c: 1, b: 2, d: 3, a: null }, candidates: ['c', 'b', 'd'], totals: { a: '80' }, stopped: null },
  },
  {
    name: 'points: the price of the bid that stands behind its brand is still the base',
    article: `${BRAND}、第55条：满足招标文件要求且投标价格最低`,
    hand: 'a 的 80 万为有效报价中最低：b 80/100×30=24',
    lot: scored([
      marked('a', 80, '10', { brand: '甲牌' }),
      marked('b', 100, '60', { brand: '甲牌' }),
      marked('c', 160, '60'),
      marked('d', 160, '50'),
    ]),
    expected: { steps: { b: { 'criterion.price': '24' } }, ranks: { b: 1, c: 2, d: 3, a: null } },
  },
  {
    name: 'points: equal points within a brand are ordered as the documents say',
    article: BRAND,
    hand: '招标文件规定报价低者在先：30×90/100=27，a 63+27=90，b 60+30=90，b 报价低，a 不作候选人',
    lot: scored(
      [
        marked('a', 100, '63', { brand: '甲牌' }),
        marked('b', 90, '60', { brand: '甲牌' }),
        marked('c', 100, '50'),
        marked('d', 100, '40'),
      ],
      { ties: ['price', 'draw'] },
    ),
    expected: { totals: { a: '90', b: '90' }, ranks: { b: 1, c: 2, d: 3, a: null }, pending: [] },
  },
  {
    name: 'points: … and by chance where they say nothing',
    article: BRAND,
    hand: '招标文件未规定的随机抽取：b 在 a 之前；a 不作候选人',
    lot: scored(
      [
        marked('a', 100, '60', { brand: '甲牌' }),
        marked('b', 100, '60', { brand: '甲牌' }),
        marked('c', 100, '50'),
        marked('d', 100, '40'),
      ],
      {},
      { given: { drawn: ['d', 'b', 'a', 'c'] } },
    ),
    expected: { ranks: { b: 1, c: 2, d: 3, a: null }, pending: [] },
  },
  {
    name: 'lowest price: of one brand the lowest takes part, the others are invalid',
    article: BRAND,
    hand: '甲牌 100、90：90 参加；100 无效；共 3 家',
    lot: lowest([bid('a', 100, { brand: '甲牌' }), bid('b', 90, { brand: '甲牌' }), bid('c', 95), bid('d', 99)]),
    expected: { rejected: { a: ['same-brand', 6] }, ranks: { b: 1, c: 2, d: 3 } },
  },
  {
    name: 'lowest price: of equal prices of one brand one is drawn; the dearer is out anyway',
    article: BRAND,
    hand: '甲牌 90、90、100：100 无效；90 两家随机抽取，b 在 a 之前，a 无效',
    lot: lowest(
      [
        bid('a', 90, { brand: '甲牌' }),
        bid('b', 90, { brand: '甲牌' }),
        bid('e', 100, { brand: '甲牌' }),
        bid('c', 95),
        bid('d', 99),
      ],
      {},
      { given: { drawn: ['e', 'b', 'c', 'a', 'd'] } },
    ),
    expected: { rejected: { a: ['same-brand', 6], e: ['same-brand', 6] }, ranks: { b: 1, c: 2, d: 3 }, pending: [] },
  },
  {
    name: 'three bids of which two are of one brand are two: the lot fails',
    article: `${BRAND}、政府采购法第36条第1项`,
    hand: '同品牌按一家计：2 家 < 3 家，应予废标',
    lot: scored([
      marked('a', 100, '60', { brand: '甲牌' }),
      marked('b', 100, '60', { brand: '甲牌' }),
      marked('c', 100, '60'),
    ]),
    expected: { stopped: ['qualified', 'gp-qualified-min', 2] },
  },
];

const unqualified = {
  failed: [{ part: 'qualification', item: 'qualified', ground: 3, reasonZh: '无许可证' }],
} as const;
const unfit = { failed: [{ part: 'conformity', item: 'responds', ground: 6, reasonZh: '缺★项' }] } as const;

export const REVIEW: readonly Golden[] = [
  {
    name: 'two qualified of three: no evaluation',
    article: '财政部令87号第44条',
    hand: '合格 2 家 < 3 家，不得评标',
    lot: scored([marked('a', 100, '60', unqualified), marked('b', 100, '60'), marked('c', 100, '60')]),
    expected: { stopped: ['qualified', 'gp-qualified-min', 2], rejected: { a: ['qualification', 3] } },
  },
  {
    name: 'two conforming of three: the lot fails',
    article: '政府采购法第36条第1项、财政部令87号第43条',
    hand: '合格 3 家，实质响应 2 家 < 3 家',
    lot: scored([marked('a', 100, '60', unfit), marked('b', 100, '60'), marked('c', 100, '60')]),
    expected: { stopped: ['conforming', 'gp-conforming-min', 2], rejected: { a: ['conformity', 6] } },
  },
  {
    name: 'a price above the budget is invalid; the budget itself is not',
    article: '财政部令87号第63条第4项',
    hand: '预算 100 万：100.000001 万 > 100 万，无效；100 万有效',
    lot: scored(
      [bid('a', 0, { priceFen: 100 * WAN + 1 }), marked('b', 100, '60'), marked('c', 99, '60'), marked('d', 98, '60')],
      {},
      { budgetWan: 100 },
    ),
    expected: { rejected: { a: ['price-limit', 4] }, stopped: null },
  },
  {
    name: 'the ceiling below the budget binds',
    article: '财政部令87号第63条第4项',
    hand: '最高限价 95 万 < 预算 100 万：96 万无效',
    lot: scored(
      [marked('a', 96, '60'), marked('b', 95, '60'), marked('c', 90, '60'), marked('d', 90, '60')],
      {},
      { budgetWan: 100, ceilingWan: 95 },
    ),
    expected: { rejected: { a: ['price-limit', 4] } },
  },
  {
    name: 'two corrections in the order of the article, confirmed: the last price counts',
    article: '财政部令87号第59条',
    hand: '大写 98 万，再以单价汇总 97 万；基准价 97：a 97/97×30=30',
    lot: scored([
      marked('a', 100, '60', {
        corrections: [
          { step: 'words', toFen: 98 * WAN, noteZh: '大写' },
          { step: 'sum', toFen: 97 * WAN, noteZh: '单价汇总' },
        ],
        confirmed: true,
      }),
      marked('b', 100, '60'),
      marked('c', 100, '60'),
    ]),
    expected: {
      evaluatedWan: { a: '97' },
      steps: { a: { 'price.opened': '100000000', 'price.correction.1': '98000000', 'price.correction.2': '97000000' } },
      ranks: { a: 1, b: 2, c: 2 },
      pending: [],
    },
  },
  {
    name: 'a corrected price is reduced, not the opened one',
    article: `财政部令87号第59条、${SME}`,
    hand: '修正为 80，扣 10%：72',
    lot: scored(
      [
        marked('a', 100, '60', {
          ...small,
          corrections: [{ step: 'words', toFen: 80 * WAN, noteZh: '大写' }],
          confirmed: true,
        }),
        marked('b', 100, '60'),
        marked('c', 100, '60'),
      ],
      { preferences: [SMALL] },
    ),
    expected: { evaluatedWan: { a: '72' } },
  },
  {
    name: 'a correction that is not confirmed makes the bid invalid',
    article: '财政部令87号第59条第2款',
    hand: '不确认：无效；其余 3 家',
    lot: scored([
      marked('a', 100, '60', { corrections: [{ step: 'words', toFen: 98 * WAN, noteZh: '大写' }], confirmed: false }),
      marked('b', 100, '60'),
      marked('c', 100, '60'),
      marked('d', 100, '60'),
    ]),
    expected: { rejected: { a: ['unconfirmed', 6] }, stopped: null },
  },
  {
    name: 'a correction that nobody answered yet is waited for',
    article: '财政部令87号第59条第2款',
    hand: '未答复：排序未定',
    lot: scored([
      marked('a', 100, '60', { corrections: [{ step: 'words', toFen: 98 * WAN, noteZh: '大写' }] }),
      marked('b', 100, '60'),
      marked('c', 100, '60'),
    ]),
    expected: { pending: [['confirm-correction', 'a']], evaluatedWan: { a: '98' } },
  },
];

const judgedLow = (reasonable: boolean | null) => ({
  lowPrice: { asked: true, reasonable, reasonZh: '不能证明其报价合理性' },
});
const LOW_ARTICLE = '财库〔2026〕2号（未读到原文）、财政部令87号第60条';

export const LOW_PRICES: readonly Golden[] = [
  {
    name: 'exactly half of the mean is not below it',
    article: LOW_ARTICLE,
    hand: '50、125、125：平均 100，50%=50；50<50 不成立',
    lot: scored([marked('a', 50, '60'), marked('b', 125, '60'), marked('c', 125, '60')], {
      abnormalLow: [{ of: 'mean', percent: '50' }],
    }),
    expected: { low: [], pending: [] },
  },
  {
    name: 'below half of the mean, in which the price itself is counted',
    article: LOW_ARTICLE,
    hand: '49、125、126：平均 100，49<50',
    lot: scored([marked('a', 49, '60'), marked('b', 125, '60'), marked('c', 126, '60')], {
      abnormalLow: [{ of: 'mean', percent: '50' }],
    }),
    expected: { low: [['a', 'mean']], pending: [['ask-low-price', 'a']] },
  },
  {
    name: 'below half of the second-lowest price; exactly half is not',
    article: LOW_ARTICLE,
    hand: '次低 100：49.999999<50 启动；50 不启动',
    lot: scored(
      [
        bid('a', 0, { priceFen: 50 * WAN - 1, marks: { quality: ['1'] } }),
        marked('b', 100, '60'),
        marked('c', 300, '60'),
      ],
      {
        abnormalLow: [{ of: 'second-lowest', percent: '50' }],
      },
    ),
    expected: { low: [['a', 'second-lowest']] },
  },
  {
    name: 'the second-lowest of two equal lowest prices is the price itself',
    article: LOW_ARTICLE,
    hand: '40、40、100：次低 40，40<20 不成立',
    lot: scored([marked('a', 40, '60'), marked('b', 40, '60'), marked('c', 100, '60')], {
      abnormalLow: [{ of: 'second-lowest', percent: '50' }],
    }),
    expected: { low: [] },
  },
  {
    name: 'below 45 % of the ceiling, or of the budget where there is none',
    article: LOW_ARTICLE,
    hand: '无最高限价，预算 200：45%=90；89<90 启动，90 不启动',
    lot: scored(
      [marked('a', 89, '60'), marked('b', 90, '60'), marked('c', 120, '60')],
      { abnormalLow: [{ of: 'ceiling', percent: '45' }] },
      { budgetWan: 200 },
    ),
    expected: { low: [['a', 'ceiling']] },
  },
  {
    name: 'prices are compared before reductions by policy',
    article: LOW_ARTICLE,
    hand: 's 报价 50（扣除后 45），次低 100：50<50 不成立',
    lot: scored([marked('s', 50, '60', small), marked('b', 100, '60'), marked('c', 100, '60')], {
      abnormalLow: [{ of: 'second-lowest', percent: '50' }],
      preferences: [SMALL],
    }),
    expected: { low: [] },
  },
  {
    name: 'explained, and not decided yet',
    article: '财政部令87号第60条',
    hand: '待评标委员会决定',
    lot: scored(
      [marked('a', 40, '60', judgedLow(null)), marked('b', 125, '60'), marked('c', 126, '60')],
      { abnormalLow: LOW },
      { budgetWan: 200 },
    ),
    expected: { pending: [['decide-low-price', 'a']] },
  },
  {
    name: 'found reasonable: it stays, and is the base',
    article: '财政部令87号第60条',
    hand: '40/125×30=48/5',
    lot: scored(
      [marked('a', 40, '60', judgedLow(true)), marked('b', 125, '60'), marked('c', 126, '60')],
      { abnormalLow: LOW },
      { budgetWan: 200 },
    ),
    expected: { pending: [], steps: { b: { 'criterion.price': '48/5' } }, ranks: { a: 1, b: 2, c: 3 } },
  },
  {
    name: 'not explained: invalid, and the base is that of the others',
    article: '财政部令87号第60条',
    hand: 'a 无效；基准价 125：b 30',
    lot: scored(
      [marked('a', 40, '60', judgedLow(false)), marked('b', 125, '60'), marked('c', 126, '60'), marked('d', 150, '60')],
      { abnormalLow: LOW },
      { budgetWan: 200 },
    ),
    expected: {
      rejected: { a: ['abnormal-low', 6] },
      steps: { b: { 'criterion.price': '30' }, d: { 'criterion.price': '25' } },
    },
  },
  {
    name: 'nobody is rejected for a low price who was not asked',
    article: '财政部令87号第60条',
    hand: '应当要求书面说明：未要求的，不得作为无效投标',
    lot: scored(
      [
        marked('a', 40, '60', { lowPrice: { asked: false, reasonable: false, reasonZh: '偏低' } }),
        marked('b', 125, '60'),
        marked('c', 126, '60'),
      ],
      { abnormalLow: LOW },
      { budgetWan: 200 },
    ),
    expected: { rejected: {}, pending: [['ask-low-price', 'a']] },
  },
];

const inquiry = (bids: Lot['bids'], change: Partial<Scheme> = {}): Lot => ({
  definition: GOVERNMENT_INQUIRY,
  kind: 'goods',
  scheme: scheme({ method: 'lowest-price', ties: ['draw'], ...change }),
  bids,
});

export const INQUIRY: readonly Golden[] = [
  {
    name: 'the lowest offer that meets the needs',
    article: '财政部令74号第49条',
    hand: '98<99<100',
    lot: inquiry([bid('a', 100), bid('b', 98), bid('c', 99)]),
    expected: { ranks: { b: 1, c: 2, a: 3 }, candidates: ['b', 'c', 'a'] },
  },
  {
    name: 'small firms are preferred here too',
    article: `财政部令74号第49条、${SME}`,
    hand: '100×0.9=90<98',
    lot: inquiry([bid('a', 100, small), bid('b', 98), bid('c', 99)], { preferences: [SMALL] }),
    expected: { evaluatedWan: { a: '90' }, ranks: { a: 1, b: 2, c: 3 } },
  },
  {
    name: 'two offers that meet the needs: it ends',
    article: '财政部令74号第50条',
    hand: '2<3',
    lot: inquiry([
      bid('a', 100, { failed: [{ part: 'conformity', item: 'responds', ground: 1, reasonZh: '型号不符' }] }),
      bid('b', 98),
      bid('c', 99),
    ]),
    expected: { stopped: ['conforming', 'neg-inq-suppliers-min', 2] },
  },
  {
    name: 'equal offers: by chance, as the documents say',
    article: '财政部令74号第49条、询价通知书',
    hand: 'b、c 均 98：随机抽取，c 在 b 之前',
    lot: { ...inquiry([bid('a', 100), bid('b', 98), bid('c', 98)]), given: { drawn: ['c', 'a', 'b'] } },
    expected: { ranks: { c: 1, b: 2, a: 3 }, pending: [] },
  },
];
