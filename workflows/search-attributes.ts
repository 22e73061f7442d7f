import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES, type WorkflowState } from './messages.ts';

/** Keeps Temporal's own UI in step with the subject; an unchanged value costs no event. */
export function note({ stage, until }: WorkflowState): void {
  const { typedSearchAttributes: noted } = workflowInfo();
  const movedStage = noted.get(SEARCH_ATTRIBUTES.stage) !== stage;
  const movedDeadline = (noted.get(SEARCH_ATTRIBUTES.nextDeadline)?.getTime() ?? null) !== until;
  if (!movedStage && !movedDeadline) return;
  upsertSearchAttributes([
    ...(movedStage ? [{ key: SEARCH_ATTRIBUTES.stage, value: stage }] : []),
    ...(movedDeadline ? [{ key: SEARCH_ATTRIBUTES.nextDeadline, value: until === null ? null : new Date(until) }] : []),
  ]);
}
