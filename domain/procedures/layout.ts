import { civilDayOf, endOfDay } from '../civil-time.ts';
import type { MilestoneKey } from '../law/milestones.ts';
import { ifOverdue, type Bilingual, type Timeline, type Use } from '../law/timeline.ts';
import type { Count, From, MilestoneDefinition, Otherwise, Procedure } from './procedure.ts';

const NOT_MANDATORY: Bilingual = {
  zh: '该规定适用于依法必须进行招标的项目，本项目仅供参照',
  en: 'it binds projects that must be tendered by law; for this one it is advice',
};

/** Draws the timeline of a procedure, milestone by milestone, from its definition. */
export function layOut({ milestones, names }: Procedure, timeline: Timeline): void {
  const instants = new Map<MilestoneKey, number>();
  const at = (key: MilestoneKey): number => {
    const instant = instants.get(key);
    if (instant === undefined) throw new Error(`${key} is used before it is defined`);
    return instant;
  };
  for (const definition of milestones) {
    const { key, counts = [], otherwise, proposed } = definition;
    if (otherwise === 'given' && timeline.given(key) === undefined) continue;
    const uses = counts.map((count) => useOf(timeline, count, at));
    const meaning = meaningOf(definition);
    const instant = timeline.add(key, {
      uses,
      otherwise: chosen(timeline, otherwise, uses, counts[0] && startOf(counts[0].from, at), at),
      name: names?.[key],
      ...(proposed ? { proposed } : {}),
      ...(meaning ? { ifNobodyActs: meaning } : {}),
    });
    instants.set(key, instant);
  }
}

/** What the law deems, or threatens, when nobody acts by a milestone. */
export function meaningOf({ ifNobodyActs, counts = [] }: MilestoneDefinition): Bilingual | undefined {
  if (ifNobodyActs !== 'breach') return ifNobodyActs;
  const [first] = counts;
  return first && ifOverdue(first.rule);
}

type InstantOf = (key: MilestoneKey) => number;

function startOf(from: From, at: InstantOf): number {
  if (typeof from === 'string') return at(from);
  if ('later' in from) return Math.max(...from.later.map(at));
  return endOfDay(civilDayOf(at(from.endOfDayOf)));
}

function useOf(timeline: Timeline, count: Count, at: InstantOf): Use | undefined {
  const { rule, from, effect, compare, arguableRoll, bindsMandatory, endOf } = count;
  const advisory = bindsMandatory && timeline.facts.mandatory === false ? NOT_MANDATORY : count.advisory;
  const use = timeline.use(rule, startOf(from, at), {
    effect,
    ...(compare ? { compare } : {}),
    ...(advisory ? { advisory } : {}),
    ...(arguableRoll ? { arguableRoll } : {}),
  });
  return use && endOf ? endOfWindow(use, at(endOf)) : use;
}

/** A milestone that may not come before a window has ended, whatever end was set for it. */
function endOfWindow({ due, applied }: Use, windowEnd: number): Use {
  return { due, applied: { ...applied, effect: 'earliest', compare: 'instant', earliest: windowEnd } };
}

/** The instant of a milestone that nobody has set. */
function chosen(
  timeline: Timeline,
  otherwise: Otherwise,
  uses: readonly (Use | undefined)[],
  start: number | undefined,
  at: InstantOf,
): number | 'earliest' | 'latest' {
  if (otherwise === 'given') return timeline.facts.noticeAt;
  if (otherwise === 'earliest' || otherwise === 'latest') return otherwise;
  const first = uses.find((use) => use !== undefined)?.due;
  if (otherwise === 'end') return first?.due ?? start ?? timeline.facts.noticeAt;
  if (otherwise === 'latest-end') return first?.bounds.latest ?? start ?? timeline.facts.noticeAt;
  if ('at' in otherwise) return at(otherwise.at);
  if ('after' in otherwise) return at(otherwise.after) + (timeline.given(otherwise.after) === undefined ? 1 : 0);
  if ('endOfDayOf' in otherwise) return endOfDay(civilDayOf(at(otherwise.endOfDayOf)));
  const { officeHour, notBefore, as } = otherwise;
  const given = as && timeline.given(as)?.at;
  if (given !== undefined) return given;
  const earliest = uses.flatMap((use) => use?.applied.earliest ?? []);
  return timeline.officeHour(Math.max(...earliest, ...notBefore.map(at)), officeHour);
}
