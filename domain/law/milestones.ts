import type { ProcedureWords } from '../procedures/words.ts';

/**
 * Milestones (法定节点) of an open tender, in the order in which a timeline shows them. Not every regime has every one:
 * the tendering regime has a publicity window before the award, government procurement a notice period after it.
 */
export const MILESTONES = [
  'intention',
  'notice',
  'notice-end',
  'documents-from',
  'documents-until',
  'objection-documents-end',
  'amendment-latest',
  'bid-deadline',
  'opening',
  'committee',
  'evaluation-report',
  'publicity-start',
  'publicity-end',
  'recheck',
  'recheck-report',
  'award',
  'award-notice',
  'award-notice-end',
  'query-result-end',
  'performance-bond',
  'contract',
  'payment-guarantee',
  'contract-publication',
  'contract-filing',
  'written-report',
  'deposits-losers',
  'deposits-winner',
  'acceptance',
  'payment',
  'performance-bond-release',
  'archive-until',
] as const;

export type MilestoneKey = (typeof MILESTONES)[number];

type Name = { readonly zh: string; readonly en: string };

const namesIn = (words: ProcedureWords): Readonly<Record<MilestoneKey, Name>> => ({
  intention: { zh: '采购意向公开', en: 'Procurement intention published' },
  notice: {
    zh: `${words.notice.zh}${words.notice.zh.endsWith('公告') ? '发布' : '发出'}`,
    en: `${words.notice.en.charAt(0).toUpperCase()}${words.notice.en.slice(1)} ${words.notice.zh.endsWith('公告') ? 'published' : 'sent'}`,
  },
  'notice-end': { zh: `${words.notice.zh}期限届满`, en: 'Notice period ends' },
  'documents-from': { zh: `${words.documents}开始发出`, en: 'Tender documents available from' },
  'documents-until': { zh: `${words.documents}发出截止`, en: 'Tender documents available until' },
  'objection-documents-end': {
    zh: `对${words.documents}提出异议（质疑）截止`,
    en: 'Last moment to object to the tender documents',
  },
  'amendment-latest': {
    zh: `澄清修改最迟（不顺延${words.bidding}截止）`,
    en: 'Last moment to amend without moving the deadline',
  },
  'bid-deadline': { zh: `${words.bidding}截止`, en: 'Bid deadline' },
  opening: { zh: words.opening, en: 'Bid opening' },
  committee: { zh: `${words.committee}组成`, en: 'Committee complete' },
  'evaluation-report': { zh: `${words.evaluation}报告送达`, en: 'Evaluation report delivered' },
  'publicity-start': { zh: `${words.award}候选人公示开始`, en: 'Publicity of candidates begins' },
  'publicity-end': { zh: `${words.award}候选人公示结束`, en: 'Publicity of candidates ends' },
  recheck: { zh: `${words.committee}复核完成`, en: 'Recheck by the committee finished' },
  'recheck-report': {
    zh: `重新${words.evaluation}情况书面报告`,
    en: 'Recheck reported to the supervisor in writing',
  },
  award: { zh: `确定${words.winner}`, en: 'Award decided' },
  'award-notice': { zh: `${words.award}公告及${words.award}通知书`, en: 'Award announced and notified' },
  'award-notice-end': { zh: `${words.award}公告期限届满`, en: 'Award notice period ends' },
  'query-result-end': { zh: `对${words.award}结果质疑截止`, en: 'Last moment to query the result' },
  'performance-bond': { zh: '提交履约保证金', en: 'Performance bond handed in' },
  contract: { zh: '签订合同', en: 'Contract signed' },
  'payment-guarantee': { zh: '提供工程款支付担保', en: 'Payment guarantee given' },
  'contract-publication': { zh: '合同公告', en: 'Contract published' },
  'contract-filing': { zh: '合同备案', en: 'Contract filed' },
  'written-report': { zh: '招标投标情况书面报告', en: 'Written report to the supervisor' },
  'deposits-losers': { zh: `退还未${words.winner}保证金`, en: 'Losers’ deposits returned' },
  'deposits-winner': { zh: `退还${words.winner}保证金`, en: 'Winner’s deposit returned' },
  acceptance: { zh: '履约验收', en: 'Acceptance of the performance' },
  payment: { zh: '支付合同款项', en: 'Contract paid' },
  'performance-bond-release': { zh: '退还履约保证金', en: 'Performance bond released' },
  'archive-until': { zh: '档案保存至', en: 'Archive kept until' },
});

const known = new Map<ProcedureWords, Readonly<Record<MilestoneKey, Name>>>();

/** The name of a milestone in the words of a procedure. */
export function milestoneName(key: MilestoneKey, words: ProcedureWords): Name {
  const names = known.get(words) ?? namesIn(words);
  known.set(words, names);
  return names[key];
}
