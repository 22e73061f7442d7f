import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { rememberStatements } from '../access/statements.ts';
import { bringUpToDate } from '../access/upgrade.ts';
import { heldWith, inUse, noInstallation, settleSchema, type Held, type HeldFor } from '../copies/held.ts';
import { macKeyAtHand, type RowsKey } from '../integrity/row-macs.ts';
import { connect } from './connection.ts';
import { isBusy, readable } from './failures.ts';
import { upgradable } from './migrations.ts';
import { SqliteMacs } from './row-macs.ts';

/** How long to wait for a process that is shutting down (ms). */
const HOLD_TIMEOUT_MS = 2_000;

/**
 * Holds a file so that no other process has it open, to copy all of it or to fill it.
 * @throws CopyRefusal `source-in-use`, `target-in-use`, `no-installation`, `schema-version`, `target-not-empty`
 */
export async function holdSqlite(file: string, heldFor: Exclude<HeldFor, 'snapshot'>, key: RowsKey): Promise<Held> {
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
    const macs = new SqliteMacs(connection);
    const db = { ...upgradable(connection, macs), isEmpty: async () => isEmpty(connection) };
    await settleSchema(db, heldFor, file);
    const macKey = heldFor === 'target' ? await bringUpToDate(db, key) : macKeyAtHand(key);
    rememberStatements(connection);
    return heldWith({
      q: db.q,
      place: file,
      heldFor,
      macs,
      macKey,
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

/** Whether the rows of a file have MACs of the key that is at hand. */
export async function hasMacsOf(file: string, key: RowsKey): Promise<boolean> {
  const connection = connect(file, { readonly: true });
  try {
    const macKey = macKeyAtHand(key);
    return macKey !== null && macKey.keyId === (await new SqliteMacs(connection).keyId());
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
