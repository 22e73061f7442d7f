import { randomBytes } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { doChores } from '../../cli/worker/chores.ts';
import { headsAfter, logSize, type TreeHeadRow } from '../../db/log.ts';
import { exportLog } from '../../services/log/export.ts';
import { verifyExport } from '../../proofs/export.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { stepOf } from '../../domain/log/batches.ts';
import { testSigner } from '../setup/signer.ts';
import { at, handClock, people, publishedTender, type People } from '../setup/tenders/tender.ts';
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
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (told: unknown) => void said.push(told),
  };
  const done = doChores({ db, signer, log }, stopping.signal, {
    ...{ tidyMs: NEVER, headsMs: NEVER, witnessMs: NEVER },
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

it('signs a head at each instant of the schedule, also without any act', async () => {
  start({ headsMs: 5 });
  await eventually('the first head is signed', async () => (await heads()).length === 1);
  const [first] = await heads();
  await db.transaction((tx) => createOrganisation(tx, UNATTENDED, { name: '某院', creditCode: '12360828MB0K12345X' }));
  for (const [n, hour] of ['01T12', '01T16', '01T20', '02T00', '02T04'].entries()) {
    clock.set(`2026-02-${hour}:00+08:00`);
    await eventually(`${hour} has a head`, async () => (await heads()).length === n + 2);
    expect((await heads()).at(-1)?.signedAt).toBe(at(`2026-02-${hour}:00+08:00`));
  }
  // Two looks later there is still one: that of the next period comes after them.
  clock.set('2026-02-02T08:00+08:00');
  await eventually('the last has a head', async () => (await heads()).at(-1)?.signedAt === db.now());
  const signed = await heads();
  expect(signed).toHaveLength(7);
  // One of them over an act, the others without anything.
  const grown = signed.slice(1).map(({ size }, n) => size - Number(signed[n]?.size));
  expect(new Set(grown)).toEqual(new Set([2 * stepOf(db.clock)]));
  expect(first?.size).toBe(2 * stepOf(db.clock));
  expect(await verifyExport(exported(), [signer.publicJwk])).toMatchObject({ heads: 7, faults: [] });
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
  const waiting = await logSize(db.read);
  // It looks once, and then not for an hour.
  start({});
  await eventually('a head is signed', async () => (await heads()).length === 2);
  expect((await heads()).at(-1)).toMatchObject({ size: await logSize(db.read), signedAt: db.now() });
  const size = await logSize(db.read);
  expect(size).toBeGreaterThan(waiting);
  const verified = await verifyExport(exported(), [signer.publicJwk]);
  expect(verified).toMatchObject({ leaves: size, heads: 2, faults: [] });
  expect(verified.notices).toBeGreaterThan(0);
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
  clock.set('2026-02-01T12:00+08:00');
  const done = doChores({ db: failing, signer, log: log as never }, stopping.signal, {
    ...{ tidyMs: NEVER, witnessMs: NEVER, headsMs: 5 },
  });
  await eventually('the head of the day is signed after all', async () => (await heads()).length === 2);
  stopping.abort();
  await done;
  expect(told.length).toBeGreaterThan(0);
});
