import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Person } from '../../cli/demo/people.ts';
import { projectRoot } from '../../cli/settings/folders.ts';
import { endProcess, freePort } from '../../cli/servers/processes.ts';
import { bids, milestones, questions } from '../../db/schema/sqlite.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { rawDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { Tender, written } from './story.ts';

const onPostgres = inject('dialect') === 'postgres';
/** Longer than any process of the installation waits for the lock (ms). */
const LOCKED_MS = onPostgres ? 12_000 : 7_000;

describe('storage that fails', () => {
  let town: TestService;
  beforeAll(async () => {
    town = await startTestService({ from: '2025-02-10T09:00:00+08:00' });
  });
  afterAll(() => town[Symbol.asyncDispose]());

  it('a database locked by another process: a clear error, nothing half-written, and all is done when it is free', async () => {
    const [supplier] = town.persons.suppliers;
    const tender = await Tender.draft(town, 'tendering', 6, 150);
    const waiting = await Tender.draft(town, 'government', 9);
    for (const each of [tender, waiting]) await each.launch();
    await tender.comesTo('bidding');
    await town.until((await noticeDue(town, waiting)) - DAY_MS);
    const before = await written(town);

    const other = await rawDatabase(town.storage);
    // Its notice comes due while the database is locked.
    await town.run(LOCKED_MS / 2);
    const key = randomUUID();
    try {
      await other.hold();
      const began = performance.now();
      const asked = supplier.send('POST', `${tender.path}/questions`, { textZh: '工期可否顺延？' }, key);
      const refused = await supplier.send('POST', `${tender.lot}/bids`, await tender.file(0));
      for (const { status, body } of [await asked, refused]) {
        expect({ status, code: body.code }).toEqual({ status: 503, code: 'database-busy' });
        expect(body.messageZh).toMatch(/未写入任何内容/);
      }
      // Reads continue.
      expect((await town.persons.supervisor.send('GET', tender.path)).status).toBe(200);
      // On PostgreSQL the schema has a lock of its own.
      if (!onPostgres) {
        const migrate = await kaibiao(['migrate', '--json'], town.env);
        expect(migrate.code).toBe(1);
        expect(JSON.parse(migrate.stderr)).toMatchObject({ error: { code: 'database-busy' } });
      }
      // Meanwhile the notice of the other tender comes due, and the worker cannot write it.
      await eventually(
        'the lock was held longer than anybody waits',
        async () => performance.now() - began > LOCKED_MS,
      );
      expect(town.now()).toBeGreaterThan(await noticeDue(town, waiting));
      expect(await waiting.stage()).toBe('launched');
      expect(await written(town)).toEqual(before);
    } finally {
      await other.letGo();
      await other.close();
    }
    await town.pause();
    const asked = await supplier.send('POST', `${tender.path}/questions`, { textZh: '工期可否顺延？' }, key);
    expect(asked.status).toBe(201);
    await tender.bid(0);
    await waiting.comesTo('bidding');
    await town.check();
  });

  // PostgreSQL's own disk: postgres.test.ts.
  it.skipIf(onPostgres)(
    'a disk that is full: a clear error, nothing half-written, and all is well once there is room',
    async () => {
      const [supplier] = town.persons.suppliers;
      const tender = await Tender.draft(town, 'tendering', 3);
      await tender.launch();
      await tender.comesTo('bidding');
      const before = await written(town);
      const port = await freePort();
      const keys = [randomUUID(), randomUUID()] as const;
      const send = async (person: Person) => [
        await person.send('POST', `${tender.path}/questions`, { textZh: '可否分包？' }, keys[0]),
        await person.send('POST', `${tender.lot}/bids`, await tender.file(0), keys[1]),
      ];

      // A process whose files cannot grow by one byte, beside one that is well.
      await withApi(town, port, 'ulimit -f 0;', async (url) => {
        const there = supplier.at(url);
        for (const { status, body } of await send(there)) {
          expect({ status, code: body.code }).toEqual({ status: 507, code: 'database-full' });
          expect(body.messageZh).toMatch(/未写入任何内容/);
        }
        expect((await there.send('GET', tender.path)).status).toBe(200);
        expect(await written(town)).toEqual(before);
        expect(readdirSync(join(town.dataDir, 'blobs', 'incoming'))).toEqual([]);
      });
      // Room was made: the very same requests are taken.
      await withApi(town, port, '', async (url) => {
        expect((await send(supplier.at(url))).map(({ status }) => status)).toEqual([201, 201]);
      });
      expect(await town.db.read.select().from(bids).where(eq(bids.procurementId, tender.id))).toHaveLength(1);
      expect(await town.db.read.select().from(questions).where(eq(questions.procurementId, tender.id))).toHaveLength(1);
      await town.check();
    },
  );
});

async function noticeDue(town: TestService, { id }: Tender): Promise<number> {
  const rows = await town.db.read.select().from(milestones).where(eq(milestones.procurementId, id));
  return rows.find(({ key }) => key === 'notice')?.dueAt ?? 0;
}

/** One more API on the same data folder, after the given shell commands. */
async function withApi(town: TestService, port: number, first: string, use: (url: string) => Promise<void>) {
  const program = join(projectRoot, 'cli/kaibiao.mjs');
  const api = spawn('bash', ['-c', `${first} exec "$0" "$1" api`, process.execPath, program], {
    // What cannot be cached must not be cached in part.
    env: { ...town.env, TEMPORAL_ADDRESS: town.temporalAddress, KAIBIAO_PORT: String(port), TSX_DISABLE_CACHE: '1' },
    stdio: 'ignore',
  });
  const ended = once(api, 'exit');
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually('the other API answers', async () => (await fetch(`${url}/health`)).ok);
    await use(url);
  } finally {
    if (api.pid !== undefined) await endProcess(api.pid, 20_000);
    await ended;
  }
}
