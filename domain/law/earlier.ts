import type { RuleRow } from './rule.ts';
import { RULES_2026_3 } from './rules/earlier/2026-3.ts';

/** A state of the rulebook that came before the one of this release. */
export interface EarlierRulebook {
  readonly version: string;
  /** Rules as they were then, where the state after it has them otherwise. */
  readonly rules: readonly RuleRow[];
}

/**
 * Newest first. To change a number, an article or an effect of a rule, raise `RULEBOOK_VERSION` and keep the rule
 * here as it was: a tender that was launched before goes by it to its end.
 */
export const EARLIER_RULEBOOKS: readonly EarlierRulebook[] = [{ version: '2026.3', rules: RULES_2026_3 }];
