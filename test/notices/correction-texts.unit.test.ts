import { expect, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { assertNamesNoOther, unchangedIn, type Corrected } from '../../domain/notices/corrections.ts';
import { assertRestatesNothing } from '../../domain/notices/correction-texts.ts';
import { GOVERNMENT_TENDER_WORDS, TENDERING_WORDS } from '../../domain/procedures/words.ts';

const AWARD: Corrected = {
  kind: 'award',
  content: { winner: '赣江建设有限公司', priceFen: 380_000_000 },
  words: GOVERNMENT_TENDER_WORDS,
  rule: getRule('gp-award-fields-87'),
  amendment: getRule('gp-clarify-tender-docs'),
  isBidding: false,
};
const CANDIDATES: Corrected = {
  ...AWARD,
  kind: 'candidates',
  content: {
    candidates: ['甲建设公司', '乙建设公司', '甲建设公司二分公司'].map((supplier, index) => ({
      ...{ rank: index + 1, supplier, priceFen: 380_000_000 + index },
    })),
  },
  words: TENDERING_WORDS,
};
const CONTRACT: Corrected = {
  ...AWARD,
  kind: 'contract',
  content: { supplier: '赣江建设有限公司', amountFen: 380_000_000 },
};

function refused(act: () => void): boolean {
  try {
    act();
    return false;
  } catch (error) {
    expect((error as DomainError).code).toBe('unlawful');
    return true;
  }
}
function detailsOf(act: () => void): DomainError['details'] {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error.details;
  }
  throw new Error('it was not refused');
}
const restates = (notice: Corrected, text: string, field = 'textZh') =>
  refused(() => assertRestatesNothing(notice, unchangedIn(notice), [[field, text]]));

it.each([
  [AWARD, '中标金额更正为 1.00 元'],
  [AWARD, '中标价：３，９００，０００元'],
  [AWARD, '报价叁佰玖拾万元整'],
  [AWARD, '总价 ¥1'],
  [AWARD, '中标供应商应为丁公司'],
  [AWARD, '改由丁公司中标'],
  [AWARD, '丁公司成交。'],
  [AWARD, '得分更正为 99 分'],
  [CANDIDATES, '第一名更换'],
  [CANDIDATES, '第 1 中标候选人：丁公司'],
  [CANDIDATES, '甲建设公司第二，乙建设公司第一'],
  [CANDIDATES, '第一为丁公司'],
  [CANDIDATES, '排名调整如下'],
  [CANDIDATES, '甲建设公司报价 3,800,000.00 元'],
  [CONTRACT, '合同金额为 390 万元'],
] as const)('%# a text does not say who won, at what price, in what order: %s %s', (notice, text) => {
  expect(restates(notice, text)).toBe(true);
  expect(restates(notice, text, 'reasonZh')).toBe(true);
});

it.each([
  [AWARD, '赣江建设有限公司的统一社会信用代码补充公告。'],
  [AWARD, '中标人为赣江建设有限公司，中标金额为 380 万元，与原公告一致。'],
  [AWARD, '中标人地址笔误'],
  [AWARD, '由于录入笔误，补充第三章第2页的技术参数。'],
  [CANDIDATES, '甲建设公司业绩表第三项更正为已竣工；第一，补充附件；第二，补充证书。'],
  [CANDIDATES, '工期误写为18日历天'],
  [CANDIDATES, '投标文件第3页的报价一览表清晰度不足，已重新扫描'],
  [CONTRACT, '合同总价三百八十万元。'],
  // Nobody has won.
  [{ ...AWARD, kind: 'lot-failed', content: {} }, '第一名的报价超过预算 100 万元'],
] as const)('%# what is corrected may be said: %s %s', (notice, text) => {
  expect(restates(notice, text)).toBe(false);
});

// What is found is said, with its clause and what it was read as.
it.each([
  ['sum', '成交价为3500000'],
  ['sum', '成交价3.5百万元'],
  ['sum', '金额应为三佰伍拾万'],
  ['sum', '价款由380万改为350万'],
  ['sum', '改为350万'],
  ['sum', '优惠至3500000.00'],
  ['sum', '3,500,000'],
  ['sum', '350.0000万'],
  ['sum', '中标金额以350w计'],
  ['sum', '五十万美金'],
  ['sum', 'USD 500,000'],
  ['sum', '三百五十余万'],
  ['sum', '总投资改为400万'],
  ['sum', '单价1200改为1100'],
  ['sum', '标价3499999'],
  ['sum', '价格调为350'],
  ['rate', '报价下浮8%'],
  ['rate', '折扣率92%'],
  ['rate', '合同价的95%'],
  ['winner', '由赣州建工集团承接'],
  ['winner', '递补赣州建工'],
  ['winner', '合同授予赣州建工'],
  ['winner', '成交单位更名为新赣江公司'],
  ['winner', '中标结果作废'],
  ['winner', '原中标人资格取消，顺延至下一名'],
  ['rank', '甲公司排第2'],
  ['score', '综合分88.5'],
  ['score', '评审总得分为九十分'],
  ['date', '签订日期改为2026年5月1日'],
  ['date', '公示期延长至五月三日'],
  ['date', '质疑截止时间顺延到 5 月 9 日'],
])('%s: %s', (found, said) => {
  const act = () =>
    assertRestatesNothing(AWARD, unchangedIn(AWARD), [
      ['reasonZh', `附件第3页漏页。${said}，特此更正。联系电话不变。`],
    ]);
  expect(act).toThrow(DomainError);
  const [plain] = said.normalize('NFKC').replaceAll(' ', '').split(/[。]/);
  expect(detailsOf(act)).toMatchObject({ found, field: 'reasonZh', clause: `${plain},特此更正` });
});

it.each([
  ['公告附件第3页漏页，现予补充'],
  ['项目编号更正为 KB-2026-002'],
  ['开标时间为2026年4月8日9时30分'],
  ['一、二、三包的附件一并补充'],
  ['规格型号由A100改为A200，数量为300台，日处理两万吨'],
  ['服务期限为十二个月，质保三年'],
  ['中标（成交）金额：380万元（人民币叁佰捌拾万元整），与原公告一致'],
  ['采购人地址门牌号为十八号，联系电话改为0796-5700111'],
])('and nothing is found in %s', (text) => {
  expect(restates(AWARD, text)).toBe(false);
});

it('the value of a field may have sums and numbers of its own, and no result', () => {
  const field = 'changes.0.after';
  expect(restates(CONTRACT, '首付款 30 万元，履约保证金 5 万元，合同总价 380 万元', field)).toBe(false);
  expect(restates(CONTRACT, '首付款 30 万元，合同总价 390 万元', field)).toBe(true);
  expect(restates(CONTRACT, '单价 1200 元，履约保证金金额 5 万元，逾期按价款的 1% 计', field)).toBe(false);
  expect(restates(AWARD, '南昌市第一大道1号', field)).toBe(false);
  expect(restates(AWARD, '一路1号（中标人更正为丁公司）', field)).toBe(true);
  expect(restates(CANDIDATES, '综合评审第一名', field)).toBe(true);
});

it('another bidder is named in whatever width and with whatever marks, also where its name goes on from a candidate’s', () => {
  const bidders = [
    '甲建设公司',
    '乙建设公司',
    '甲建设公司二分公司',
    '甲建设公司十二分公司',
    '丙(南昌)公司10',
    '丙(南昌)公司1',
  ];
  const names = (text: string) => refused(() => assertNamesNoOther(CANDIDATES, bidders, [['textZh', text]]));
  for (const text of ['甲建设公司十二分公司', '丙（南昌）公司１', '丙 南昌 公司1', '丙·南昌·公司1', '丙(南昌)公司10']) {
    expect(names(text), text).toBe(true);
  }
  for (const text of ['甲建设公司', '甲 建设公司二分公司', '丙公司']) expect(names(text), text).toBe(false);
});
