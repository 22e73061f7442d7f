import type { NoticeKind } from '../../domain/notices/data.ts';

/** What an entry of the menu lists: procurements, openings to come, or notices of these kinds. */
export type Listed =
  | { readonly of: 'procurements'; readonly intended?: true }
  | { readonly of: 'openings' }
  | { readonly of: 'notices'; readonly kinds: readonly NoticeKind[]; readonly withDocuments?: true };

export interface MenuEntry {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  /** What it contains, for who does not know the word. */
  readonly aboutZh: string;
  readonly aboutEn: string;
  readonly lists: Listed;
}

/** The menu that users of such platforms know. */
export const MENU: readonly MenuEntry[] = [
  {
    ...{ key: '', zh: '全部项目', en: 'All procurements' },
    aboutZh: '已公告的全部项目，最近公告的在前。',
    aboutEn: 'Every announced procurement, latest notice first.',
    lists: { of: 'procurements' },
  },
  {
    ...{ key: 'plans', zh: '招标计划', en: 'Plans' },
    aboutZh: '事先公开了招标计划或者采购意向的项目。',
    aboutEn: 'Procurements whose plan or intention was published beforehand.',
    lists: { of: 'procurements', intended: true },
  },
  {
    ...{ key: 'calls', zh: '招标公告', en: 'Calls' },
    aboutZh: '招标公告、采购公告和邀请书（邀请书在开启后公开）。',
    aboutEn: 'Calls for bids; invitations become public with the opening.',
    lists: { of: 'notices', kinds: ['tender', 'invitation'] },
  },
  {
    ...{ key: 'changes', zh: '变更', en: 'Changes' },
    aboutZh: '澄清、修改、答疑和更正。',
    aboutEn: 'Amendments, answers to questions, and corrections.',
    lists: { of: 'notices', kinds: ['amendment', 'clarification', 'correction'] },
  },
  {
    ...{ key: 'openings', zh: '开标安排', en: 'Openings to come' },
    aboutZh: '接受投标的项目，开标早的在前。开标前，投标人及其数量对任何人保密。',
    aboutEn: 'Procurements that accept bids, nearest opening first. Until then nobody may know who bids, or how many.',
    lists: { of: 'openings' },
  },
  {
    ...{ key: 'records', zh: '开标记录', en: 'Opening records' },
    aboutZh: '已公布的开标（开启）记录。',
    aboutEn: 'Published records of openings.',
    lists: { of: 'notices', kinds: ['opening-record'] },
  },
  {
    ...{ key: 'candidates', zh: '候选人公示', en: 'Candidates' },
    aboutZh: '中标候选人公示；公示期内可以提出异议。',
    aboutEn: 'Candidates who stand public; objections are possible meanwhile.',
    lists: { of: 'notices', kinds: ['candidates'] },
  },
  {
    ...{ key: 'results', zh: '结果', en: 'Results' },
    aboutZh: '中标（成交）结果公告。',
    aboutEn: 'Notices of results.',
    lists: { of: 'notices', kinds: ['award'] },
  },
  {
    ...{ key: 'contracts', zh: '合同', en: 'Contracts' },
    aboutZh: '合同公告、合同变更和履约验收结果。',
    aboutEn: 'Contracts, their changes, and acceptances.',
    lists: { of: 'notices', kinds: ['contract', 'contract-change', 'acceptance'] },
  },
  {
    ...{ key: 'failures', zh: '异常', en: 'Exceptions' },
    aboutZh: '招标失败（废标）、终止和暂停。',
    aboutEn: 'Failed lots, terminations and suspensions.',
    lists: { of: 'notices', kinds: ['lot-failed', 'termination', 'suspension'] },
  },
  {
    ...{ key: 'grievances', zh: '投诉处理', en: 'Grievances' },
    aboutZh: '异议、质疑的答复，以及投诉处理结果。',
    aboutEn: 'Replies to objections and queries, and decisions on complaints.',
    lists: { of: 'notices', kinds: ['grievance-reply'] },
  },
  {
    ...{ key: 'documents', zh: '公开文件', en: 'Public documents' },
    aboutZh: '随结果或者合同公告公开的采购文件和合同。',
    aboutEn: 'Tender documents and contracts that are public with a result or a contract.',
    lists: { of: 'notices', kinds: ['award', 'contract'], withDocuments: true },
  },
];

export const entryOf = (key: string): MenuEntry => MENU.find((entry) => entry.key === key) ?? (MENU[0] as MenuEntry);
