import { chinaCalendar } from '../../domain/law/calendar.ts';
import type { Database, DatabaseCheck, DatabaseOptions, Storage } from './database.ts';
import { checkPostgres } from '../postgres/check.ts';
import { openPostgres } from '../postgres/open.ts';
import { checkSqlite } from '../sqlite/check.ts';
import { openSqlite } from '../sqlite/open.ts';

/**
 * Opens the installation, bringing its schema up to date.
 * @throws DomainError `database-busy`, `database-full`, `database-unreachable`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const decided = { ...options, clock: options.clock ?? { mode: 'real' }, calendar: options.calendar ?? chinaCalendar };
  return options.url === undefined ? openSqlite(decided) : openPostgres({ ...decided, url: options.url });
}

/** For the doctor: whether the database opens, is intact, and which clock it runs on. Writes nothing. */
export async function checkDatabase(options: Storage): Promise<DatabaseCheck> {
  return options.url === undefined ? checkSqlite(options.dataDir) : checkPostgres(options.url);
}
