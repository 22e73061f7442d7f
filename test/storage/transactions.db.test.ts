import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, hashOf, recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Database, Tx } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { organisationById } from '../../db/organisations.ts';
import { waitingWakes, wake } from '../../db/engine/outbox.ts';
import { organisations, procurements } from '../../db/schema/sqlite.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { procurementById } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { draftOf, people } from '../setup/tenders/tender.ts';
import { dialect, temporaryDatabase, temporaryStorage, type TestDatabase } from '../setup/database.ts';

const ROUNDS = dialect === 'sqlite' ? 60 : 3;

let db: TestDatabase;
const alsoOpen: Database[] = [];
beforeEach(async () => {
  db = await temporaryDatabase();
});
afterEach(async () => {
  for (const other of alsoOpen.splice(0)) await other.close();
  await db.close();
});

const register = (on: Database, n: number) =>
  on.transaction((tx) =>
    createOrganisation(tx, UNATTENDED, { name: `单位${n}`, creditCode: `9136${String(n).padStart(14, '0')}` }),
  );

describe('transactions', () => {
  it('what waits at the same time is committed together, each with its own audit entry', async () => {
    const made = await Promise.all(Array.from({ length: 300 }, (_, n) => register(db, n)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(300);
    const trail = await auditAfter(db.read, 0, 1000);
    expect(trail.map(({ subject }) => subject)).toEqual(made.map(({ id }) => `organisation/${id}`));
    expect(trail.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });

  it('work that throws is undone alone, its audit entry with it', async () => {
    const results = await Promise.allSettled([
      register(db, 1),
      db.transaction(async (tx) => {
        await createOrganisation(tx, UNATTENDED, { name: '不该存在', creditCode: '91360000000000009X' });
        throw new Error('thought better of it');
      }),
      register(db, 2),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const trail = await auditAfter(db.read, 0, 10);
    expect(trail).toHaveLength(2);
    const [second] = trail.slice(-1);
    expect(second?.previousHash).toBe(trail[0]?.hash);
  });

  it('of many about different procurements, those that fail are undone alone, and the others are done once', async () => {
    const who = await people(db, 1);
    const ids: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      const draft = draftOf('tendering', who.purchaser.id);
      ids.push((await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft))).id);
    }
    const instants = new Set<number>();
    const results = await Promise.allSettled(
      ids.flatMap((procurementId, index) =>
        [1, 2].map((turn) =>
          db.transaction(
            async (tx) => {
              const { stage, version } = await procurementById(tx.q, procurementId);
              recordAudit(tx, UNATTENDED, { action: `turn.${turn}`, procurementId, subject: stage });
              await tx.q
                .update(procurements)
                .set({ bidDeadline: turn, version: version + 1 })
                .where(eq(procurements.id, procurementId));
              // After it has written, and after one that stands has.
              if (index % 4 === 3 && turn === 2) throw new Error('thought better of it');
              instants.add(tx.now);
              return version;
            },
            { procurementId },
          ),
        ),
      ),
    );
    const failed = results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    expect(failed).toEqual([7, 15]);
    for (const [index, id] of ids.entries()) {
      const [first, second] = results.slice(2 * index, 2 * index + 2) as PromiseFulfilledResult<number>[];
      // The second sees what the first has written, and nothing is written twice.
      if (index % 4 !== 3) expect(second?.value).toBe((first?.value ?? 0) + 1);
      const { bidDeadline, version } = await procurementById(db.read, id);
      expect([bidDeadline, version]).toEqual(
        index % 4 === 3 ? [1, (first?.value ?? 0) + 1] : [2, (first?.value ?? 0) + 2],
      );
    }
    const turns = (await auditAfter(db.read, 0, 1000)).filter(({ action }) => action.startsWith('turn.'));
    expect(turns).toHaveLength(14);
    // There they were in one commit, retried without losing its instant.
    if (dialect === 'postgres') expect(instants.size).toBe(1);
  });

  it('an unlawful double is refused alone: the first of two with one credit code stands', async () => {
    const results = await Promise.allSettled([register(db, 7), register(db, 7), register(db, 8)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('what is queued when the database is closed is still committed, what comes later is refused', async () => {
    const { storage, remove } = await temporaryStorage();
    const closing = await openDatabase(storage);
    const queued = [1, 2, 3].map((n) => register(closing, n));
    await closing.close();
    const made = await Promise.all(queued);
    await expect(register(closing, 5)).rejects.toThrow('closed');
    const again = await openDatabase(storage);
    for (const { id, name } of made) expect((await organisationById(again.read, id)).name).toBe(name);
    await again.close();
    await remove();
  });
});

describe('two databases on one installation', () => {
  it('in one process take turns and keep one chain', async () => {
    const second = await openDatabase(db.storage);
    alsoOpen.push(second);
    await Promise.all(Array.from({ length: 200 }, (_, n) => register(n % 2 === 0 ? db : second, n)));
    const trail = await auditAfter(second.read, 0, 1000);
    expect(trail.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    let previous = '0'.repeat(64);
    for (const { hash, ...entry } of trail) {
      expect(entry.previousHash).toBe(previous);
      expect(hash).toBe(hashOf(entry));
      previous = hash;
    }
  });

  it('several processes that start together on an empty place make one installation', async () => {
    const processes = [1, 2, 3].map((n) =>
      fork(join(import.meta.dirname, '../setup/fixtures/opens-database.ts'), [String(n)], {
        execArgv: ['--import', 'tsx'],
      }),
    );
    await Promise.all(processes.map((child) => message(child)));
    // Often, since they are in each other's way only now and then.
    for (let round = 0; round < ROUNDS; round += 1) {
      const { storage, remove } = await temporaryStorage();
      const done = Promise.all(processes.map((child) => message(child)));
      const startAt = Date.now() + 50;
      for (const child of processes) child.send({ storage, startAt });
      expect(await done).toEqual(['opened', 'opened', 'opened']);
      const opened = await openDatabase(storage);
      expect(await auditAfter(opened.read, 0, 10)).toHaveLength(3);
      await opened.close();
      await remove();
    }
    for (const child of processes) child.disconnect();
  });
});

async function message(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`ended with ${code}`)));
  try {
    return await Promise.race([once(child, 'message', { signal }).then(([told]: unknown[]) => told), ended]);
  } finally {
    ended.catch(() => undefined);
    over.abort();
  }
}

describe('a transaction about several procurements', () => {
  it('holds them all: others about any of them see it whole, or not at all', async () => {
    const second = await openDatabase(db.storage);
    alsoOpen.push(second);
    const who = await people(db, 1);
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const draft = draftOf('tendering', who.purchaser.id);
      ids.push((await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft))).id);
    }
    // Sets that overlap, in any order, and single ones between them, through two processes' connections.
    const seen: number[][] = [];
    const versionsOf = async (tx: Tx, some: readonly string[]) =>
      Promise.all(some.map(async (id) => (await procurementById(tx.q, id)).version));
    await Promise.all(
      Array.from({ length: 48 }, async (_, n) => {
        const start = n % ids.length;
        const some = [...ids.slice(start), ...ids.slice(0, start)].slice(0, 1 + (n % 4));
        const on = n % 2 === 0 ? db : second;
        await on.transaction(
          async (tx) => {
            const before = await versionsOf(tx, some);
            for (const id of some) await raiseVersion(tx, id);
            const after = await versionsOf(tx, some);
            seen.push(after.map((version, index) => version - (before[index] ?? 0)));
          },
          some.length === 1 ? { procurementId: String(some[0]) } : { procurementIds: some },
        );
      }),
    );
    expect(new Set(seen.flat())).toEqual(new Set([1]));
    const raised = (await Promise.all(ids.map((id) => procurementById(db.read, id)))).map(({ version }) => version - 1);
    expect(raised.reduce((sum, each) => sum + each, 0)).toBe(48 * 2.5);
    expect((await db.checkRows()).faults).toEqual([]);
  });

  it('that fails undoes it in all of them, beside others that stand', async () => {
    const who = await people(db, 1);
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const draft = draftOf('tendering', who.purchaser.id);
      ids.push((await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft))).id);
    }
    const [a = '', b = '', c = '', d = ''] = ids;
    const raise = (some: readonly string[], fails = false) =>
      db.transaction(
        async (tx) => {
          for (const id of some) await raiseVersion(tx, id);
          wake(tx, `procurement/${String(some[0])}`);
          if (fails) throw new Error('thought better of it');
        },
        { procurementIds: some },
      );
    const results = await Promise.allSettled([raise([a, b]), raise([b, c], true), raise([c, d])]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const versions = await Promise.all(ids.map(async (id) => (await procurementById(db.read, id)).version));
    expect(versions).toEqual([2, 2, 2, 2]);
    // What was undone has woken nobody.
    const woken = (await waitingWakes(db.read, Date.now(), 10)).map(({ subject }) => subject);
    expect(woken.sort()).toEqual([`procurement/${a}`, `procurement/${c}`].sort());
  });
});

describe('a write that nobody waits for', () => {
  it('is there when the transaction is, and undoes it alone where it fails', async () => {
    const made = await register(db, 1);
    const again = (creditCode: string) =>
      db.transaction(async (tx) => {
        tx.write(tx.q.insert(organisations).values({ id: creditCode, name: '某单位', creditCode, createdAt: tx.now }));
      }, 'single-rows');
    const results = await Promise.allSettled([again('one'), again(made.creditCode), again('two')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    for (const id of ['one', 'two']) expect((await organisationById(db.read, id)).creditCode).toBe(id);
    expect((await db.checkRows()).faults).toEqual([]);
  });
});

const raiseVersion = (tx: Tx, id: string) =>
  tx.q
    .update(procurements)
    .set({ version: sql`${procurements.version} + 1` })
    .where(eq(procurements.id, id));
