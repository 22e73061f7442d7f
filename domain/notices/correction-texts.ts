import { readAmountFen } from '../amounts.ts';
import { DomainError } from '../errors.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import type { Corrected } from './corrections.ts';
import { noticeName } from './kinds.ts';

// A correction leaves who won, at what price, in what order and when, as the record has it. Names of other bidders are refused
// by themselves; who never bid has no name that the platform knows, so that what is said of a result is refused as such. These are
// patterns of how such things are written, not an understanding of the text: what is found is said, and a person reads the notice.

const DIGITS = '\\d+(?:,\\d{3})*(?:\\.\\d+)?[十百千万亿]*';
const WORDS = '[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億]+';
const UNIT = '(?:元|圆|圓)(?:整|正)?';
const CURRENCY = '(?:¥|人民币|RMB|CNY)';
const FOREIGN = '(?:US\\$|HK\\$|\\$|€|£|USD|EUR|HKD|JPY|美元|美金|欧元|港币|港元|日元|英镑)';
/** What 万 and 亿 may count that is no money. */
const MEASURES = '[吨台套件个平立公米人份只辆株亩千瓦字次册本升条根张块樘户头羽枚盏]|kW|k㎡|m';
const ORDINAL = '第(?:\\d+|[一二三四五六七八九十]+)';
const PRICE = '(?:报价|投标价|中标价|成交价|合同价|总价|(?:中标|成交|合同|投标)(?:总)?金额)';
/** Of parts too: the value of a field may have them, a text of its own may not. */
const ANY_PRICE = `(?:${PRICE}|单价|标价|价款|价格|造价|交易额|总额|金额)`;
const AS =
  '(?:应当|应|现|已|实|均|依法)*(?:更正|变更|更改|更名|修改|改|调整|更换|替换|确定|认定)?(?:为|成|是(?!否)|系|:)';
const WINNER =
  '(?:(?:中标|成交)(?:候选)?(?:人|单位|供应商|者|企业|公司)|候选人|候选供应商|承包人|承包单位|供货商|供应商|乙方)';
const FIRM = '(?:公司|厂|集团|院|所|中心|联合体|合作社)';
const CHANGED = '(?:更正|变更|更改|修改|改|调整|调|延长|延期|顺延|提前|推迟|缩短|延)(?:为|至|到|成)';

const SUM = new RegExp(
  [
    `${CURRENCY}*(?:${DIGITS}|${WORDS})${UNIT}`,
    `${CURRENCY}${DIGITS}`,
    `(?:\\d+(?:,\\d{3})*(?:\\.\\d+)?(?:余|多)?[十百千]*|${WORDS}(?:余|多)?)(?:万|亿)(?:元|余元|多元)?(?!${MEASURES})`,
    `\\d+(?:\\.\\d+)?[wW](?![a-zA-Z])`,
    `\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?(?!\\d|${MEASURES})`,
    `\\d{4,}\\.\\d{2}(?!\\d|${MEASURES})`,
    `${FOREIGN}${DIGITS}|(?:${DIGITS}|${WORDS})${FOREIGN}`,
  ].join('|'),
  'giu',
);
const pricedBy = (price: string): RegExp =>
  new RegExp(
    `${price}(?:应|现|实|更正|变更|修改|改|调整|调|降|升|优惠|由|自|从|按|为|是|至|到|:|共计|合计|约|大写|小写|\\(|${CURRENCY})*(${DIGITS}(?:${UNIT})?|${WORDS}${UNIT})`,
    'giu',
  );
const PRICED = pricedBy(PRICE);
const PRICED_IN_TEXT = pricedBy(ANY_PRICE);
/** A price that is told by its share, or what is taken off it. */
const RATED = new RegExp(
  `(?:折扣|下浮|上浮|优惠|让利|费率|降价)[^,。;]{0,6}?(?:${DIGITS}|${WORDS})(?:%|‰|折|个?百分点)|${ANY_PRICE}的?[^,。;\\d]{0,4}\\d+(?:\\.\\d+)?%|打?\\d(?:\\.\\d)?折`,
  'giu',
);
const RESULT = new RegExp(
  [
    `${WINNER}${AS}`,
    `由(?!于)[^,。;]{1,60}(?:中标|成交|替补|递补|承接|承建|承包|供货|签约)`,
    `${FIRM}(?:中标|成交)(?!候选|人|通知|公告|结果|价|金额|公示|单位|供应商)`,
    '(?:递补|替补|补选|改选|授予)(?!通知)[\\p{L}\\p{N}]{2,}',
    '(?:中标|成交|候选人?|入围)(?:资格|结果)[^,。;]{0,4}(?:取消|作废|无效|撤销|收回)|(?:取消|撤销|作废)[^,。;]{0,8}(?:中标|成交)(?:资格|结果)',
    '顺延(?:至|到|给)?(?:下一|第|后一)',
  ].join('|'),
  'gu',
);
const RANKED = new RegExp(`${ORDINAL}(?:名|位|顺位|(?:中标|成交)?候选)|排名|名次`, 'gu');
/** In a text of its own also at the end of what it is said of: `甲公司第一，乙公司第三`. */
const RANKED_IN_TEXT = new RegExp(
  `${ORDINAL}(?:中标|成交|排|为|是|应|由|改|变)|(?<=[\\p{L}\\p{N}])${ORDINAL}(?=$|[^\\p{L}\\p{N}])|排序|首位|位列|位居`,
  'gu',
);
const SCORED = new RegExp(
  `(?:得分|评分|总分|分数|分值|综合分|技术分|商务分|价格分)[^\\d,。;]{0,6}(?:\\d+(?:\\.\\d+)?分?|${WORDS}分)`,
  'gu',
);
/** Instants that the platform computes or another act sets, and a text would change. */
const DATED = new RegExp(
  `(?:公示|质疑|异议|投诉|签订|签约|开标|开启|截止|递交|提交)[^,。;]{0,10}${CHANGED}[^,。;]{0,6}?(?:\\d+|[零〇一二三四五六七八九十]+)[年月日天号时个]`,
  'gu',
);

type Stated = 'sum' | 'rate' | 'winner' | 'rank' | 'score' | 'date';
const STATED: Readonly<Record<Stated, { readonly zh: string; readonly en: string }>> = {
  sum: { zh: '金额', en: 'a sum' },
  rate: { zh: '折扣、费率', en: 'a rate' },
  winner: { zh: '结果', en: 'a result' },
  rank: { zh: '排序', en: 'a rank' },
  score: { zh: '得分', en: 'a score' },
  date: { zh: '法定时间', en: 'an instant of the procedure' },
};

/** What stays as the record has it. */
interface Facts {
  readonly winner?: unknown;
  readonly supplier?: unknown;
  readonly priceFen?: unknown;
  readonly amountFen?: unknown;
}

const plainOf = (text: string): string => text.normalize('NFKC').replace(/[\p{Z}\p{C}]/gu, '');

/**
 * The texts of a correction state no sum, rate, rank, score, winner or statutory instant beside those of the record.
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
    const plain = plainOf(text);
    const found = restatedIn(plain, facts, field === 'textZh' || field === 'reasonZh');
    if (found === undefined) continue;
    const { what, given } = found;
    const { zh, en } = STATED[what];
    const clause = clauseOf(plain, found);
    const name = noticeName(kind, words);
    throw new DomainError('unlawful', {
      messageZh: `${name.zh}的更正不得写入金额、费率、排序、得分、${words.winner}或者法定时间：“${clause}”中的“${given}”被识别为${zh}。这些以记录为准，不由更正改变；写明${words.bidder}名称和所更正的事项即可，公告中的栏目按栏目更正（changes）（${citeZh(rule)}）`,
      messageEn: `The correction of the ${name.en} may state no sum, rate, rank, score, winner or statutory instant: "${given}" in "${clause}" was read as ${en}. They are of the record; name the bidder and what is corrected, and correct what has a field by that field (${citeEn(rule)})`,
      details: { field, given, found: what, clause, rule: rule.id, law: rule.law, article: rule.article },
    });
  }
}

interface Found {
  readonly what: Stated;
  readonly given: string;
  readonly index: number;
}

/** The clause around it. */
function clauseOf(text: string, { given, index }: Found): string {
  const before =
    text
      .slice(0, index)
      .split(/[。;!?]/u)
      .at(-1) ?? '';
  const [after = ''] = text.slice(index + given.length).split(/[。;!?]/u);
  return `${before}${given}${after}`;
}

/** Sums that a text states of a price: `总价为 330 万元`. */
export const pricesIn = (text: string): string[] => [...plainOf(text).matchAll(PRICED)].map(([, sum = '']) => sum);

function restatedIn(text: string, facts: Facts, isText: boolean): Found | undefined {
  const recorded = facts.priceFen ?? facts.amountFen;
  const winner = facts.winner ?? facts.supplier;
  const named = typeof winner === 'string' ? plainOf(winner) : undefined;
  const isRecorded = (sum: string): boolean =>
    recorded !== undefined && (readAmountFen(sum) === recorded || readAmountFen(`${sum}元`) === recorded);
  const all = (what: Stated, pattern: RegExp, isOf: (match: RegExpExecArray) => boolean = () => true): Found[] =>
    [...text.matchAll(pattern)].filter(isOf).map(({ 0: given, index }) => ({ what, given, index }));
  const isOther = ({ 0: said, index }: RegExpExecArray): boolean =>
    named === undefined || !(said.includes(named) || text.slice(index + said.length).startsWith(named));
  return [
    ...all('sum', isText ? PRICED_IN_TEXT : PRICED, ([, sum = '']) => !isRecorded(sum)),
    ...(isText ? all('sum', SUM, ([sum]) => !isRecorded(sum)) : []),
    ...all('winner', RESULT, isOther),
    ...all('rank', RANKED),
    ...(isText
      ? [...all('rank', RANKED_IN_TEXT), ...all('score', SCORED), ...all('rate', RATED), ...all('date', DATED)]
      : []),
  ].at(0);
}
