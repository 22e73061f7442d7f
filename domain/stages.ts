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
  'stopped',
  'terminated',
] as const;
export type LotStage = (typeof LOT_STAGES)[number];

export interface Transition<S> {
  readonly from: S;
  readonly to: S;
}

/** Every lawful transition of a procurement; what is not listed is refused. */
export const PROCUREMENT_TRANSITIONS: readonly Transition<ProcurementStage>[] = [
  { from: 'draft', to: 'launched' },
  { from: 'launched', to: 'bidding' },
  { from: 'bidding', to: 'opening' },
  { from: 'opening', to: 'evaluation' },
  { from: 'bidding', to: 'evaluation' },
  { from: 'bidding', to: 'concluded' },
  { from: 'evaluation', to: 'concluded' },
  { from: 'launched', to: 'terminated' },
  { from: 'bidding', to: 'terminated' },
  { from: 'opening', to: 'terminated' },
  { from: 'evaluation', to: 'terminated' },
];

/** Every lawful transition of a lot; what is not listed is refused. */
export const LOT_TRANSITIONS: readonly Transition<LotStage>[] = [
  { from: 'pending', to: 'opening' },
  { from: 'opening', to: 'evaluation' },
  { from: 'opening', to: 'stopped' },
  { from: 'pending', to: 'evaluation' },
  { from: 'pending', to: 'stopped' },
  { from: 'evaluation', to: 'publicity' },
  { from: 'evaluation', to: 'award' },
  { from: 'evaluation', to: 'stopped' },
  { from: 'publicity', to: 'award' },
  { from: 'publicity', to: 'evaluation' },
  { from: 'publicity', to: 'stopped' },
  { from: 'award', to: 'contract' },
  { from: 'award', to: 'evaluation' },
  { from: 'award', to: 'stopped' },
  { from: 'contract', to: 'performance' },
  { from: 'contract', to: 'evaluation' },
  { from: 'contract', to: 'stopped' },
  { from: 'performance', to: 'archived' },
  { from: 'pending', to: 'terminated' },
  { from: 'opening', to: 'terminated' },
  { from: 'evaluation', to: 'terminated' },
  { from: 'publicity', to: 'terminated' },
  { from: 'award', to: 'terminated' },
];

export function allows<S>(table: readonly Transition<S>[], from: S, to: S): boolean {
  return table.some((move) => move.from === from && move.to === to);
}

export const FINAL_LOT_STAGES: readonly LotStage[] = ['archived', 'stopped', 'terminated'];

/** The stages a lot can have while its procurement is at a stage: anything else is a contradiction. */
export const LOT_STAGES_AT: Readonly<Record<ProcurementStage, readonly LotStage[]>> = {
  draft: ['pending'],
  launched: ['pending'],
  bidding: ['pending'],
  opening: ['opening', 'stopped'],
  evaluation: ['evaluation', 'publicity', 'award', 'contract', 'performance', 'archived', 'stopped'],
  concluded: FINAL_LOT_STAGES,
  terminated: FINAL_LOT_STAGES,
};
