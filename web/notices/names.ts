// As released templates name them: what is here never changes.

export const REGIMES: Readonly<Record<string, string>> = { tendering: '招标投标法', government: '政府采购法' };
export const PROCEDURES: Readonly<Record<string, string>> = {
  'open-tender': '公开招标',
  'invited-tender': '邀请招标',
  negotiation: '竞争性谈判',
  consultation: '竞争性磋商',
  inquiry: '询价',
  'single-source': '单一来源采购',
  framework: '框架协议采购',
  listing: '挂牌',
  auction: '拍卖',
};
export const METHODS: Readonly<Record<string, string>> = {
  'lowest-evaluated': '经评审的最低投标价法（最低评标价法）',
  comprehensive: '综合评估法（综合评分法）',
  'lowest-price': '最低价成交',
};
export const KINDS: Readonly<Record<string, string>> = { works: '工程', goods: '货物', services: '服务' };
/** Why a procurement was terminated. */
export const GROUNDS: Readonly<Record<string, string>> = {
  'force-majeure': '不可抗力',
  'task-cancelled': '因重大变故采购任务取消',
  'no-longer-fits': '因情况变化不再符合采购方式的适用情形',
  'unfair-conduct': '出现影响采购公正的违法、违规行为',
};
