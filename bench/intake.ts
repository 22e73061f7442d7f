import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { v7 as newId } from 'uuid';
import { submitBid } from '../db/bids.ts';
import type { Database } from '../db/database.ts';
import { openDatabase } from '../db/open.ts';
import { databaseFile } from '../db/sqlite.ts';
import { advanceProcurement } from '../db/procurements.ts';
import { actorOf, at, draftOf, launch, people, type People } from '../test/setup/tender.ts';
import { byCallers, inTurn, median, rounded } from './figures.ts';
import { machine, temporaryFolder } from './installation.ts';

interface Options {
  readonly n: number;
  readonly callers: number;
  readonly rounds: number;
}

/** So many bidders hand in a bid for each tender. */
const BIDDERS = 50;
const FILE = { sha256: 'c0ffee'.padEnd(64, '0'), size: 48_213_377 };

/** Bids per second through the repository, beside inserts of the same row into the same table, each its own transaction. */
export async function run({ n, callers, rounds }: Options, say: (line: string) => void): Promise<object> {
  const folder = temporaryFolder();
  const product = await tendersThatTakeBids(join(folder, 'product'), Math.ceil(n / BIDDERS));
  const bare = await tendersThatTakeBids(join(folder, 'bare'), Math.ceil(n / BIDDERS));
  const insert = bareInsert(join(folder, 'bare'));
  const bidder = (index: number, { ids, who }: Tenders) => ({
    procurementId: ids[Math.floor(index / BIDDERS)] as string,
    supplier: who.suppliers[index % BIDDERS] as People['suppliers'][number],
  });

  const part = Math.floor(n / rounds);
  const perSecond = { product: [] as number[], bare: [] as number[] };
  const commits: number[] = [];
  const measures = {
    product: async (from: number) => {
      let inThisCommit = 0;
      const { ms } = await byCallers(part, callers, async (index) => {
        const { procurementId, supplier } = bidder(from + index, product);
        await product.db.transaction((tx) =>
          submitBid(tx, actorOf(supplier, 'supplier'), {
            procurementId,
            lotNo: 1,
            supplierId: supplier.id,
            file: FILE,
          }),
        );
        // Those of one commit are answered together, before anything else gets a turn.
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
      const startedAt = performance.now();
      for (let index = 0; index < part; index += 1) {
        const { procurementId, supplier } = bidder(from + index, bare);
        insert({ procurementId, supplierId: supplier.id });
      }
      return performance.now() - startedAt;
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
  await product.db.close();
  await bare.db.close();
  const ratios = perSecond.product.map((each, round) => each / (perSecond.bare[round] ?? Number.NaN));
  return {
    bench: 'intake',
    machine: machine(),
    bids: part * rounds,
    callers,
    product: {
      bidsPerSecond: rounded(median(perSecond.product)),
      rounds: perSecond.product.map((each) => rounded(each)),
    },
    bare: { insertsPerSecond: rounded(median(perSecond.bare)), rounds: perSecond.bare.map((each) => rounded(each)) },
    ratio: rounded(median(ratios), 2),
    aim: 'ratio >= 0.5',
    bidsPerCommit: { median: median(commits), most: Math.max(...commits) },
    perBid: 'deadline, stage, suspensions and earlier bids read; bid and audit entry (chained by SHA-256) written',
  };
}

interface Tenders {
  readonly db: Database;
  readonly ids: readonly string[];
  readonly who: People;
}

/** An installation whose clock stands in the bidding period of its tenders. */
async function tendersThatTakeBids(dataDir: string, count: number): Promise<Tenders> {
  const civilStartMs = at('2026-03-26T10:00+08:00');
  const db = await openDatabase({
    dataDir,
    clock: { mode: 'drill', msPerDay: 86_400_000, civilStartMs, realStartMs: Date.now() },
  });
  const who = await people(db, BIDDERS);
  const draft = draftOf('tendering', who.purchaser.id);
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { procurement } = await launch(db, who.asPurchaser, draft);
    await db.transaction((tx) => advanceProcurement(tx, procurement.id, 'bidding'));
    ids.push(procurement.id);
  }
  return { db, ids, who };
}

/** The row that a bid is, in the product's own table with its keys, indexes and triggers; nothing else is written. */
function bareInsert(dataDir: string): (bid: { procurementId: string; supplierId: string }) => void {
  const connection = new BetterSqlite3(databaseFile(dataDir));
  connection.pragma('foreign_keys = ON');
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  const statement = connection.prepare(
    `INSERT INTO bids (id, procurement_id, lot_no, supplier_id, version, sha256, size, received_at, deadline, state)
     VALUES (?, ?, 1, ?, 1, ?, ?, ?, ?, 'standing')`,
  );
  const now = at('2026-03-28T10:00+08:00');
  const deadline = at('2026-04-20T09:00+08:00');
  return ({ procurementId, supplierId }) => {
    statement.run(newId(), procurementId, supplierId, FILE.sha256, FILE.size, now, deadline);
  };
}
