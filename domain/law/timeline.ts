import { civilDayOf, HOUR_MS, parseDate, startOfDay, type CivilDay } from '../civil-time.ts';
import type { Calendar } from './calendar.ts';
import { due, type Due } from './due.ts';
import { FACT_OF_MILESTONE, type ProcurementFacts } from './facts.ts';
import type { ProcedureWords } from '../procedures/words.ts';
import { milestoneName, type MilestoneKey } from './milestones.ts';
import type { TraceEntry } from './period.ts';
import type { RuleStatus } from './rule.ts';
import { getRule, ruleInForce, type RuleId } from './rulebook.ts';

/** A sentence for people, in both languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/**
 * How a rule limits a milestone. `earliest`/`latest`: not before/after. `exact`: neither. `ends`: the rule itself sets
 * the milestone (a window ends), nobody can be early or late.
 */
export type Effect = 'earliest' | 'latest' | 'exact' | 'ends';

/** A rule on a milestone, with the instants it yields (epoch ms). */
export interface AppliedRule {
  readonly id: string;
  readonly law: string;
  readonly article: string;
  readonly status: RuleStatus;
  /** What it is counted from. */
  readonly from: number;
  readonly effect: Effect;
  /**
   * `instant`: the very instant decides. `day`: the civil day decides, since the law counts in days and offices close
   * in the afternoon of the last one: documents until 17:00, or a publicity until 18:00, of the Nth day are considered
   * lawful in practice, but a bid deadline must leave the N days whole.
   */
  readonly compare: 'day' | 'instant';
  readonly earliest?: number;
  readonly latest?: number;
  /**
   * From this instant an act before `earliest` is arguable, not plainly unlawful: documents were available for all N
   * days, the last of them a rest day, and it is disputed whether 民法典 203 lengthens such a period.
   */
  readonly arguableFrom?: number;
  /** Where provisional: an act after `latest` but before this may prove to be in time. */
  readonly latestPossible?: number;
  /** Why the rule only advises here, although its text was read; absent: it binds. */
  readonly advisory?: Bilingual;
  readonly provisional: boolean;
}

/** `given` by the purchaser, `proposed` in its place, `projected` from what comes before, or `done`. */
export type MilestoneState = 'given' | 'proposed' | 'projected' | 'done';

export interface PlannedMilestone {
  readonly key: MilestoneKey;
  readonly nameZh: string;
  readonly nameEn: string;
  /** Epoch ms. */
  readonly at: number;
  readonly earliest?: number;
  readonly latest?: number;
  readonly state: MilestoneState;
  readonly rules: readonly AppliedRule[];
  /** The calculation of the deciding rule. */
  readonly trace: readonly TraceEntry[];
  readonly provisional: boolean;
  readonly bounds?: { readonly earliest: number; readonly latest: number };
  /** What the law deems, or what it threatens, when nobody acts by then. */
  readonly ifNobodyActs?: Bilingual;
}

interface UseOptions {
  readonly effect: Effect;
  readonly compare?: 'day' | 'instant';
  readonly advisory?: Bilingual | undefined;
  /** If the Nth day itself is a rest day, ending on it warns and does not block. */
  readonly arguableRoll?: boolean;
}

/** A rule applied from an instant: the limits it sets on the milestone, and the calculation. */
export interface Use {
  readonly applied: AppliedRule;
  readonly due: Due;
}

interface Entry {
  readonly uses?: readonly (Use | undefined)[];
  /** If nothing is given: the instant, or which end of the lawful range. */
  readonly otherwise: number | 'earliest' | 'latest';
  /** A missing fact is proposed, not only projected. */
  readonly proposed?: boolean;
  readonly ifNobodyActs?: Bilingual;
}

function instantsOf(result: Due, effect: Effect, compare: 'day' | 'instant'): Pick<AppliedRule, 'earliest' | 'latest'> {
  const first = compare === 'day' ? startOfDay(civilDayOf(result.due)) : (result.earliest ?? result.due);
  switch (effect) {
    case 'earliest':
      return { earliest: first };
    case 'latest':
      return { latest: result.due };
    case 'exact':
      return { earliest: result.due, latest: result.due };
    case 'ends':
      return {};
  }
}

/** Builds a timeline in order: each milestone may run from those before it. */
export class Timeline {
  readonly facts: ProcurementFacts;
  readonly calendar: Calendar;
  private readonly words: ProcedureWords;
  private readonly built = new Map<MilestoneKey, PlannedMilestone>();

  constructor(facts: ProcurementFacts, calendar: Calendar, words: ProcedureWords) {
    this.facts = facts;
    this.calendar = calendar;
    this.words = words;
  }

  get milestones(): PlannedMilestone[] {
    return [...this.built.values()];
  }

  /** The rule calculated from an instant; `undefined` where it was not in force when the tender was noticed. */
  use(id: RuleId | undefined, from: number, options: UseOptions): Use | undefined {
    if (id === undefined || !ruleInForce(id, this.facts.noticeAt)) return undefined;
    const result = due(id, from, this.calendar);
    const { law, article, status } = getRule(id);
    const compare = options.compare ?? 'instant';
    const applied: AppliedRule = {
      id,
      law,
      article,
      status,
      from,
      effect: options.effect,
      compare,
      ...instantsOf(result, options.effect, compare),
      ...(options.arguableRoll && result.nthDay !== undefined
        ? { arguableFrom: startOfDay(parseDate(result.nthDay)) }
        : {}),
      ...(options.effect === 'latest' && result.provisional ? { latestPossible: result.bounds.latest } : {}),
      ...(options.advisory === undefined ? {} : { advisory: options.advisory }),
      provisional: result.provisional,
    };
    return { applied, due: result };
  }

  /** The instant of a milestone from an event that has happened or from a fact. */
  given(key: MilestoneKey): { at: number; state: 'given' | 'done' } | undefined {
    const actual = this.facts.actual?.[key];
    if (actual !== undefined) return { at: actual, state: 'done' };
    const field = (FACT_OF_MILESTONE as Partial<Record<MilestoneKey, keyof ProcurementFacts>>)[key];
    const fact = field === undefined ? undefined : this.facts[field];
    return typeof fact === 'number' ? { at: fact, state: 'given' } : undefined;
  }

  /** Adds a milestone and returns its instant. */
  add(key: MilestoneKey, entry: Entry): number {
    const uses = (entry.uses ?? []).filter((use) => use !== undefined);
    const earliest = maxOf(uses.map(({ applied }) => applied.earliest));
    const latest = minOf(uses.map(({ applied }) => applied.latest));
    const given = this.given(key);
    const at = given?.at ?? this.choose(entry.otherwise, earliest, latest);
    const name = milestoneName(key, this.words);
    const deciding = uses.find(({ applied }) => applied.earliest === earliest && applied.latest === latest) ?? uses[0];
    this.built.set(key, {
      key,
      nameZh: name.zh,
      nameEn: name.en,
      at,
      ...(earliest === undefined ? {} : { earliest }),
      ...(latest === undefined ? {} : { latest }),
      state: given?.state ?? (entry.proposed ? 'proposed' : 'projected'),
      rules: uses.map(({ applied }) => applied),
      trace: deciding?.due.trace ?? [],
      provisional: given?.state !== 'done' && uses.some(({ due: result }) => result.provisional),
      ...(deciding?.due.provisional ? { bounds: deciding.due.bounds } : {}),
      ...(entry.ifNobodyActs === undefined ? {} : { ifNobodyActs: entry.ifNobodyActs }),
    });
    return at;
  }

  private choose(otherwise: Entry['otherwise'], earliest: number | undefined, latest: number | undefined): number {
    if (typeof otherwise === 'number') return otherwise;
    const chosen = otherwise === 'latest' ? (latest ?? earliest) : (earliest ?? latest);
    return chosen ?? this.facts.noticeAt;
  }

  /** The first instant at or after `from` that is `hour` o'clock on a certain workday. */
  officeHour(from: number, hour: number): number {
    return firstOfficeHour(this.calendar, from, hour);
  }
}

/** The first such hour of a working day, not before an instant (civil epoch ms). */
export function firstOfficeHour(calendar: Calendar, from: number, hour: number): number {
  let day: CivilDay = civilDayOf(from);
  while (startOfDay(day) + hour * HOUR_MS < from || !calendar.status(day, 'least-work').works) day += 1;
  return startOfDay(day) + hour * HOUR_MS;
}

function maxOf(values: readonly (number | undefined)[]): number | undefined {
  const numbers = values.filter((value) => value !== undefined);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function minOf(values: readonly (number | undefined)[]): number | undefined {
  const numbers = values.filter((value) => value !== undefined);
  return numbers.length === 0 ? undefined : Math.min(...numbers);
}

/** The time of day of a proposed end of the document period: custom, not law. */
export const CLOSING_HOUR = 17;

/** What the law threatens when a duty is not done in time. */
export function ifOverdue(id: RuleId): Bilingual {
  const { breach, law, article } = getRule(id);
  return {
    zh: breach === undefined ? `逾期即违反${law}第${article}条` : `逾期：${breach}`,
    en: `Overdue: breach of ${law} art. ${article}${breach === undefined ? '' : `; consequence by ${breach}`}`,
  };
}
