import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, GENESIS, hashOf, recordAudit, UNATTENDED } from '../../db/audit.ts';
import { standingBids, type Bid } from '../../db/bids.ts';
import { submitBid } from '../../services/bids/submit.ts';
import type { Database } from '../../db/access/database.ts';
import { connect, SCHEMA } from '../../db/postgres/connection.ts';
import { openDatabase } from '../../db/access/open.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { listOrganisations } from '../../db/organisations.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import type { DomainError } from '../../domain/errors.ts';
import { rawDatabase, temporaryDatabase, temporaryStorage, type Raw, type Storage } from '../setup/database.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import {
  advance,
  at,
  draftOf,
  handClock,
  launch,
  people,
  publishedTender,
  refusalOf,
} from '../setup/tenders/tender.ts';

const NOTICE_AT = at('2026-03-27T09:00+08:00');
const DEADLINE = at('2026-04-20T09:00+08:00');

let storage: Storage;
let remove: () => Promise<void>;
let raw: Raw;
const opened: Database[] = [];
beforeEach(async () => {
  ({ storage, remove } = await temporaryStorage());
  raw = await rawDatabase(storage);
});
afterEach(async () => {
  await raw.close();
  for (const db of opened.splice(0)) await db.close();
  await remove();
});

async function open(options: Partial<Parameters<typeof openDatabase>[0]> = {}): Promise<Database> {
  const db = await openDatabase({ ...storage, ...options });
  opened.push(db);
  return db;
}

const register = (db: Database, n: number) =>
  db.transaction((tx) =>
    createOrganisation(tx, UNATTENDED, { name: `单位${n}`, creditCode: `9136${String(n).padStart(14, '0')}` }),
  );

const fileOf = (db: Database, text: string) => db.blobs.store(Readable.from([Buffer.from(text)]), 1000);

describe('the bid deadline by the clock of the server', () => {
  it('hundreds through two processes’ pools: none late taken, none on time lost, all in one order', async () => {
    // Civil time runs as real time does, and the deadline comes while they are bidding.
    const first = await open({ clock: clockAt(NOTICE_AT - DAY_MS) });
    const second = await open();
    const who = await people(first, 40);
    const { procurement } = await launch(first, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    const { id: procurementId } = procurement;
    await setClock(NOTICE_AT);
    // A process learns of it from its next transaction.
    await first.transaction(async ({ now }) => expect(now).toBeGreaterThanOrEqual(NOTICE_AT));
    await advance(first, procurementId);
    const files = await Promise.all(who.suppliers.map(({ name }) => fileOf(first, name)));
    await setClock(DEADLINE - 4_000);
    const deadline = Date.now() + 4_000;
    const judged: { now: number; bid: Bid | null; code: string | null }[] = [];
    const bid = async (db: Database, supplier: number): Promise<void> => {
      let now = 0;
      const work = db.transaction(
        (tx) => {
          now = tx.now;
          const place = { procurementId, lotNo: 1, supplierId: String(who.suppliers[supplier]?.id) };
          return submitBid(tx, who.asSupplier(supplier), { ...place, file: files[supplier] as (typeof files)[0] });
        },
        { procurementId },
      );
      await work.then(
        (taken) => judged.push({ now, bid: taken, code: null }),
        (error: unknown) => judged.push({ now, bid: null, code: (error as DomainError).code }),
      );
    };
    const closings: string[] = [];
    const late = () => judged.filter(({ code }) => code !== null).length;
    // On a busy machine a round may take longer than half a second.
    for (let round = 0; Date.now() < deadline + 500 || late() <= 20; round += 1) {
      const dbs = [first, second];
      await Promise.all([
        ...Array.from({ length: 20 }, (_, n) => bid(dbs[n % 2] as Database, (round * 20 + n) % 40)),
        ...dbs.map(async (db) => closings.push((await advance(db, procurementId)).stage)),
      ]);
    }
    expect(judged.filter(({ code }) => code === null).length).toBeGreaterThan(20);
    expect(late()).toBeGreaterThan(20);
    for (const { now, bid: taken, code } of judged) {
      if (now < DEADLINE) expect([taken?.receivedAt, code]).toEqual([now, null]);
      else expect(code).toBe('bid-late');
    }
    expect(new Set(closings)).toEqual(new Set(['bidding', 'evaluation']));
    const standing = await standingBids(first.read, procurementId, 1);
    const [opening, ...others] = await openingsOf(first.read, procurementId);
    expect(others).toEqual([]);
    expect(opening?.entries.map(({ bidId }) => bidId).sort()).toEqual(standing.map(({ id }) => id).sort());
    expect(opening?.actualAt).toBeGreaterThanOrEqual(DEADLINE);
    await expectOneChain(first);
  });

  it('a bid waits for the transaction that holds its procurement’s row, and nobody else does', async () => {
    const clock = handClock('2026-03-01');
    const db = await open({ machineClock: clock.read });
    const who = await people(db, 3);
    const held = await publishedTender(db, clock, who, 'tendering', { title: '甲' });
    clock.set('2026-03-01');
    const free = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
    await raw.run('BEGIN');
    await raw.all(`SELECT 1 FROM procurements WHERE id = '${held.id}' FOR UPDATE`);
    const waiting = db.transaction(async (tx) => tx.now, { procurementId: held.id });
    const besides = await db.transaction(async (tx) => tx.now, { procurementId: free.procurement.id });
    expect(besides).toBeGreaterThan(0);
    expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting');
    await raw.run('COMMIT');
    // Its instant is taken when it has the row, not when it asked for it.
    expect(await waiting).toBeGreaterThanOrEqual(besides);
  });
});

const clockAt = (civilStartMs: number) =>
  ({ mode: 'drill', msPerDay: DAY_MS, realStartMs: Date.now(), civilStartMs }) as const;

/** As nobody may once a tender was launched; each transaction reads it again. */
const setClock = (civilMs: number) =>
  raw.behind(`UPDATE installation SET clock = '${JSON.stringify(clockAt(civilMs))}'`);

async function expectOneChain(db: Database): Promise<void> {
  let previous = GENESIS;
  let seq = 0;
  let before = 0;
  for (const { hash, ...entry } of await auditAfter(db.read, 0, 10_000)) {
    expect([entry.seq, entry.previousHash]).toEqual([(seq += 1), previous]);
    expect(hash).toBe(hashOf(entry));
    expect(entry.at).toBeGreaterThanOrEqual(before);
    previous = hash;
    before = entry.at;
  }
  expect(seq).toBeGreaterThan(0);
}

describe('connections that are cut', () => {
  it('during the work: it is retried once', async () => {
    const db = await open();
    let tries = 0;
    const made = await db.transaction(async (tx) => {
      tries += 1;
      const organisation = await createOrganisation(tx, UNATTENDED, { name: '甲', creditCode: '91360000000000009X' });
      if (tries === 1) await cutOthers();
      return organisation;
    });
    expect(tries).toBe(2);
    expect((await listOrganisations(db.read, { limit: 10 })).map(({ id }) => id)).toEqual([made.id]);
    await expectOneChain(db);
  });

  it('while idle: the next query gets another', async () => {
    const db = await open();
    await register(db, 1);
    await cutOthers();
    await register(db, 2);
    expect(await listOrganisations(db.read, { limit: 10 })).toHaveLength(2);
  });

  it('an unreachable server is reported, with nothing written', async () => {
    const url = new URL(String(storage.url));
    url.port = '1';
    const refused = await refusalOf(openDatabase({ ...storage, url: url.href }));
    expect(refused.code).toBe('database-unreachable');
    expect(refused.message).not.toContain(url.password);
  });

  /** Ends every connection to this database but our own. */
  async function cutOthers(): Promise<void> {
    await raw.all(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  }
});

describe('work that comes in the way of other work', () => {
  it('on rows of its own is tried again, and then sees what the other did', async () => {
    const [one, two] = [await open(), await open()];
    const register = (db: Database) =>
      db.transaction(async (tx) => {
        await createOrganisation(tx, UNATTENDED, { name: '甲', creditCode: '91360000000000009X' });
      }, 'single-rows');
    const results = await Promise.allSettled([register(one), register(two), register(one), register(two)]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect((result.reason as DomainError).code).toBe('already-exists');
    }
    await expectOneChain(one);
  });

  it('about different procurements runs side by side, and the trail stays one chain in time', async () => {
    const clock = handClock('2026-03-01');
    const [one, two] = [await open({ machineClock: clock.read }), await open({ machineClock: clock.read })];
    const who = await people(one, 1);
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      ids.push((await launch(one, who.asPurchaser, draftOf('tendering', who.purchaser.id))).procurement.id);
    }
    await Promise.all(
      Array.from({ length: 240 }, (_, n) => {
        if (n % 20 === 0) clock.step(1);
        const procurementId = String(ids[n % ids.length]);
        return (n % 2 === 0 ? one : two).transaction(
          async (tx) => recordAudit(tx, UNATTENDED, { action: 'test.note', procurementId, subject: `note/${n}` }),
          { procurementId },
        );
      }),
    );
    const notes = (await auditAfter(two.read, 0, 10_000)).filter(({ action }) => action === 'test.note');
    expect(new Set(notes.map(({ subject }) => subject)).size).toBe(240);
    await expectOneChain(two);
  });
});

it('what travels behind a statement that fails fails with what made it fail', async () => {
  const pool = connect(String(storage.url), 1_000);
  const client = await pool.connect();
  try {
    const sent = ['BEGIN', 'SELECT 1/0', 'SELECT 1', 'ROLLBACK', 'SELECT 1'].map((text) => client.query(text));
    const answers = await Promise.allSettled(sent);
    const codeOf = (answer: (typeof answers)[number]) =>
      answer.status === 'rejected' ? (answer.reason as { code?: string }).code : 'done';
    expect(answers.map(codeOf)).toEqual(['done', '22012', '22012', 'done', 'done']);
  } finally {
    client.release();
    await pool.end();
  }
});

it('a database that one test gave back is, for the next, as a new one', async () => {
  const contentsOf = async (place: Storage): Promise<unknown[]> => {
    const looking = await rawDatabase(place);
    try {
      return await looking.all(
        `SELECT relname, query_to_xml('SELECT count(*) FROM ' || oid::regclass, false, true, '')::text AS rows
         FROM pg_class WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind = 'r' ORDER BY relname`,
      );
    } finally {
      await looking.close();
    }
  };
  const unused = await contentsOf(storage);
  const first = await temporaryDatabase({ machineClock: handClock('2026-03-01').read });
  const who = await people(first, 1);
  await launch(first, who.asPurchaser, draftOf('tendering', who.purchaser.id));
  await first.close();
  const next = await temporaryStorage('template');
  try {
    expect(next.storage.url).toBe(first.storage.url);
    expect(await contentsOf(next.storage)).toEqual(unused);
  } finally {
    await next.remove();
  }
});
