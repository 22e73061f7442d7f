// What the law's own choices are called in Chinese; a page that calculates loads no more of the names.

export type Labels = Readonly<Record<string, string>>;

/** In a Chinese sentence; of a value that nobody named, itself. */
export const choiceZh = (labels: Labels, value: string): string => labels[value] ?? value;

export const REGIMES: Labels = {
  tendering: '招标投标法',
  government: '政府采购法',
  land: '土地招拍挂',
  'state-assets': '国有资产交易',
};

export const PROCEDURES: Labels = {
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

export const KINDS: Labels = { works: '工程', goods: '货物', services: '服务' };
