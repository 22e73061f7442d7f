import type { ProcedureWords } from '../../../domain/procedures/words.ts';

/** Of an inquiry (询价), as 财政部令74号 has them: no tender, no bids, no award. */
export const INQUIRY_WORDS: ProcedureWords = {
  award: '成交',
  winner: '成交供应商',
  stopped: '采购终止',
  grievance: '质疑',
  tendering: '采购',
  again: '重新采购',
  activity: '采购活动',
  notice: { zh: '询价公告', en: 'notice of inquiry' },
  documents: '询价通知书',
  bid: '响应文件',
  bidding: '响应',
  bidder: '供应商',
  deposit: '保证金',
  purchaser: '采购人',
  opening: '响应文件开启',
  evaluation: '评审',
  committee: '询价小组',
};
