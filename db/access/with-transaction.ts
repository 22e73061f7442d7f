import type { Database, Tx } from './database.ts';

/** The same database with another transaction function. */
export function withTransaction(db: Database, transaction: Database['transaction']): Database {
  return {
    get read() {
      return db.read;
    },
    get clock() {
      return db.clock;
    },
    readTogether: (work) => db.readTogether(work),
    blobs: db.blobs,
    committees: db.committees,
    uploads: db.uploads,
    uploadLocks: db.uploadLocks,
    separate: db.separate,
    calendar: () => db.calendar(),
    now: () => db.now(),
    clockAlarm: () => db.clockAlarm(),
    doubtClock: (aheadMs) => db.doubtClock(aheadMs),
    checkRows: () => db.checkRows(),
    close: () => db.close(),
    transaction,
  };
}

/** The same database; `poke` is called at once with the workflows that a commit wants woken (db/engine/outbox.ts). */
export function poking(db: Database, poke: (subjects: readonly string[]) => void): Database {
  return withTransaction(db, async (work, subject) => {
    let wakes: readonly string[] = [];
    const value = await db.transaction(async (tx: Tx) => {
      const done = await work(tx);
      // Of the run that is committed: work may be run again.
      wakes = tx.wakes;
      return done;
    }, subject);
    if (wakes.length > 0) poke([...new Set(wakes)]);
    return value;
  });
}
