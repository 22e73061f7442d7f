import { PERFORMANCE } from '../performance.ts';
import { sectionsOf, type Section } from './document.ts';
import { dateOf, inCapitals, lines, lotOf, paragraph, projectSection, section, stated, type Reading } from './parts.ts';

// 合同公告, 合同变更公告, 履约验收结果公告.

export function contract(reading: Reading): Section[] {
  const { content, words: w, project, notice } = reading;
  return [
    ...stated('项目编号', project?.text('number') ?? null),
    ...stated('项目名称', project?.text('title') ?? null, lines(lotOf(reading))),
    ...section(
      '合同主体',
      lines(
        [`${w.purchaser}（甲方）`, project?.text('purchaser') ?? null],
        ['供应商（乙方）', content.text('supplier')],
      ),
    ),
    ...section(
      '合同主要信息',
      lines(
        ['合同金额', inCapitals(content.raw('amountFen'))],
        ['标注', content.raw('reserved') === true ? '中小企业预留合同' : null],
        ['合同文件编号', content.text('documentId')],
      ),
      paragraph(content.text('textZh')),
    ),
    ...stated('合同签订日期', content.instant('signedAt')?.replace(/00:00$/, '') ?? null),
    ...stated('合同公告日期', dateOf(notice.publishedAt)),
  ];
}

export const contractChange = (reading: Reading): Section[] => [
  ...projectSection(reading),
  ...sectionsOf(PERFORMANCE['contract-change'](reading.content)),
];

export const acceptance = (reading: Reading): Section[] => [
  ...projectSection(reading),
  ...sectionsOf(PERFORMANCE.acceptance(reading.content, reading.words)),
];
