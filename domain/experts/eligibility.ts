import { addMonths, formatDay, parseDate } from '../civil-time.ts';
import type { CommitteeDefinition } from '../committees/definition.ts';
import type { Exclusion, ExclusionReason } from '../draws/terms.ts';
import { amountOf } from '../law/limits.ts';
import type { Expert, Tie } from './expert.ts';

/** What an expert is judged by. */
export interface EligibilityFacts {
  /** The day of the evaluation, `YYYY-MM-DD`. */
  readonly on: string;
  /** The fields that are drawn; one of them is enough. */
  readonly fields: readonly string[];
  /** Experts of these regions only; null: of any. */
  readonly regions: readonly string[] | null;
  readonly purchaserCode: string;
  readonly agencyCode: string | null;
  /** 项目主管部门、行政监督部门. */
  readonly authorityCodes: readonly string[];
  /** Null before the opening, when nobody may know who bids. */
  readonly bidderCodes: readonly string[] | null;
  /** Ids of those who may not serve in this matter again. */
  readonly barred: ReadonlySet<string>;
}

const MONTHS_PER_YEAR = 12;

/** Why an expert may not be drawn; empty: he may. All reasons, and not only the first. */
export function exclusionsOf(expert: Expert, facts: EligibilityFacts, rules: CommitteeDefinition): ExclusionReason[] {
  const { bars } = rules;
  const reasons = new Map<Exclusion, ExclusionReason>();
  const exclude = (code: Exclusion, rule: ExclusionReason['rule'] = null): void =>
    void reasons.set(code, { code, rule });
  const { employer, region, suspension, credentials } = expert;
  if (!expert.fields.some((field) => facts.fields.includes(field))) exclude('field');
  if (facts.regions && (region === null || !facts.regions.includes(region))) exclude('region');
  if (suspension && suspension.from <= facts.on && isCurrent(suspension.until, facts.on)) exclude('suspended');
  if (!credentials.some(({ validUntil }) => isCurrent(validUntil, facts.on))) exclude('credential', bars.qualification);
  const serves = (code: string | null): boolean => code !== null && employer.creditCode === code;
  if (serves(facts.purchaserCode)) exclude('purchaser', bars.purchaser ?? null);
  if (serves(facts.agencyCode)) exclude('agency', bars.agency ?? null);
  if (facts.authorityCodes.some(serves)) exclude('authority', bars.authority ?? null);
  for (const code of facts.bidderCodes ?? []) {
    for (const tie of tiesTo(expert, code)) {
      if (tie.kind === 'kin') exclude('kin', bars.kin);
      else if (tie.kind === 'interest') exclude('interest', bars.interest);
      else if (isCurrent(tie.until, facts.on)) exclude('recent', bars.recent ?? bars.interest);
      else if (bars.recent && tie.until !== null && tie.until >= yearsBefore(facts.on, amountOf(bars.recent)))
        exclude('recent', bars.recent);
    }
  }
  if (facts.barred.has(expert.id)) exclude('earlier-member', bars.again ?? null);
  return [...reasons.values()];
}

/** Reasons that only the list of bidders can give: checked when it is known (回避). */
export const conflictsWith = (expert: Expert, facts: EligibilityFacts, rules: CommitteeDefinition): ExclusionReason[] =>
  exclusionsOf(expert, facts, rules).filter(({ code }) => OF_BIDDERS.includes(code));

const OF_BIDDERS: readonly Exclusion[] = ['recent', 'kin', 'interest'];

/** Who employs somebody is a tie as any other, whether or not it was declared. */
function tiesTo({ employer, ties }: Expert, creditCode: string): Tie[] {
  const declared = ties.filter((tie) => tie.creditCode === creditCode);
  return employer.creditCode === creditCode
    ? [{ kind: 'employment', creditCode, name: employer.name, until: null }, ...declared]
    : declared;
}

const isCurrent = (until: string | null, on: string): boolean => until === null || until >= on;

const yearsBefore = (day: string, years: number): string =>
  formatDay(addMonths(parseDate(day), -years * MONTHS_PER_YEAR));
