import { REGIME_DEFINITIONS } from '../../domain/procedures/regimes.ts';
import type { Queries } from '../../db/access/database.ts';
import { catalogueOn, entriesOf, hasEntries, thresholdsOf, type CataloguePlace } from '../../db/catalogue.ts';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import {
  inForceOn,
  nearestCodes,
  thresholdOn,
  type CatalogueEntry,
  type CatalogueView,
  type ProcurementThreshold,
} from '../../domain/law/catalogue.ts';
import { KINDS, type Kind, type Regime } from '../../domain/law/facts.ts';

/** The figures in force on a day. */
export async function thresholdsOn(q: Queries, day: string): Promise<ProcurementThreshold[]> {
  const items = new Map<string, ProcurementThreshold[]>();
  for (const row of await thresholdsOf(q, KINDS)) {
    const key = `${row.kind} ${row.level ?? ''}`;
    items.set(key, [...(items.get(key) ?? []), row]);
  }
  return [...items.values()].flatMap((item) => inForceOn(item, day) ?? []);
}

/** The entries of these items, each in force on its own day, in the same order; null where there is none. */
export async function entriesOn(
  q: Queries,
  items: readonly { readonly regime: Regime; readonly code: string | null; readonly day: string }[],
): Promise<(CatalogueEntry | null)[]> {
  const rows = await entriesByItem(
    q,
    items.flatMap(({ regime, code }) => (code === null ? [] : [{ regime, code }])),
  );
  return items.map(({ regime, code, day }) =>
    code === null ? null : inForceOn(rows.get(itemKey({ regime, code })) ?? [], day),
  );
}

export const itemKey = ({ regime, code }: CataloguePlace): string => `${regime} ${code}`;

/** Every row of these items, in the order in which they replace each other. */
export async function entriesByItem(
  q: Queries,
  items: readonly CataloguePlace[],
): Promise<ReadonlyMap<string, CatalogueEntry[]>> {
  const rows = new Map<string, CatalogueEntry[]>();
  for (const regime of new Set(items.map((item) => item.regime))) {
    const codes = [...new Set(items.filter((item) => item.regime === regime).map(({ code }) => code))];
    for (const entry of await entriesOf(q, regime, codes)) {
      const key = itemKey(entry);
      rows.set(key, [...(rows.get(key) ?? []), entry]);
    }
  }
  return rows;
}

/** Codes searched for those similar to a wrong one. */
const MOST_CODES = 5_000;

/** What the catalogue and the figures require for one procurement on the civil day of its notice (epoch ms). */
export async function catalogueView(
  q: Queries,
  facts: { regime: Regime; kind: Kind; catalogueCode: string | null; noticeAt: number },
): Promise<CatalogueView> {
  const day = formatDay(civilDayOf(facts.noticeAt));
  const { regime, kind, catalogueCode } = facts;
  const rows = catalogueCode === null ? [] : await entriesOf(q, regime, [catalogueCode]);
  const entry = inForceOn(rows, day);
  const setUp = entry !== null || (await hasEntries(q, regime));
  const figures = REGIME_DEFINITIONS[regime].figures === 'regional' ? await thresholdsOf(q, [kind]) : [];
  return {
    day,
    setUp,
    entry,
    threshold: thresholdOn(figures, kind, entry?.level ?? null, day),
    instead:
      setUp && entry === null && catalogueCode !== null
        ? {
            from: rows.find(({ from }) => from > day)?.from ?? null,
            nearest: nearestCodes(catalogueCode, await catalogueOn(q, day, { regime, limit: MOST_CODES })),
          }
        : null,
  };
}
