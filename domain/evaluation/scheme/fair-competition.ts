import { getRule, type RuleId } from '../../law/rulebook.ts';
import { severityOf, type Severity, type Violation } from '../../law/violation.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import { warning, type SchemeFacts } from './finding.ts';
import type { Scheme } from './scheme.ts';

// 公平竞争审查 of a scheme: the rules against unfair conditions, each with its article and quote. Some can be seen in the words of a
// scheme, which is a hint and no judgement; of the others the drafter is asked.

/** Where it is looked for: in everything that is required, or only in what gives points. */
type Where = 'all' | 'criteria';

const REGION = '(?:本地|本省|本市|本区|本县|省内|市内|区内|县内|当地|属地)';
const SHORT = '[^，。；]{0,12}';
const near = (a: string, b: string): RegExp => new RegExp(`${a}${SHORT}${b}|${b}${SHORT}${a}`);
const RECORD = '(?:业绩|奖项|获奖|荣誉)';
const OWNERSHIP = /国有|国企|民营|外资|所有制|独立法人/;
const BRAND = /品牌|专利|商标|原产地/;
const SIZE =
  /注册资本|注册资金|资产总额|净资产|营业收入|从业人员|利润|纳税额|市场占有率|负债率|注册地址|企业规模|股权结构|经营年限/;

const TERMS: Readonly<Partial<Record<RuleId, { readonly where: Where; readonly words: RegExp }>>> = {
  'works-unfair-region-record': { where: 'all', words: near(REGION, RECORD) },
  'works-unfair-brand': { where: 'all', words: BRAND },
  'works-unfair-ownership': { where: 'all', words: OWNERSHIP },
  'gp-unfair-region-record': { where: 'all', words: near(REGION, RECORD) },
  'gp-unfair-brand': { where: 'all', words: BRAND },
  'gp-unfair-ownership': { where: 'all', words: OWNERSHIP },
  'gp-forbidden-qualifications': { where: 'all', words: /注册资本|资产总额|营业收入|从业人员|利润|纳税额|厂家授权/ },
  'sme-no-size-conditions': { where: 'all', words: SIZE },
  'fc-autonomy-shortlist': { where: 'all', words: /预选库|资格库|备选名录|名录库|入库/ },
  'fc-autonomy-local-list': { where: 'all', words: /创新产品名单|优先采购产品名单/ },
  'fc-access-local-branch': { where: 'all', words: near(REGION, '(?:分公司|分支机构|办事处|纳税|税收|社保|联合体)') },
  'fc-access-local-record': { where: 'all', words: near(REGION, RECORD) },
  'fc-access-local-certificate': { where: 'all', words: /培训合格证|上岗证/ },
  'fc-access-association': { where: 'all', words: near('(?:协会|商会|学会)', '(?:会员|理事)') },
  'fc-score-record-region': { where: 'criteria', words: near(REGION, RECORD) },
  'fc-score-ownership': { where: 'criteria', words: OWNERSHIP },
  'fc-score-origin': { where: 'criteria', words: /产地|国产|进口/ },
  'fc-score-size': { where: 'criteria', words: SIZE },
  'fc-score-consortium': { where: 'criteria', words: near('联合体', '(?:注册地|所有制|国有|民营|外资)') },
  'fc-no-lottery-award': { where: 'all', words: /抽签|摇号|抓阄/ },
  'fc-credit-criteria': { where: 'criteria', words: /信用(?:评价|评分|等级|得分)/ },
  'fc-process-originals': { where: 'all', words: /原件/ },
  'fc-process-presence': {
    where: 'all',
    words: near('(?:法定代表人|技术负责人|项目负责人)', '(?:到场|到现场|亲自|出席)'),
  },
  'fc-bond-issuer': { where: 'all', words: near('(?:指定|特定)', '(?:银行|担保机构|保险)') },
};

/** One line of the checklist. */
export interface FairnessItem {
  readonly rule: RuleId;
  readonly law: string;
  readonly article: string;
  readonly nameZh: string;
  /** The words of the article. */
  readonly quote: string;
  /** `scheme`: looked for in its words; `asked`: only people can tell. */
  readonly seen: 'scheme' | 'asked';
  /** Where the scheme has such words. */
  readonly found: readonly { readonly field: string; readonly text: string }[];
  /** Whether the documents contain such a thing, by the drafter; null: not answered. */
  readonly answer: boolean | null;
}

/** All that a scheme says in words, each with its field. */
function wordsOf(scheme: Scheme, where: Where): { readonly field: string; readonly text: string }[] {
  const lists = where === 'all' ? (['qualification', 'conformity', 'criteria'] as const) : (['criteria'] as const);
  return lists.flatMap((list) =>
    scheme[list].map(({ nameZh, requirementZh }, index) => ({
      field: `scheme.${list}[${index}]`,
      text: requirementZh === undefined ? nameZh : `${nameZh}：${requirementZh}`,
    })),
  );
}

/** The checklist of a procedure, with what is found in a scheme and what the drafter answered. */
export function fairnessOf(
  { evaluation }: Pick<Procedure, 'evaluation'>,
  scheme: Scheme,
  answers: SchemeFacts['answers'] = {},
): FairnessItem[] {
  return evaluation.scheme.fairness.map((id) => {
    const { law, article, nameZh, quote = '' } = getRule(id);
    const terms = TERMS[id];
    const found = terms ? wordsOf(scheme, terms.where).filter(({ text }) => terms.words.test(text)) : [];
    return {
      rule: id,
      law,
      article,
      nameZh,
      quote,
      seen: terms ? 'scheme' : 'asked',
      found,
      answer: answers[id] ?? null,
    };
  });
}

/** A word is a hint: it warns. What the drafter says is in the documents blocks where its rule does. */
export function unfairOf(definition: Procedure, scheme: Scheme, facts: SchemeFacts): Violation[] {
  return fairnessOf(definition, scheme, facts.answers).flatMap(
    ({ rule: id, found, answer, quote, nameZh }): Violation[] => {
      const rule = getRule(id);
      if (answer === true) {
        const severity: Severity = rule.use === 'block' ? severityOf(rule, facts.confirmed) : 'warn';
        const finding = {
          field: 'scheme',
          given: id,
          messageZh: `文件中有：${nameZh}`,
          messageEn: `The documents contain what the article forbids: ${quote}`,
        };
        return [warning(id, finding, severity)];
      }
      if (answer === false) return [];
      return found.map(({ field, text }) =>
        warning(id, {
          field,
          given: text,
          messageZh: `“${text}”可能属于“${quote}”，请核对`,
          messageEn: `"${text}" may be what the article forbids: ${quote}`,
        }),
      );
    },
  );
}
