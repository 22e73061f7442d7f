import type { RuleStatus } from './rule.ts';

export type FestivalKey = 'new-year' | 'spring' | 'qingming' | 'labour' | 'dragon-boat' | 'mid-autumn' | 'national';

/** One year's notice: the days off by name, and the weekend days that are worked instead. */
export interface CalendarYear {
  readonly year: number;
  /** Rulebook row of the notice. */
  readonly rule: string;
  readonly sourceZh: string;
  /** Inclusive blocks of days off; weekend days inside a block are part of it. */
  readonly off: readonly { readonly nameZh: string; readonly from: string; readonly to: string }[];
  readonly makeup: readonly string[];
  /**
   * Of a year before the built-in ones, whose file lacks holidays of its own: besides what it lists, only days are known
   * that no arrangement changes.
   */
  readonly partial?: true;
}

/** Holidays of a year that hold without any notice. */
export interface StatutoryYear {
  readonly year: number;
  readonly status: RuleStatus;
  readonly festivals: readonly {
    readonly key: FestivalKey;
    readonly nameZh: string;
    /** 除夕 for Spring Festival, else the first day. */
    readonly anchor: string;
    readonly days: readonly string[];
  }[];
}

export interface CalendarTable {
  /** Consecutive years, ascending. */
  readonly years: readonly CalendarYear[];
  /** Years before those, ascending, with gaps: only what was imported for old notices. */
  readonly earlier?: readonly CalendarYear[];
  /** May extend beyond `years`: such years have bounds instead of days. */
  readonly statutory: readonly StatutoryYear[];
}
