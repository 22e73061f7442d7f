import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { v7 as newId } from 'uuid';
import { createDatabase } from '../cli/servers/postgres-databases.ts';
import { submitBid } from '../services/bids/submit.ts';
import type { Database, Storage } from '../db/access/database.ts';
import { openDatabase } from '../db/access/open.ts';
import { databaseFile } from '../db/sqlite/connection.ts';
import { actorOf, at, draftOf, launch, people, type People } from '../test/setup/tenders/tender.ts';
import { moveTo } from '../test/setup/tenders/tenders.ts';
import { byCallers, inTurn, median, rounded } from './figures.ts';
import { machine, startOwnPostgres, temporaryFolder } from './installation.ts';

interface Options {
  readonly n: number;
  readonly tenders: number;
  readonly callers: number;
  readonly rounds: number;
  readonly database: 'sqlite' | 'postgres';
}

type Insert = (bid: { procurementId: string; supplierId: string }) => Promise<void>;

/** Two identical installations, and the bare insert into the second. */
interface Field {
  readonly product: Storage;
  readonly bare: Storage;
  bareInsert(): Promise<{ insert: Insert; callers: number; close: () => Promise<void> }>;
  close(): Promise<void>;
}

/** Bids per tender, each of another bidder. */
const BIDDERS = 50;
const FILE = { sha256: 'c0ffee'.padEnd(64, '0'), size: 48_213_377 };

/** Bids per second through the repository, beside inserts of the same row into the same table, one per transaction. */
export async function run(options: Options, say: (line: string) => void): Promise<object> {
  const { n, tenders, callers, rounds, database } = options;
  const field = await (database === 'sqlite' ? onSqlite() : onPostgres(callers, say));
  const product = await tendersThatTakeBids(field.product, Math.ceil(n / (BIDDERS * tenders)) * tenders);
  const bare = await tendersThatTakeBids(field.bare, product.ids.length);
  const baseline = await field.bareInsert();
  /** Bids are submitted to this many tenders in turn, until each has all of its bids; then to the next. */
  const bidder = (index: number, { ids, who }: Tenders) => {
    const block = Math.floor(index / (BIDDERS * tenders));
    return {
      procurementId: ids[block * tenders + (index % tenders)] as string,
      supplier: who.suppliers[Math.floor(index / tenders) % BIDDERS] as People['suppliers'][number],
    };
  };

  const part = Math.floor(n / rounds);
  const perSecond = { product: [] as number[], bare: [] as number[] };
  const commits: number[] = [];
  const measures = {
    product: async (from: number) => {
      let inThisCommit = 0;
      const { ms } = await byCallers(part, callers, async (index) => {
        const { procurementId, supplier } = bidder(from + index, product);
        await product.db.transaction(
          (tx) =>
            submitBid(tx, actorOf(supplier, 'supplier'), {
              procurementId,
              lotNo: 1,
              supplierId: supplier.id,
              file: FILE,
            }),
          { procurementId },
        );
        // Bids of one commit are answered together, before anything else runs.
        if (inThisCommit === 0) {
          queueMicrotask(() => {
            commits.push(inThisCommit);
            inThisCommit = 0;
          });
        }
        inThisCommit += 1;
      });
      return ms;
    },
    bare: async (from: number) => {
      const { ms } = await byCallers(part, baseline.callers, (index) => {
        const { procurementId, supplier } = bidder(from + index, bare);
        return baseline.insert({ procurementId, supplierId: supplier.id });
      });
      return ms;
    },
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of inTurn(round, ['product', 'bare'] as const)) {
      perSecond[subject].push((part / (await measures[subject](round * part))) * 1_000);
    }
    say(
      `round ${round + 1}/${rounds}: product ${rounded(perSecond.product[round] ?? 0)}/s, bare ${rounded(perSecond.bare[round] ?? 0)}/s`,
    );
  }
  await baseline.close();
  await product.db.close();
  await bare.db.close();
  await field.close();
  const ratios = perSecond.product.map((each, round) => each / (perSecond.bare[round] ?? Number.NaN));
  return {
    bench: 'intake',
    machine: machine(),
    database,
    bids: part * rounds,
    tenders,
    callers,
    product: {
      bidsPerSecond: rounded(median(perSecond.product)),
      rounds: perSecond.product.map((each) => rounded(each)),
    },
    bare: { insertsPerSecond: rounded(median(perSecond.bare)), rounds: perSecond.bare.map((each) => rounded(each)) },
    ratio: rounded(median(ratios), 2),
    aim: 'ratio >= 0.5',
    bidsPerCommit: { median: median(commits), most: Math.max(...commits) },
    perBid:
      'deadline, stage, suspensions and earlier bids read; bid and audit entry (chained by SHA-256) written, and what became of each row',
  };
}

interface Tenders {
  readonly db: Database;
  readonly ids: readonly string[];
  readonly who: People;
}

/** An installation whose clock is in the bidding period of its tenders. */
async function tendersThatTakeBids(storage: Storage, count: number): Promise<Tenders> {
  const civilStartMs = at('2026-03-26T10:00+08:00');
  const db = await openDatabase({
    ...storage,
    clock: { mode: 'drill', msPerDay: 86_400_000, civilStartMs, realStartMs: Date.now() },
  });
  const who = await people(db, BIDDERS);
  const draft = draftOf('tendering', who.purchaser.id);
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { procurement } = await launch(db, who.asPurchaser, draft);
    await db.transaction((tx) => moveTo(tx, procurement.id, 'bidding'));
    ids.push(procurement.id);
  }
  return { db, ids, who };
}

// The row of a bid, in the product's own table with its keys, indexes and triggers except the one that notes what is written.
const INTO =
  'INSERT INTO bids (id, procurement_id, lot_no, supplier_id, version, sha256, size, received_at, deadline, state)';
const RECEIVED_AT = at('2026-03-28T10:00+08:00');
const DEADLINE = at('2026-04-20T09:00+08:00');

async function onSqlite(): Promise<Field> {
  const folder = temporaryFolder();
  const [product, bare] = [{ dataDir: join(folder, 'product') }, { dataDir: join(folder, 'bare') }];
  return {
    product,
    bare,
    bareInsert: async () => {
      const connection = new BetterSqlite3(databaseFile(bare.dataDir));
      connection.pragma('foreign_keys = ON');
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
      // It calls a function that only the product defines.
      connection.exec('DROP TRIGGER kaibiao_rows_bids_insert');
      const statement = connection.prepare(`${INTO} VALUES (?, ?, 1, ?, 1, ?, ?, ?, ?, 'standing')`);
      return {
        // SQLite has one writer, which runs synchronously: more callers would only queue.
        callers: 1,
        insert: async ({ procurementId, supplierId }) => {
          statement.run(newId(), procurementId, supplierId, FILE.sha256, FILE.size, RECEIVED_AT, DEADLINE);
        },
        close: async () => void connection.close(),
      };
    },
    close: async () => undefined,
  };
}

async function onPostgres(callers: number, say: (line: string) => void): Promise<Field> {
  const folder = temporaryFolder();
  const server = await startOwnPostgres(folder, say);
  const [product, bare] = [
    { dataDir: join(folder, 'product'), url: await createDatabase(server, 'product') },
    { dataDir: join(folder, 'bare'), url: await createDatabase(server, 'bare') },
  ];
  return {
    product,
    bare,
    bareInsert: async () => {
      const pool = new pg.Pool({ connectionString: bare.url, max: 12 });
      pool.on('error', () => undefined);
      await pool.query('DROP TRIGGER kaibiao_rows ON bids');
      return {
        callers,
        insert: async ({ procurementId, supplierId }) => {
          await pool.query({
            name: 'insert',
            text: `${INTO} VALUES ($1, $2, 1, $3, 1, $4, $5, $6, $7, 'standing')`,
            values: [newId(), procurementId, supplierId, FILE.sha256, FILE.size, RECEIVED_AT, DEADLINE],
          });
        },
        close: () => pool.end(),
      };
    },
    close: () => server.stop(),
  };
}
