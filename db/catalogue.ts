import { and, asc, desc, eq, gt, gte, inArray, lte, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { CatalogueEntry, ProcurementThreshold } from '../domain/law/catalogue.ts';
import type { Kind, Regime } from '../domain/law/facts.ts';
import type { Queries, Tx } from './access/database.ts';
import { catalogueEntries, procurementThresholds } from './schema/sqlite.ts';

type EntryRow = typeof catalogueEntries.$inferSelect;
type ThresholdRow = typeof procurementThresholds.$inferSelect;

const entryOf = ({ id: _id, recordedAt: _at, ...entry }: EntryRow): CatalogueEntry => entry;
const thresholdOf = ({ id: _id, recordedAt: _at, ...threshold }: ThresholdRow): ProcurementThreshold => threshold;

/** Codes in one query, below the parameter limit of either database. */
const CODES_PER_QUERY = 200;

/** The rows of these items of one regime, those of one item in the order in which they replace each other. */
export async function entriesOf(q: Queries, regime: Regime, codes: readonly string[]): Promise<CatalogueEntry[]> {
  const rows: CatalogueEntry[] = [];
  for (let from = 0; from < codes.length; from += CODES_PER_QUERY) {
    const found = await q
      .select()
      .from(catalogueEntries)
      .where(
        and(
          eq(catalogueEntries.regime, regime),
          inArray(catalogueEntries.code, codes.slice(from, from + CODES_PER_QUERY)),
        ),
      )
      .orderBy(asc(catalogueEntries.code), asc(catalogueEntries.from), asc(catalogueEntries.id));
    rows.push(...found.map(entryOf));
  }
  return rows;
}

/** The figures for these kinds, in the order in which they replace each other. */
export async function thresholdsOf(q: Queries, kinds: readonly Kind[]): Promise<ProcurementThreshold[]> {
  const rows = await q
    .select()
    .from(procurementThresholds)
    .where(inArray(procurementThresholds.kind, [...kinds]))
    .orderBy(asc(procurementThresholds.from), asc(procurementThresholds.id));
  return rows.map(thresholdOf);
}

/** Whether there is a catalogue for a regime. */
export async function hasEntries(q: Queries, regime: Regime): Promise<boolean> {
  const rows = await q
    .select({ id: catalogueEntries.id })
    .from(catalogueEntries)
    .where(eq(catalogueEntries.regime, regime))
    .orderBy(desc(catalogueEntries.code))
    .limit(1);
  return rows.length > 0;
}

/** Rows of one statement. */
const WRITTEN = 500;

export async function insertEntries(tx: Tx, rows: readonly EntryRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += WRITTEN) {
    await tx.q.insert(catalogueEntries).values(rows.slice(from, from + WRITTEN));
  }
}

export async function insertThresholds(tx: Tx, rows: readonly ThresholdRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += WRITTEN) {
    await tx.q.insert(procurementThresholds).values(rows.slice(from, from + WRITTEN));
  }
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
