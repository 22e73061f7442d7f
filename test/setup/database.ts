import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { inject } from 'vitest';
import type { Database, DatabaseOptions, Storage } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { addressOf, type DatabaseRole } from '../../cli/servers/postgres-databases.ts';
import { JOURNAL, LOCK_ALONE, SCHEMA } from '../../db/postgres/connection.ts';
import { MAKE_NOTES } from '../../db/postgres/row-log.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { withoutUs } from './dialects/without-us.ts';
import { ROLES } from './postgres-roles.ts';
import './provide.ts';
import { quickPlace } from './quick-place.ts';

export type { Storage };

/** Which database the project runs on; see vitest.config.ts. */
export const dialect = inject('dialect');

/**
 * A place for an installation of its own, and what removes it.
 * @param from `nothing`: on SQLite not even the schema is there
 */
export async function temporaryStorage(
  from: 'template' | 'nothing' = 'nothing',
): Promise<{ storage: Storage; remove: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(quickPlace(), 'kaibiao-test-'));
  const removeFiles = () => rmSync(dataDir, { recursive: true, force: true });
  if (dialect === 'sqlite') {
    const template = inject('sqliteTemplate');
    if (from === 'template' && template !== undefined) cpSync(template, dataDir, { recursive: true });
    return { storage: { dataDir }, remove: async () => removeFiles() };
  }
  const server = inject('postgresUrl');
  if (server === null) throw new Error('there is no PostgreSQL');
  const name = (from === 'template' ? asNew.pop() : undefined) ?? (await newDatabase(server));
  const at = (role: DatabaseRole) => addressOf({ url: server }, name, role);
  return {
    storage: { dataDir, url: at(ROLES.service), ownerUrl: at(ROLES.owner) },
    remove: async () => {
      removeFiles();
      if (from === 'template' && !touched.has(name)) await makeAsNew(server, name);
      else await superuser(server).query(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Databases of this process whose tests are over: emptying one takes a fraction of what a copy of the template takes. */
const asNew: string[] = [];
/** Databases that a test had in its hands without us, and may have changed in more than its rows. */
const touched = new Set<string>();

let connections: pg.Pool | undefined;

function superuser(server: string): pg.Pool {
  // It keeps no process alive.
  connections ??= new pg.Pool({ connectionString: server, max: 2, allowExitOnIdle: true }).on('error', () => undefined);
  return connections;
}

async function newDatabase(server: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = inject('postgresTemplate');
  await superuser(server).query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${ROLES.owner.name}`);
  // What is granted in a database goes with its copy, and what is granted on it does not.
  await superuser(server).query(
    `REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${ROLES.service.name}`,
  );
  return name;
}

/** Without rows, as the template is. */
async function makeAsNew(server: string, name: string): Promise<void> {
  await superuser(server).query('SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ]);
  const client = new pg.Client({ connectionString: addressOf({ url: server }, name) });
  await client.connect();
  try {
    await client.query(EMPTY_EVERYTHING);
  } finally {
    await client.end();
  }
  asNew.push(name);
}

/** What was never written to has no size. */
const EMPTY_EVERYTHING = `
  SET session_replication_role = 'replica';
  DO $$ DECLARE each regclass; BEGIN
    FOR each IN SELECT oid FROM pg_class WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind = 'r'
      AND relname <> '${JOURNAL}' AND pg_relation_size(oid) > 0
    LOOP EXECUTE 'DELETE FROM ' || each; END LOOP;
  END $$`;

export type TestDatabase = Database & { readonly dataDir: string; readonly storage: Storage };

/** A database of its own that goes with the test. */
export async function temporaryDatabase(options: Partial<DatabaseOptions> = {}): Promise<TestDatabase> {
  const { storage, remove } = await temporaryStorage('template');
  const db = await openDatabase({ ...options, ...storage });
  return {
    ...db,
    get clock() {
      return db.clock;
    },
    dataDir: storage.dataDir,
    storage,
    close: async () => {
      await db.close();
      await remove();
    },
  };
}

/** The database without us: what anybody can do who has its file, or is the administrator of its server. */
export interface Raw {
  /** @throws what the database says */
  run(statement: string): Promise<void>;
  /** As somebody does who owns the database: the triggers that note what is written are set aside meanwhile. */
  behind(statement: string, others?: 'other triggers too'): Promise<void>;
  all(statement: string): Promise<unknown[]>;
  /** Takes the lock that every transaction wants, as another process does, until `letGo`. */
  hold(): Promise<void>;
  letGo(): Promise<void>;
  close(): Promise<void>;
}

export async function rawDatabase({ dataDir, url }: Storage): Promise<Raw> {
  withoutUs.publish(undefined);
  if (url === undefined) {
    const file = new BetterSqlite3(databaseFile(dataDir));
    file.unsafeMode();
    return {
      run: async (statement) => void file.exec(statement),
      behind: async (statement, others) => {
        const triggers = file
          // Those of other tables have nothing to do, and making them all again takes longer than the statement.
          .prepare<[string, string], { name: string; sql: string }>(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE ? AND instr(?, tbl_name) > 0",
          )
          .all(others ? '%' : 'kaibiao_rows_%', statement);
        file.pragma('foreign_keys = OFF');
        file.transaction(() => {
          for (const { name } of triggers) file.exec(`DROP TRIGGER "${name}"`);
          file.exec(statement);
          for (const { sql } of triggers) file.exec(sql);
        })();
      },
      all: async (statement) => file.prepare(statement).all(),
      hold: async () => void file.exec('BEGIN IMMEDIATE'),
      letGo: async () => void file.exec('ROLLBACK'),
      close: async () => void file.close(),
    };
  }
  // As who owns the server; one of its own has the one role of its service.
  const tests = inject('postgresUrl');
  const owner = tests && new URL(tests).host === new URL(url).host ? tests : url;
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  touched.add(name);
  const client = new pg.Client({
    connectionString: addressOf({ url: owner }, name),
    options: `-c search_path=${SCHEMA},public`,
  });
  // One whose server stops reports it to the next caller.
  client.on('error', () => undefined);
  await client.connect();
  return {
    run: async (statement) => void (await client.query(statement)),
    behind: async (statement, others) => {
      const aside = others ? "SET session_replication_role = 'replica'" : MAKE_NOTES;
      await client.query(`BEGIN; ${aside}; ${statement}; COMMIT`).catch(async (error: unknown) => {
        await client.query('ROLLBACK');
        throw error;
      });
      if (others) await client.query("SET session_replication_role = 'origin'");
    },
    all: async (statement) => (await client.query<Record<string, unknown>>(statement)).rows,
    hold: async () => void (await client.query(`BEGIN; ${LOCK_ALONE}`)),
    letGo: async () => void (await client.query('ROLLBACK')),
    close: () => client.end(),
  };
}
