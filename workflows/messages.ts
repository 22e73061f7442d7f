import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Custodian } from '../domain/bids/sealing.ts';
import type { Subject } from '../domain/subjects.ts';

// Messages to workflows, and the names to find them by. No document, name or price is ever part of them.

/** The name under which the workflow of each kind of subject is started; its id is the subject itself. */
export const WORKFLOW_TYPES: Readonly<Record<Subject['kind'], string>> = {
  procurement: 'procurement',
  lot: 'lot',
  committee: 'committee',
  opening: 'opening',
  grievance: 'grievance',
  refund: 'refund',
  'custodian-notice': 'custodianNotice',
  calendar: 'calendar',
};

/**
 * The input of every workflow, for people who look at it: the workflow itself uses its id, which nobody can misstate.
 */
export interface Carried {
  readonly subject: string;
}

/**
 * Something has changed: query the database again. The only signal there is. Its arguments are never read, so that it
 * may be lost, doubled, forged or out of order.
 */
export const wakeSignal = defineSignal('wake');

export interface WorkflowState {
  readonly stage: string;
  /** Civil instant (epoch ms) of the platform's next own act; null: it waits for people. */
  readonly until: number | null;
}
/** The last answer of the database; null before the first. */
export const stateQuery = defineQuery<WorkflowState | null>('state');

/** The task queue of a custodian, beside the queue of the installation. */
export const custodianTaskQueue = (main: string, custodian: Custodian): string => `${main}-custodian-${custodian}`;

/** With these an operator finds running tenders in Temporal's own UI; lists in the product come from the database. */
export const SEARCH_ATTRIBUTES = {
  stage: defineSearchAttributeKey('KaibiaoStage', SearchAttributeType.KEYWORD),
  kind: defineSearchAttributeKey('KaibiaoKind', SearchAttributeType.KEYWORD),
  regime: defineSearchAttributeKey('KaibiaoRegime', SearchAttributeType.KEYWORD),
  nextDeadline: defineSearchAttributeKey('KaibiaoNextDeadline', SearchAttributeType.DATETIME),
};

/** The initial search attributes of a tender's workflow; it updates those that change itself. */
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
