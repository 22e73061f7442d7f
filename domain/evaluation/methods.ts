/**
 * 评标方法: how bids are compared. `lowest-evaluated` 经评审的最低投标价、最低评标价; `comprehensive` 综合评估、综合评分; `lowest-price`: by price
 * alone, among those that meet the needs.
 */
export const EVALUATION_METHODS = ['lowest-evaluated', 'comprehensive', 'lowest-price'] as const;
export type EvaluationMethod = (typeof EVALUATION_METHODS)[number];
