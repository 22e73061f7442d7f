import { getRule, ruleInForce } from '../../law/rulebook.ts';
import type { Kind } from '../../law/facts.ts';
import type { RuleId } from '../../law/rulebook.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import type { PreferenceKey, Scheme } from './scheme.ts';
import type { PreferenceDefinition } from './definition.ts';
import type { Quorum, ScoringLaw } from '../scoring/input.ts';

/** What decides which rules apply: what is bought, and when the notice was published (epoch ms). */
export interface LawFacts {
  readonly kind: Kind;
  readonly noticeAt: number;
}

/** The lowest and the highest number that a rule allows; null: no limit on that side. */
export function boundsOf(id: RuleId): { readonly least: number | null; readonly most: number | null } {
  const { bound, amount = null, range } = getRule(id);
  if (range) return { least: range[0], most: range[1] };
  switch (bound) {
    case 'min':
      return { least: amount, most: null };
    case 'max':
      return { least: null, most: amount };
    default:
      return { least: amount, most: amount };
  }
}

/** The lawful preferences of a kind of purchase, by the rules in force on the day of the notice. */
export const preferencesOf = (
  { evaluation }: Pick<Procedure, 'evaluation'>,
  { kind, noticeAt }: LawFacts,
): readonly PreferenceDefinition[] =>
  evaluation.scheme.preferences.lawful.filter(({ rule, kinds }) => kinds.includes(kind) && ruleInForce(rule, noticeAt));

/**
 * The rules by which a scheme is scored, as plain data.
 * @throws Error where the procedure does not have its method: that is checked before the launch
 */
export function lawOf(
  definition: Procedure,
  scheme: Pick<Scheme, 'method' | 'preferences'>,
  facts: LawFacts,
): ScoringLaw {
  const { rejection, correction, overPrice, scheme: own } = definition.evaluation;
  const method = own.methods[scheme.method];
  if (!method) throw new Error(`${definition.procedure} has no method ${scheme.method}`);
  const preferences: Partial<Record<PreferenceKey, string>> = {};
  for (const { key, form } of scheme.preferences) {
    const found = preferencesOf(definition, facts).find((each) => each.key === key && each.form === form);
    if (found) preferences[key] = found.rule;
  }
  const { abnormalLow, quorums, unconfirmed } = own;
  return {
    by: method.by,
    method: method.rule,
    weights: method.by === 'points' ? method.weights : null,
    formula: method.by === 'points' ? method.formula : null,
    adjustments: method.by === 'price' ? method.adjustments.rule : null,
    ties: method.ties,
    rejection: rejection.rule,
    correction,
    unconfirmed,
    overPrice: { ...overPrice, ground: own.overPriceGround },
    preferences,
    abnormalLow: {
      rule: abnormalLow.rule,
      request: abnormalLow.request,
      ground: abnormalLow.ground,
      limits: Object.fromEntries(abnormalLow.limits.map(({ of, rule }) => [of, rule])),
    },
    sameBrand: own.sameBrand ?? null,
    quorums: (['qualified', 'conforming', 'valid'] as const).flatMap((point): Quorum[] => {
      const quorum = quorums[point];
      return quorum ? [{ point, ...quorum, least: getRule(quorum.rule).amount ?? 0 }] : [];
    }),
  };
}
