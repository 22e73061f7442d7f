import { DAY_MS } from '../civil-time.ts';
import type { MilestoneKey } from '../law/milestones.ts';
import type { Audience } from './events.ts';

/** Who owes what is due by a milestone; the others come by time alone, or the platform does them. */
const OWED_BY: Readonly<Partial<Record<MilestoneKey, readonly Audience[]>>> = {
  committee: ['runners', 'centre'],
  'evaluation-report': ['runners'],
  recheck: ['runners'],
  'recheck-report': ['runners'],
  award: ['runners'],
  // The winner loses the award where it does neither (招标投标法实施条例 55, 74).
  'performance-bond': ['party', 'runners'],
  contract: ['party', 'runners'],
  'payment-guarantee': ['runners'],
  'contract-publication': ['runners'],
  'contract-filing': ['runners'],
  'written-report': ['runners'],
  'deposits-losers': ['runners', 'centre'],
  'deposits-winner': ['runners', 'centre'],
  acceptance: ['runners'],
  payment: ['runners'],
  'performance-bond-release': ['runners'],
};

/** Milestones that are duties of people. */
export const DUTIES = Object.keys(OWED_BY) as MilestoneKey[];

/** Who is reminded of a duty before its last instant. */
export const owersOf = (key: MilestoneKey): readonly Audience[] => OWED_BY[key] ?? [];

/** Who is notified once it is overdue: those who owe it, and those who supervise them. */
export const escalatedTo = (owers: readonly Audience[]): Audience[] => [...owers, 'supervision'];

/** Days before the last instant at which a duty is reminded of, unless the installation sets others. */
export const REMINDERS_DAYS: readonly number[] = [3, 1];

/** A period that runs; civil epoch ms. */
export interface Due {
  /** Null where the period has no event that it is counted from. */
  readonly fromAt: number | null;
  readonly dueAt: number;
}

export type DutyStep = { readonly step: 'overdue' } | { readonly step: 'remind'; readonly days: number };

/**
 * The last step of a duty that has come at `now`; null: it is too early. A period that is shorter than every lead time
 * is reminded of at its half.
 * @param leads days before the last instant
 */
export function stepAt({ fromAt, dueAt }: Due, now: number, leads: readonly number[]): DutyStep | null {
  if (now > dueAt) return { step: 'overdue' };
  const fitting = leads.filter((days) => fromAt === null || dueAt - days * DAY_MS > fromAt);
  const come = fitting.filter((days) => now >= dueAt - days * DAY_MS).sort((a, b) => a - b);
  if (come[0] !== undefined) return { step: 'remind', days: come[0] };
  const isShort = fitting.length === 0 && leads.length > 0 && fromAt !== null;
  return isShort && now >= fromAt + (dueAt - fromAt) / 2 ? { step: 'remind', days: 0 } : null;
}
