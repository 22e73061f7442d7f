import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { TenderCase } from '../tender/case.ts';

const OF_THE_AWARD: readonly MilestoneKey[] = [
  'award',
  'award-notice',
  'award-notice-end',
  'query-result-end',
  'performance-bond',
];
/** Of a winner that has lost the award nothing is guaranteed any more. */
const OF_THE_WINNER: readonly MilestoneKey[] = ['payment-guarantee'];
const OF_THE_RESULT: readonly MilestoneKey[] = ['publicity-start', 'publicity-end', ...OF_THE_AWARD];
/** Of a result these are cancelled unless they were done. */
const AFTER_THE_RESULT: readonly MilestoneKey[] = ['contract', 'written-report', 'deposits-losers'];

/** What was done of a result that does not stand is not so any more; each is planned again by what follows. */
export function setResultAside({ timeline }: Pick<TenderCase, 'timeline'>, lotNo: number): void {
  timeline.setAside(lotNo, OF_THE_RESULT);
  timeline.cancelPlanned(lotNo, [...AFTER_THE_RESULT, ...OF_THE_WINNER]);
}

/** What an award led to begins again with the next. */
export function setAwardAside({ timeline }: Pick<TenderCase, 'timeline'>, lotNo: number): void {
  timeline.setAside(lotNo, [...OF_THE_AWARD, 'contract', 'written-report']);
  timeline.cancelPlanned(lotNo, OF_THE_WINNER);
}
