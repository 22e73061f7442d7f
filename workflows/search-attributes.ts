import { upsertSearchAttributes } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from './messages.ts';

/** Keeps Temporal's own UI in step with the tender. */
export function noteStage(stage: string, nextDeadlineMs: number | null): void {
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.stage, value: stage },
    { key: SEARCH_ATTRIBUTES.nextDeadline, value: nextDeadlineMs === null ? null : new Date(nextDeadlineMs) },
  ]);
}
