import { join, resolve } from 'node:path';
import { and, asc, count, desc, getTableColumns, getTableName, gt, is, sql, type SQL } from 'drizzle-orm';
import { getTableConfig, SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Storage } from '../access/database.ts';
import { GENESIS, hashOf } from '../audit.ts';
import { openBlobs, type Blobs } from '../files/blobs.ts';
import { CopyRefusal, noInstallation, notEmpty, type Held, type HeldFor } from './held.ts';
import { placeOfUrl } from '../postgres/connection.ts';
import { holdPostgres } from '../postgres/holding.ts';
import { indexTitles } from '../access/search.ts';
import { audit, bidParts, bids, documents, installation } from '../schema/sqlite.ts';
import * as schema from '../schema/sqlite.ts';
import { databaseFile } from '../sqlite/connection.ts';
import { holdSqlite } from '../sqlite/holding.ts';
import type { Queries } from '../access/statements.ts';
import { folderIdOf, nameCopy } from '../files/folder.ts';
import { verifyInstallation, type Fault, type Verification } from '../integrity/verify.ts';

/** Rows of one statement: their values stay below the parameter limit of either database. */
const PAGE = 200;
const PROGRESS_EVERY = 10_000;

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

export interface Copied extends Verification {
  readonly tables: readonly CopiedTable[];
  readonly files: CopiedFiles;
}

export interface CopiedFiles {
  /** Files copied; 0 where both places have the same folder. */
  readonly copied: number;
  /** Their bytes. */
  readonly bytes: number;
}

export interface Progress {
  /** Called now and then, and at the end of each table. */
  readonly onTable?: ((table: string, rows: number) => void) | undefined;
  readonly onFiles?: ((copied: number, bytes: number) => void) | undefined;
}

/** A database that is held, and the files that its rows name. */
export interface HeldInstallation {
  readonly held: Held;
  readonly blobs: Blobs;
}

export const blobsOf = ({ dataDir }: Pick<Storage, 'dataDir'>, made?: 'as-they-are'): Blobs =>
  openBlobs(join(dataDir, 'blobs'), made);

export const placeOf = ({ dataDir, url }: Storage): string =>
  url === undefined ? databaseFile(dataDir) : placeOfUrl(url);

const hold = async ({ dataDir, url, ownerUrl }: Storage, heldFor: Exclude<HeldFor, 'snapshot'>): Promise<Held> =>
  url === undefined ? holdSqlite(databaseFile(dataDir), heldFor) : holdPostgres({ url, ownerUrl }, heldFor);

/**
 * Copies an installation into an empty database, from either kind to either: every row unchanged, in one transaction of
 * the target, and the files where the folders differ. It is committed only after it was read again and found identical.
 * @throws CopyRefusal nothing was written, or it was rolled back
 */
export async function copyInstallation(from: Storage, to: Storage, progress: Progress = {}): Promise<Copied> {
  if (placeOf(from) === placeOf(to)) {
    throw new CopyRefusal(
      'same-place',
      `源与目标是同一个数据库：${placeOf(to)}`,
      `source and target are the same database: ${placeOf(to)}`,
    );
  }
  const blobs = blobsOf(to);
  const sameFolder = resolve(from.dataDir) === resolve(to.dataDir);
  return withHeld(
    { storage: from, blobs: sameFolder ? blobs : blobsOf(from, 'as-they-are') },
    { storage: to, blobs },
    async (source, target) => {
      const copied = await copyHeld(source, target, progress);
      await nameCopy(to, await folderIdOf(source.held.q));
      return copied;
    },
  );
}

interface Installation {
  readonly storage: Storage;
  readonly blobs: Blobs;
}

/** Holds both while `work` runs; rolls back what it did not commit. */
export async function withHeld<T>(
  from: Installation,
  to: Installation,
  work: (source: HeldInstallation, target: HeldInstallation) => Promise<T>,
): Promise<T> {
  const source = await hold(from.storage, 'source');
  try {
    const target = await hold(to.storage, 'target');
    try {
      return await work({ held: source, blobs: from.blobs }, { held: target, blobs: to.blobs });
    } finally {
      await target.release();
    }
  } finally {
    await source.release();
  }
}

/**
 * Copies between databases that are held, and commits. A row that was unlike the trail in the source is so in the copy.
 * @throws CopyRefusal `target-not-empty`, `clock-differs`, `not-storable`, `copy-differs`
 */
export async function copyHeld(
  source: HeldInstallation,
  target: HeldInstallation,
  progress: Progress = {},
): Promise<Copied> {
  try {
    await refuseUnlikeTarget(source.held, target.held);
    const tables = await copyRows(source.held.q, target.held.q, progress);
    const files =
      source.blobs === target.blobs
        ? { copied: 0, bytes: 0 }
        : await copyFiles(source.held.q, source.blobs, target.blobs, progress);
    const read = { read: target.held.q, blobs: target.blobs, checkRows: () => target.held.checkRows() };
    const verified = await verifyInstallation(read);
    if (verified.head !== (await headOf(source.held.q))) throw differs('audit');
    if (verified.faults.length > 0) await refuseNewFaults(source, verified.faults);
    await target.held.keep();
    return { ...verified, tables, files };
  } catch (error) {
    throw target.held.readable(source.held.readable(error));
  }
}

/** One without rows, or with no more than the row that its creation wrote, on a clock of the same kind. */
async function refuseUnlikeTarget(source: Held, target: Held): Promise<void> {
  const [from] = await source.q.select().from(installation);
  if (!from) throw noInstallation(source.place);
  for (const table of tablesInOrder()) {
    if (getTableName(table) === getTableName(installation)) continue;
    const [row] = await target.q
      .select({ one: sql`1` })
      .from(table)
      .limit(1);
    if (row) throw notEmpty(target.place);
  }
  const [to] = await target.q.select().from(installation);
  if (!to) return;
  if (to.clock.mode !== from.clock.mode) {
    throw new CopyRefusal(
      'clock-differs',
      `一方是演练，另一方是正式安装，不能复制：${target.place}`,
      `one of the two is a drill and the other is real; neither becomes the other: ${target.place}`,
    );
  }
  await target.q.delete(installation);
}

/** Referenced tables come first. */
export function tablesInOrder(): SQLiteTable[] {
  const exported: unknown[] = Object.values(schema);
  const left = new Set(exported.filter((each): each is SQLiteTable => is(each, SQLiteTable)));
  const ordered: SQLiteTable[] = [];
  while (left.size > 0) {
    const ready = [...left].filter((table) =>
      getTableConfig(table).foreignKeys.every(({ reference }) => {
        const { foreignTable } = reference();
        return foreignTable === table || !left.has(foreignTable);
      }),
    );
    if (ready.length === 0) throw new Error('tables refer to each other in a circle');
    for (const table of ready) left.delete(table);
    ordered.push(...ready);
  }
  return ordered;
}

type Row = Record<string, unknown>;

/**
 * Copies every row, and reads both again to compare them.
 * @param without tables whose rows are left out
 */
export async function copyRows(
  source: Queries,
  target: Queries,
  { onTable }: Progress,
  without: readonly SQLiteTable[] = [],
): Promise<CopiedTable[]> {
  const tables: CopiedTable[] = [];
  for (const table of tablesInOrder()) {
    if (without.includes(table)) continue;
    const name = getTableName(table);
    const given = new Digest();
    for await (const page of pagesOf(source, table)) {
      await target.insert(table).values(page);
      const before = given.rows;
      given.add(page);
      if (Math.floor(given.rows / PROGRESS_EVERY) > Math.floor(before / PROGRESS_EVERY)) onTable?.(name, given.rows);
    }
    const taken = new Digest();
    for await (const page of pagesOf(target, table)) taken.add(page);
    if (taken.rows !== given.rows || taken.value !== given.value) throw differs(name);
    tables.push({ table: name, rows: given.rows });
    onTable?.(name, given.rows);
  }
  await indexTitles(target);
  return tables;
}

export async function countRows(q: Queries): Promise<CopiedTable[]> {
  const counts: CopiedTable[] = [];
  for (const table of tablesInOrder()) {
    const [row] = await q.select({ rows: count() }).from(table);
    counts.push({ table: getTableName(table), rows: row?.rows ?? 0 });
  }
  return counts;
}

/** The same for the same rows in any order: the two databases sort texts differently. */
class Digest {
  rows = 0;
  #sum = 0n;

  add(page: readonly Row[]): void {
    for (const row of page) this.#sum += BigInt(`0x${hashOf(row)}`);
    this.rows += page.length;
  }

  get value(): bigint {
    return BigInt.asUintN(256, this.#sum);
  }
}

/** All rows, in pages by primary key, so that no page needs an offset. */
async function* pagesOf(q: Queries, table: SQLiteTable): AsyncGenerator<Row[]> {
  const key = keyOf(table);
  let after: SQL | undefined;
  for (;;) {
    const page: Row[] = await q
      .select()
      .from(table)
      .where(after)
      .orderBy(...key.map(({ column }) => asc(column)))
      .limit(PAGE);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    const list = (parts: SQL[]) => sql`(${sql.join(parts, sql`, `)})`;
    after = sql`${list(key.map(({ column }) => sql`${column}`))} > ${list(key.map(({ name }) => sql`${last[name]}`))}`;
  }
}

function keyOf(table: SQLiteTable): { name: string; column: SQLiteColumn }[] {
  const columns = Object.entries<SQLiteColumn>(getTableColumns(table)).map(([name, column]) => ({ name, column }));
  const [whole] = getTableConfig(table).primaryKeys;
  if (!whole) return columns.filter(({ column }) => column.primary);
  return whole.columns.flatMap((part) => columns.filter(({ column }) => column.name === part.name));
}

async function headOf(q: Queries): Promise<string> {
  const [last] = await q.select({ hash: audit.hash }).from(audit).orderBy(desc(audit.seq)).limit(1);
  return last?.hash ?? GENESIS;
}

/** Hashes of the files that bids, their parts and documents name, each once; an empty part has no file. */
export async function* filesNamed(q: Queries): AsyncGenerator<string> {
  const listed = new Set<string>();
  for (const table of [bids, bidParts, documents]) {
    let after = '';
    for (;;) {
      const page = await q
        .selectDistinct({ sha256: table.sha256 })
        .from(table)
        .where(and(gt(table.sha256, after), gt(table.size, 0)))
        .orderBy(asc(table.sha256))
        .limit(PAGE);
      for (const { sha256 } of page) {
        after = sha256;
        if (!listed.has(sha256)) yield sha256;
        listed.add(sha256);
      }
      if (page.length < PAGE) break;
    }
  }
}

/**
 * Copies the files that rows name. Copies and never links: one bad byte must not be in both. A file that is missing or
 * damaged is left out: verification reports it.
 */
export async function copyFiles(q: Queries, from: Blobs, to: Blobs, { onFiles }: Progress): Promise<CopiedFiles> {
  let copied = 0;
  let bytes = 0;
  for await (const sha256 of filesNamed(q)) {
    if ((await to.inspect(sha256))?.sha256 === sha256) continue;
    if ((await from.inspect(sha256))?.sha256 !== sha256) continue;
    const { size } = await to.store(from.open(sha256), Number.MAX_SAFE_INTEGER);
    copied += 1;
    bytes += size;
    if (copied % 100 === 0) onFiles?.(copied, bytes);
  }
  onFiles?.(copied, bytes);
  return { copied, bytes };
}

/** Every fault of the copy must be one of the source. */
async function refuseNewFaults({ held, blobs }: HeldInstallation, found: readonly Fault[]): Promise<void> {
  const describe = ({ subject, en }: Fault) => `${subject} ${en}`;
  const verified = await verifyInstallation({ read: held.q, blobs, checkRows: () => held.checkRows() });
  const known = new Set(verified.faults.map(describe));
  const unknown = found.filter((fault) => !known.has(describe(fault)) && !isLeftOut(fault, known));
  if (unknown[0]) throw differs(unknown[0].subject);
}

/** A damaged file is left out of the copy, and reported there as missing. */
const isLeftOut = ({ subject }: Fault, known: ReadonlySet<string>): boolean =>
  [...known].some((each) => each.startsWith(`${subject} `));

function differs(what: string): CopyRefusal {
  return new CopyRefusal(
    'copy-differs',
    `复制的内容与源不一致（${what}），已全部撤销`,
    `what was copied is not what the source has (${what}); all of it is undone`,
  );
}
