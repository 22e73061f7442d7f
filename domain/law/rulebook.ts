import { civilDayOf, formatDay } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { EARLIER_RULEBOOKS } from './earlier.ts';
import { LAWS } from './laws.ts';
import { citeEn, citeZh, useOf, type Rule, type RuleRow } from './rule.ts';
import { CONSULTATION_RULES } from './rules/articles/consultation.ts';
import { DECREE_10_RULES } from './rules/articles/decree-10.ts';
import { DECREE_11_RULES } from './rules/articles/decree-11.ts';
import { DECREE_12_RULES } from './rules/articles/decree-12.ts';
import { DECREE_20_RULES } from './rules/articles/decree-20.ts';
import { DECREE_30_RULES } from './rules/articles/decree-30.ts';
import { DECREE_74_RULES } from './rules/articles/decree-74.ts';
import { DECREE_87_RULES } from './rules/articles/decree-87.ts';
import { DECREE_94_RULES } from './rules/articles/decree-94.ts';
import { DECREES_2_AND_27_RULES } from './rules/articles/decrees-2-and-27.ts';
import { EXPERT_AND_AGENCY_RULES } from './rules/articles/experts-and-agencies.ts';
import { FAIR_COMPETITION_RULES } from './rules/articles/fair-competition.ts';
import { GOVERNMENT_LAW_RULES } from './rules/articles/government-law.ts';
import { LAND_RULES } from './rules/articles/land.ts';
import { NEEDS_RULES } from './rules/articles/needs.ts';
import { SMALL_FIRM_RULES } from './rules/articles/small-firms.ts';
import { TENDERING_REGULATION_RULES } from './rules/articles/tendering-regulation.ts';
import { DUTY_RULES } from './rules/duties.ts';
import { GOVERNMENT_RULES } from './rules/government.ts';
import { GROUND_RULES } from './rules/grounds.ts';
import { NOTICE_FIELD_RULES } from './rules/notice-fields.ts';
import { OTHER_PROCEDURE_RULES } from './rules/other-procedures.ts';
import { OUTCOME_RULES } from './rules/outcomes.ts';
import { PENALTY_RULES } from './rules/penalties.ts';
import { PERIOD_RULES } from './rules/periods.ts';
import { PLATFORM_RULES } from './rules/platform.ts';
import { PROCEDURE_RULES } from './rules/procedures.ts';
import { QUORUM_RULES } from './rules/quorums.ts';
import { SCORING_RULES } from './rules/scoring.ts';
import { TENDERING_RULES } from './rules/tendering.ts';
import { THRESHOLD_RULES } from './rules/thresholds.ts';

/** The version of the rules; a running tender pins it. Raise it with every change of a rule. */
export const RULEBOOK_VERSION = '2026.4';

const ALL = [
  ...TENDERING_RULES,
  ...GOVERNMENT_RULES,
  ...OTHER_PROCEDURE_RULES,
  ...PLATFORM_RULES,
  ...THRESHOLD_RULES,
  ...QUORUM_RULES,
  ...PERIOD_RULES,
  ...GROUND_RULES,
  ...PROCEDURE_RULES,
  ...OUTCOME_RULES,
  ...NOTICE_FIELD_RULES,
  ...DUTY_RULES,
  ...SCORING_RULES,
  ...PENALTY_RULES,
  ...TENDERING_REGULATION_RULES,
  ...GOVERNMENT_LAW_RULES,
  ...DECREE_74_RULES,
  ...DECREE_87_RULES,
  ...DECREE_94_RULES,
  ...DECREE_12_RULES,
  ...DECREE_30_RULES,
  ...DECREE_20_RULES,
  ...DECREE_11_RULES,
  ...DECREE_10_RULES,
  ...DECREES_2_AND_27_RULES,
  ...CONSULTATION_RULES,
  ...EXPERT_AND_AGENCY_RULES,
  ...NEEDS_RULES,
  ...SMALL_FIRM_RULES,
  ...FAIR_COMPETITION_RULES,
  ...LAND_RULES,
] as const;

/** The ids of the rulebook; code may name no others. */
export type RuleId = (typeof ALL)[number]['id'];

const ruleOf = (row: RuleRow): Rule => {
  const { full, ...dates } = LAWS[row.law];
  return { ...dates, ...row, use: useOf(row), lawFull: full };
};

export const RULES: readonly Rule[] = ALL.map(ruleOf);

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

const EARLIER_VERSIONS: readonly string[] = EARLIER_RULEBOOKS.map(({ version }) => version);

const pinOf = <Id extends string>(id: Id, version: string): Id => `${id}@${version}` as Id;

/** By pinned id, the rules of each earlier version that a running tender may have pinned. */
const BY_PIN: ReadonlyMap<string, Rule> = pinnedRules();

function pinnedRules(): Map<string, Rule> {
  const pinned = new Map<string, Rule>();
  let then = BY_ID;
  for (const { version, rules } of EARLIER_RULEBOOKS) {
    then = new Map([...then, ...rules.map((row) => [row.id, ruleOf(row)] as const)]);
    for (const [id, rule] of then) pinned.set(pinOf(id, version), rule);
  }
  return pinned;
}

/**
 * The id of a rule as it stands in a version of the rulebook: `getRule`, and all that takes an id, finds it as it was
 * then.
 * @throws DomainError `rulebook-unknown`
 */
export function pinnedRule<Id extends string>(id: Id, version: string): Id {
  if (version === RULEBOOK_VERSION) return id;
  if (EARLIER_VERSIONS.includes(version)) return pinOf(id, version);
  throw new DomainError('rulebook-unknown', {
    messageZh: `没有版本为「${version}」的规则库；该项目须由其发起时或更新的版本办理`,
    messageEn: `No rulebook of version "${version}"; the tender needs the release that launched it, or a later one`,
    details: { version, known: [RULEBOOK_VERSION, ...EARLIER_VERSIONS] },
  });
}

/** Whether a tender of a version of the rulebook is bound by a rule: not where the rule came later. */
export function boundBy(id: string, version: string): boolean {
  const { since } = getRule(id);
  const newestFirst = [RULEBOOK_VERSION, ...EARLIER_VERSIONS];
  return since === undefined || newestFirst.indexOf(version) <= newestFirst.indexOf(since);
}

export const isRuleId = (text: string): text is RuleId => BY_ID.has(text);

/** Edit distance, for suggestions only. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** The ids nearest to a mistyped one, best first: those that contain it, then by edit distance. */
export function suggestRules(id: string, count = 3): string[] {
  const wanted = id.toLowerCase();
  return RULES.map((rule) => ({
    id: rule.id,
    score: (wanted !== '' && rule.id.includes(wanted) ? 0 : 1000) + editDistance(wanted.slice(0, 80), rule.id),
  }))
    .sort((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1))
    .slice(0, count)
    .map((candidate) => candidate.id);
}

/** @throws DomainError `unknown-rule`, with the closest ids in its message and details. */
export function getRule(id: string): Rule {
  const rule = BY_ID.get(id) ?? BY_PIN.get(id);
  if (rule) return rule;
  const suggestions = suggestRules(id);
  throw new DomainError('unknown-rule', {
    messageZh: `没有编号为「${id}」的规则；相近的有：${suggestions.join('、')}`,
    messageEn: `No rule "${id}"; the closest are ${suggestions.join(', ')}`,
    details: { rule: id, suggestions },
  });
}

/**
 * Whether a rule is in force on the civil day of an instant (epoch ms). A rule without a known first day counts as
 * in force.
 * @throws DomainError `unknown-rule`
 */
export function ruleInForce(id: string, atMs: number): boolean {
  const { effectiveFrom, effectiveTo } = getRule(id);
  const day = formatDay(civilDayOf(atMs));
  return (effectiveFrom === undefined || effectiveFrom <= day) && (effectiveTo === undefined || day <= effectiveTo);
}

/** What a message says of the rule that it applies, where the procedure has one: in brackets, and as details. */
export interface Citation {
  readonly zh: string;
  readonly en: string;
  readonly details: { readonly rule?: string; readonly law?: string; readonly article?: string };
}

export function citationOf(id: string | undefined): Citation {
  if (id === undefined) return { zh: '', en: '', details: {} };
  const rule = getRule(id);
  return {
    zh: `（${citeZh(rule)}）`,
    en: ` (${citeEn(rule)})`,
    details: { rule: rule.id, law: rule.law, article: rule.article },
  };
}
