import { readAmountFen } from '../amounts.ts';
import { DomainError } from '../errors.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import type { Corrected } from './corrections.ts';
import { noticeName } from './kinds.ts';

// A correction leaves who won, at what price and in what order, as the record has it. Names of other bidders are refused
// by themselves; who never bid has no name that the platform knows, so that what is said of a result is refused as such.

const DIGITS = '\\d+(?:,\\d{3})*(?:\\.\\d+)?[十百千万亿]*';
const WORDS = '[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億]+';
const UNIT = '(?:元|圆|圓)(?:整|正)?';
const CURRENCY = '(?:¥|人民币|RMB|CNY)';
const ORDINAL = '第(?:\\d+|[一二三四五六七八九十]+)';
const PRICE = '(?:报价|投标价|中标价|成交价|合同价|总价|(?:中标|成交|合同|投标)(?:总)?金额)';
const AS = '(?:应当|应|现|已|实|均|依法)*(?:更正|变更|更改|修改|改|调整|更换|替换|确定|认定)?(?:为|成|是(?!否)|系|:)';
const WINNER =
  '(?:(?:中标|成交)(?:候选)?(?:人|单位|供应商|者|企业|公司)|候选人|候选供应商|承包人|承包单位|供货商|供应商|乙方)';
const FIRM = '(?:公司|厂|集团|院|所|中心|联合体|合作社)';

const SUM = new RegExp(`${CURRENCY}*(?:${DIGITS}|${WORDS})${UNIT}|${CURRENCY}${DIGITS}`, 'giu');
const PRICED = new RegExp(
  `${PRICE}(?:应|现|实|更正|变更|修改|改|调整|为|是|:|共计|合计|约|大写|小写|\\(|${CURRENCY})*(${DIGITS}(?:${UNIT})?|${WORDS}${UNIT})`,
  'giu',
);
const RESULT = new RegExp(
  `${WINNER}${AS}|由(?!于)[^,。;]{1,60}(?:中标|成交|替补|递补)|${FIRM}(?:中标|成交)(?!候选|人|通知|公告|结果|价|金额|公示|单位|供应商)`,
  'gu',
);
const RANKED = new RegExp(`${ORDINAL}(?:名|位|顺位|(?:中标|成交)?候选)|排名|名次`, 'gu');
/** In a text of its own also at the end of what it is said of: `甲公司第一，乙公司第三`. */
const RANKED_IN_TEXT = new RegExp(
  `${ORDINAL}(?:中标|成交|排|为|是|应|由|改|变)|(?<=[\\p{L}\\p{N}])${ORDINAL}(?=$|[^\\p{L}\\p{N}])|排序|首位|位列|位居`,
  'gu',
);
const SCORED = /(?:得分|评分|总分|分数)[^\d,。;]{0,6}\d/gu;

/** What stays as the record has it. */
interface Facts {
  readonly winner?: unknown;
  readonly supplier?: unknown;
  readonly priceFen?: unknown;
  readonly amountFen?: unknown;
}

const plainOf = (text: string): string => text.normalize('NFKC').replace(/[\p{Z}\p{C}]/gu, '');

/**
 * The texts of a correction state no sum, rank, score or winner beside those of the record.
 * @param facts what the correction leaves as it is; nothing where the notice has no such things
 * @param texts the values of fields by their place in the request; `textZh` and `reasonZh` are texts of their own
 * @throws DomainError `unlawful`
 */
export function assertRestatesNothing(
  { kind, words, rule }: Corrected,
  facts: Facts,
  texts: readonly (readonly [field: string, text: string])[],
): void {
  if (Object.keys(facts).length === 0) return;
  for (const [field, text] of texts) {
    const given = restatedIn(plainOf(text), facts, field === 'textZh' || field === 'reasonZh');
    if (given === undefined) continue;
    const name = noticeName(kind, words);
    throw new DomainError('unlawful', {
      messageZh: `${name.zh}的更正不得写入金额、排序、得分或者${words.winner}（“${given}”）：这些以记录为准，不由更正改变；写明${words.bidder}名称和所更正的事项即可，公告中的栏目按栏目更正（changes）（${citeZh(rule)}）`,
      messageEn: `The correction of the ${name.en} may state no sum, rank, score or winner ("${given}"): they are of the record; name the bidder and what is corrected, and correct what has a field by that field (${citeEn(rule)})`,
      details: { field, given, rule: rule.id, law: rule.law, article: rule.article },
    });
  }
}

/** Sums that a text states of a price: `总价为 330 万元`. */
export const pricesIn = (text: string): string[] => [...plainOf(text).matchAll(PRICED)].map(([, sum = '']) => sum);

function restatedIn(text: string, facts: Facts, isText: boolean): string | undefined {
  const recorded = facts.priceFen ?? facts.amountFen;
  const winner = facts.winner ?? facts.supplier;
  const named = typeof winner === 'string' ? plainOf(winner) : undefined;
  const isRecorded = (sum: string): boolean => recorded !== undefined && readAmountFen(sum) === recorded;
  const sums = [
    ...[...text.matchAll(PRICED)].filter(([, sum = '']) => !isRecorded(sum)),
    ...(isText ? [...text.matchAll(SUM)].filter(([sum]) => !isRecorded(sum)) : []),
  ];
  const results = [...text.matchAll(RESULT)].filter(
    ({ 0: said, index }) => named === undefined || !text.slice(index + said.length).startsWith(named),
  );
  const others = [RANKED, ...(isText ? [RANKED_IN_TEXT, SCORED] : [])].flatMap((each) => [...text.matchAll(each)]);
  return [...sums, ...results, ...others].at(0)?.[0];
}
