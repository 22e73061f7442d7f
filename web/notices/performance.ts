import type { ProcedureWords } from '../../domain/procedures/words.ts';
import { facts, named, paragraph, section, table } from './blocks.ts';
import type { Content } from './content.ts';
import type { Block } from './document.ts';

// Notices of how a contract is performed: of its changes, and of what was accepted.

const CHANGES: Readonly<Record<string, string>> = {
  supplement: '补充合同',
  variation: '变更',
  suspension: '中止',
  resumption: '恢复履行',
  termination: '终止',
};
const GROUNDS: Readonly<Record<string, string>> = {
  'public-interest': '继续履行将损害国家利益和社会公共利益',
  ruling: '投诉处理决定、判决或者裁决',
  'by-law': '法律规定的其他情形',
  agreed: '双方协商一致',
};
const rolesIn = (w: ProcedureWords): Readonly<Record<string, string>> => ({
  purchaser: w.purchaser,
  user: '实际使用人',
  'third-party': '第三方机构',
  expert: '专家',
  'other-bidder': '参加本项目的其他供应商',
  served: '服务对象',
  supplier: '供应商',
});

const contractChange = (content: Content): Block[] => [
  ...section(
    '合同变更',
    facts(
      ['供应商（承包人）', content.text('supplier')],
      ['变更事项', named(CHANGES, content.text('change'))],
      ['法定情形', named(GROUNDS, content.text('ground'))],
      ['变更前合同金额', content.yuan('amountBeforeFen')],
      ['变更后合同金额', content.yuan('amountFen')],
      ['签订时间', content.instant('signedAt')],
      ['合同版次', content.text('version')],
      ['变更文件编号', content.text('documentId')],
    ),
  ),
  ...section('原因', paragraph(content.text('reasonZh'))),
];

const acceptance = (content: Content, w: ProcedureWords): Block[] => [
  ...section(
    '履约验收',
    facts(
      ['供应商（承包人）', content.text('supplier')],
      ['期次', content.text('instalment')],
      ['验收时间', content.instant('acceptedAt')],
      ['结果', content.raw('passed') === true ? '合格' : '不合格'],
    ),
  ),
  ...section(
    '验收人员',
    table(
      ['姓名', '身份', '单位'],
      content
        .list('parties')
        .map((each) => [
          each.text('name') ?? '',
          named(rolesIn(w), each.text('role')) ?? '',
          each.text('organisation') ?? '',
        ]),
    ),
  ),
  ...section(
    '各项履约情况',
    table(
      ['项目', '结果', '说明'],
      content
        .list('items')
        .map((each) => [
          each.text('nameZh') ?? '',
          each.raw('met') === true ? '合格' : '不合格',
          each.text('noteZh') ?? '',
        ]),
    ),
  ),
  ...section('验收意见', paragraph(content.text('opinionZh'))),
  ...section('处理', paragraph(content.text('consequenceZh')), facts(['整改期限', content.instant('rectifyBy')])),
];

/** By the kind of the notice. */
export const PERFORMANCE = { 'contract-change': contractChange, acceptance } as const;
