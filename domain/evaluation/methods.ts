import { getRule } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';

/**
 * 评标方法: how bids are compared. `lowest-evaluated` 经评审的最低投标价、最低评标价; `comprehensive` 综合评估、综合评分; `lowest-price`: by price
 * alone, among those that meet the needs.
 */
export const EVALUATION_METHODS = ['lowest-evaluated', 'comprehensive', 'lowest-price'] as const;
export type EvaluationMethod = (typeof EVALUATION_METHODS)[number];

/** The documents choose one of the methods of their procedure; null: not told yet. */
export function checkEvaluationMethod(
  { evaluation: { methods, rule } }: Pick<Procedure, 'evaluation'>,
  method: EvaluationMethod | null,
): Violation[] {
  if (method === null || methods.includes(method)) return [];
  return [
    breachOf(getRule(rule), severityOf(getRule(rule)), {
      field: 'particulars.evaluationMethod',
      given: method,
      lawfulChoices: methods,
      messageZh: `评标（评审）方法应为：${methods.join('、')}`,
      messageEn: `The method of evaluation is one of: ${methods.join(', ')}`,
    }),
  ];
}
