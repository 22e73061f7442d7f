import { getRule } from '../law/rulebook.ts';
import { breachOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';

// 可能影响投标文件编制: who amends or answers says whether it does. What the platform can compare it judges itself; what it finds in a
// text it says, and where it only may be so, it leaves to a person and puts on record.

/** What bids are written by, and how a text speaks of it. */
const SUBJECTS = {
  ceiling: ['价格上限', /最高(?:投标)?限价|招标控制价|控制价|拦标价|预算(?:金额|价)?/u],
  qualification: ['资格条件', /资格|资质|业绩|联合体/u],
  quantity: ['数量', /数量|工程量|采购量|清单/u],
  requirement: ['技术要求', /规格|型号|参数|技术(?:要求|标准|条款)|图纸|材质|材料|品牌|样品/u],
  period: ['工期', /工期|交货(?:期|时间)|供货(?:期|时间)|服务(?:期|期限)|竣工|质保期|保修期/u],
  evaluation: [
    '评标（评审）办法',
    /评(?:标|审)(?:办法|方法|标准|因素|细则)|评分|得分|分值|权重|定标(?:办法|方法|原则)/u,
  ],
  deposit: ['保证金', /保证金|保函/u],
  offer: ['投标文件的编制', /报价(?:方式|要求|范围)|(?:投标|响应)文件(?:格式|份数|组成)|投标(?:有效期|函)/u],
  contract: ['合同条款', /付款|支付(?:方式|比例|条件)|结算|合同(?:条款|条件|文本)|违约金|履约/u],
} as const satisfies Readonly<Record<string, readonly [zh: string, pattern: RegExp]>>;

export type BidSubject = keyof typeof SUBJECTS;

const CHANGES =
  /(?:改|变|更改|变更|修改|修订|调整|更正|更换|替换)(?:为|成|至|到)|增加|增至|增为|减少|减至|减为|新增|增设|取消|删除|删去|提高|降低|上调|下调|延长|缩短|放宽|收紧|不再(?:要求|接受|需要|执行)/u;
/** A clause that says that it changes nothing. */
const UNCHANGED = /不(?!再|少于|低于|超过|得|足)|未|没有|无需|维持|保持/u;
const CLAUSES = /[。;!?\n]|,(?!\d{3})/u;

export interface Found {
  readonly subject: BidSubject;
  readonly zh: string;
  /** The clause of the text. */
  readonly said: string;
  /** Whether the clause says that it is changed, not only names it. */
  readonly changed: boolean;
}

/** What of this a text names, each with its first clause that says most. */
export function namedIn(text: string): Found[] {
  const clauses = text
    .normalize('NFKC')
    .split(CLAUSES)
    .map((clause) => clause.replace(/[\p{Z}\p{C}]/gu, ''));
  return Object.entries(SUBJECTS).flatMap(([subject, [zh, pattern]]) => {
    const found = clauses
      .filter((clause) => pattern.test(clause))
      .map((said) => ({
        ...{ subject: subject as BidSubject, zh, said },
        changed: CHANGES.test(said) && !UNCHANGED.test(said),
      }));
    return found.find(({ changed }) => changed) ?? found[0] ?? [];
  });
}

/**
 * Why what is amended or answered may affect how bids are written, although it is said not to: files that become part of the
 * documents, and a text that says that something is changed which bids are written by.
 * @param given `text` by its field: `textZh`, `answerZh`; `documents`: how many files belong to it
 */
export function checkAffectsNothing(
  { rules, words }: Pick<Procedure, 'rules' | 'words'>,
  { field, text, documents }: { readonly field: string; readonly text: string; readonly documents: number },
): Violation[] {
  const rule = getRule(rules.amendment);
  const finding = { field: 'affectsBids', given: 'false', lawfulChoices: ['true'] };
  const changed = namedIn(text).filter((each) => each.changed);
  return [
    ...(documents === 0
      ? []
      : [
          breachOf(rule, 'block', {
            ...finding,
            messageZh: `所附文件成为${words.documents}的一部分，可能影响${words.bid}编制`,
            messageEn: 'Its files become part of the documents, and may bear on how bids are written',
          }),
        ]),
    ...changed.map(({ zh, said }) =>
      breachOf(rule, 'block', {
        ...finding,
        messageZh: `${field} 中“${said}”变更了${zh}，可能影响${words.bid}编制`,
        messageEn: `"${said}" in ${field} changes what bids are written by (${zh})`,
      }),
    ),
  ];
}
