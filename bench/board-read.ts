import { isDeepStrictEqual } from 'node:util';
import { getTableName } from 'drizzle-orm';
import { openDatabase } from '../db/access/open.ts';
import { indexTitles, termsOf } from '../db/access/search.ts';
import type { Database } from '../db/access/database.ts';
import { listNotices, noticeById } from '../db/notices.ts';
import { listProcurements, procurementById } from '../db/procurements.ts';
import { lots, notices, procurements } from '../db/schema/sqlite.ts';
import { onPostgres, onSqlite, type Bare } from './board/driver.ts';
import { ANNOUNCED, fill, WORDS, type Known } from './board/rows.ts';
import { inTurn, percentile, rounded } from './figures.ts';
import { machine } from './installation.ts';

interface Options {
  readonly n: number;
  readonly samples: number;
  readonly rounds: number;
  readonly database: 'sqlite' | 'postgres';
}

interface Read {
  readonly product: (turn: number) => Promise<unknown>;
  readonly bare: (turn: number) => Promise<unknown>;
}

/** As in the API: a page of 50, and whether there is another. */
const LIMIT = 51;

/** Lists, single rows and searches through the repository, beside the driver's prepared statements for the same rows. */
export async function run(options: Options, say: (line: string) => void): Promise<object> {
  const { n, samples, rounds, database } = options;
  const field = await (database === 'sqlite' ? onSqlite() : onPostgres(say));
  const db = await openDatabase(field.storage);
  const bare = field.bare();
  const startedAt = performance.now();
  const known = await fill(bare, n);
  await db.transaction((tx) => indexTitles(tx.q));
  await bare.settle();
  say(`${n} procurements filled in and indexed in ${rounded((performance.now() - startedAt) / 1_000)} s`);

  const reads = readsOf(db, bare, known, database);
  const figures: Record<string, object> = {};
  for (const [name, read] of Object.entries(reads)) {
    const rows = await sameRows(name, read);
    const took = { product: [] as number[], bare: [] as number[] };
    const part = Math.ceil(samples / rounds);
    for (let round = 0; round < rounds; round += 1) {
      for (const subject of inTurn(round, ['product', 'bare'] as const)) {
        for (let turn = round * part; turn < (round + 1) * part; turn += 1) {
          const from = performance.now();
          await read[subject](turn);
          took[subject].push(performance.now() - from);
        }
      }
    }
    const ms = (of: readonly number[], share: number) => percentile(of, share);
    const both = (of: readonly number[]) => ({ p50Ms: rounded(ms(of, 0.5), 3), p99Ms: rounded(ms(of, 0.99), 3) });
    figures[name] = {
      rows,
      product: both(took.product),
      bare: both(took.bare),
      ratio: {
        p50: rounded(ms(took.product, 0.5) / ms(took.bare, 0.5), 2),
        p99: rounded(ms(took.product, 0.99) / ms(took.bare, 0.99), 2),
      },
    };
    say(`${name}: ${JSON.stringify(figures[name])}`);
  }
  await bare.close();
  await db.close();
  await field.close();
  return { bench: 'board-read', machine: machine(), ...options, reads: figures, aim: 'p99 ratio <= 1.5' };
}

/** @throws when the two return different rows */
async function sameRows(name: string, { product, bare }: Read): Promise<number> {
  let rows = 0;
  // The first hundred also warm up both.
  for (let turn = 0; turn < 100; turn += 1) {
    const [ours, theirs] = [await product(turn), await bare(turn)];
    if (!isDeepStrictEqual(ours, theirs)) throw new Error(`${name}: product and baseline answer different rows`);
    rows = Array.isArray(ours) ? ours.length : 1;
  }
  return rows;
}

function readsOf(
  db: Database,
  bare: Bare,
  { ids, noticeIds, deep }: Known,
  database: Options['database'],
): Record<string, Read> {
  const q = db.read;
  const turned = <T>(list: readonly T[], turn: number): T => list[(turn * 7) % list.length] as T;
  const listed = bare.statement(
    procurements,
    (columns) => `SELECT ${columns} FROM procurements WHERE stage <> 'draft' ORDER BY id DESC LIMIT ?`,
  );
  const listedAfter = bare.statement(
    procurements,
    (columns) => `SELECT ${columns} FROM procurements WHERE stage <> 'draft' AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  const board = bare.statement(
    notices,
    (columns) => `SELECT ${columns} FROM notices ORDER BY published_at DESC, id DESC LIMIT ?`,
  );
  const boardAfter = bare.statement(
    notices,
    (columns) =>
      `SELECT ${columns} FROM notices WHERE (published_at, id) < (?, ?) ORDER BY published_at DESC, id DESC LIMIT ?`,
  );
  const notice = bare.statement(notices, (columns) => `SELECT ${columns} FROM notices WHERE id = ?`);
  const procurement = bare.statement(procurements, (columns) => `SELECT ${columns} FROM procurements WHERE id = ?`);
  const lotsOf = bare.statement(lots, (columns) => `SELECT ${columns} FROM lots WHERE procurement_id = ? ORDER BY no`);
  const reads: Record<string, Read> = {
    'list of procurements': {
      product: () => listProcurements(q, { stages: ANNOUNCED, limit: LIMIT }),
      bare: () => listed([LIMIT]),
    },
    'list of procurements, deep': {
      product: () => listProcurements(q, { stages: ANNOUNCED, after: deep.procurement, limit: LIMIT }),
      bare: () => listedAfter([deep.procurement, LIMIT]),
    },
    'list of notices': { product: () => listNotices(q, { limit: LIMIT }), bare: () => board([LIMIT]) },
    'list of notices, deep': {
      product: () => listNotices(q, { before: deep.notice, limit: LIMIT }),
      bare: () => boardAfter([deep.notice.publishedAt, deep.notice.id, LIMIT]),
    },
    'one notice': {
      product: (turn) => noticeById(q, turned(noticeIds, turn)),
      bare: async (turn) => (await notice([turned(noticeIds, turn)]))[0],
    },
    'one procurement with its lots': {
      product: (turn) => procurementById(q, turned(ids, turn)),
      bare: async (turn) => {
        const id = turned(ids, turn);
        const [row] = await procurement([id]);
        return { ...row, lots: await lotsOf([id]) };
      },
    },
  };
  const boards = [
    {
      name: 'notices',
      table: notices,
      titles: 'notice_titles',
      index: 'notice_search',
      newest: 't.published_at DESC, t.id DESC',
      announced: 'true',
      product: (text: string) => listNotices(q, { text, limit: LIMIT }),
    },
    {
      name: 'procurements',
      table: procurements,
      titles: 'procurement_titles',
      index: 'procurement_search',
      newest: 't.id DESC',
      announced: "t.stage <> 'draft'",
      product: (text: string) => listProcurements(q, { text, stages: ANNOUNCED, limit: LIMIT }),
    },
  ];
  for (const { name, table, titles, index, newest, announced, product } of boards) {
    const byIndex = bare.statement(table, (columns) =>
      database === 'sqlite'
        ? `SELECT ${columns} FROM ${index} CROSS JOIN ${titles} s CROSS JOIN ${getTableName(table)} t
           WHERE ${index} MATCH ? AND s.seq = ${index}.rowid AND t.id = s.id AND ${announced} ORDER BY ${index}.rowid DESC LIMIT ?`
        : `SELECT ${columns} FROM (SELECT id AS hit FROM ${titles}
             WHERE array_to_tsvector(string_to_array(ltrim(terms), ' ')) @@ ?::tsquery AND strpos(terms, ?) > 0 OFFSET 0) s
           JOIN ${getTableName(table)} t ON t.id = s.hit WHERE ${announced} ORDER BY ${newest} LIMIT ?`,
    );
    // Written for a frequent word: from the newest on until the page is full.
    const byOrder =
      database === 'sqlite'
        ? byIndex
        : bare.statement(
            table,
            (columns) => `SELECT ${columns} FROM ${getTableName(table)} t
              WHERE ${announced} AND (SELECT strpos(terms, ?) FROM ${titles} s WHERE s.id = t.id) > 0 ORDER BY ${newest} LIMIT ?`,
          );
    for (const [kind, words] of Object.entries(WORDS)) {
      const asked = words.map((word) => {
        const terms = termsOf(word).trim().split(' ');
        const inARow = word.length === 1 ? terms : terms.slice(0, -1);
        const star = word.length === 1 ? '*' : '';
        return {
          word,
          text: ` ${inARow.join(' ')}`,
          match:
            database === 'sqlite'
              ? `"${inARow.join(' ')}"${star}`
              : inARow.map((term) => `'${term}'${star && ':*'}`).join(' & '),
          walks: database === 'postgres' && !/[籍古天艇]|程学/.test(word),
        };
      });
      reads[`search of ${name}, ${kind}`] = {
        product: (turn) => product(turned(asked, turn).word),
        bare: (turn) => {
          const { text, match, walks } = turned(asked, turn);
          if (walks) return byOrder([text, LIMIT]);
          return byIndex(database === 'sqlite' ? [match, LIMIT] : [match, text, LIMIT]);
        },
      };
    }
  }
  return reads;
}
