import type { RuleId } from './rulebook.ts';

/** Two texts that disagree on one matter, and which the engine follows: what is lawful under both. */
export interface RuleConflict {
  readonly rules: readonly RuleId[];
  readonly topicZh: string;
  readonly topicEn: string;
  readonly takenZh: string;
  readonly takenEn: string;
}

export const RULE_CONFLICTS: readonly RuleConflict[] = [
  {
    rules: ['works-written-report', 'works-written-report-30ling'],
    topicZh: '书面报告的起算点：确定中标人之日，或发出中标通知书之日',
    topicEn: 'the written report is counted from the decision, or from the notice of award',
    takenZh: '两者均计算，以较早届满者为准',
    takenEn: 'both are counted, and the earlier end holds',
  },
  {
    rules: ['period-civil-last', 'period-gp87', 'period-gp110', 'period-gp94'],
    topicZh: '最后一日为周末时是否顺延：民法典、94号令顺延，87号令、110号令只写国家法定节假日',
    topicEn:
      'whether a period that ends on a weekend rolls: by some texts on any rest day, by others on public holidays only',
    takenZh: '最短和固定期限不止于休息日；87号令、110号令的最长期限遇普通周末不顺延',
    takenEn: 'a minimum never ends on a rest day; a maximum of 87令 or 110令 does not roll over a plain weekend',
  },
  {
    rules: ['gp-notice-period', 'period-gp87'],
    topicZh: '公告期限：16条自最先发布之日起算，85条开始当日不计入',
    topicEn: 'the notice period counts from the day of publication (art. 16), or without it (art. 85)',
    takenZh: '不计入发布当日，期限较长',
    takenEn: 'the day of publication is not counted, which is the longer',
  },
  {
    rules: ['land-full-payment-60d', 'land-first-payment', 'land-full-payment-1y'],
    topicZh: '土地出让金：60日内付清，或一个月内付一半、一年内付清',
    topicEn: 'land payment: all within 60 days, or half within a month and the rest within a year',
    takenZh: '一个月内付一半，60日内付清，两者同时满足；以合同约定为准时由人决定',
    takenEn:
      'half within a month and all within 60 days keeps both; a person decides where the contract says otherwise',
  },
  {
    rules: ['gp-rereview-report', 'gp-rereview-after-sign'],
    topicZh: '重新评审的报告：条例44一律书面报告，87令64仅在改变评标结果时报告',
    topicEn: 'a re-review is reported always (条例 44), or only where it changes the result (87令 64)',
    takenZh: '一律报告',
    takenEn: 'it is always reported',
  },
  {
    rules: ['works-reject-unqualified', 'works-may-reject-unqualified'],
    topicZh: '资格条件不符的投标：条例51应当否决，12号令22可以否决',
    topicEn: 'a bidder that is not qualified: its bid shall be rejected (条例 51), or may be (12号令 22)',
    takenZh: '应当否决',
    takenEn: 'it is rejected',
  },
  {
    rules: ['works-award-rank1', 'works-next-or-retender'],
    topicZh: '排名第一的放弃等情形后重新招标：条例55可以选择，12号令48、30号令58须依次确定明显不利',
    topicEn:
      'a new tender in place of the next candidate: a choice (条例 55), or where the next is clearly disadvantageous (12号令 48, 30号令 58)',
    takenZh: '可以重新招标，须说明理由',
    takenEn: 'a new tender is allowed, with its reason',
  },
  {
    rules: ['works-termination-refund', 'works30-no-termination'],
    topicZh: '招标开始后的终止：条例31可以终止并退还，30号令15除不可抗力外不得终止',
    topicEn: 'a termination: possible, with refunds (条例 31), or only by force majeure (30号令 15)',
    takenZh: '可以终止并依条例31退还；非不可抗力的，提示',
    takenEn: 'it is possible, with the refunds of 条例 31; but for force majeure, with a warning',
  },
  {
    rules: ['gp-void-over-budget', 'gp-invalid-over-ceiling', 'gp-void-few'],
    topicZh: '报价均超过预算：法36(三)废标；87令63(四)已使每一投标无效，从而先适用36(一)',
    topicEn:
      'all prices over the budget: 36(三) of the law; by 87令 63(四) each bid is invalid, so that 36(一) comes first',
    takenZh: '两者均记载',
    takenEn: 'both are recorded',
  },
  {
    rules: ['wcomp-signature', 'wcomp-nonaccept'],
    topicZh: '法人投诉书的签署：11号令7法定代表人或者授权代表，12(三)法定代表人',
    topicEn:
      'who signs the complaint of a legal person: its legal or an authorised representative (11号令 7), or the legal one (12(三))',
    takenZh: '两者均接受，提示',
    takenEn: 'either is accepted, with a warning',
  },
];

/** Those in which a rule takes part. */
export const conflictsOf = (id: string): RuleConflict[] =>
  RULE_CONFLICTS.filter(({ rules }) => (rules as readonly string[]).includes(id));
