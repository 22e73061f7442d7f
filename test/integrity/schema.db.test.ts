import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mendDatabase, openDatabase, openToVerify } from '../../db/access/open.ts';
import { installation } from '../../db/schema/sqlite.ts';
import { OWN_SEARCH_PATH } from '../../db/postgres/connection.ts';
import { objectsOf } from '../../db/postgres/schema.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import {
  dialect,
  rawDatabase,
  temporaryDatabase,
  temporaryStorage,
  type Raw,
  type TestDatabase,
} from '../setup/database.ts';

const sqlite = dialect === 'sqlite';

it.skipIf(sqlite)('that of PostgreSQL is as the program expects it (npx vitest run -u writes it anew)', async () => {
  const { storage, remove } = await temporaryStorage('template');
  const client = new pg.Client({ connectionString: String(storage.url), pipeline: true });
  await client.connect();
  await client.query(OWN_SEARCH_PATH);
  const objects = Object.fromEntries(await objectsOf(client));
  await client.end();
  await remove();
  await expect(`${JSON.stringify(objects, null, 2)}\n`).toMatchFileSnapshot(
    '../../db/migrations/postgres/expected-schema.json',
  );
});

describe('a schema', () => {
  let db: TestDatabase;
  let raw: Raw;
  beforeEach(async () => {
    db = await temporaryDatabase();
    raw = await rawDatabase(db.storage);
  });
  afterEach(async () => {
    await raw.close();
    await db.close();
  });

  /** What `verify` finds while it runs, and what the next start says. */
  async function found(): Promise<{ named: string[]; refused: { code?: string; messageEn?: string } }> {
    const { faults } = await verifyInstallation(db);
    const refused = await openDatabase(db.storage).then(
      async (opened) => {
        await opened.close();
        return {};
      },
      (error: unknown) => error as { code: string; messageEn: string },
    );
    return { named: faults.map(({ subject }) => subject), refused };
  }

  it('is compared at each start, and as it is nothing is found', async () => {
    expect(await found()).toEqual({ named: [], refused: {} });
  });

  interface Attack {
    readonly what: string;
    readonly statement: string;
    readonly named: string;
  }

  const ON_SQLITE: readonly Attack[] = [
    {
      what: 'a trigger that withdraws a rival’s bid',
      statement:
        "CREATE TRIGGER planted AFTER INSERT ON audit BEGIN UPDATE bids SET state = 'withdrawn' WHERE supplier_id = 'rival'; END",
      named: 'schema/trigger planted',
    },
    {
      what: 'a trigger of ours that is gone',
      statement: 'DROP TRIGGER bids_no_delete',
      named: 'schema/trigger bids_no_delete',
    },
    {
      what: 'a trigger of ours that does nothing any more',
      statement:
        'DROP TRIGGER kaibiao_rows_bids_update; CREATE TRIGGER kaibiao_rows_bids_update AFTER UPDATE ON bids WHEN 0 BEGIN SELECT 1; END',
      named: 'schema/trigger kaibiao_rows_bids_update',
    },
    { what: 'a table that is not ours', statement: 'CREATE TABLE planted (id)', named: 'schema/table planted' },
    { what: 'a view', statement: 'CREATE VIEW planted AS SELECT 1', named: 'schema/view planted' },
    {
      what: 'an index that is gone',
      statement: 'DROP INDEX audit_procurement',
      named: 'schema/index audit_procurement',
    },
    {
      what: 'a definition that was written over in sqlite_schema',
      statement:
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'bids'; PRAGMA writable_schema = RESET",
      named: 'schema/table bids',
    },
    {
      what: 'a column more',
      statement: 'ALTER TABLE bids ADD COLUMN planted text',
      named: 'schema/table bids',
    },
  ];

  const ON_POSTGRES: readonly Attack[] = [
    {
      what: 'a trigger that withdraws a rival’s bid',
      statement: `CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE bids SET state = 'withdrawn' WHERE supplier_id = 'rival'; RETURN NULL; END $$;
      CREATE TRIGGER planted AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION planted()`,
      named: 'schema/trigger audit.planted',
    },
    {
      what: 'a trigger of ours that is gone',
      statement: 'DROP TRIGGER bids_no_delete ON bids',
      named: 'schema/trigger bids.bids_no_delete',
    },
    {
      what: 'a trigger of ours that is disabled',
      statement: 'ALTER TABLE notices DISABLE TRIGGER notices_no_change',
      named: 'schema/trigger notices.notices_no_change',
    },
    {
      what: 'a trigger of ours that does nothing any more',
      statement: `DROP TRIGGER kaibiao_rows ON bids;
      CREATE TRIGGER kaibiao_rows AFTER INSERT OR DELETE OR UPDATE ON bids FOR EACH ROW WHEN (false) EXECUTE FUNCTION kaibiao_rows_bids()`,
      named: 'schema/trigger bids.kaibiao_rows',
    },
    {
      what: 'a function of ours that does nothing any more',
      statement:
        'CREATE OR REPLACE FUNCTION kaibiao_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
      named: 'schema/function kaibiao_refuse()',
    },
    {
      what: 'a rule',
      statement: 'CREATE RULE planted AS ON INSERT TO audit WHERE NEW.action = $$bid.submit$$ DO INSTEAD NOTHING',
      named: 'schema/rule audit.planted',
    },
    {
      what: 'row-level security',
      statement: 'ALTER TABLE bids ENABLE ROW LEVEL SECURITY; CREATE POLICY planted ON bids USING (false)',
      named: 'schema/policy bids.planted',
    },
    {
      what: 'a default',
      statement: "ALTER TABLE bids ALTER COLUMN state SET DEFAULT 'withdrawn'",
      named: 'schema/column bids.state',
    },
    {
      what: 'a child that rows are read from too',
      statement: 'CREATE TABLE planted () INHERITS (bids)',
      named: 'schema/table planted',
    },
    {
      what: 'a clock of somebody else’s',
      statement:
        'CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + interval $i$ 1 day $i$ $$',
      named: 'schema/function clock_timestamp()',
    },
    {
      what: 'a constraint that is gone',
      statement: 'ALTER TABLE installation DROP CONSTRAINT installation_single',
      named: 'schema/constraint installation.installation_single',
    },
    {
      what: 'triggers that no session runs',
      statement: "ALTER DATABASE CURRENT_DATABASE_NAME SET session_replication_role = 'replica'",
      named: 'schema/setting session_replication_role',
    },
  ];

  describe.each(sqlite ? ON_SQLITE : ON_POSTGRES)('$what', ({ statement, named }) => {
    it('is found by name, and refused at the next start', async () => {
      const name = new URL(db.storage.url ?? 'postgres://x/x').pathname.slice(1);
      await raw.run(statement.replace('CURRENT_DATABASE_NAME', name));
      // A setting of the database is that of connections made later.
      const later = named.includes('setting') ? await openDatabase(db.storage).catch((error: unknown) => error) : null;
      const seen = await found();
      if (later === null) expect(seen.named).toContain(named);
      expect(seen.refused).toMatchObject({ code: 'schema-altered' });
      expect(seen.refused.messageEn).toContain(named.slice('schema/'.length));
      // A process that runs finds it at its next commit; on a server, within seconds.
      if (sqlite) await expect(db.transaction(async () => null)).rejects.toMatchObject({ code: 'schema-altered' });
    });
  });

  it.skipIf(sqlite)('a clock that the search path leads to is not ours to read', async () => {
    const name = new URL(String(db.storage.url)).pathname.slice(1);
    await raw.run(`CREATE SCHEMA planted;
    CREATE FUNCTION planted.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2099-01-01' $$;
    ALTER DATABASE ${name} SET search_path = public, planted, pg_catalog`);
    const opened = await openDatabase(db.storage);
    expect(Math.abs(opened.now() - Date.now())).toBeLessThan(3_600_000);
    expect(Math.abs((await opened.transaction(async (tx) => tx.now)) - Date.now())).toBeLessThan(3_600_000);
    await opened.close();
  });

  it('what is missing or was changed is put back, on record; what is unknown is not', async () => {
    const away = sqlite
      ? 'DROP TRIGGER bids_no_delete; DROP INDEX audit_procurement'
      : 'DROP TRIGGER bids_no_delete ON bids; DROP INDEX audit_procurement';
    await raw.run(away);
    const trigger = sqlite ? 'trigger bids_no_delete' : 'trigger bids.bids_no_delete';
    const mended = await mendDatabase(db.storage);
    expect(mended.map(({ name, is }) => [name, is])).toEqual(
      expect.arrayContaining([
        ['index audit_procurement', 'missing'],
        [trigger, 'missing'],
      ]),
    );
    expect(await found()).toEqual({ named: [], refused: {} });
    expect(await mendDatabase(db.storage)).toEqual([]);
    await raw.run('CREATE TABLE planted (id int)');
    await expect(mendDatabase(db.storage)).rejects.toMatchObject({ code: 'schema-altered' });
  });

  it('is verified without writing anything, also what is damaged', async () => {
    const before = await raw.all('SELECT * FROM installation');
    await raw.behind('UPDATE installation SET created_at = created_at + 1', 'other triggers too');
    const open = await openToVerify(db.storage);
    // An installation without an entry has nothing to hold its row to.
    expect((await verifyInstallation(open)).faults).toEqual([]);
    await expect((async () => open.read.delete(installation))()).rejects.toThrow();
    await open.close();
    expect(await raw.all('SELECT id FROM installation')).toHaveLength(before.length);
  });
});
