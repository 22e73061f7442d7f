import { and, asc, desc, eq, gt, gte, inArray, lte, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { v7 as newId } from 'uuid';
import { civilDayOf, formatDay } from '../domain/civil-time.ts';
import {
  inForceOn,
  nearestCodes,
  thresholdOn,
  type CatalogueEntry,
  type CatalogueRows,
  type CatalogueView,
  type ProcurementThreshold,
} from '../domain/law/catalogue.ts';
import { KINDS, type Kind, type Regime } from '../domain/law/facts.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { catalogueEntries, procurementThresholds } from './schema/sqlite.ts';

/** What becomes of a row that is brought in: it is new, takes the place of another from its first day on, or is known. */
export type RowChange = 'new' | 'replaces' | 'known';

export interface CatalogueChanges {
  readonly entries: readonly { readonly row: CatalogueEntry; readonly change: RowChange }[];
  readonly thresholds: readonly { readonly row: ProcurementThreshold; readonly change: RowChange }[];
}

const entryOf = ({ id: _id, recordedAt: _at, ...entry }: typeof catalogueEntries.$inferSelect): CatalogueEntry => entry;
const thresholdOf = ({
  id: _id,
  recordedAt: _at,
  ...threshold
}: typeof procurementThresholds.$inferSelect): ProcurementThreshold => threshold;

/** Codes asked for at once, below what either database takes as parameters. */
const ASKED = 200;

async function entriesOf(q: Queries, regime: Regime, codes: readonly string[]): Promise<CatalogueEntry[]> {
  const rows: CatalogueEntry[] = [];
  for (let from = 0; from < codes.length; from += ASKED) {
    const found = await q
      .select()
      .from(catalogueEntries)
      .where(and(eq(catalogueEntries.regime, regime), inArray(catalogueEntries.code, codes.slice(from, from + ASKED))))
      .orderBy(asc(catalogueEntries.code), asc(catalogueEntries.from), asc(catalogueEntries.id));
    rows.push(...found.map(entryOf));
  }
  return rows;
}

/** In the order in which they take each other's place. */
async function thresholdsOf(q: Queries, kinds: readonly Kind[]): Promise<ProcurementThreshold[]> {
  const rows = await q
    .select()
    .from(procurementThresholds)
    .where(inArray(procurementThresholds.kind, [...kinds]))
    .orderBy(asc(procurementThresholds.from), asc(procurementThresholds.id));
  return rows.map(thresholdOf);
}

const same = (a: object, b: object): boolean =>
  Object.entries(a).every(([key, value]) => (b as Record<string, unknown>)[key] === value);

function changeOf<T extends { readonly from: string }>(row: T, earlier: readonly T[]): RowChange {
  // Only the last of one first day counts: a row that was corrected may be brought in again.
  const [sameDay] = earlier.filter(({ from }) => from === row.from).slice(-1);
  if (sameDay && same(row, sameDay)) return 'known';
  return earlier.length > 0 ? 'replaces' : 'new';
}

/** What bringing these rows in would do; changes nothing. */
export async function catalogueChanges(q: Queries, { entries, thresholds }: CatalogueRows): Promise<CatalogueChanges> {
  const known = new Map<string, CatalogueEntry[]>();
  for (const regime of new Set(entries.map((entry) => entry.regime))) {
    const codes = [...new Set(entries.filter((entry) => entry.regime === regime).map(({ code }) => code))];
    for (const entry of await entriesOf(q, regime, codes)) {
      const key = `${entry.regime} ${entry.code}`;
      known.set(key, [...(known.get(key) ?? []), entry]);
    }
  }
  const figures = thresholds.length > 0 ? await thresholdsOf(q, KINDS) : [];
  return {
    entries: entries.map((row) => ({ row, change: changeOf(row, known.get(`${row.regime} ${row.code}`) ?? []) })),
    thresholds: thresholds.map((row) => ({
      row,
      change: changeOf(
        row,
        figures.filter(({ kind, level }) => kind === row.kind && level === row.level),
      ),
    })),
  };
}

/** Rows of one statement. */
const WRITTEN = 50;

/** Adds the rows that are not known yet; nothing that is there is changed. The rows must have no faults (`faultsOf`). */
export async function importCatalogue(tx: Tx, actor: Actor, rows: CatalogueRows): Promise<CatalogueChanges> {
  const changes = await catalogueChanges(tx.q, rows);
  const stamp = () => ({ id: newId(), recordedAt: tx.now });
  const entries = changes.entries.filter(({ change }) => change !== 'known').map(({ row }) => ({ ...stamp(), ...row }));
  const thresholds = changes.thresholds
    .filter(({ change }) => change !== 'known')
    .map(({ row }) => ({ ...stamp(), ...row }));
  for (let from = 0; from < entries.length; from += WRITTEN) {
    await tx.q.insert(catalogueEntries).values(entries.slice(from, from + WRITTEN));
  }
  for (let from = 0; from < thresholds.length; from += WRITTEN) {
    await tx.q.insert(procurementThresholds).values(thresholds.slice(from, from + WRITTEN));
  }
  if (entries.length + thresholds.length > 0) {
    recordAudit(tx, actor, {
      action: 'catalogue.import',
      procurementId: null,
      subject: 'catalogue',
      detail: {
        entries: entries.length,
        thresholds: thresholds.length,
        sources: [...new Set([...entries, ...thresholds].map(({ source }) => source))].sort(),
      },
    });
  }
  return changes;
}

export interface CataloguePlace {
  readonly regime: Regime;
  readonly code: string;
}

/** The entries in force on a day, by regime and code; one page. */
export async function catalogueOn(
  q: Queries,
  day: string,
  page: { regime?: Regime; code?: string; after?: CataloguePlace; limit: number },
): Promise<CatalogueEntry[]> {
  const later = alias(catalogueEntries, 'later');
  const { regime, code } = catalogueEntries;
  const conditions: (SQL | undefined)[] = [
    lte(catalogueEntries.from, day),
    or(sql`${catalogueEntries.until} is null`, gte(catalogueEntries.until, day)),
    page.regime ? eq(regime, page.regime) : undefined,
    page.code ? eq(code, page.code) : undefined,
    page.after
      ? or(gt(regime, page.after.regime), and(eq(regime, page.after.regime), gt(code, page.after.code)))
      : undefined,
    sql`not exists (select 1 from ${catalogueEntries} ${sql.raw('later')} where ${later.regime} = ${regime}
      and ${later.code} = ${code} and ${later.from} <= ${day}
      and (${later.from} > ${catalogueEntries.from} or (${later.from} = ${catalogueEntries.from} and ${later.id} > ${catalogueEntries.id})))`,
  ];
  const rows = await q
    .select()
    .from(catalogueEntries)
    .where(and(...conditions))
    .orderBy(asc(regime), asc(code))
    .limit(page.limit);
  return rows.map(entryOf);
}

/** The figures in force on a day. */
export async function thresholdsOn(q: Queries, day: string): Promise<ProcurementThreshold[]> {
  const rows = await thresholdsOf(q, KINDS);
  const items = new Map<string, ProcurementThreshold[]>();
  for (const row of rows) {
    const key = `${row.kind} ${row.level ?? ''}`;
    items.set(key, [...(items.get(key) ?? []), row]);
  }
  return [...items.values()].flatMap((item) => inForceOn(item, day) ?? []);
}

/** The entry of a code that is in force on a day. */
export async function entryOn(q: Queries, regime: Regime, code: string, day: string): Promise<CatalogueEntry | null> {
  return inForceOn(await entriesOf(q, regime, [code]), day);
}

/** Codes looked through for those nearest to a wrong one. */
const MOST_CODES = 5_000;

/** What the catalogue and the figures say of one procurement on the civil day of its notice (epoch ms). */
export async function catalogueView(
  q: Queries,
  facts: { regime: Regime; kind: Kind; catalogueCode: string | null; noticeAt: number },
): Promise<CatalogueView> {
  const day = formatDay(civilDayOf(facts.noticeAt));
  const { regime, kind, catalogueCode } = facts;
  const rows = catalogueCode === null ? [] : await entriesOf(q, regime, [catalogueCode]);
  const entry = inForceOn(rows, day);
  const setUp = entry !== null || (await isSetUp(q, regime));
  const figures = regime === 'government' ? await thresholdsOf(q, [kind]) : [];
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

async function isSetUp(q: Queries, regime: Regime): Promise<boolean> {
  const rows = await q
    .select({ id: catalogueEntries.id })
    .from(catalogueEntries)
    .where(eq(catalogueEntries.regime, regime))
    .orderBy(desc(catalogueEntries.code))
    .limit(1);
  return rows.length > 0;
}
