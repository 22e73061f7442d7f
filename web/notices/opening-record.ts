import type { ProcedureWords } from '../../domain/procedures/words.ts';
import type { Content } from './content.ts';
import type { Block, Fact } from './document.ts';

// What the records of openings with and without sealed bids have in common. Each part is shown where the notice has it:
// one from before it was stated stays as it was, to the byte (see template-1.ts).

export const OPENING_KEYS = [
  ...['title', 'projectNumber', 'lotTitle', 'openingPlace', 'ceilingPriceFen'],
  ...['present', 'absent', 'absentAccept', 'signatures'],
] as const;

/** What was opened, where and when. */
export function headingOf(content: Content, w: ProcedureWords): Block[] {
  const facts: readonly (readonly [string, string | null])[] = [
    ['项目名称', content.text('title')],
    ['项目编号', content.text('projectNumber')],
    ['标段', content.text('lotTitle')],
    [`${w.opening}地点`, content.text('openingPlace')],
    ['最高限价', content.yuan('ceilingPriceFen')],
    [`${w.opening}时间`, content.instant('opened')],
  ];
  const known = facts.filter((each): each is Fact => each[1] !== null);
  return known.length === 0 ? [] : [{ type: 'facts', facts: known }];
}

const capacitiesIn = (w: ProcedureWords): Readonly<Record<string, string>> => ({
  bidder: w.bidder,
  supplier: w.bidder,
  purchaser: w.purchaser,
  agency: '代理机构',
  centre: '交易中心',
  supervisor: '行政监督部门',
  notary: '公证机构',
  other: '其他',
});

/** Who was present, who was not, and who has signed. */
export function presenceOf(content: Content, w: ProcedureWords): Block[] {
  const capacities = capacitiesIn(w);
  const named = (value: string | null): string => (value === null ? '—' : (capacities[value] ?? value));
  const present = content.list('present');
  const absent = content.strings('absent');
  const accept = content.raw('absentAccept') === true;
  const signatures = content.list('signatures');
  return [
    ...table(
      `参加${w.opening}的人员`,
      ['身份', '单位', '姓名'],
      present.map((each) => [named(each.text('capacity')), each.text('organisation') ?? '—', each.text('name') ?? '']),
    ),
    ...(absent.length === 0
      ? []
      : [
          heading(`未参加${w.opening}的${w.bidder}`),
          {
            type: 'paragraph' as const,
            text: `${absent.join('、')}${accept ? `。未参加${w.opening}的，视同认可${w.opening}结果。` : ''}`,
          },
        ]),
    ...table(
      '签字',
      ['单位', '身份', '签署时间'],
      signatures.map((each) => [
        each.text('organisation') ?? '',
        named(each.text('role')),
        each.instant('signedAt') ?? '',
      ]),
    ),
  ];
}

const heading = (text: string): Block => ({ type: 'heading', text });
const table = (text: string, head: readonly string[], rows: readonly (readonly string[])[]): Block[] =>
  rows.length === 0 ? [] : [heading(text), { type: 'table', head, rows }];
