import { noticeName } from '../../domain/notices/kinds.ts';
import type { ProcedureWords } from '../../domain/procedures/words.ts';
import { Content, yuanOf } from './content.ts';
import type { Block, Fact } from './document.ts';

const contentOf = (stored: unknown): Content =>
  new Content(typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {});

const section = (text: string, ...blocks: readonly (readonly Block[])[]): Block[] => {
  const within = blocks.flat();
  return within.length === 0 ? [] : [{ type: 'heading', text }, ...within];
};
const paragraph = (text: string | null): Block[] => (text === null ? [] : [{ type: 'paragraph', text }]);
const facts = (...given: readonly (readonly [string, string | null])[]): Block[] => {
  const known = given.filter((each): each is Fact => each[1] !== null);
  return known.length === 0 ? [] : [{ type: 'facts', facts: known }];
};

const valueOf = (change: Content, key: 'before' | 'after'): string => {
  const value = change.raw(key);
  return (typeof value === 'number' ? yuanOf(value) : change.text(key)) ?? '（未载明）';
};

/** 更正公告: the notice that it names, what is put right and why, what is counted again, and what stays as it is. */
export function correctionBlocks(content: Content, w: ProcedureWords): Block[] {
  const of = contentOf(content.raw('of'));
  const changes = content.list('changes').map((each) => {
    each.raw('field');
    return [each.text('nameZh') ?? '', valueOf(each, 'before'), valueOf(each, 'after')];
  });
  const periods = content.list('periods').map((each): Fact => {
    each.raw('key');
    return [each.text('nameZh') ?? '', each.instant('until') ?? '—'];
  });
  const unchanged = contentOf(content.raw('unchanged'));
  const candidates = unchanged
    .list('candidates')
    .map((each) => [each.text('rank') ?? '', each.text('supplier') ?? '', each.yuan('priceFen') ?? '']);
  return [
    ...section(
      '原公告',
      facts(
        ['名称', of.text('titleZh')],
        ['类型', noticeName(of.text('kind') ?? '', w).zh],
        ['发布时间', of.instant('publishedAt')],
        ['编号', of.text('id')],
        ['内容哈希（SHA-256）', of.text('hash')],
      ),
    ),
    ...section(
      '更正内容',
      changes.length === 0 ? [] : [{ type: 'table', head: ['更正事项', '原为', '更正为'], rows: changes }],
      paragraph(content.text('textZh')),
    ),
    ...section(
      '更正原因',
      paragraph(content.text('reasonZh')),
      facts(['依据', `${content.text('law') ?? ''}第${content.text('article') ?? ''}条`]),
    ),
    ...section('重新计算的期限', periods.length === 0 ? [] : [{ type: 'facts', facts: periods }]),
    ...section(
      '以记录为准、不作更正的事项',
      facts(
        [w.winner, unchanged.text('winner')],
        [`${w.award}金额`, unchanged.yuan('priceFen')],
        ['供应商（承包人）', unchanged.text('supplier')],
        ['合同金额', unchanged.yuan('amountFen')],
      ),
      candidates.length === 0
        ? []
        : [{ type: 'table', head: ['排序', `${w.award}候选人`, `${w.bidding}报价`], rows: candidates }],
    ),
  ];
}
