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
];

/** Those in which a rule takes part. */
export const conflictsOf = (id: string): RuleConflict[] =>
  RULE_CONFLICTS.filter(({ rules }) => (rules as readonly string[]).includes(id));
