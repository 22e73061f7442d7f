import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core';
import * as schema from '../schema/sqlite.ts';
import type { RowPlace } from './fault.ts';

/** Tables whose rows the trail does not name, and why (ADR 0032). */
const NOT_RECORDED = {
  audit: 'chained by its own hashes',
  row_changes: 'each entry has the hash of its own',
  tree_heads: 'signed',
  log_nodes: 'calculated from the trail',
  sessions: 'the cookie is signed with a key that is not in the database',
  verifications: 'short-lived',
  event_notifications: 'derived from the events and the timeline',
  deliveries: 'messages on their way out',
  readers: 'how far events were read',
  uploads: 'the progress of files that are no bids yet',
  idempotency: 'answers that were given',
  outbox: 'wakes that are asked for again',
  leases: 'which process does common work',
  api_presence: 'a sign of life every few seconds',
} as const;

/** Columns that change with every transaction, or with every wrong password, and decide nothing alone. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  installation: ['last_instant', 'folder_id', 'clock_pace'],
  accounts: ['failures', 'locked_until', 'updated_at'],
  notifications: ['read_at'],
  second_factors: ['failures', 'last_step', 'locked_until'],
};

const TABLES: readonly SQLiteTable[] = (Object.values(schema) as unknown[]).filter((each) => is(each, SQLiteTable));

/** The tables whose every row is named by an entry of the trail, in alphabetical order. */
export const RECORDED: readonly string[] = TABLES.map((table) => getTableName(table))
  .filter((name) => !(name in NOT_RECORDED))
  .sort();

/** Whether a change of that column is recorded. */
export const isRecorded = (table: string, column: string): boolean => !LEFT_OUT[table]?.includes(column);

/** The form of a value that SQLite stores as a text or a number, and PostgreSQL as what it is. */
const FORMS = new Map(
  TABLES.map((table) => [
    getTableName(table),
    new Map(Object.values<SQLiteColumn>(getTableColumns(table)).map(({ name, columnType }) => [name, columnType])),
  ]),
);

/** A value of a SQLite column as PostgreSQL has it; one that the program cannot have written stays as it is. */
export function plainValue(table: string, column: string, value: unknown): unknown {
  const form = FORMS.get(table)?.get(column);
  if (form === 'SQLiteBoolean' && (value === 0 || value === 1)) return value === 1;
  if (form !== 'SQLiteTextJson' || typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return { unreadable: value };
  }
}

/**
 * SHA-256 (base64url) of a row: over the canonical JSON (RFC 8785) of its table, its key, and its values by their
 * columns, those that are null left out. The same in both databases.
 */
export function hashOfRow({ table, key }: RowPlace, values: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(values).filter(([column, value]) => value !== null && isRecorded(table, column));
  return createHash('sha256')
    .update(canonicalize([table, key, Object.fromEntries(kept)]) ?? '')
    .digest('base64url');
}
