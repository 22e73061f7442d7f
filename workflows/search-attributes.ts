import { upsertSearchAttributes } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from './messages.ts';

// Keeps Temporal's own UI in step with the tender.

export function noteStage(stage: string): void {
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.stage, value: stage }]);
}

/** @param until civil instant (epoch ms) at which the platform acts next by itself; null: it waits for people */
export function noteNextDeadline(until: number | null): void {
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.nextDeadline, value: until === null ? null : new Date(until) }]);
}
