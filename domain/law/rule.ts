import type { LawName } from './laws.ts';

/**
 * The subject of a row of the rulebook. Only a `time_limit` (and some thresholds) has a period; a `draft` is not law.
 */
export const RULE_KINDS = [
  'time_limit',
  'threshold',
  'quorum',
  'period_rule',
  'calendar',
  'ground',
  'outcome',
  'notice_fields',
  'role_duty',
  'scoring',
  'penalty',
  'draft',
] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/**
 * What software does with a rule: refuse what breaks it, compute a result by it, warn, time a step, or only show it. It
 * says what the rule is for; docs/law-coverage.md says which step of today uses it.
 */
export const RULE_USES = ['block', 'computed', 'warn', 'timer', 'show'] as const;
export type RuleUse = (typeof RULE_USES)[number];

/**
 * How the amount binds. `min`: at least; `max`: at most; `exact`; `latest_before`: a right that ends this long before
 * the to-event; `not_earlier_than_before`: may not be done earlier than this long before it; `trigger_below`:
 * something follows below it; `range`: from and to, both included; `rule`: no number.
 */
export type Bound =
  'min' | 'max' | 'exact' | 'latest_before' | 'not_earlier_than_before' | 'trigger_below' | 'range' | 'rule';

/** Units of time: 日, 工作日, and those counted from the very instant. */
export type PeriodUnit = 'calendar_day' | 'working_day' | 'month' | 'year' | 'hour' | 'minute';

export type RuleUnit =
  | PeriodUnit
  | 'day'
  | 'RMB'
  | 'percent'
  | 'permille'
  | 'percent_per_day'
  | 'points'
  | 'persons'
  | 'suppliers'
  | 'bidders'
  | 'contracts'
  | 'multiple'
  | 'times';

/**
 * `VERIFIED`: the article's text was read. `RECALLED`: no full text was found; such a rule warns, and blocks only where
 * the installation's configuration confirms it.
 */
export type RuleStatus = 'VERIFIED' | 'RECALLED';

/** The kinds of proceeding a rule applies to, finer than `Procedure`: prequalification and framework halves have their own. */
export const RULE_SCOPES = [
  'works_open',
  'works_invited',
  'works_prequalification',
  'gp_open',
  'gp_invited',
  'negotiation',
  'inquiry',
  'single_source',
  'consultation',
  'coop_innovation',
  'framework',
  'framework_open',
  'framework_closed',
  'land_tender',
  'land_auction',
  'land_listing',
  'state_asset_transfer',
  'platform',
  'all',
] as const;
export type RuleScope = (typeof RULE_SCOPES)[number];

/** One statutory limit, threshold, quorum or provision, with its article. */
export interface Rule {
  readonly id: string;
  readonly kind: RuleKind;
  readonly use: RuleUse;
  readonly nameZh: string;
  readonly appliesTo: readonly RuleScope[];
  /** The event the period runs from, in the words of the law. */
  readonly fromEvent?: string;
  /** The event the period runs to, in the words of the law. */
  readonly toEvent?: string;
  readonly bound: Bound;
  readonly amount?: number;
  /** Both ends, in the unit, where the bound is a `range`. */
  readonly range?: readonly [number, number];
  readonly unit?: RuleUnit;
  readonly direction?: 'forward' | 'backward';
  /** The consequence of a breach, in the words of the law or by its article. */
  readonly breach?: string;
  /** What the step suspends, extends or gates, where it does. */
  readonly suspends?: string;
  readonly items?: readonly string[];
  readonly law: string;
  readonly lawFull: string;
  readonly article: string;
  /** First day in force, `YYYY-MM-DD`. */
  readonly effectiveFrom?: string;
  /** Day from which the text as amended is in force. */
  readonly amendedFrom?: string;
  /** Last day in force. */
  readonly effectiveTo?: string;
  readonly status: RuleStatus;
  /** The version of the rulebook that it came with, where a step blocks by it: it binds no tender of an earlier one. */
  readonly since?: string;
  /** The words of the article, where its text was read. */
  readonly quote?: string;
  readonly notes?: string;
}

/**
 * A rule as written in the data: the full name and dates of its law come from `LAWS`, unless it overrides them, and its
 * use from its kind.
 */
export type RuleRow = Omit<Rule, 'law' | 'lawFull' | 'use'> & { readonly law: LawName; readonly use?: RuleUse };

const USE_OF_KIND: Readonly<Record<RuleKind, RuleUse>> = {
  time_limit: 'timer',
  threshold: 'block',
  quorum: 'block',
  period_rule: 'computed',
  calendar: 'computed',
  ground: 'show',
  outcome: 'computed',
  notice_fields: 'block',
  role_duty: 'show',
  scoring: 'computed',
  penalty: 'show',
  draft: 'show',
};

/** A rule whose text was not read never blocks, whatever it is for. */
export function useOf({ kind, status, use = USE_OF_KIND[kind] }: Pick<RuleRow, 'kind' | 'status' | 'use'>): RuleUse {
  return status === 'RECALLED' && use === 'block' ? 'warn' : use;
}

/** `招标投标法第24条`: how a message cites a rule. Where no article is known (`—`) the law alone is named. */
export function citeZh({ law, article }: Pick<Rule, 'law' | 'article'>): string {
  if (article === '—') return law;
  return /^\d+$/.test(article) ? `${law}第${article}条` : `${law} ${article}`;
}

/** `招标投标法 art. 24`. */
export function citeEn({ law, article }: Pick<Rule, 'law' | 'article'>): string {
  if (article === '—') return law;
  return `${law} ${/^\d/.test(article) ? 'art. ' : ''}${article}`;
}
