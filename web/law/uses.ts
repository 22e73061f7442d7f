import { milestoneName, MILESTONES } from '../../domain/law/milestones.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';

export interface RuleUse {
  readonly regime: string;
  readonly procedure: string;
  /** Its milestones that the rule sets, where it does. */
  readonly milestones: readonly { readonly zh: string; readonly en: string }[];
}

/** The procedures that name a rule anywhere in their definitions, and the milestones that it sets there. */
export function usesOf(id: string, definitions: readonly Procedure[]): RuleUse[] {
  return definitions.flatMap((definition) => {
    if (!names(definition, id)) return [];
    const { regime, procedure, words } = definition;
    const milestones = milestonesIn(definition, id).map((key) => milestoneName(key, words));
    return [{ regime, procedure, milestones }];
  });
}

const names = (value: unknown, id: string): boolean =>
  value === id || (typeof value === 'object' && value !== null && Object.values(value).some((each) => names(each, id)));

type Key = (typeof MILESTONES)[number];
const isKey = (value: unknown): value is Key => MILESTONES.some((key) => key === value);

/** Keys of the nearest parts of the definition that have both a milestone and the rule. */
function milestonesIn(value: unknown, id: string): Key[] {
  if (typeof value !== 'object' || value === null || !names(value, id)) return [];
  const inner = Object.values(value).flatMap((each) => milestonesIn(each, id));
  if (inner.length > 0) return [...new Set(inner)];
  const { key } = value as { readonly key?: unknown };
  return isKey(key) ? [key] : [];
}
