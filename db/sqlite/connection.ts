import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { noteStatement } from '../access/seen.ts';
import { isBusy } from './failures.ts';

/** How long to wait for another's lock (ms). */
export const BUSY_TIMEOUT_MS = 5_000;

/** The applied migrations, where drizzle's own migrator would keep them. */
export const MAKE_JOURNAL =
  'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)';

export const databaseFile = (dataDir: string): string => join(dataDir, 'kaibiao.sqlite');

/** Opens a connection, with each statement recorded (db/access/seen.ts). */
export function connect(file: string, options: BetterSqlite3.Options): BetterSqlite3.Database {
  const connection = new BetterSqlite3(file, options);
  const [compile, run] = [connection.prepare.bind(connection), connection.exec.bind(connection)];
  connection.exec = (text) => {
    noteStatement(text);
    return run(text);
  };
  connection.prepare = ((text: string) => {
    const statement = compile(text) as unknown as Record<string, (...values: unknown[]) => unknown>;
    for (const name of ['run', 'get', 'all', 'iterate'] as const) {
      const ask = statement[name]?.bind(statement);
      if (!ask) continue;
      statement[name] = (...values) => {
        noteStatement(text);
        return ask(...values);
      };
    }
    return statement;
  }) as unknown as typeof connection.prepare;
  return connection;
}

/** When several connections set a new file to WAL at once, SQLite refuses all but one without waiting. */
export async function writeAhead(connection: BetterSqlite3.Database, busyTimeoutMs: number): Promise<void> {
  for (const giveUpAt = performance.now() + busyTimeoutMs; ; await sleep(20)) {
    try {
      connection.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
    }
  }
}

const turns = new Map<string, Promise<void>>();

/**
 * Several databases on one file in one process take turns: waiting for SQLite's own lock blocks the thread, and with it
 * the holder of the lock.
 */
export async function inTurn(file: string, work: () => Promise<void>): Promise<void> {
  const mine = (turns.get(file) ?? Promise.resolve()).then(work);
  const settled = mine.catch(() => undefined);
  turns.set(file, settled);
  await mine;
  if (turns.get(file) === settled) turns.delete(file);
}
