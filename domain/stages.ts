/** Stages of a procurement (采购项目) as a whole; `opening` (开标) occurs only where bids are sealed to custodians. */
export const PROCUREMENT_STAGES = [
  'draft',
  'launched',
  'bidding',
  'opening',
  'evaluation',
  'concluded',
  'terminated',
] as const;
export type ProcurementStage = (typeof PROCUREMENT_STAGES)[number];

/**
 * Stages of a lot (标段 / 包). `publicity` (公示) belongs to the tendering regime, where candidates stand public
 * before the award; in government procurement the award follows the report and is then announced.
 */
export const LOT_STAGES = [
  'pending',
  'opening',
  'evaluation',
  'publicity',
  'award',
  'contract',
  'performance',
  'archived',
  'failed',
  'terminated',
] as const;
export type LotStage = (typeof LOT_STAGES)[number];

export const FINAL_LOT_STAGES: readonly LotStage[] = ['archived', 'failed', 'terminated'];

/** The stages a lot can have while its procurement is at a stage: anything else is a contradiction. */
export const LOT_STAGES_AT: Readonly<Record<ProcurementStage, readonly LotStage[]>> = {
  draft: ['pending'],
  launched: ['pending'],
  bidding: ['pending', 'terminated'],
  opening: ['opening', 'failed', 'terminated'],
  evaluation: ['evaluation', 'publicity', 'award', 'contract', 'performance', 'archived', 'failed', 'terminated'],
  concluded: FINAL_LOT_STAGES,
  terminated: FINAL_LOT_STAGES,
};
