import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { addressOf, createDatabaseOfTwo } from '../../cli/servers/postgres-databases.ts';
import { getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Storage } from '../../db/access/database.ts';
import { checkDatabase, mendDatabase, migrateAsOwner, openDatabase } from '../../db/access/open.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { WRITES } from '../../db/postgres/grants.ts';
import { OWN_SEARCH_PATH } from '../../db/postgres/connection.ts';
import { schemaFaultsOf } from '../../db/postgres/schema.ts';
import * as schema from '../../db/schema/sqlite.ts';
import { rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { quickPlace } from '../setup/quick-place.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

const server = { url: inject('postgresUrl') ?? '' };

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, pipeline: true });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(OWN_SEARCH_PATH);
  return client;
}

async function asAdministrator(statement: string, database = 'postgres'): Promise<void> {
  const client = await connected(addressOf(server, database));
  await client.query(statement).finally(() => client.end());
}

it('every table has what the service may write to it', () => {
  const tables = (Object.values(schema) as unknown[]).filter((each) => is(each, SQLiteTable)).map(getTableName);
  expect(Object.keys(WRITES).toSorted()).toEqual([...tables, 'notice_titles', 'procurement_titles'].toSorted());
});

describe('whoever has the connection of the service', () => {
  let db: TestDatabase;
  let service: pg.Client;
  beforeAll(async () => {
    db = await temporaryDatabase();
    service = await connected(String(db.storage.url));
  });
  afterAll(async () => {
    await service.end();
    await db.close();
  });

  it.each([
    'DROP TRIGGER bids_no_delete ON bids',
    'CREATE TRIGGER planted AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse()',
    'ALTER TABLE notices DISABLE TRIGGER ALL',
    "SET session_replication_role = 'replica'",
    "ALTER ROLE CURRENT_USER SET session_replication_role = 'replica'",
    'TRUNCATE leases',
    'TRUNCATE audit CASCADE',
    "UPDATE audit SET action = 'nothing'",
    'DELETE FROM audit',
    "UPDATE row_changes SET hash = ''",
    "UPDATE notices SET title_zh = ''",
    "UPDATE log_nodes SET hash = ''",
    'DELETE FROM tree_heads',
    'UPDATE bids SET received_at = 0',
    'DELETE FROM bids',
    'UPDATE installation SET created_at = 0',
    'UPDATE kaibiao_migrations SET created_at = created_at + 1',
    'CREATE TABLE planted ()',
    'CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'CREATE OR REPLACE FUNCTION kaibiao_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    'CREATE SCHEMA planted',
    'CREATE RULE planted AS ON INSERT TO audit DO INSTEAD NOTHING',
    'CREATE EVENT TRIGGER planted ON ddl_command_end EXECUTE FUNCTION kaibiao_refuse()',
    'ALTER TABLE audit OWNER TO CURRENT_USER',
    'ALTER DEFAULT PRIVILEGES FOR ROLE kaibiao_owner GRANT ALL ON TABLES TO PUBLIC',
    'GRANT kaibiao_owner TO CURRENT_USER',
    'SET ROLE kaibiao_owner',
    'ALTER ROLE CURRENT_USER BYPASSRLS',
    'ALTER ROLE CURRENT_USER SUPERUSER',
    "COPY audit TO PROGRAM 'cat'",
  ])('%s: PostgreSQL refuses it', async (statement) => {
    await expect(service.query(statement)).rejects.toMatchObject({ code: '42501' });
    await service.query('ROLLBACK');
  });

  it('what it grants itself is nothing', async () => {
    await service.query('GRANT UPDATE ON audit TO CURRENT_USER');
    await expect(service.query("UPDATE audit SET action = 'nothing'")).rejects.toMatchObject({ code: '42501' });
  });

  it('finds everything as it was', async () => {
    expect((await verifyInstallation(db)).faults).toEqual([]);
  });
});

describe('an owner or a right that is another', () => {
  let db: TestDatabase;
  let administrator: pg.Client;
  beforeAll(async () => {
    db = await temporaryDatabase();
    administrator = await connected(addressOf(server, databaseOf(db.storage)));
  });
  afterAll(async () => {
    await administrator.end();
    await db.close();
  });

  it.each([
    ['GRANT UPDATE ON audit TO kaibiao', 'grant on table audit to service', 'changed'],
    ['GRANT UPDATE (received_at) ON bids TO kaibiao', 'grant on column bids.received_at to service', 'unknown'],
    ['GRANT SELECT ON bids TO kaibiao WITH GRANT OPTION', 'grant on table bids to service', 'changed'],
    ['REVOKE INSERT ON documents FROM kaibiao', 'grant on table documents to service', 'changed'],
    ['REVOKE UPDATE (state) ON bids FROM kaibiao', 'grant on column bids.state to service', 'missing'],
    ['GRANT SELECT ON bids TO planted', 'grant on table bids to planted', 'unknown'],
    ['GRANT SELECT ON bids TO PUBLIC', 'grant on table bids to PUBLIC', 'unknown'],
    ['GRANT CREATE ON SCHEMA kaibiao TO kaibiao', 'grant on schema to service', 'changed'],
    ['GRANT USAGE ON SCHEMA kaibiao TO planted', 'grant on schema to planted', 'unknown'],
    ['GRANT EXECUTE ON FUNCTION kaibiao_refuse() TO PUBLIC', 'grant on function kaibiao_refuse() to PUBLIC', 'unknown'],
    ['GRANT CREATE ON DATABASE DATABASE_NAME TO kaibiao', 'grant on database to service', 'changed'],
    ['GRANT CONNECT ON DATABASE DATABASE_NAME TO PUBLIC', 'grant on database to PUBLIC', 'unknown'],
    ['ALTER TABLE questions OWNER TO planted', 'table questions', 'changed'],
    ['ALTER TABLE questions OWNER TO kaibiao', 'owned by the service: table questions', 'unknown'],
    ['ALTER FUNCTION kaibiao_refuse() OWNER TO planted', 'function kaibiao_refuse()', 'changed'],
    ['ALTER SCHEMA kaibiao OWNER TO planted', 'owner of the schema', 'changed'],
    ['CREATE SEQUENCE planted; GRANT USAGE ON SEQUENCE planted TO kaibiao', 'table planted', 'unknown'],
    [
      'ALTER DEFAULT PRIVILEGES FOR ROLE kaibiao_owner GRANT ALL ON TABLES TO planted',
      'default grant of the owner on r to planted',
      'unknown',
    ],
    ['GRANT kaibiao_owner TO kaibiao', 'member of the owner kaibiao', 'unknown'],
    ['GRANT kaibiao TO planted', 'member of the service planted', 'unknown'],
    ['GRANT pg_read_server_files TO kaibiao', 'role that the service is a member of pg_read_server_files', 'unknown'],
    ['ALTER ROLE kaibiao SUPERUSER', 'right of the service to superuser', 'unknown'],
    ['ALTER ROLE kaibiao BYPASSRLS', 'right of the service to pass by row security', 'unknown'],
    ['GRANT CREATE ON SCHEMA public TO PUBLIC', 'right of the service to create in schema public', 'unknown'],
    [
      'GRANT SET ON PARAMETER session_replication_role TO kaibiao',
      'right of the service to set session_replication_role',
      'unknown',
    ],
    ['ALTER ROLE kaibiao SET transform_null_equals = on', 'setting of the service transform_null_equals', 'unknown'],
  ])('%s: it is named', async (statement, name, what) => {
    await administrator.query('BEGIN; CREATE ROLE planted');
    await administrator.query(statement.replace('DATABASE_NAME', databaseOf(db.storage)));
    expect(await schemaFaultsOf(administrator)).toContainEqual({ name, is: what });
    // Roles are those of the whole server.
    await administrator.query('ROLLBACK');
  });

  it('stops the start, is verified by anybody, and what is ours is put back by the owner alone', async () => {
    await administrator.query('GRANT UPDATE ON audit TO kaibiao; REVOKE INSERT ON documents FROM kaibiao');
    const refused = await refusalOf(openDatabase(db.storage));
    expect([refused.code, refused.message]).toEqual([
      'schema-altered',
      expect.stringContaining('grant on table audit to service'),
    ]);
    expect((await verifyInstallation(db)).faults.map(({ subject }) => subject)).toEqual([
      'schema/grant on table audit to service',
      'schema/grant on table documents to service',
    ]);
    const { ownerUrl: _, ...asService } = db.storage;
    expect((await refusalOf(mendDatabase(asService))).code).toBe('database-role');
    expect((await mendDatabase(db.storage)).map(({ name }) => name)).toEqual([
      'grant on table audit to service',
      'grant on table documents to service',
    ]);
    await (await openDatabase(db.storage)).close();
    expect((await verifyInstallation(db)).faults).toEqual([]);
  });

  it('the address of the owner is refused to a service', async () => {
    const asOwner = { ...db.storage, url: String(db.storage.ownerUrl) };
    const refused = await refusalOf(openDatabase(asOwner));
    expect([refused.code, refused.message]).toEqual(['database-role', expect.stringContaining('kaibiao_owner')]);
    expect(await checkDatabase(asOwner)).toMatchObject({ roles: 'other', altered: [] });
    expect(await checkDatabase(db.storage)).toMatchObject({ roles: 'separate', altered: [] });
  });
});

const databaseOf = ({ url }: Storage) => new URL(String(url)).pathname.slice(1);

describe('an installation that begins', () => {
  const ends: (() => unknown)[] = [];
  let number = 0;
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** A database with two roles of its own, of which the second may do nothing yet. */
  async function bare(): Promise<
    Storage & { readonly name: string; readonly owner: string; readonly service: string }
  > {
    const name = `roles_${process.pid}_${(number += 1)}`;
    const [owner, service] = [`${name}_owner`, `${name}_service`];
    const dataDir = mkdtempSync(join(quickPlace(), 'kaibiao-roles-'));
    const password = 'p';
    const place = await createDatabaseOfTwo(server, name, {
      owner: { name: owner, password },
      service: { name: service, password },
    });
    ends.push(async () => {
      rmSync(dataDir, { recursive: true, force: true });
      await asAdministrator(`DROP DATABASE ${name} WITH (FORCE)`);
      await asAdministrator(`DROP ROLE ${owner}; DROP ROLE ${service}`);
    });
    return { dataDir, ...place, name, owner, service };
  }

  const rights = async (at: Storage): Promise<unknown[]> => {
    const raw = await rawDatabase(at);
    return raw.all("SELECT 1 FROM pg_namespace WHERE nspname = 'kaibiao'").finally(() => raw.close());
  };

  it('is made by its owner; before that the service is refused, and told what to run', async () => {
    const at = await bare();
    await asAdministrator(`GRANT CONNECT, TEMPORARY ON DATABASE ${at.name} TO ${at.service}`);
    const refused = await refusalOf(openDatabase(at));
    expect([refused.code, refused.message]).toEqual([
      'database-role',
      expect.stringContaining('KAIBIAO_MIGRATION_URL'),
    ]);
    expect(await checkDatabase(at)).toMatchObject({ exists: false, roles: 'separate' });
    expect((await refusalOf(migrateAsOwner({ ...at, url: at.ownerUrl }))).code).toBe('database-role');
    expect(await rights(at)).toEqual([]);
    await migrateAsOwner(at);
    await migrateAsOwner(at);
    const db = await openDatabase({ ...at, roles: 'two' });
    expect(db.separate).toBe(true);
    expect((await verifyInstallation(db)).faults).toEqual([]);
    await db.close();
  });

  it('may have one role for a first try, and be given two later; where two are required nothing is made by one', async () => {
    const at = await bare();
    const one = { dataDir: at.dataDir, url: String(at.ownerUrl) };
    const refused = await refusalOf(openDatabase({ ...one, roles: 'two' }));
    expect([refused.code, refused.message]).toEqual(['database-role', expect.stringContaining('NODE_ENV=production')]);
    expect(await rights(at)).toEqual([]);
    const first = await openDatabase(one);
    expect(first.separate).toBe(false);
    expect((await verifyInstallation(first)).faults).toEqual([]);
    await first.close();
    expect(await checkDatabase(one)).toMatchObject({ roles: 'one', altered: [] });
    expect((await refusalOf(openDatabase({ ...one, roles: 'two' }))).code).toBe('database-role');
    const stranger = await refusalOf(
      asAdministrator(`GRANT CONNECT ON DATABASE ${at.name} TO ${at.service}`).then(() => openDatabase(at)),
    );
    expect(stranger.code).toBe('database-role');
    // As docs/operations.md says.
    const later = `${at.name}_later`;
    await asAdministrator(`CREATE ROLE ${later} LOGIN PASSWORD 'p'`);
    ends.push(() => asAdministrator(`DROP ROLE ${later}`));
    const next = ends.length - 1;
    [ends[next - 1], ends[next]] = [ends[next] as () => unknown, ends[next - 1] as () => unknown];
    await asAdministrator(`REASSIGN OWNED BY ${at.owner} TO ${later}`, at.name);
    await migrateAsOwner({ ...one, ownerUrl: addressOf(server, at.name, { name: later, password: 'p' }) });
    const db = await openDatabase({ ...one, roles: 'two' });
    expect((await verifyInstallation(db)).faults).toEqual([]);
    await db.close();
  });

  it('is made by kaibiao migrate with both addresses, and not by two that are one', async () => {
    const at = await bare();
    const env = { ...process.env, KAIBIAO_DATA_DIR: at.dataDir, DATABASE_URL: at.url };
    const made = await kaibiao(['migrate', '--json'], { ...env, KAIBIAO_MIGRATION_URL: at.ownerUrl });
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(JSON.parse(made.stdout)).toMatchObject({ upToDate: true });
    await (await openDatabase({ ...at, roles: 'two' })).close();
  });
});
