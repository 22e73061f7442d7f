import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { rememberStatements } from '../access/statements.ts';
import { bringUpToDate } from '../access/upgrade.ts';
import { heldWith, inUse, noInstallation, settleSchema, type Held, type HeldFor } from '../copies/held.ts';
import { connect } from './connection.ts';
import { isBusy, readable } from './failures.ts';
import { upgradable } from './migrations.ts';
import { quoted, SqliteRowLog } from './row-log.ts';

/** How long to wait for a process that is shutting down (ms). */
const HOLD_TIMEOUT_MS = 2_000;

/**
 * Holds a file so that no other process has it open, to copy all of it or to fill it.
 * @throws CopyRefusal `source-in-use`, `target-in-use`, `no-installation`, `schema-version`, `target-not-empty`
 */
export async function holdSqlite(file: string, heldFor: Exclude<HeldFor, 'snapshot'>): Promise<Held> {
  const isNew = !existsSync(file);
  if (isNew && heldFor === 'source') throw noInstallation(file);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const connection = connect(file, { timeout: HOLD_TIMEOUT_MS });
  let kept = false;
  const release = (): void => {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    connection.close();
    if (isNew && !kept) rmSync(file, { force: true });
  };
  try {
    // Set before the first read of the file: the lock then excludes all others, readers included, or fails.
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.pragma('foreign_keys = ON');
    connection.pragma('synchronous = FULL');
    // What is deleted here is not to be found in the file.
    if (heldFor === 'target') connection.pragma('secure_delete = ON');
    connection.exec('BEGIN EXCLUSIVE');
    const rowLog = new SqliteRowLog(connection);
    const db = { ...upgradable(connection, rowLog), isEmpty: async () => isEmpty(connection) };
    await settleSchema(db, heldFor, file);
    if (heldFor === 'target') await bringUpToDate(db);
    rememberStatements(connection);
    return heldWith({
      q: db.q,
      place: file,
      rowLog,
      commit: async () => {
        connection.exec('COMMIT');
        kept = true;
      },
      release: async () => release(),
      readable,
    });
  } catch (error) {
    release();
    throw isBusy(error) ? inUse(heldFor, file) : readable(error);
  }
}

const isEmpty = (connection: BetterSqlite3.Database): boolean =>
  connection.prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'").pluck().get() === 0;

/** Removes the rows of tables that the trail does not name, so that they are not to be found in the file either. */
export function emptyTables(file: string, names: readonly string[]): void {
  const connection = connect(file, { fileMustExist: true });
  try {
    connection.pragma('secure_delete = ON');
    for (const name of names) connection.exec(`DELETE FROM ${quoted(name)}`);
  } catch (error) {
    throw readable(error);
  } finally {
    connection.close();
  }
}

/** Writes the database as at one instant into a new file, while others go on writing. */
export function snapshotSqlite(file: string, to: string): void {
  const connection = connect(file, { fileMustExist: true });
  try {
    connection.prepare('VACUUM INTO ?').run(to);
  } catch (error) {
    throw readable(error);
  } finally {
    connection.close();
  }
}
