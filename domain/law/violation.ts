import type { Rule, RuleStatus } from './rule.ts';
import { citeEn, citeZh } from './rule.ts';

/** `block`: unlawful, the step is refused. `warn`: shown, stops nothing. */
export type Severity = 'block' | 'warn';

/**
 * Checks that no article states but that every lawful timeline passes: the order of events, dates in the past,
 * impossible sums of money, a deadline on a rest day, invited suppliers where nobody is invited, a blind part that names
 * its bidder, what is stated of an opened bid.
 */
export type LogicCheck =
  'order' | 'past' | 'rest-day' | 'amount' | 'bid-validity' | 'invitees' | 'blind-part' | 'opened-bid';

export interface RelatedProcurement {
  readonly id: string;
  readonly title: string;
  readonly amountFen: number;
}

/** One violation: the article it breaks, what was given and what would be lawful. */
export interface Violation {
  /** Rule id, or the name of a logic check. */
  readonly rule: string;
  readonly law: string | null;
  readonly article: string | null;
  readonly status: RuleStatus | 'LOGIC';
  readonly severity: Severity;
  /** Path of the fact at fault: `bidDeadline`, `lots[0].bidBondFen`, `actual.contract`. */
  readonly field: string;
  /** ISO instant, number, or null where the fact is missing. */
  readonly given: string | number | null;
  /** ISO instant with offset. */
  readonly earliestLawful?: string;
  readonly latestLawful?: string;
  /** The limit, in the unit of `given`. */
  readonly limit?: number;
  /** Lawful alternatives: procedures, codes of the catalogue. */
  readonly lawfulChoices?: readonly string[];
  /** Other procurements concerned. */
  readonly related?: readonly RelatedProcurement[];
  readonly messageZh: string;
  readonly messageEn: string;
}

/** RECALLED rules block only where the installation's configuration confirms them. */
export function severityOf(rule: Pick<Rule, 'id' | 'status'>, confirmed?: ReadonlySet<string>): Severity {
  return rule.status === 'VERIFIED' || confirmed?.has(rule.id) ? 'block' : 'warn';
}

type Finding = Pick<Violation, 'field' | 'given' | 'messageZh' | 'messageEn'> &
  Partial<Pick<Violation, 'earliestLawful' | 'latestLawful' | 'limit' | 'lawfulChoices' | 'related'>>;

/** A breach of a rule; the messages end with the article. */
export function breachOf(rule: Rule, severity: Severity, finding: Finding): Violation {
  return {
    rule: rule.id,
    law: rule.law,
    article: rule.article,
    status: rule.status,
    severity,
    ...finding,
    messageZh: `${finding.messageZh}（${citeZh(rule)}）`,
    messageEn: `${finding.messageEn} (${citeEn(rule)})`,
  };
}

export function logicViolation(check: LogicCheck, severity: Severity, finding: Finding): Violation {
  return { rule: check, law: null, article: null, status: 'LOGIC', severity, ...finding };
}
