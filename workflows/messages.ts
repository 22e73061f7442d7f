import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ClockSetting } from '../domain/clock.ts';
import type { DutyKey } from '../domain/decisions.ts';
import type { LotStage, ProcurementStage } from '../domain/stages.ts';

// What is said to running tenders. Payloads hold ids and instants (civil epoch ms), never a document, name or price.

export const procurementWorkflowId = (id: string): string => `procurement/${id}`;
export const lotWorkflowId = (id: string, lotNo: number): string => `procurement/${id}/lot/${lotNo}`;
export const grievanceWorkflowId = (id: string): string => `grievance/${id}`;

export type Regime = 'tendering' | 'government';

export interface ProcurementInput {
  readonly procurementId: string;
  readonly regime: Regime;
  readonly kind: string;
  readonly rulebookVersion: string;
  readonly clock: ClockSetting;
  readonly noticeAt: number;
  readonly bidDeadline: number;
}

export interface LotInput {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly regime: Regime;
  readonly kind: string;
  readonly rulebookVersion: string;
  readonly clock: ClockSetting;
}

export interface GrievanceInput {
  readonly grievanceId: string;
  readonly clock: ClockSetting;
  readonly rulebookVersion: string;
  /** When the reply becomes overdue (epoch ms). */
  readonly replyOverdueAt: number;
}

/** A decision already stored, with the instant at which it was received. */
export interface DecisionMessage {
  readonly decisionId: string;
}

// Updates: people's decisions. A validator refuses at once, with a code and the article.
export const amendUpdate = defineUpdate<void, [DecisionMessage]>('amend');
export const terminateUpdate = defineUpdate<void, [DecisionMessage]>('terminate');
export const reportUpdate = defineUpdate<void, [DecisionMessage]>('report');
export const awardUpdate = defineUpdate<void, [DecisionMessage]>('award');
export const contractUpdate = defineUpdate<void, [DecisionMessage]>('contract');
export const publishContractUpdate = defineUpdate<void, [DecisionMessage]>('publish-contract');
export const dutyUpdate = defineUpdate<void, [DecisionMessage & { key: DutyKey }]>('duty');
export const replyUpdate = defineUpdate<void, [DecisionMessage]>('reply');

// Signals: facts that need no answer. The database already holds them; a signal only wakes the workflow.
/** The clock of the wait under way stands still. */
export const suspendSignal = defineSignal<[{ grievanceId: string }]>('suspend');
/** A grievance was settled: go on, or back to evaluation, or stop. */
export const resumeSignal = defineSignal<[{ grievanceId: string }]>('resume');
/** The whole procurement is terminated. */
export const terminatedSignal = defineSignal('terminated');

export const procurementStateQuery = defineQuery<{ stage: ProcurementStage; waitingFor: string; until: number | null }>(
  'state',
);
export const lotStateQuery = defineQuery<{ stage: LotStage; waitingFor: string; until: number | null }>('state');
