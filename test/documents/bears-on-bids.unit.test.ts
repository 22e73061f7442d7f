import { describe, expect, it, test } from 'vitest';
import { checkAffectsNothing, namedIn } from '../../domain/documents/bears-on-bids.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';

describe('a text that says what changes', () => {
  it.each([
    ['ceiling', '最高投标限价由 300 万元调整为 280 万元。'],
    ['ceiling', '招标控制价改为１，２００，０００元'],
    ['qualification', '投标人资格条件：取消类似业绩要求'],
    ['qualification', '不再要求一级资质。'],
    ['quantity', '采购数量增加至 320 台'],
    ['quantity', '工程量清单第 3 项修改为钢筋混凝土管'],
    ['quantity', '数量变更为不少于 400 台'],
    ['requirement', '管材材质更换为球墨铸铁；其余不变'],
    ['requirement', '第五章技术参数：内存由 8G 更改为 16G'],
    ['period', '工 期 改 为 300 日。'],
    ['period', '交货期缩短 10 日'],
    ['evaluation', '价格分权重由 30% 提高到 40%'],
    ['evaluation', '评标办法修改为综合评估法'],
    ['deposit', '投标保证金由 2 万元改为 3 万元'],
    ['offer', '投标有效期延长至 120 日'],
    ['contract', '付款比例调整为 30%、60%、10%'],
  ])('%s: %s', (subject, text) => {
    expect(namedIn(text).filter(({ changed }) => changed)).toMatchObject([{ subject }]);
  });
});

test.each([
  ['项目联系人的电话改为 0796-5700111。'],
  ['开标地点改为二号开标室。'],
  ['投标截止时间延长至 5 月 11 日。'],
  ['平台网址更正为 https://tender.example.cn。'],
  ['可以，执行国家标准。'],
])('what bids are not written by: %s', (text) => {
  expect(namedIn(text)).toEqual([]);
});

test.each([
  ['最高限价不变，开标地点改为二号开标室。', ['ceiling']],
  ['资格条件未作调整。', ['qualification']],
  ['工期以招标文件为准。', ['period']],
  ['付款方式见合同。', ['contract']],
])('what is only named is for a person to judge: %s', (text, subjects) => {
  expect(namedIn(text)).toMatchObject(subjects.map((subject) => ({ subject, changed: false })));
});

// 招标投标法实施条例 21, 政府采购法实施条例 31, 财政部令74号 45: 可能影响投标（响应）文件编制的.
test.each([
  [TENDERING_OPEN_TENDER, '招标投标法实施条例', '21'],
  [GOVERNMENT_OPEN_TENDER, '政府采购法实施条例', '31'],
  [GOVERNMENT_INQUIRY, '财政部令74号', '45'],
])('is refused by the article of amendments', (definition, law, article) => {
  const of = (text: string, documents: number) =>
    checkAffectsNothing(definition, { field: 'textZh', text, documents }).map((each) => [
      ...[each.severity, each.law, each.article, each.field, each.lawfulChoices],
    ]);
  const refused = ['block', law, article, 'affectsBids', ['true']];
  expect(of('交货期改为 10 日，数量增加 3 台。', 0)).toEqual([refused, refused]);
  expect(of('见附件。', 1)).toEqual([refused]);
  expect(of('交货期见招标文件。', 0)).toEqual([]);
});
