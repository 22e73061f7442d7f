import type { Kind } from '../../law/facts.ts';
import { wordFor } from '../../fields/field.ts';
import { getRule, type RuleId } from '../../law/rulebook.ts';
import { breachOf, severityOf, type Severity, type Violation } from '../../law/violation.ts';

/** What a scheme is checked against besides its procedure. */
export interface SchemeFacts {
  readonly kind: Kind;
  /** When the notice is (to be) published, epoch ms: a preference goes by the rules of that day. */
  readonly noticeAt: number;
  /** Whether the documents state a ceiling (最高限价); absent: not known. */
  readonly hasCeiling?: boolean | undefined;
  /** 技术、服务等标准统一. */
  readonly uniform?: boolean | undefined;
  /** The lot is reserved for small firms (专门面向中小企业). */
  readonly reserved?: boolean | undefined;
  /** The policy for small firms does not apply to the project (财库〔2020〕46号 22). */
  readonly exempt?: boolean | undefined;
  /** Modes that the installation allows although they collide with national law: 评定分离. */
  readonly localModes?: readonly 'separate'[] | undefined;
  /** RECALLED rules that the installation confirmed. */
  readonly confirmed?: ReadonlySet<string> | undefined;
  /** What the drafter answered of each rule that only people can judge: whether the documents contain such a thing. */
  readonly answers?: Readonly<Record<string, boolean>> | undefined;
}

type Finding = Parameters<typeof breachOf>[2];

/** What a value of a field of a scheme is called in Chinese. */
export const valueZh = (field: string, value: string): string => wordFor(field, value, ['Scheme']);

/** A breach of a rule: a rule whose text was not read warns, unless it is confirmed. */
export function breach(id: RuleId, { confirmed }: Pick<SchemeFacts, 'confirmed'>, finding: Finding): Violation {
  const rule = getRule(id);
  return breachOf(rule, severityOf(rule, confirmed), finding);
}

/** What needs a look, whatever the status of its rule. */
export const warning = (id: RuleId, finding: Finding, severity: Severity = 'warn'): Violation =>
  breachOf(getRule(id), severity, finding);
