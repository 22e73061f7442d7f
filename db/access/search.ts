import { and, asc, desc, eq, getTableColumns, getTableName, gt, is, isNull, sql, type SQL } from 'drizzle-orm';
import { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { sqliteTable, text, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Particulars } from '../../domain/notices/particulars.ts';
import { foldedOf } from '../../domain/text.ts';
import { notices, procurements } from '../schema/sqlite.ts';
import { prepared, preparedAs, type Queries } from './statements.ts';

// Neither database has an index that finds part of a Chinese title: they take a whole run of characters for a word. So
// a title is split into overlapping pairs (道路改造 → 道路 路改 改造 造), and a search looks for consecutive pairs. These rows are
// derived: they are written with the title, and rebuilt where an installation is copied.

const titlesTable = <N extends string>(name: N) =>
  sqliteTable(name, { id: text('id').primaryKey(), terms: text('terms').notNull() });

/** Rows whose titles can be searched. */
interface Board<T extends SQLiteTable> {
  readonly table: T;
  readonly id: SQLiteColumn;
  /** What its searched text is made of. */
  readonly columns: Readonly<Record<string, SQLiteColumn>>;
  readonly newest: readonly SQLiteColumn[];
  readonly titles: ReturnType<typeof titlesTable>;
  /** SQLite's index: its rows have the numbers (`seq`) of the titles, later ones higher. */
  readonly index: string;
}

export const PROCUREMENTS = {
  table: procurements,
  id: procurements.id,
  columns: { title: procurements.title, particulars: procurements.particulars, projectCode: procurements.projectCode },
  newest: [procurements.id],
  titles: titlesTable('procurement_titles'),
  index: 'procurement_search',
} satisfies Board<typeof procurements>;

export const NOTICES = {
  table: notices,
  id: notices.id,
  columns: { title: notices.titleZh },
  newest: [notices.publishedAt, notices.id],
  titles: titlesTable('notice_titles'),
  index: 'notice_search',
} satisfies Board<typeof notices>;

/** The searched text of a row: its title; of a procurement also its number and the code of its project. */
export const searchedTextOf = ({
  title,
  particulars,
  projectCode,
}: {
  readonly title: string;
  readonly particulars?: Particulars | null;
  readonly projectCode?: string | null;
}): string => [title, particulars?.projectNumber, projectCode].filter((each) => Boolean(each)).join('\n');

type Searched = Parameters<typeof searchedTextOf>[0] & { readonly id: string };

/** A character that either database may treat as punctuation or a space is replaced by a private-use letter. */
const lettersOf = (given: string): string[] =>
  Array.from(foldedOf(given), (char) =>
    /[\0-/:-`{-\x7f]/.test(char) ? String.fromCharCode(0xe000 + char.charCodeAt(0)) : char,
  );

const pairsOf = (letters: readonly string[]): string[] =>
  letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);

/** The last letter stands alone, so that every letter begins a term. */
export function termsOf(title: string): string {
  const letters = lettersOf(title);
  return [...pairsOf(letters), ...letters.slice(-1)].map((term) => ` ${term}`).join('');
}

/** The search terms: consecutive pairs, or, for a single letter, the beginning of a pair. */
function wantedOf(given: string): { readonly terms: readonly string[]; readonly prefix: boolean } | null {
  const letters = lettersOf(given.trim());
  if (letters.length === 0) return null;
  return letters.length === 1 ? { terms: letters, prefix: true } : { terms: pairsOf(letters), prefix: false };
}

const putTitle = {
  procurements: preparedPut(PROCUREMENTS.titles),
  notices: preparedPut(NOTICES.titles),
};

function preparedPut(titles: Board<SQLiteTable>['titles']) {
  return prepared((q) =>
    q
      .insert(titles)
      .values({ id: sql.placeholder('id'), terms: sql.placeholder('terms') })
      .onConflictDoUpdate({ target: titles.id, set: { terms: sql`excluded.terms` } })
      .prepare(),
  );
}

/** Indexes a title as it is now; in the transaction that writes it. */
export async function indexTitle(q: Queries, of: keyof typeof putTitle, id: string, title: string): Promise<void> {
  await putTitle[of](q).execute({ id, terms: termsOf(title) });
}

/** Indexes the titles of new notices; in the transaction that publishes them. */
export async function indexNotices(q: Queries, rows: readonly { id: string; title: string }[]): Promise<void> {
  const [only] = rows;
  if (only && rows.length === 1) return indexTitle(q, 'notices', only.id, only.title);
  await q.insert(NOTICES.titles).values(rows.map(({ id, title }) => ({ id, terms: termsOf(title) })));
}

/** Titles of one read, and rows of one statement. */
const READ = 10_000;
const WRITTEN = 500;

/** Indexes all titles that are not indexed yet, in the order of the boards. */
export async function indexTitles(q: Queries): Promise<void> {
  for (const { table, id, columns, newest, titles } of [PROCUREMENTS, NOTICES] as readonly Board<SQLiteTable>[]) {
    for (let done = 0; ; done += READ) {
      const read = await q
        .select({ id, ...columns })
        .from(table)
        .orderBy(...newest.map((column) => asc(column)))
        .limit(READ)
        .offset(done);
      const rows = (read as Searched[]).map((row) => ({ id: row.id, terms: termsOf(searchedTextOf(row)) }));
      for (let from = 0; from < rows.length; from += WRITTEN) {
        await q
          .insert(titles)
          .values(rows.slice(from, from + WRITTEN))
          .onConflictDoNothing();
      }
      if (rows.length < READ) break;
    }
  }
}

/** Titles that are not indexed as they are, and indexed ones that nothing has. */
export async function* unlikeTitles(q: Queries): AsyncGenerator<{ readonly table: string; readonly id: string }> {
  for (const { table, id, columns, titles } of [PROCUREMENTS, NOTICES] as readonly Board<SQLiteTable>[]) {
    const place = getTableName(titles);
    for (let after = ''; ;) {
      const page = (await q
        .select({ id, ...columns, terms: titles.terms })
        .from(table)
        .leftJoin(titles, eq(titles.id, id))
        .where(gt(id, after))
        .orderBy(asc(id))
        .limit(READ)) as unknown as (Searched & { readonly terms: string | null })[];
      for (const row of page) if (row.terms !== termsOf(searchedTextOf(row))) yield { table: place, id: row.id };
      const last = page.at(-1);
      if (!last || page.length < READ) break;
      after = last.id;
    }
    const left = await q.select({ id: titles.id }).from(titles).leftJoin(table, eq(id, titles.id)).where(isNull(id));
    for (const row of left as { id: string }[]) yield { table: place, id: row.id };
  }
}

export interface Question {
  /** Names the filters, which `where` builds, with a placeholder for each value. */
  readonly shape: string;
  readonly where: () => SQL | undefined;
  /** Whether the filters exclude more than a few. */
  readonly narrow: boolean;
  /** The rows after the previous page, whose last row is `values.after`. */
  readonly next?: (() => SQL) | undefined;
  readonly values: Readonly<Record<string, unknown>>;
  readonly text?: string | undefined;
  readonly limit: number;
}

// Rows found by text must be sorted before the newest are known. For a word in every second title that is a hundred
// thousand rows, while the newest hundred already contain a page; and for a filter that leaves a few, those few do. So
// these are read first, where the index does not return its rows newest first (SQLite's does), or does not know the
// filter.

/** How many of the newest are read, and how many where the first read found a few. */
const WINDOWS = [100, 2_000];
const FEW = 2;

/** Newest first; with a text, those that have it in their title. */
export async function listBoard<T extends SQLiteTable>(
  q: Queries,
  board: Board<T>,
  question: Question,
): Promise<T['$inferSelect'][]> {
  const { values, limit, narrow } = question;
  const wanted = question.text === undefined ? null : wantedOf(question.text);
  if (!wanted) return ask(q, board, question, 'list', { ...values, limit });
  const inARow = wanted.terms.join(' ');
  const text = ` ${inARow}`;
  if (narrow) {
    for (const window of WINDOWS) {
      const found = await ask(q, board, question, `near ${window}`, { ...values, limit, text });
      if (found.length >= limit) return found;
      if ((await ask(q, board, question, `beyond ${window}`, values)).length === 0) return found;
      if (found.length < FEW) break;
    }
  }
  const match = inOrder(q)
    ? `"${inARow}"${wanted.prefix ? '*' : ''}`
    : wanted.terms.map((term) => `'${term}'${wanted.prefix ? ':*' : ''}`).join(' & ');
  const plan = narrow || inOrder(q) ? 'index' : 'near or index';
  return ask(q, board, question, plan, { ...values, limit, text, match });
}

/** Whether the index returns its rows newest first. */
const inOrder = (q: Queries): boolean => is(q, BetterSQLite3Database);

type Plan = 'list' | 'index' | 'near or index' | `near ${number}` | `beyond ${number}`;

async function ask<T extends SQLiteTable>(
  q: Queries,
  board: Board<T>,
  { shape, where, next }: Question,
  plan: Plan,
  values: Record<string, unknown>,
): Promise<T['$inferSelect'][]> {
  const query = preparedAs(q, `${board.index} ${plan} ${shape} ${next ? 'next' : ''}`, () =>
    drawUp(q, board, plan, where(), next?.()).prepare(),
  );
  return query.execute(values);
}

function drawUp(q: Queries, board: Board<SQLiteTable>, plan: Plan, where: SQL | undefined, next: SQL | undefined) {
  const { table, id, newest, titles } = board;
  const newestFirst = newest.map((column) => desc(column));
  const ordersOf = (alias: string) => newest.map(({ name }) => sql.raw(`${alias}.${name} desc`));
  const limit = sql.placeholder('limit');
  const ordered = () =>
    q
      .select()
      .from(table)
      .where(and(where, next))
      .orderBy(...newestFirst);
  if (plan === 'list') return ordered().limit(limit);
  const within = sql.raw(inOrder(q) ? 'instr' : 'strpos');
  const hasText = (terms: SQL) => sql`${within}(${terms}, ${sql.placeholder('text')}) > 0`;
  const columns = getTableColumns(table);
  const match = sql.placeholder('match');
  // An offset keeps the planner from scanning all rows in order, newest first, to fill a page.
  const hitsOf = (gate?: SQL) => sql`select ${titles.id} from ${titles}
    where array_to_tsvector(string_to_array(ltrim(${titles.terms}), ' ')) @@ ${match}::tsquery
    and ${hasText(sql`${titles.terms}`)} ${gate ? sql`and ${gate}` : sql``} offset 0`;
  const among = (hits: SQL) => {
    const found = q
      .select(columns)
      .from(sql`(${hits}) hits`)
      .innerJoin(table, sql`${id} = hits.id`)
      .where(and(where, next))
      .offset(sql.raw('0') as unknown as number)
      .as('found');
    return q
      .select()
      .from(found)
      .orderBy(...ordersOf('found'))
      .limit(limit);
  };
  if (plan === 'near or index') return among(nearOrIndex());
  const [what, window] = plan.split(' ') as ['near' | 'beyond' | 'index', string | undefined];
  // As a literal, so that PostgreSQL knows how few they are when it plans.
  const first = sql.raw(window ?? '') as unknown as number;
  if (what === 'beyond') {
    return q
      .select({ id })
      .from(table)
      .where(and(where, next))
      .orderBy(...newestFirst)
      .limit(1)
      .offset(first);
  }
  if (what === 'near') {
    // Checked row by row, so that no planner reads all titles first.
    const terms = sql`(select ${titles.terms} from ${titles} where ${titles.id} = near.id)`;
    return q
      .select()
      .from(ordered().limit(first).as('near'))
      .where(hasText(terms))
      .orderBy(...ordersOf('near'))
      .limit(limit);
  }
  if (inOrder(q)) {
    const index = sql.raw(board.index);
    const seq = sql`${titles}.seq`;
    // Cross joins run in the order in which they are written.
    return q
      .select(columns)
      .from(sql`${index} cross join ${titles}`)
      .crossJoin(table)
      .where(
        and(
          sql`${index} match ${match}`,
          sql`${seq} = ${index}.rowid`,
          eq(id, titles.id),
          next && sql`${index}.rowid < (select ${seq} from ${titles} where ${titles.id} = ${sql.placeholder('after')})`,
          where,
        ),
      )
      .orderBy(sql`${index}.rowid desc`)
      .limit(limit);
  }
  return among(hitsOf());

  /** One round trip: each part runs only where those before it have not filled a page. */
  function nearOrIndex(): SQL {
    const [few, many] = WINDOWS.map((rows, step) => {
      const [name, newestRows] = [sql.raw(`found${step}`), sql.raw(`newest${step}`)];
      const gate =
        step === 0 ? undefined : sql`(select count(*) from found0) between ${sql.raw(String(FEW))} and ${limit} - 1`;
      const ids = q
        .select(Object.fromEntries([id, ...newest].map((column) => [column.name, column])))
        .from(table)
        .where(and(where, next, gate))
        .orderBy(...newestFirst)
        .limit(sql.raw(String(rows)) as unknown as number);
      const terms = sql`(select ${titles.terms} from ${titles} where ${titles.id} = ${newestRows}.id)`;
      const inOrder = sql.join(ordersOf(`newest${step}`), sql.raw(', '));
      return sql`${name} as materialized (select id from (${ids}) ${newestRows} where ${hasText(terms)}
        order by ${inOrder} limit ${limit})`;
    });
    const count = (step: number) => sql`(select count(*) from ${sql.raw(`found${step}`)})`;
    return sql`with ${few}, ${many}
      select id from found0 where ${count(0)} >= ${limit}
      union all select id from found1 where ${count(1)} >= ${limit}
      union all (${hitsOf(sql`${count(0)} < ${limit} and ${count(1)} < ${limit}`)})`;
  }
}
