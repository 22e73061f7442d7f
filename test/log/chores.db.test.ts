import { randomBytes } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { doChores } from '../../cli/worker/chores.ts';
import { auditAfter } from '../../db/audit.ts';
import { addPaddingWhileBidding } from '../../services/log/padding.ts';
import { headsAfter, logSize, type TreeHeadRow } from '../../db/log.ts';
import { exportLog } from '../../services/log/export.ts';
import { verifyExport } from '../../proofs/export.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { testSigner } from '../setup/signer.ts';
import { at, handClock, people, publishedTender, type People } from '../setup/tenders/tender.ts';
import { moveTo } from '../setup/tenders/tenders.ts';
import { signHead } from '../../services/log/sign-head.ts';

const signer = await testSigner();
const clock = handClock('2026-02-01');
const NEVER = 3_600_000;
let db: TestDatabase;
let who: People;
let stop: () => Promise<void>;
const said: unknown[] = [];

beforeEach(async () => {
  clock.set('2026-02-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  stop = async () => undefined;
  said.length = 0;
});
afterEach(async () => {
  await stop();
  await db.close();
  expect(said).toEqual([]);
});

function start(pace: Partial<Parameters<typeof doChores>[2]>): void {
  const stopping = new AbortController();
  const log = { info: () => undefined, error: (told: unknown) => void said.push(told) };
  const done = doChores({ db, signer, log }, stopping.signal, {
    ...{ tidyMs: NEVER, headsMs: NEVER, paddingMeanMs: NEVER, witnessMs: NEVER },
    ...pace,
  });
  stop = () => {
    stopping.abort();
    return done;
  };
}

const heads = (): Promise<TreeHeadRow[]> => headsAfter(db.read, 0, 100);

async function* exported(): AsyncGenerator<string> {
  for await (const line of exportLog(db, true)) yield JSON.stringify(line);
}

it('signs a head on each civil day, also without any act', async () => {
  start({ headsMs: 5 });
  await eventually('the first head is signed', async () => (await heads()).length === 1);
  const first = await logSize(db.read);
  for (const [n, day] of ['2026-02-02', '2026-02-03', '2026-02-04'].entries()) {
    clock.set(`${day}T00:00+08:00`);
    await eventually(`${day} has a head`, async () => (await heads()).length === n + 2);
    expect((await heads()).at(-1)?.signedAt).toBe(at(`${day}T00:00+08:00`));
  }
  // Two looks later there is still one a day: that of the next day comes after them.
  clock.set('2026-02-05T00:00+08:00');
  await eventually('the last day has a head', async () => (await heads()).at(-1)?.signedAt === db.now());
  expect(await heads()).toHaveLength(5);
  const since = await auditAfter(db.read, first, 100);
  expect(new Set(since.map(({ action }) => action))).toEqual(new Set(['log.padding']));
  expect(await verifyExport(exported(), [signer.publicJwk])).toMatchObject({ heads: 5, faults: [] });
});

it('signs one at once after an outage of three days, over all that came meanwhile, and the log verifies', async () => {
  start({});
  await eventually('the first head is signed', async () => (await heads()).length === 1);
  await stop();
  clock.set('2026-02-02T10:00+08:00');
  // The API continues without its worker.
  await publishedTender(db, clock, who, 'tendering');
  clock.step(3 * 86_400_000);
  expect(await heads()).toHaveLength(1);
  const size = await logSize(db.read);
  // It looks once, and then not for an hour.
  start({});
  await eventually('a head is signed', async () => (await heads()).length === 2);
  expect((await heads()).at(-1)).toMatchObject({ size, signedAt: db.now() });
  const verified = await verifyExport(exported(), [signer.publicJwk]);
  expect(verified).toMatchObject({ leaves: size, heads: 2, faults: [] });
  expect(verified.notices).toBeGreaterThan(0);
});

it('pads the log while a tender takes bids, and not when none does', async () => {
  const { id } = await publishedTender(db, clock, who, 'tendering');
  const padding = async () =>
    (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action === 'log.padding').length;
  const before = await padding();
  start({ paddingMeanMs: 5 });
  await eventually('the log is padded again and again', async () => (await padding()) > before + 20);
  await stop();
  await db.transaction((tx) => moveTo(tx, id, 'evaluation'));
  const after = await padding();
  await addPaddingWhileBidding(db);
  expect(await padding()).toBe(after);
});

it('removes what nothing refers to, of itself', async () => {
  const { sha256 } = await db.blobs.store(Readable.from([randomBytes(100)]), 1_000);
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  await utimes(join(db.dataDir, 'blobs', sha256.slice(0, 2), sha256), twoDaysAgo, twoDaysAgo);
  start({});
  await eventually('the stray file is gone', async () => (await db.blobs.inspect(sha256)) === null);
});

it('continues after a chore has failed', async () => {
  await signHead(db, signer);
  let failures = 0;
  const failing = {
    ...db,
    read: db.read,
    transaction: (async (...args: Parameters<typeof db.transaction>) => {
      if (failures < 2) {
        failures += 1;
        throw new Error('the disk is full');
      }
      return db.transaction(...args);
    }) as typeof db.transaction,
  };
  const stopping = new AbortController();
  const told: string[] = [];
  const log = { info: () => undefined, error: (_: unknown, text: string) => void told.push(text) };
  clock.set('2026-02-02T00:00+08:00');
  const done = doChores({ db: failing, signer, log: log as never }, stopping.signal, {
    ...{ tidyMs: NEVER, paddingMeanMs: NEVER, witnessMs: NEVER, headsMs: 5 },
  });
  await eventually('the head of the day is signed after all', async () => (await heads()).length === 2);
  stopping.abort();
  await done;
  expect(told.length).toBeGreaterThan(0);
});
