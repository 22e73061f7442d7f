import type { MilestoneKey } from '../../../domain/law/milestones.ts';

/** The order in which the law lets things be done. */
export const LAWFUL_ORDER: readonly MilestoneKey[] = [
  'notice',
  'bid-deadline',
  'opening',
  'evaluation-report',
  'publicity-start',
  'publicity-end',
  'award',
  'award-notice',
  'contract',
  'contract-publication',
];
