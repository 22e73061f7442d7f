import { createAdapterFactory, type CleanedWhere, type DBAdapterInstance } from 'better-auth/adapters';
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  ne,
  notInArray,
  or,
  type SQL,
} from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { v7 as newId } from 'uuid';
import type { Database, Tx } from '../access/database.ts';
import type { Account, Session } from './accounts.ts';
import { accounts, credentials, sessions, verifications } from '../schema/sqlite.ts';
import { hashOfToken } from './sessions.ts';

const TABLES = { accounts, credentials, sessions, verifications };
type TableName = keyof typeof TABLES;
type Table = (typeof TABLES)[TableName];
type Row = Record<string, unknown>;

/** Who accepts the clock signs in first; no right depends on when somebody signed in. */
const WHATEVER_THE_CLOCK = 'clock-in-doubt';

/** Names of the sign-in library's models in our schema; its field names are ours. */
export const AUTH_MODELS = {
  user: { modelName: 'accounts' },
  account: { modelName: 'credentials' },
  session: { modelName: 'sessions' },
  verification: { modelName: 'verifications' },
} as const;

/** Runs in the same transaction when the library begins or ends a session. */
export interface SessionWatch {
  /** What the library does not know of a session that begins. */
  columns(): SessionColumns;
  began(tx: Tx, session: LibrarySession): Promise<void>;
  ended(tx: Tx, session: LibrarySession): Promise<void>;
}

/** `expiresAt`: where it ends earlier than others. */
export type SessionColumns = Pick<Session, 'signedInBy' | 'secondFactorAt'> & Partial<Pick<Session, 'expiresAt'>>;

export interface LibrarySession {
  readonly id: string;
  readonly accountId: string;
}

/** Answers the library's reads of a session during one request, together with what the request itself will read. */
export interface SessionReads {
  session(token: string): Promise<Session | null>;
  /** Undefined where it was not read with a session. */
  account(id: string): Account | undefined;
}

/**
 * The sign-in library's storage over our tables. Every write is a transaction of the one writer; the library's own
 * transactions are not used, since it hashes passwords inside them, and the write lock must not wait for that. Of the
 * token of a session only the hash is stored: the library sees the token that it made or was given.
 * @param watching of the present request; asked before a transaction, which others may be committed with and in whose context it then runs
 */
export function authAdapter(
  db: Database,
  watching: () => SessionWatch,
  reads: () => SessionReads | undefined,
): DBAdapterInstance {
  return createAdapterFactory({
    config: {
      adapterId: 'kaibiao',
      adapterName: 'Kaibiao',
      supportsNumericIds: false,
      supportsJSON: false,
      supportsArrays: false,
      transaction: false,
      customIdGenerator: () => newId(),
    },
    adapter: () => ({
      async create({ model, data }) {
        const table = tableOf(model);
        const watch = watching();
        const row = table === sessions ? { ...data, ...watch.columns() } : data;
        await db.transaction(async (tx) => {
          await tx.q.insert(table).values(stored(table, row) as never);
          if (table === sessions) await watch.began(tx, sessionOf(row));
        }, WHATEVER_THE_CLOCK);
        return data;
      },
      async findOne<T>({ model, where }: { model: string; where: CleanedWhere[] }) {
        const table = tableOf(model);
        const [only, another] = where;
        if (only && !another && only.operator === 'eq') {
          const value = String(only.value);
          const known = reads();
          if (known && table === sessions && only.field === 'token') return (await known.session(value)) as T | null;
          const account = table === accounts && only.field === 'id' ? known?.account(value) : undefined;
          if (account) return account as T;
        }
        const [row] = await db.read.select().from(table).where(condition(table, where)).limit(1);
        return (row ? withToken(table, row, where) : null) as T | null;
      },
      async findMany<T>(query: {
        model: string;
        where?: CleanedWhere[] | undefined;
        limit: number;
        sortBy?: { field: string; direction: 'asc' | 'desc' } | undefined;
        offset?: number | undefined;
      }) {
        const table = tableOf(query.model);
        const { sortBy } = query;
        const rows = db.read
          .select()
          .from(table)
          .where(condition(table, query.where ?? []))
          .limit(query.limit)
          .offset(query.offset ?? 0)
          .$dynamic();
        if (!sortBy) return (await rows) as T[];
        const column = columnOf(table, sortBy.field);
        return (await rows.orderBy(sortBy.direction === 'desc' ? desc(column) : asc(column))) as T[];
      },
      async count({ model, where }) {
        const table = tableOf(model);
        const [row] = await db.read
          .select({ n: count() })
          .from(table)
          .where(condition(table, where ?? []));
        return row?.n ?? 0;
      },
      async update<T>({ model, where, update }: { model: string; where: CleanedWhere[]; update: T }) {
        const table = tableOf(model);
        const [row] = await db.transaction(
          async (tx) =>
            tx.q
              .update(table)
              .set(stored(table, update as Row) as never)
              .where(condition(table, where))
              .returning(),
          WHATEVER_THE_CLOCK,
        );
        return (row ? withToken(table, row, where) : null) as T | null;
      },
      async updateMany({ model, where, update }) {
        const table = tableOf(model);
        const rows = await db.transaction(
          async (tx) =>
            tx.q
              .update(table)
              .set(stored(table, update) as never)
              .where(condition(table, where))
              .returning(),
          WHATEVER_THE_CLOCK,
        );
        return rows.length;
      },
      async delete({ model, where }) {
        await remove(db, watching(), tableOf(model), where);
      },
      async deleteMany({ model, where }) {
        return (await remove(db, watching(), tableOf(model), where)).length;
      },
      async consumeOne<T>({ model, where }: { model: string; where: CleanedWhere[] }) {
        const table = tableOf(model);
        const [row] = await remove(db, watching(), table, where);
        return (row ? withToken(table, row, where) : null) as T | null;
      },
    }),
  });
}

async function remove(db: Database, watch: SessionWatch, table: Table, where: CleanedWhere[]): Promise<Row[]> {
  return db.transaction(async (tx) => {
    const rows: Row[] = await tx.q.delete(table).where(condition(table, where)).returning();
    if (table === sessions) for (const row of rows) await watch.ended(tx, sessionOf(row));
    return rows;
  }, WHATEVER_THE_CLOCK);
}

const sessionOf = (row: Row): LibrarySession => ({ id: String(row['id']), accountId: String(row['userId']) });

function tableOf(model: string): Table {
  const table = (TABLES as Partial<Record<string, Table>>)[model];
  if (!table) throw new Error(`the sign-in library requests an unknown table: ${model}`);
  return table;
}

function columnOf(table: Table, field: string): SQLiteColumn {
  const column = (table as unknown as Partial<Record<string, SQLiteColumn>>)[field];
  if (!column) throw new Error(`the sign-in library requests an unknown column: ${field}`);
  return column;
}

const isToken = (table: Table, field: string): boolean => table === sessions && field === 'token';

function stored(table: Table, row: Row): Row {
  const { token } = row;
  return isToken(table, 'token') && typeof token === 'string' ? { ...row, token: hashOfToken(token) } : row;
}

/** A session that was sought by its token, with that token. */
function withToken(table: Table, row: Row, where: CleanedWhere[]): Row {
  const given = where.find(({ field, operator }) => isToken(table, field) && operator === 'eq');
  return given ? { ...row, token: given.value } : row;
}

/** Conditions joined by AND, beside one group of those joined by OR. */
function condition(table: Table, where: CleanedWhere[]): SQL | undefined {
  const all = where.filter(({ connector }) => connector !== 'OR').map((part) => compare(table, part));
  const any = where.filter(({ connector }) => connector === 'OR').map((part) => compare(table, part));
  return and(...all, any.length > 0 ? or(...any) : undefined);
}

function compare(table: Table, { field, operator, value: given }: CleanedWhere): SQL {
  const hashed = (each: unknown): unknown => (isToken(table, field) ? hashOfToken(String(each)) : each);
  const value = Array.isArray(given) ? given.map(hashed) : given === null ? null : hashed(given);
  const column = columnOf(table, field);
  const list = (): unknown[] => (Array.isArray(value) ? value : [value]);
  switch (operator) {
    case undefined:
    case 'eq':
      return value === null ? isNull(column) : eq(column, value);
    case 'ne':
      return value === null ? isNotNull(column) : ne(column, value);
    case 'lt':
      return lt(column, value);
    case 'lte':
      return lte(column, value);
    case 'gt':
      return gt(column, value);
    case 'gte':
      return gte(column, value);
    case 'in':
      return inArray(column, list());
    case 'not_in':
      return notInArray(column, list());
    case 'contains':
      return like(column, `%${String(value)}%`);
    case 'starts_with':
      return like(column, `${String(value)}%`);
    case 'ends_with':
      return like(column, `%${String(value)}`);
  }
}
