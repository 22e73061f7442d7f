import type pg from 'pg';
import { DomainError } from '../../domain/errors.ts';
import { JOURNAL, LOCKS, SCHEMA } from './connection.ts';
import { causeOf } from './failures.ts';

/** What others may have put into the schema: tables of every kind, views, sequences, functions, types. */
const OTHERS = `WITH ours AS (SELECT pg_catalog.to_regnamespace('${SCHEMA}') AS schema)
  SELECT c.relname AS name FROM pg_catalog.pg_class c, ours
  WHERE c.relnamespace = ours.schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relname NOT IN ('${JOURNAL}', '${LOCKS}')
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
  UNION SELECT p.proname || '()' FROM pg_catalog.pg_proc p, ours WHERE p.pronamespace = ours.schema
  UNION SELECT t.typname FROM pg_catalog.pg_type t, ours WHERE t.typnamespace = ours.schema AND t.typtype IN ('d', 'e', 'r')
  ORDER BY name`;
const NAMED = 5;

const MAKE_JOURNAL = `CREATE TABLE IF NOT EXISTS ${JOURNAL} (hash text NOT NULL, created_at bigint PRIMARY KEY)`;
const MAKE_LOCKS = `CREATE TABLE IF NOT EXISTS ${LOCKS} ()`;

/** Makes what the database is locked by, and the schema it is in unless an administrator has made that. */
export async function makePlace(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ made: boolean }>(
    `SELECT pg_catalog.to_regnamespace('${SCHEMA}') IS NOT NULL AS made`,
  );
  const schema = rows[0]?.made ? '' : `CREATE SCHEMA ${SCHEMA}; `;
  await client.query(`${schema}${MAKE_JOURNAL}; ${MAKE_LOCKS}`);
}

/**
 * Readies a database for its first migration.
 * @throws DomainError `database-unfit`
 */
export async function makeFit(client: pg.ClientBase): Promise<void> {
  await assertFit(client);
  for (;;) {
    try {
      return await makePlace(client);
    } catch (error) {
      // Of two that start together one makes it, and the other finds it.
      if (!['23505', '42P06', '42P07'].includes(causeOf(error)?.code ?? '')) throw error;
    }
  }
}

/**
 * The texts of an installation are Chinese, and its tables share their schema with nobody's.
 * @throws DomainError `database-unfit`
 */
export async function assertFit(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(
    "SELECT pg_catalog.current_setting('server_encoding') AS encoding",
  );
  const { encoding } = rows[0] ?? { encoding: '' };
  if (encoding !== 'UTF8') {
    throw unfit(
      `数据库的编码是 ${encoding}，应为 UTF8，未写入任何内容`,
      `the encoding of the database is ${encoding}, and must be UTF8; nothing was written`,
    );
  }
  const { rows: others } = await client.query<{ name: string }>(OTHERS);
  if (others.length > 0) {
    const names = others.slice(0, NAMED).map(({ name }) => name);
    const all = `${names.join(', ')}${others.length > NAMED ? ' …' : ''}`;
    throw unfit(
      `数据库的模式 ${SCHEMA} 中已有其他程序的内容（${others.length} 个：${all}），未写入任何内容`,
      `the schema ${SCHEMA} of the database holds what is another program’s (${others.length}: ${all}); nothing was written`,
    );
  }
}

function unfit(zh: string, en: string): DomainError {
  const how = "CREATE DATABASE kaibiao OWNER kaibiao_owner ENCODING 'UTF8' TEMPLATE template0";
  return new DomainError('database-unfit', {
    messageZh: `${zh}。请另建一个数据库：${how}`,
    messageEn: `${en}. Create another database: ${how}`,
  });
}
