import { v7 as newId } from 'uuid';
import { setAside } from '../integrity/acknowledged.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import type { Database, DatabaseCheck, DatabaseOptions, Storage } from './database.ts';
import type { SchemaFault } from '../integrity/schema-faults.ts';
import type { OpenToVerify } from '../integrity/verify.ts';
import { checkPostgres, openToVerify as openPostgresToVerify } from '../postgres/check.ts';
import { acceptLossOfPostgres, bringPostgresUpToDateAsOwner, mendPostgres } from '../postgres/migrations.ts';
import { openPostgres } from '../postgres/open.ts';
import { checkSqlite, openToVerify as openSqliteToVerify } from '../sqlite/check.ts';
import { acceptLossOfSqlite, mendSqlite } from '../sqlite/migrations.ts';
import { openSqlite } from '../sqlite/open.ts';

/**
 * Opens the installation, bringing its schema up to date.
 * @throws DomainError `database-busy`, `database-full`, `database-unreachable`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const decided = { ...options, clock: options.clock ?? { mode: 'real' }, calendar: options.calendar ?? chinaCalendar };
  return options.url === undefined ? openSqlite(decided) : openPostgres({ ...decided, url: options.url });
}

/**
 * Brings the schema up to date as its owner, and gives the service's role what it needs, where the two are different.
 * @throws DomainError `database-role`, `database-unfit`, `schema-altered`
 */
export async function migrateAsOwner({ url, ownerUrl }: Storage): Promise<void> {
  if (url !== undefined && ownerUrl !== undefined) await bringPostgresUpToDateAsOwner({ url, ownerUrl });
}

/** For the doctor: whether the database opens, is intact, and which clock it runs on. Writes nothing. */
export async function checkDatabase(options: Storage): Promise<DatabaseCheck> {
  return options.url === undefined ? checkSqlite(options.dataDir) : checkPostgres(options.url);
}

/** Opens the installation to verify it: nothing is written, also where the database would allow it. */
export async function openToVerify({ dataDir, url }: Storage): Promise<OpenToVerify> {
  return url === undefined ? openSqliteToVerify({ dataDir }) : openPostgresToVerify(url, dataDir);
}

/**
 * Puts back triggers, functions, indexes and grants of ours that are missing or were changed, and records it in the trail.
 * @throws DomainError `schema-altered` for what is unknown, or is data
 */
export async function mendDatabase({ dataDir, url, ownerUrl }: Storage): Promise<readonly SchemaFault[]> {
  return url === undefined ? mendSqlite(dataDir) : mendPostgres({ url, ownerUrl });
}

/**
 * Records in the trail that what was acknowledged is not in the database any more, so that it opens.
 * @returns what is lost
 */
export async function acceptLoss({ dataDir, url }: Storage): Promise<readonly string[]> {
  const lost = await (url === undefined ? acceptLossOfSqlite(dataDir) : acceptLossOfPostgres(url, dataDir));
  if (lost.length > 0) setAside(dataDir, newId());
  return lost;
}
