import type pg from 'pg';
import { DomainError } from '../../domain/errors.ts';
import { JOURNAL } from './connection.ts';
import { causeOf } from './failures.ts';

/** What can be made in a schema by others than its extensions: tables of every kind, views, sequences. */
const OTHERS = `SELECT c.relname AS name FROM pg_class c
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relname <> $1
    AND NOT EXISTS (SELECT 1 FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'a', 'i'))
  ORDER BY c.relname`;
const NAMED = 5;

export const MAKE_JOURNAL = `CREATE TABLE IF NOT EXISTS ${JOURNAL} (hash text NOT NULL, created_at bigint PRIMARY KEY)`;

/**
 * Readies a database for its first migration.
 * @throws DomainError `database-unfit`
 */
export async function makeFit(client: pg.ClientBase): Promise<void> {
  await assertFit(client);
  try {
    await client.query(MAKE_JOURNAL);
  } catch (error) {
    // Of two that start together one makes it.
    if (!['23505', '42P07'].includes(causeOf(error)?.code ?? '')) throw error;
  }
}

/**
 * The texts of an installation are Chinese, and its tables share their place with nobody's.
 * @throws DomainError `database-unfit`
 */
export async function assertFit(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  const { rows } = await client.query<{ encoding: string; schema: string | null }>(
    "SELECT current_setting('server_encoding') AS encoding, current_schema() AS schema",
  );
  const { encoding, schema } = rows[0] ?? { encoding: '', schema: null };
  if (encoding !== 'UTF8') {
    throw unfit(
      `数据库的编码是 ${encoding}，应为 UTF8，未写入任何内容`,
      `the encoding of the database is ${encoding}, and must be UTF8; nothing was written`,
    );
  }
  if (schema === null) {
    throw unfit(
      '数据库中没有可用的模式（search_path），未写入任何内容',
      'the search_path of the user names no schema of the database; nothing was written',
    );
  }
  const { rows: others } = await client.query<{ name: string }>(OTHERS, [JOURNAL]);
  if (others.length > 0) {
    const names = others.slice(0, NAMED).map(({ name }) => name);
    const all = `${names.join(', ')}${others.length > NAMED ? ' …' : ''}`;
    throw unfit(
      `数据库的模式 ${schema} 中已有其他程序的表（${others.length} 个：${all}），未写入任何内容`,
      `the schema ${schema} of the database holds tables of another program (${others.length}: ${all}); nothing was written`,
    );
  }
}

function unfit(zh: string, en: string): DomainError {
  const how = "CREATE DATABASE kaibiao OWNER kaibiao ENCODING 'UTF8' TEMPLATE template0";
  return new DomainError('database-unfit', {
    messageZh: `${zh}。请另建一个专用的空数据库：${how}`,
    messageEn: `${en}. Create an empty database of its own: ${how}`,
  });
}
