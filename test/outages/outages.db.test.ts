import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/access/open.ts';
import { listAudit } from '../../db/audit.ts';
import { OUTAGE_FROM_MS, SIGN_EVERY_MS } from '../../domain/outages.ts';
import { noteServing } from '../../services/outages/note-serving.ts';
import { outagesWithin } from '../../services/outages/within.ts';
import { at, handClock } from '../setup/tenders/tender.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';

const START = at('2026-04-20T09:00+08:00');
const clock = handClock('2026-04-20T09:00+08:00');
let db: TestDatabase;
beforeEach(async () => {
  clock.set(START);
  db = await temporaryDatabase({ machineClock: clock.read });
});
afterEach(() => db.close());

const sign = () => db.transaction(noteServing, 'single-rows');
const told = () => outagesWithin(db.read, START - 1, db.now() + 1, db.now());

describe('the signs that an API serves', () => {
  it('say nothing before the first, and nothing where one is late or lost', async () => {
    clock.step(3_600_000);
    expect(await told()).toEqual([]);
    await sign();
    clock.step(SIGN_EVERY_MS);
    await sign();
    clock.step(OUTAGE_FROM_MS);
    expect(await told()).toEqual([]);
    await sign();
    expect(await told()).toEqual([]);
    expect(await outagesOnRecord()).toEqual([]);
  });

  it('an outage lasts from the last sign, and is on the record with the next, once', async () => {
    await sign();
    const from = clock.read();
    clock.step(OUTAGE_FROM_MS + 1);
    expect(await told()).toEqual([{ from, until: null }]);
    await Promise.all([sign(), sign()]);
    const until = clock.read();
    expect(await told()).toEqual([{ from, until }]);
    clock.step(SIGN_EVERY_MS);
    await sign();
    expect(await outagesOnRecord()).toEqual([{ from, until }]);
    expect(await outagesWithin(db.read, until, until + 1, until + 1)).toEqual([]);
    expect(await outagesWithin(db.read, from - 1, from, until)).toEqual([]);
    expect(await outagesWithin(db.read, until - 1, until, until)).toEqual([{ from, until }]);
  });

  it('commits that do not pass are an outage, although the process runs and reads', async () => {
    const slow = await openDatabase({ ...db.storage, machineClock: clock.read, busyTimeoutMs: 200 });
    const other = await rawDatabase(db.storage);
    try {
      await sign();
      const from = clock.read();
      await other.hold();
      await expect(slow.transaction(noteServing, 'single-rows')).rejects.toMatchObject({ code: 'database-busy' });
      clock.step(OUTAGE_FROM_MS + 1);
      expect(await outagesWithin(slow.read, from, clock.read(), clock.read())).toEqual([{ from, until: null }]);
      await other.letGo();
      await slow.transaction(noteServing, 'single-rows');
      expect(await outagesOnRecord()).toEqual([{ from, until: clock.read() }]);
    } finally {
      await other.close();
      await slow.close();
    }
  });

  it('what is on the record cannot be changed by SQL', async () => {
    await sign();
    clock.step(OUTAGE_FROM_MS + 1);
    await sign();
    const raw = await rawDatabase(db.storage);
    const trick = dialect === 'sqlite' ? 'INSERT OR REPLACE INTO outages SELECT * FROM outages' : 'TRUNCATE outages';
    for (const statement of ['DELETE FROM outages', 'UPDATE outages SET until_at = from_at', trick]) {
      await expect(raw.behind(statement)).rejects.toThrow('recorded outages are immutable');
    }
    await raw.close();
  });

  it('are real seconds, in a drill too', async () => {
    await db.close();
    let real = START;
    db = await temporaryDatabase({
      machineClock: () => real,
      clock: { mode: 'drill', civilStartMs: START, realStartMs: START, msPerDay: 1_000 },
    });
    await sign();
    real += OUTAGE_FROM_MS;
    await sign();
    expect(await outagesOnRecord()).toEqual([]);
    real += OUTAGE_FROM_MS + 1;
    await sign();
    expect(await outagesOnRecord()).toHaveLength(1);
  });
});

async function outagesOnRecord(): Promise<unknown[]> {
  const entries = await listAudit(db.read, { limit: 100 });
  return entries.filter(({ action }) => action === 'platform.outage').map(({ detail }) => detail);
}
