import BetterSqlite3 from 'better-sqlite3';
import type { RowFault } from '../integrity/fault.ts';
import { quoted } from './row-log.ts';

const damaged = (what: string): RowFault => ({
  subject: 'database/integrity',
  zh: `数据库文件损坏：${what}`,
  en: `the file is damaged: ${what}`,
  row: { table: 'database', key: 'integrity' },
});

/** Where the file is inconsistent: pages, and indexes that differ from their rows. */
export const damageOf = (connection: BetterSqlite3.Database): RowFault[] =>
  (connection.pragma('integrity_check(20)') as { integrity_check: string }[])
    .map((each) => each.integrity_check)
    .filter((result) => result !== 'ok')
    .map(damaged);

/** FTS5 compares an index with its titles as a write: it is asked in a copy, of databases up to this size (bytes). */
const LARGEST_COPIED = 1_073_741_824;

/** Where a search index differs from the titles. Changes nothing. */
export function damageOfSearch(connection: BetterSqlite3.Database): RowFault[] {
  const pages = Number(connection.pragma('page_count', { simple: true }));
  if (pages * Number(connection.pragma('page_size', { simple: true })) > LARGEST_COPIED) return [];
  const content = connection.serialize();
  // The version of the file format: a database in memory has no write-ahead log.
  content.fill(1, 18, 20);
  const copy = new BetterSqlite3(content);
  try {
    const indexes = copy
      .prepare<[], string>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE % USING fts5%'",
      )
      .pluck()
      .all();
    return indexes.flatMap((name) => {
      try {
        copy.prepare(`INSERT INTO ${quoted(name)} (${quoted(name)}, rank) VALUES ('integrity-check', 1)`).run();
        return [];
      } catch (error) {
        return [damaged(`${name}: ${(error as Error).message}`)];
      }
    });
  } catch (error) {
    return [damaged((error as Error).message)];
  } finally {
    copy.close();
  }
}
