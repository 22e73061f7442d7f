import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Subject, Tx } from '../../db/access/database.ts';
import { auditAfter, GENESIS, hashOf, recordAudit, UNATTENDED } from '../../db/audit.ts';
import { CalendarInForce } from '../../db/calendar.ts';
import { InstalledClock } from '../../db/postgres/clock.ts';
import { connect } from '../../db/postgres/connection.ts';
import { causeOf } from '../../db/postgres/failures.ts';
import { GroupCommit } from '../../db/postgres/group-commit.ts';
import { bringPostgresUpToDate } from '../../db/postgres/migrations.ts';
import { installation } from '../../db/schema/sqlite.ts';
import { Acknowledgements } from '../../db/integrity/acknowledged.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { counted } from '../setup/counted.ts';
import { rawDatabase, temporaryDatabase, type Raw, type TestDatabase } from '../setup/database.ts';
import { commitCutter } from '../setup/servers/commit-cutter.ts';
import { draftOf, people, refusalOf } from '../setup/tenders/tender.ts';

let db: TestDatabase;
let raw: Raw;
/** Two procurements and rows that belong to none: what they are about may be done side by side. */
let subjects: readonly [Subject, Subject, Subject];
const pools: pg.Pool[] = [];

beforeEach(async () => {
  db = await temporaryDatabase();
  raw = await rawDatabase(db.storage);
  await raw.run(`CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO PUBLIC; CREATE FUNCTION elsewhere.give_up(code text) RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'given up' USING ERRCODE = code; END $$`);
  const { purchaser, asPurchaser } = await people(db, 0);
  const draft = () => db.transaction((tx) => createDraft(tx, asPurchaser, draftOf('tendering', purchaser.id)));
  subjects = [{ procurementId: (await draft()).id }, { procurementId: (await draft()).id }, 'single-rows'];
});
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end();
  await raw.close();
  await db.close();
});

async function groupCommit(url = String(db.storage.url)): Promise<GroupCommit> {
  const pool = connect(url, 10_000);
  pools.push(pool);
  await bringPostgresUpToDate(pool);
  const clock = await InstalledClock.on(pool, { clock: { mode: 'real' } });
  return new GroupCommit({
    pool,
    clock,
    acknowledged: new Acknowledgements(db.dataDir),
    calendar: new CalendarInForce(chinaCalendar),
    committees: db.committees,
  });
}

/** Work that leaves a note in the trail, and answers by which transaction and how often it was run. */
function note(subject: string, before: (tx: Tx, tries: number) => unknown = () => undefined) {
  let tries = 0;
  return async (tx: Tx): Promise<{ xid: string; tries: number }> => {
    tries += 1;
    await before(tx, tries);
    recordAudit(tx, UNATTENDED, { action: 'test.note', procurementId: null, subject });
    return { xid: await ask(tx, sql<string>`pg_current_xact_id()::text`), tries };
  };
}

async function ask<T>(tx: Tx, expression: ReturnType<typeof sql<T>>): Promise<T> {
  const [row] = await tx.q.select({ answer: expression }).from(installation);
  return row?.answer as T;
}

const giveUp = (tx: Tx, code: string) => ask(tx, sql<number>`elsewhere.give_up(${code})`);

/** What the trail has of our notes; it must be one chain. */
async function notes(): Promise<string[]> {
  const trail = await auditAfter(db.read, 0, 1_000);
  let previous = GENESIS;
  for (const { hash, ...entry } of trail) {
    expect(entry.previousHash).toBe(previous);
    expect(hash).toBe(hashOf(entry));
    previous = hash;
  }
  return trail.filter(({ action }) => action === 'test.note').map(({ subject }) => subject);
}

describe('a group commit', () => {
  it('commits jobs of different subjects in one transaction, each with its own answer', async () => {
    const commit = await groupCommit();
    const run = () => Promise.all(subjects.map((subject, n) => commit.run(note(`job/${n}`), subject)));
    const { value: answers, commits } = await counted(run);
    expect(commits).toBe(1);
    expect(new Set(answers.map(({ xid }) => xid)).size).toBe(1);
    expect(await notes()).toEqual(['job/0', 'job/1', 'job/2']);
  });

  it.each([
    ['by its own error', () => Promise.reject(new Error('thought better of it')), 'thought better of it'],
    ['by an error of the database', (tx: Tx) => ask(tx, sql<number>`1 / 0`), 'division by zero'],
  ])('a job that fails %s is undone and hurts no other', async (_how, failing, message) => {
    const commit = await groupCommit();
    const work = [note('first'), note('failing', failing), note('last')];
    const run = () => Promise.allSettled(work.map((each, n) => commit.run(each, subjects[n] ?? null)));
    const { value: answers, commits } = await counted(run);
    expect(commits).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const reason = (answers[1] as PromiseRejectedResult).reason as Error;
    expect([reason.message, causeOf(reason)?.message]).toContain(message);
    expect(await notes()).toEqual(['first', 'last']);
  });

  it.each(['40001', '40P01'])('what the database gave up (%s) is retried, each job separately', async (code) => {
    const commit = await groupCommit();
    const work = [note('given up', (tx, tries) => tries === 1 && giveUp(tx, code)), note('beside it')];
    const run = () => Promise.all(work.map((each, n) => commit.run(each, subjects[n] ?? null)));
    const { value: answers, commits } = await counted(run);
    expect(answers.map(({ tries }) => tries)).toEqual([2, 2]);
    expect(commits).toBe(2);
    expect((await notes()).sort()).toEqual(['beside it', 'given up']);
  });

  it('what the database gives up each time is refused after the third, with nothing written', async () => {
    const commit = await groupCommit();
    let tries = 0;
    const work = note('given up', (tx) => {
      tries += 1;
      return giveUp(tx, '40001');
    });
    const refused = await refusalOf(commit.run(work, subjects[0]));
    expect([refused.code, tries]).toEqual(['database-busy', 3]);
    expect(await notes()).toEqual([]);
  });

  it.each([
    ['after the server has it: it was done, and is not run again', true, 1],
    ['before the server has it: it is run again', false, 2],
  ])('a COMMIT whose answer is lost %s', async (_what, passed, tries) => {
    await using cutter = await commitCutter(String(db.storage.url), { passed });
    const commit = await groupCommit(cutter.url);
    cutter.arm();
    const answers = await Promise.all(subjects.map((subject, n) => commit.run(note(`job/${n}`), subject)));
    expect(cutter.cut).toBe(1);
    expect(answers.map((answer) => answer.tries)).toEqual([tries, tries, tries]);
    expect((await notes()).sort()).toEqual(['job/0', 'job/1', 'job/2']);
  });

  it('a COMMIT whose answer is lost and that left nothing in the trail is not run again: what became of it is unknown', async () => {
    await using cutter = await commitCutter(String(db.storage.url), { passed: true });
    const commit = await groupCommit(cutter.url);
    cutter.arm();
    let tries = 0;
    const refused = await refusalOf(commit.run(async () => (tries += 1), 'single-rows'));
    expect(tries).toBe(1);
    expect(refused.code).toBe('database-unreachable');
    expect(refused.messageEn).toContain('Idempotency-Key');
  });
});
