import { parseDate, startOfDay, DAY_MS } from '../../domain/civil-time.ts';
import { PROCEDURES } from '../../domain/law/facts.ts';
import { PROCUREMENT_STAGES } from '../../domain/stages.ts';
import { KINDS, REGIMES } from '../../api/procurements/views.ts';
import { UNANNOUNCED, type ProcurementFilters } from '../../db/board/procurements.ts';
import { entryOf, type MenuEntry } from './menu.ts';

// The address of a search is its whole state: it can be kept, sent and subscribed to.

/** What a form of the board has. */
export const FIELDS = [
  'q',
  'stage',
  'regime',
  'kind',
  'procedure',
  'purchaser',
  'least',
  'most',
  'from',
  'until',
] as const;
type FieldName = (typeof FIELDS)[number];

export interface Search {
  readonly entry: MenuEntry;
  /** As typed. */
  readonly typed: Readonly<Record<FieldName, string>>;
  readonly text: string | undefined;
  readonly purchaser: string | undefined;
  readonly filters: ProcurementFilters;
  /** Fields whose values cannot be read; they do not filter. */
  readonly unread: readonly FieldName[];
  /** Whether anything filters but the menu. */
  readonly narrowed: boolean;
}

export const STAGES = PROCUREMENT_STAGES.filter((stage) => !UNANNOUNCED.includes(stage));
const MOST_TYPED = 100;
const FEN_PER_WAN = 1_000_000;

/** @param query one value of the query; empty where it has none */
export function searchOf(query: (name: string) => string): Search {
  const typed = Object.fromEntries(FIELDS.map((name) => [name, query(name).trim().slice(0, MOST_TYPED)])) as Record<
    FieldName,
    string
  >;
  const unread: FieldName[] = [];
  const read = <T>(name: FieldName, of: (text: string) => T | null): T | undefined => {
    if (typed[name] === '') return undefined;
    const value = of(typed[name]);
    if (value === null) unread.push(name);
    return value ?? undefined;
  };
  const oneOf = <T extends string>(name: FieldName, values: readonly T[]): T | undefined =>
    read(name, (text) => values.find((value) => value === text) ?? null);
  const entry = entryOf(query('list'));
  const filters = withoutUndefined({
    stage: oneOf('stage', STAGES),
    regime: oneOf('regime', REGIMES),
    kind: oneOf('kind', KINDS),
    procedure: oneOf('procedure', PROCEDURES),
    leastFen: read('least', fenOfWan),
    mostFen: read('most', fenOfWan),
    noticedFrom: read('from', startOf),
    noticedUntil: read('until', endOf),
    intended: entry.lists.of === 'procurements' && entry.lists.intended ? true : undefined,
  });
  return {
    ...{ entry, typed, unread, filters },
    text: typed.q === '' ? undefined : typed.q,
    purchaser: typed.purchaser === '' ? undefined : typed.purchaser,
    narrowed: FIELDS.some((name) => typed[name] !== ''),
  };
}

/** The address of a search, under the site. @param path the page, or a feed of the same */
export function addressOf({ entry, typed }: Search, path = '/', more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams();
  if (entry.key !== '') query.set('list', entry.key);
  for (const name of FIELDS) if (typed[name] !== '') query.set(name, typed[name]);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** 万元, with up to four decimals. */
function fenOfWan(text: string): number | null {
  if (!/^\d{1,9}(?:\.\d{1,4})?$/.test(text)) return null;
  return Math.round(Number(text) * FEN_PER_WAN);
}

const dayOf = (text: string): number | null => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return startOfDay(parseDate(text));
  } catch {
    return null;
  }
};
const startOf = dayOf;
const endOf = (text: string): number | null => {
  const start = dayOf(text);
  return start === null ? null : start + DAY_MS - 1;
};

const withoutUndefined = (given: {
  readonly [K in keyof ProcurementFilters]: ProcurementFilters[K] | undefined;
}): ProcurementFilters => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** The place after which a page begins: two parts, an instant and an id. */
export const placeText = (at: number, id: string): string => `${at}.${id}`;

export function placeIn(text: string): { readonly at: number; readonly id: string } | undefined {
  const [, at, id] = /^(\d{1,15})\.([0-9a-f-]{0,36})$/.exec(text) ?? [];
  return at === undefined || id === undefined ? undefined : { at: Number(at), id };
}
