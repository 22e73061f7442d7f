import type { RuleRow } from '../rule.ts';

/** Time limits that bind the trading platform and those who make policy for it. */
export const PLATFORM_RULES = [
  {
    id: 'works-lateral-decision-publication',
    kind: 'time_limit',
    nameZh: '行政决定信息上网公开并交换',
    appliesTo: ['platform'],
    fromEvent: '作出行政决定之日',
    toEvent: '上网公开',
    bound: 'max',
    amount: 7,
    unit: 'working_day',
    direction: 'forward',
    breach: '39号令41',
    law: '39号令(平台)',
    article: '21',
    status: 'VERIFIED',
    quote: '自作出行政决定之日起7个工作日内上网公开',
  },
  {
    id: 'fc-before-deliberation',
    kind: 'time_limit',
    nameZh: '公平竞争审查在提请审议或报批前完成',
    appliesTo: ['platform'],
    toEvent: '提请审议/报批',
    bound: 'rule',
    direction: 'forward',
    breach: '不得出台',
    suspends: 'gates publication',
    law: '招标投标领域公平竞争审查规则',
    article: '13',
    status: 'VERIFIED',
    quote: '政策措施应当在提请审议或者报批前完成公平竞争审查',
  },
] as const satisfies readonly RuleRow[];
