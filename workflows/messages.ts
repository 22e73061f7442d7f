import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ClockSetting } from '../domain/clock.ts';
import type { DecisionKind } from '../domain/decisions.ts';
import type { Custodian } from '../domain/bids/sealing.ts';
import type { LotStage, ProcurementStage } from '../domain/stages.ts';

// What is said to running tenders. Payloads hold ids and instants (civil epoch ms), never a document, name or price.

export const procurementWorkflowId = (id: string): string => `procurement/${id}`;
export const lotWorkflowId = (id: string, lotNo: number): string => `procurement/${id}/lot/${lotNo}`;
export const openingWorkflowId = (id: string): string => `procurement/${id}/opening`;
export const grievanceWorkflowId = (id: string): string => `grievance/${id}`;
/** One walk over the running tenders for each calendar: db/calendar.ts names it. */
export const recountWorkflowId = (name: string): string => `calendar/${name}`;

/** Where the work of a custodian is asked for, beside the queue of the installation. */
export const custodianTaskQueue = (main: string, custodian: Custodian): string => `${main}-custodian-${custodian}`;

export const refundWorkflowId = (bidId: string): string => `refund/${bidId}`;
/** One for each version of a bid deadline. */
export const deadlineWorkflowId = (id: string, version: number): string => `procurement/${id}/deadline/${version}`;

/** The names under which workflows are started. */
export const PROCUREMENT_WORKFLOW = 'procurement';
export const GRIEVANCE_WORKFLOW = 'grievance';
export const RECOUNT_WORKFLOW = 'recount';
export const REFUND_WORKFLOW = 'refund';
export const DEADLINE_WORKFLOW = 'deadline';

/** By these an operator finds running tenders in Temporal's own UI; lists in the product come from the database. */
export const SEARCH_ATTRIBUTES = {
  stage: defineSearchAttributeKey('KaibiaoStage', SearchAttributeType.KEYWORD),
  kind: defineSearchAttributeKey('KaibiaoKind', SearchAttributeType.KEYWORD),
  regime: defineSearchAttributeKey('KaibiaoRegime', SearchAttributeType.KEYWORD),
  nextDeadline: defineSearchAttributeKey('KaibiaoNextDeadline', SearchAttributeType.DATETIME),
};

export type Regime = 'tendering' | 'government';

export function searchAttributesOf(stage: string, of: { readonly kind: string; readonly regime: Regime }) {
  return new TypedSearchAttributes([
    { key: SEARCH_ATTRIBUTES.stage, value: stage },
    { key: SEARCH_ATTRIBUTES.kind, value: of.kind },
    { key: SEARCH_ATTRIBUTES.regime, value: of.regime },
  ]);
}

/** What every workflow of a tender is given: its rulebook version is pinned for its whole life. */
interface Pinned {
  readonly procurementId: string;
  readonly regime: Regime;
  /** `works`, `goods` or `services`. */
  readonly kind: string;
  readonly rulebookVersion: string;
  readonly clock: ClockSetting;
}

export interface ProcurementInput extends Pinned {
  readonly noticeAt: number;
}

export interface LotInput extends Pinned {
  readonly lotNo: number;
  /** Where it stands; another than its first where the workflow is begun anew from the database. */
  readonly stage?: LotStage;
}

export interface OpeningInput {
  readonly procurementId: string;
  readonly clock: ClockSetting;
}

export interface GrievanceInput extends Pinned {
  readonly grievanceId: string;
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  /** When the reply becomes overdue (epoch ms). */
  readonly replyOverdueAt: number;
}

export interface RefundInput {
  /** The bid that was withdrawn. */
  readonly bidId: string;
  readonly clock: ClockSetting;
}

export interface DeadlineInput {
  readonly procurementId: string;
  /** Of its bid deadline; counts from 1. */
  readonly version: number;
}

export interface RecountInput {
  /** The last tender of the page before. */
  readonly after?: string;
}

/** A decision that is stored already, with the instant at which it was received. */
export interface DecisionMessage {
  readonly decisionId: string;
}

/** People's decisions are Updates, named as they are; a validator refuses at once, with a code and the article. */
export const decisionUpdate = (kind: DecisionKind) => defineUpdate<void, [DecisionMessage]>(kind);

// Facts that need no answer are Signals. The database holds them already; a signal only wakes the workflow.
/** A grievance was filed that stops the clock. */
export const suspendSignal = defineSignal<[{ grievanceId: string }]>('suspend');
/** A grievance was settled; `lotStage` where its effect moved the lot. */
export const resumeSignal = defineSignal<[{ grievanceId: string; lotStage: LotStage | null }]>('resume');
/** The whole procurement is terminated (终止招标). */
export const terminatedSignal = defineSignal('terminated');
/** An opening was paused or resumed, a fault was recorded in it, or the last bidder has released its share. */
export const openingChangedSignal = defineSignal('openingChanged');
/** The calendar in force has changed, and with it what is waited for. */
export const recountedSignal = defineSignal('recounted');

export interface WorkflowState<S> {
  readonly stage: S;
  /** Civil instant (epoch ms) at which the platform acts next by itself; null: it waits for people. */
  readonly until: number | null;
}
export const procurementStateQuery = defineQuery<WorkflowState<ProcurementStage>>('state');
export const lotStateQuery = defineQuery<WorkflowState<LotStage>>('state');
export const grievanceStateQuery = defineQuery<WorkflowState<'filed' | 'overdue' | 'replied'>>('state');
