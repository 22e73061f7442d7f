import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Custodian } from '../domain/bids/sealing.ts';
import type { Subject } from '../domain/subjects.ts';

// What is said to workflows, and by what they are found. No document, name or price is ever part of it.

/** The name under which the workflow of each kind of subject is started; its id is the subject itself. */
export const WORKFLOW_TYPES: Readonly<Record<Subject['kind'], string>> = {
  procurement: 'procurement',
  lot: 'lot',
  opening: 'opening',
  grievance: 'grievance',
  refund: 'refund',
  'custodian-notice': 'custodianNotice',
  calendar: 'calendar',
};

/** What every workflow is given, for people who look at it: what it carries is its own id, which nobody can misstate. */
export interface Carried {
  readonly subject: string;
}

/**
 * Something has changed: ask the database again. The only signal there is. Its arguments are never read, so that it may
 * be lost, doubled, forged or out of order.
 */
export const wakeSignal = defineSignal('wake');

export interface WorkflowState {
  readonly stage: string;
  /** Civil instant (epoch ms) at which the platform acts next by itself; null: it waits for people. */
  readonly until: number | null;
}
/** What the database last answered; null before its first answer. */
export const stateQuery = defineQuery<WorkflowState | null>('state');

/** Where the work of a custodian is asked for, beside the queue of the installation. */
export const custodianTaskQueue = (main: string, custodian: Custodian): string => `${main}-custodian-${custodian}`;

/** By these an operator finds running tenders in Temporal's own UI; lists in the product come from the database. */
export const SEARCH_ATTRIBUTES = {
  stage: defineSearchAttributeKey('KaibiaoStage', SearchAttributeType.KEYWORD),
  kind: defineSearchAttributeKey('KaibiaoKind', SearchAttributeType.KEYWORD),
  regime: defineSearchAttributeKey('KaibiaoRegime', SearchAttributeType.KEYWORD),
  nextDeadline: defineSearchAttributeKey('KaibiaoNextDeadline', SearchAttributeType.DATETIME),
};

/** What a workflow of a tender is started with; what moves it notes itself. */
export function searchAttributesOf(of: {
  /** `works`, `goods` or `services`. */
  readonly kind: string;
  readonly regime: string;
}): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: SEARCH_ATTRIBUTES.kind, value: of.kind },
    { key: SEARCH_ATTRIBUTES.regime, value: of.regime },
  ]);
}
