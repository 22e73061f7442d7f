import { governmentAward, governmentInvitation } from '../notices/lists.ts';
import { GOVERNMENT_OPEN_TENDER } from './government-open-tender.ts';
import type { MilestoneDefinition, Procedure } from './procedure.ts';
import { INVITATION } from './words.ts';

// 投标邀请书 is no public notice: it does not stand for a period, and documents are counted from their issue.
const { noticePeriod: _noticePeriod, documentsFromIssue: _both, ...RULES } = GOVERNMENT_OPEN_TENDER.rules;
const DOCUMENTS = 'gp-doc-provide-min-reg';

function milestoneOf(milestone: MilestoneDefinition): MilestoneDefinition[] {
  switch (milestone.key) {
    case 'notice-end':
      return [];
    case 'documents-until':
      return [
        {
          ...milestone,
          counts: [{ rule: DOCUMENTS, from: 'documents-from', effect: 'earliest', compare: 'day' }],
        },
      ];
    case 'objection-documents-end':
      return [{ ...milestone, counts: [{ rule: 'gp-challenge-file-docs', from: 'documents-until', effect: 'ends' }] }];
    default:
      return [milestone];
  }
}

/** 邀请招标 under 政府采购法 (29, 34): as an open tender, but it begins with 投标邀请书 to at least three suppliers. */
export const GOVERNMENT_INVITED_TENDER: Procedure = {
  ...GOVERNMENT_OPEN_TENDER,
  procedure: 'invited-tender',
  scope: 'gp_invited',
  words: { ...GOVERNMENT_OPEN_TENDER.words, notice: INVITATION },
  notices: ['invitation', 'opening-record', 'award', 'contract'],
  noticeContents: { invitation: governmentInvitation, award: governmentAward },
  entry: {
    by: 'invitation',
    min: 'gp-invited-min',
    // 财政部令87号 14.
    sources: ['prequalification', 'database', 'recommended-by-purchaser'],
    grounds: 'gp-invited-grounds',
    conflict: 'gp-recusal-3y',
  },
  rules: { ...RULES, documents: DOCUMENTS },
  milestones: GOVERNMENT_OPEN_TENDER.milestones.flatMap(milestoneOf),
  failure: { ...GOVERNMENT_OPEN_TENDER.failure, rule: 'gp-void-grounds', nextRule: 'gp-void-next' },
};
