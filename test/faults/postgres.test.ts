import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bids, questions } from '../../db/schema/sqlite.ts';
import { rawDatabase } from '../setup/database.ts';
import '../setup/needs-postgres.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { SEED, strike } from './blows.ts';
import { Tender, written } from './story.ts';

const FROM = '2025-02-10T09:00:00+08:00';

describe.concurrent('PostgreSQL under the whole service', () => {
  it(`is killed, or its connections are cut in mid-transaction, at every stage of a tender (seed ${SEED})`, async () => {
    await using town = await startTestService({ from: FROM, database: 'postgres' });
    const tender = await Tender.draft(town, 'tendering', 12);
    let moments = SEED;
    let cut = 0;
    await tender.live(async (moment) => async () => {
      cut += await strike(town, (moments += 1) % 2 === 0 ? 'postgres' : 'connections', moment);
    });
    expect(cut).toBeGreaterThan(0);
    await town.check();
    await tender.assertEnded();
  });

  it('has its disk full: a clear error, nothing half-written, and all is well once there is room', async ({ skip }) => {
    await using disk = await smallDisk();
    skip(disk === null, 'no small disk can be mounted');
    if (!disk) return;
    await using town = await startTestService({
      from: FROM,
      database: 'postgres',
      postgresDir: disk.dir,
    });
    const [supplier] = town.persons.suppliers;
    const tender = await Tender.draft(town, 'tendering', 3);
    await tender.launch();
    await tender.comesTo('bidding');

    // A database that has fallen answers no questions.
    const file = await tender.file(0);
    const ballast = await fill(disk.dir);
    // What fits into what the tables have already is taken, until they would have to grow.
    const ask = (key: string) => supplier.send('POST', `${tender.path}/questions`, { textZh: incompressible() }, key);
    let refused = '';
    let taken = 0;
    for (; refused === '' && taken < 500; taken += 1) {
      const before = await written(town);
      const key = randomUUID();
      const { status, body } = await ask(key);
      if (status === 201) continue;
      expect({ status, code: body.code }).toEqual({ status: 507, code: 'database-full' });
      expect(body.messageZh).toMatch(/未写入任何内容/);
      expect(await written(town)).toEqual(before);
      refused = key;
    }
    expect(refused).not.toBe('');
    expect((await supplier.send('GET', tender.path)).status).toBe(200);
    const asked = await town.db.read.select().from(questions);

    // Its log cannot grow either, and it stops: the client is told to retry.
    const before = await written(town);
    const key = randomUUID();
    await exhaustLog(town);
    const bid = () => supplier.send('POST', `${tender.lot}/bids`, file, key);
    const fallen = await bid();
    expect([503, 507], town.log.slice(-30).join('\n')).toContain(fallen.status);

    await rm(ballast);
    await town.ready();
    expect(await written(town)).toEqual(before);
    expect((await bid()).status).toBe(201);
    expect((await ask(refused)).status).toBe(201);
    expect(await town.db.read.select().from(bids)).toHaveLength(1);
    expect(await town.db.read.select().from(questions)).toHaveLength(asked.length + 1);
    await town.check();
  });
});

const run = promisify(execFile);

/** A disk in memory, as only root can have it; null, said loudly, where it cannot be had. */
async function smallDisk(): Promise<(AsyncDisposable & { dir: string }) | null> {
  const dir = await mkdtemp(join(tmpdir(), 'kaibiao-small-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'kaibiao', dir]);
  } catch (error) {
    await rm(dir, { recursive: true });
    console.error(
      `!!! SKIPPED: 无法挂载小磁盘（需 root） / no small disk can be mounted, which takes root: ${String(error)}`,
    );
    return null;
  }
  return {
    dir,
    async [Symbol.asyncDispose]() {
      await run('umount', [dir]);
      await rm(dir, { recursive: true });
    },
  };
}

/** Leaves no byte of room. Returns the file that takes it all. */
async function fill(dir: string): Promise<string> {
  const path = join(dir, 'ballast');
  const file = createWriteStream(path);
  file.on('error', () => undefined);
  while (!file.destroyed && file.errored === null) {
    await new Promise<void>((resolve) => file.write(Buffer.alloc(64 * 1024), () => resolve()));
  }
  await finished(file).catch((error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOSPC'));
  return path;
}

/** Text that no table makes smaller. */
const incompressible = (): string =>
  Array.from({ length: 1_500 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000))).join('');

/** Has the server begin the next file of its log, for which there is no room. */
async function exhaustLog({ storage }: TestService): Promise<void> {
  const raw = await rawDatabase(storage);
  try {
    for (let file = 0; file < 3; file += 1) {
      await raw.run('SELECT pg_switch_wal(); CREATE TABLE fill (n int); DROP TABLE fill');
    }
  } catch {
    // It has fallen.
  } finally {
    await raw.close().catch(() => undefined);
  }
}
