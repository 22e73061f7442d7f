import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { compareSchema, type SchemaFault, type SchemaObjects } from '../integrity/schema-faults.ts';
import { SCHEMA } from './connection.ts';
import { grantTo } from './grants.ts';
import { ofService, RIGHTS, SERVICE_IS_THERE } from './rights.ts';

/**
 * Everything in the schema that decides what a statement does, as one line an object. What others would have put there
 * is in it too: rules, policies, views, children of our tables, functions, operators, defaults, other owners. Who may do
 * what is in rights.ts.
 */
const OBJECTS = `
WITH ours AS (SELECT pg_catalog.to_regnamespace('${SCHEMA}') AS schema),
  tables AS (SELECT c.* FROM pg_catalog.pg_class c, ours WHERE c.relnamespace = ours.schema),
  owner AS (SELECT relowner FROM tables WHERE relname = 'installation')
SELECT pg_catalog.concat('table ', relname),
    pg_catalog.concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relhasrules,
      CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i WHERE i.inhparent = tables.oid) THEN 'inherited' END,
      CASE WHEN relowner <> (SELECT relowner FROM owner) THEN 'of another owner' END)
  FROM tables WHERE relkind NOT IN ('i', 'I')
UNION ALL SELECT pg_catalog.concat('column ', c.relname, '.', a.attname),
    pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
      a.attgenerated, a.attidentity, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
  FROM tables c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind NOT IN ('i', 'I', 'S')
UNION ALL SELECT pg_catalog.concat('constraint ', c.relname, '.', k.conname),
    pg_catalog.concat_ws(' ', pg_catalog.pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not valid' END)
  FROM pg_catalog.pg_constraint k JOIN tables c ON c.oid = k.conrelid WHERE k.contype NOT IN ('n', 't')
UNION ALL SELECT pg_catalog.concat('index ', c.relname),
    pg_catalog.concat_ws(' ', pg_catalog.pg_get_indexdef(c.oid), CASE WHEN NOT x.indisvalid THEN 'not valid' END)
  FROM tables c JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
UNION ALL SELECT pg_catalog.concat('trigger ', c.relname, '.', t.tgname),
    pg_catalog.concat_ws(' ', pg_catalog.pg_get_triggerdef(t.oid), CASE WHEN t.tgenabled <> 'O' THEN pg_catalog.concat('enabled ', t.tgenabled) END)
  FROM pg_catalog.pg_trigger t JOIN tables c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL SELECT pg_catalog.concat('internal triggers of ', c.relname), pg_catalog.concat('enabled ', pg_catalog.string_agg(DISTINCT t.tgenabled::text, ' '))
  FROM pg_catalog.pg_trigger t JOIN tables c ON c.oid = t.tgrelid WHERE t.tgisinternal GROUP BY c.relname
UNION ALL SELECT pg_catalog.concat('function ', p.proname, '(', pg_catalog.pg_get_function_identity_arguments(p.oid), ')'),
    pg_catalog.concat_ws(' ', l.lanname, p.prokind, p.prosecdef, p.provolatile, pg_catalog.array_to_string(p.proconfig, ','), p.prosrc,
      CASE WHEN p.proowner <> (SELECT relowner FROM owner) THEN 'of another owner' END)
  FROM pg_catalog.pg_proc p JOIN ours ON p.pronamespace = ours.schema JOIN pg_catalog.pg_language l ON l.oid = p.prolang
UNION ALL SELECT pg_catalog.concat('rule ', tablename, '.', rulename), definition FROM pg_catalog.pg_rules, ours
  WHERE schemaname::pg_catalog.regnamespace = ours.schema
UNION ALL SELECT pg_catalog.concat('policy ', tablename, '.', policyname), 'of rows' FROM pg_catalog.pg_policies, ours
  WHERE schemaname::pg_catalog.regnamespace = ours.schema
UNION ALL SELECT pg_catalog.concat('type ', t.typname), t.typtype::text FROM pg_catalog.pg_type t, ours
  WHERE t.typnamespace = ours.schema AND t.typtype IN ('d', 'e', 'r', 'm')
UNION ALL SELECT pg_catalog.concat('operator ', o.oprname), 'of ours' FROM pg_catalog.pg_operator o, ours
  WHERE o.oprnamespace = ours.schema
UNION ALL SELECT pg_catalog.concat('event trigger ', evtname), evtevent FROM pg_catalog.pg_event_trigger
UNION ALL SELECT 'setting session_replication_role', pg_catalog.current_setting('session_replication_role')`;

export async function objectsOf(client: pg.ClientBase): Promise<Map<string, string>> {
  const text = `SELECT * FROM (${OBJECTS}) o UNION ALL SELECT * FROM (${RIGHTS}) r ORDER BY 1`;
  const { rows } = await client.query<[string, string]>({ text, rowMode: 'array' });
  return new Map(rows);
}

const FILE = join(import.meta.dirname, '../migrations/postgres/expected-schema.json');

let expected: SchemaObjects | undefined;

/** As a new database with two roles has it; a test makes one and compares. */
const expectedObjects = (): SchemaObjects =>
  (expected ??= new Map(Object.entries(JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>)));

/** Without a service's role nobody but the owner has a right. */
export async function schemaFaultsOf(client: pg.ClientBase): Promise<SchemaFault[]> {
  const found = await objectsOf(client);
  const all = [...expectedObjects()];
  return compareSchema(found, new Map(found.has(SERVICE_IS_THERE) ? all : all.filter(([name]) => !ofService(name))));
}

/** Puts back triggers, functions, indexes, and what the service may do, that are missing or were changed. */
export async function mendSchema(
  client: pg.ClientBase,
  faults: readonly SchemaFault[],
  service: string | null,
): Promise<void> {
  const objects = expectedObjects();
  // Triggers call functions.
  const order = ['function', 'index', 'trigger'];
  const kindOf = ({ name }: SchemaFault) => order.indexOf(name.slice(0, name.indexOf(' ')));
  const ours = faults.filter((each) => each.is !== 'unknown' && kindOf(each) >= 0);
  for (const { name } of ours.sort((a, b) => kindOf(a) - kindOf(b))) {
    const definition = objects.get(name) ?? '';
    const [, kind = '', of = '', part = ''] = /^(\w+) ([^.(]+)(?:\.(.+)|\(.*\))?$/.exec(name) ?? [];
    const id = pg.escapeIdentifier(of);
    if (kind === 'function') {
      // All of ours are of one form.
      const [language = '', , , , ...source] = definition.split(' ');
      await client.query(
        `CREATE OR REPLACE FUNCTION ${id}() RETURNS trigger LANGUAGE ${language} AS ${pg.escapeLiteral(source.join(' '))}`,
      );
    } else if (kind === 'trigger') {
      await client.query(`DROP TRIGGER IF EXISTS ${pg.escapeIdentifier(part)} ON ${id}; ${definition}`);
    } else await client.query(`DROP INDEX IF EXISTS ${id}; ${definition}`);
  }
  await grantTo(client, service);
}
