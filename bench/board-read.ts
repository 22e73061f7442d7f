import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import pg from 'pg';
import { v7 as newId } from 'uuid';
import { createDatabase } from '../cli/servers/postgres-databases.ts';
import type { Database, DatabaseOptions } from '../db/access/database.ts';
import { listNotices, noticeById } from '../db/notices.ts';
import { openDatabase } from '../db/access/open.ts';
import { listProcurements, procurementById } from '../db/procurements.ts';
import { lots, notices, organisations, procurements } from '../db/schema/sqlite.ts';
import { indexTitles, termsOf } from '../db/access/search.ts';
import { databaseFile } from '../db/sqlite/open.ts';
import { PROCUREMENT_STAGES } from '../domain/stages.ts';
import { at } from '../test/setup/tender.ts';
import { inTurn, percentile, rounded } from './figures.ts';
import { machine, startOwnPostgres, temporaryFolder } from './installation.ts';

interface Options {
  readonly n: number;
  readonly samples: number;
  readonly rounds: number;
  readonly database: 'sqlite' | 'postgres';
}

type Row = Record<string, unknown>;

/** The driver without us, on the same rows. */
interface Bare {
  insert(table: SQLiteTable, rows: readonly Row[]): Promise<void>;
  /** What a server does by itself once rows have stood for a while. */
  settle(): Promise<void>;
  /** Draws a statement up once, with `?` for each value; answers all columns of the table as the product does. */
  statement(table: SQLiteTable, text: (columns: string) => string): (values: readonly unknown[]) => Promise<Row[]>;
  close(): Promise<void>;
}

interface Field {
  readonly storage: Pick<DatabaseOptions, 'dataDir' | 'url'>;
  bare(): Bare;
  close(): Promise<void>;
}

interface Read {
  readonly product: (turn: number) => Promise<unknown>;
  readonly bare: (turn: number) => Promise<unknown>;
}

/** What the API asks for: a page of 50, and whether there is another. */
const LIMIT = 51;
const ANNOUNCED = PROCUREMENT_STAGES.filter((stage) => stage !== 'draft');

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

/** @throws when the two do not answer the same */
async function sameRows(name: string, { product, bare }: Read): Promise<number> {
  let rows = 0;
  // The first hundred warm both up, too.
  for (let turn = 0; turn < 100; turn += 1) {
    const [ours, theirs] = [await product(turn), await bare(turn)];
    if (!isDeepStrictEqual(ours, theirs)) throw new Error(`${name}: product and baseline answer different rows`);
    rows = Array.isArray(ours) ? ours.length : 1;
  }
  return rows;
}

// Titles of parts, of which some are in every second title and some in one of thousands.

const PLACES = '城关镇 河东新区 高新区 临江街道 南湖片区 北站片区 柳溪乡 石门县 云岭村 开发区'.split(' ');
const THINGS =
  '学校 教学楼 实验小学 道路 人民路 污水管网 医院门诊楼 供水管道 公园绿化 农田水利 路灯 河堤 桥梁 信息系统 办公设备 消防车'.split(
    ' ',
  );
const WORKS = '改造工程 新建工程 维修工程 扩建工程 采购项目 监理服务'.split(' ');
const RARE = ['古籍修复', '天文圆顶'];
const NOTICES = ['招标公告', '中标候选人公示', '中标结果公告'];
const WORDS = {
  frequent: ['工程', '改造工程', '年第'],
  rare: ['古籍', '天文圆顶', '籍修复'],
  'one character': ['路', '桥', '籍'],
  'no hit': ['潜水艇', '程学', '路古籍'],
};
const FIRST_AT = at('2020-01-01');
const DAY_MS = 86_400_000;

interface Known {
  readonly ids: readonly string[];
  readonly noticeIds: readonly string[];
  readonly deep: {
    readonly procurement: string;
    readonly notice: { readonly publishedAt: number; readonly id: string };
  };
}

/** The same for the same `n`: nothing is drawn by lot. */
async function fill(bare: Bare, n: number): Promise<Known> {
  const ids: string[] = [];
  const noticeIds: string[] = [];
  let deep: Known['deep'] | undefined;
  const organisationId = newId();
  await bare.insert(organisations, [
    { id: organisationId, name: '某局', creditCode: '91360000000000001P', createdAt: 0 },
  ]);
  const some = <T>(list: readonly T[], by: number): T => list[by % list.length] as T;
  for (let from = 0; from < n; from += 1_000) {
    const rows = { procurements: [] as Row[], lots: [] as Row[], notices: [] as Row[] };
    for (let index = from; index < Math.min(n, from + 1_000); index += 1) {
      const createdAt = FIRST_AT + index * 600_000;
      const id = newId({ msecs: createdAt });
      const spread = Math.imul(index + 1, 0x9e3779b1) >>> 8;
      const thing = index % 500 === 7 ? some(RARE, Math.floor(index / 500)) : some(THINGS, (spread % 7) * (spread % 5));
      const title = `${some(PLACES, spread)}${thing}${some(WORKS, (spread % 3) * (spread % 4))}（${2020 + (index % 7)}年第${(index % 997) + 1}号）`;
      const goods = title.includes('采购');
      rows.procurements.push({
        ...{
          id,
          title,
          createdAt,
          version: 3,
          rulebookVersion: '2026.11',
          contentZh: `${title}，详见招标文件。`.repeat(6),
        },
        ...{ regime: goods ? 'government' : 'tendering', procedure: 'open-tender', kind: goods ? 'goods' : 'works' },
        ...{ mandatory: true, purchaserId: organisationId, agencyId: null, budgetFen: 100_000 * (index + 1) },
        ...{
          stage: index % 20 === 3 ? 'draft' : some(ANNOUNCED, spread),
          intentionAt: null,
          noticeAt: createdAt + DAY_MS,
        },
        ...{
          documentsFrom: createdAt + DAY_MS,
          documentsUntil: createdAt + 6 * DAY_MS,
          bidDeadline: createdAt + 21 * DAY_MS,
        },
        ...{
          bidValidityDays: 90,
          launchedAt: createdAt,
          openedAt: null,
          endedAt: null,
          retenderOf: null,
          retenderLot: null,
        },
      });
      for (const no of index % 3 ? [1] : [1, 2]) {
        rows.lots.push({
          ...{ procurementId: id, no, title: `第${no}标段`, budgetFen: 50_000 * (index + 1), bidBondFen: null },
          ...{ stage: 'pending', stopped: null, winnerBidId: null, awardedAt: null, deemed: false },
        });
      }
      for (const [step, name] of NOTICES.entries()) {
        const publishedAt = createdAt + (1 + 25 * step) * DAY_MS;
        const notice = {
          ...{ id: newId({ msecs: publishedAt }), procurementId: id, lotNo: step && 1, version: 1, corrects: null },
          ...{
            kind: ['tender', 'candidates', 'award'][step],
            titleZh: `${title}${name}`,
            legalAt: publishedAt,
            publishedAt,
          },
          content: {
            ...{
              regime: 'tendering',
              textZh: `${title}，具体内容见附件。`.repeat(4),
              budgetFen: 100_000 * (index + 1),
            },
            lots: [{ no: 1, title: '第1标段', candidates: ['甲公司', '乙公司', '丙公司'] }],
          },
          hash: 'c0ffee'.padEnd(64, '0'),
        };
        rows.notices.push(notice);
        if (index % 100 === 0) noticeIds.push(notice.id);
        if (index === n >> 1) deep = { procurement: id, notice: { publishedAt, id: notice.id } };
      }
      if (index % 100 === 0) ids.push(id);
    }
    await bare.insert(procurements, rows.procurements);
    await bare.insert(lots, rows.lots);
    await bare.insert(notices, rows.notices);
  }
  if (!deep) throw new Error('unreachable');
  return { ids, noticeIds, deep };
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
    // What its author would write who knows that the word is frequent: from the newest on until the page is full.
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

const columnsOf = (table: SQLiteTable): [string, SQLiteColumn][] =>
  Object.entries<SQLiteColumn>(getTableColumns(table));
/** Under the names that the product gives them. */
const named = (table: SQLiteTable): string =>
  columnsOf(table)
    .map(([key, { name }]) => `t.${name} AS "${key}"`)
    .join(', ');
const unaliased = (table: SQLiteTable, text: (columns: string) => string): string =>
  text(named(table)).replace(new RegExp(`FROM ${getTableName(table)} (?!t)`), `FROM ${getTableName(table)} t `);

async function onSqlite(): Promise<Field> {
  const storage = { dataDir: temporaryFolder() };
  return {
    storage,
    bare: () => {
      const connection = new BetterSqlite3(databaseFile(storage.dataDir));
      return {
        insert: async (table, rows) => {
          const columns = columnsOf(table);
          const statement = connection.prepare(
            `INSERT INTO ${getTableName(table)} (${columns.map(([, { name }]) => name).join(', ')})
             VALUES (${columns.map(() => '?').join(', ')})`,
          );
          const stored = (value: unknown) =>
            typeof value === 'boolean'
              ? Number(value)
              : typeof value === 'object' && value
                ? JSON.stringify(value)
                : value;
          connection.transaction(() => {
            for (const row of rows) statement.run(columns.map(([key]) => stored(row[key])));
          })();
        },
        settle: async () => void connection.pragma('wal_checkpoint(TRUNCATE)'),
        statement: (table, text) => {
          const statement = connection.prepare(unaliased(table, text));
          const json = columnsOf(table).filter(([, { columnType }]) => columnType === 'SQLiteTextJson');
          const flags = columnsOf(table).filter(([, { columnType }]) => columnType === 'SQLiteBoolean');
          return async (values) => {
            const rows = statement.all(...values) as Row[];
            for (const row of rows) {
              for (const [key] of json) if (row[key] !== null) row[key] = JSON.parse(row[key] as string);
              for (const [key] of flags) row[key] = row[key] === 1;
            }
            return rows;
          };
        },
        close: async () => void connection.close(),
      };
    },
    close: async () => undefined,
  };
}

async function onPostgres(say: (line: string) => void): Promise<Field> {
  const folder = temporaryFolder();
  const server = await startOwnPostgres(folder, say);
  const url = await createDatabase(server, 'board');
  return {
    storage: { dataDir: join(folder, 'installation'), url },
    bare: () => {
      const BIGINT = 20;
      const pool = new pg.Pool({
        connectionString: url,
        max: 12,
        types: {
          getTypeParser: (oid: number, format) =>
            (oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)) as never,
        },
      });
      pool.on('error', () => undefined);
      let drawn = 0;
      return {
        insert: async (table, rows) => {
          const columns = columnsOf(table);
          const stored = rows.map((row) => Object.fromEntries(columns.map(([key, { name }]) => [name, row[key]])));
          await pool.query(
            `INSERT INTO ${getTableName(table)} SELECT * FROM jsonb_populate_recordset(NULL::${getTableName(table)}, $1)`,
            [JSON.stringify(stored)],
          );
        },
        settle: async () => void (await pool.query('VACUUM ANALYZE')),
        statement: (table, text) => {
          let count = 0;
          const name = `bare${drawn++}`;
          const numbered = unaliased(table, text).replaceAll('?', () => `$${++count}`);
          return async (values) => (await pool.query<Row>({ name, text: numbered, values: [...values] })).rows;
        },
        close: () => pool.end(),
      };
    },
    close: () => server.stop(),
  };
}
