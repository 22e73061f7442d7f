import { tenderingAward, tenderingCandidates, tenderingTender } from '../notices/lists.ts';
import type { Procedure } from './procedure.ts';
import { TENDERING_OPEN_TENDER } from './tendering-open-tender.ts';
import { INVITATION } from './words.ts';

/**
 * 邀请招标 under 招标投标法: as an open tender, but it begins with 投标邀请书 to at least three suppliers (招标投标法 17), and in a project
 * that must be tendered needs one of two grounds (招标投标法实施条例 8).
 */
export const TENDERING_INVITED_TENDER: Procedure = {
  ...TENDERING_OPEN_TENDER,
  procedure: 'invited-tender',
  scope: 'works_invited',
  words: { ...TENDERING_OPEN_TENDER.words, notice: INVITATION },
  notices: ['invitation', 'opening-record', 'candidates', 'award'],
  // 30号令 14 requires of 投标邀请书 what it requires of 招标公告.
  noticeContents: { invitation: tenderingTender, candidates: tenderingCandidates, award: tenderingAward },
  entry: {
    by: 'invitation',
    min: 'works-invited-min',
    sources: ['known', 'prequalification', 'database'],
    grounds: 'works-must-be-open',
    // (二) 由项目审批、核准部门或者行政监督部门认定.
    approvedCases: [2],
    conflict: 'works-conflict-bidders',
  },
  // 财库〔2020〕46号 9 is read for open tenders only.
  evaluation: {
    ...TENDERING_OPEN_TENDER.evaluation,
    scheme: { ...TENDERING_OPEN_TENDER.evaluation.scheme, preferences: { lawful: [] } },
  },
  // 保障中小企业款项支付条例 is read for open tenders only.
  contract: { ...TENDERING_OPEN_TENDER.contract, payment: {} },
  // 27号令 and 2号令 are read for open tenders only.
  deposits: { ...TENDERING_OPEN_TENDER.deposits, caps: { works: 'works-bid-bond-cap-construction' } },
};
