import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { CommandFailure } from '../../cli/settings/failure.ts';
import { createDatabase } from '../../cli/servers/postgres-databases.ts';
import { startPostgres, type PostgresServer } from '../../cli/servers/postgres-server.ts';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { listOrganisations } from '../../db/organisations.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { installation } from '../../db/schema/sqlite.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { DomainError } from '../../domain/errors.ts';
import { commitCutter } from '../setup/servers/commit-cutter.ts';

const RESTARTS = ['fast', 'immediate', 'immediate'] as const;

/** A PostgreSQL that keeps what it has said it keeps, for one test; null where there is none to be had. */
async function lastingPostgres(
  settings: Record<string, string> = {},
): Promise<{ server: PostgresServer; dir: string } | null> {
  const dir = mkdtempSync(join(tmpdir(), 'kaibiao-restarted-'));
  // The server runs as a user of its own, who must be let through.
  chmodSync(dir, 0o711);
  try {
    const server = await startPostgres({ dir: join(dir, 'postgres'), settings, onProgress: () => undefined });
    onTestFinished(async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    });
    return { server, dir };
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.code !== 'postgres-not-found') throw error;
    console.error(`!!! SKIPPED: ${error.messageZh}\n${error.messageEn}`);
    return null;
  }
}

it('PostgreSQL restarted under load: what was answered is there once, what was refused is not, and the trail is whole', async ({
  skip,
}) => {
  const started = await lastingPostgres();
  if (!started) return skip('there is no PostgreSQL');
  const { server, dir } = started;
  const url = await createDatabase(server, 'kaibiao');
  const processes = [
    await openDatabase({ dataDir: join(dir, 'data'), url }),
    await openDatabase({ dataDir: join(dir, 'data'), url }),
  ];
  const stored = new Set<string>();
  const refused: string[] = [];
  let sent = 0;
  let going = true;
  const client = async (db: Database): Promise<void> => {
    while (going) {
      const creditCode = `9136${String((sent += 1)).padStart(14, '0')}`;
      try {
        await db.transaction((tx) => createOrganisation(tx, UNATTENDED, { name: '单位', creditCode }));
        stored.add(creditCode);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        expect(error.code).toBe('database-unreachable');
        // Unknown: the client gets that answer, and retries with the same key.
        if (error.messageEn.includes('is unknown')) stored.delete(creditCode);
        else refused.push(creditCode);
        await sleep(20);
      }
    }
  };
  const clients = Array.from({ length: 12 }, (_, n) => client(processes[n % 2] as Database));
  for (const mode of RESTARTS) {
    const before = stored.size;
    while (stored.size < before + 100) await sleep(10);
    await server.restart(mode);
    while (stored.size < before + 200) await sleep(10);
  }
  going = false;
  await Promise.all(clients);

  const [first] = processes as [Database];
  const found = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await listOrganisations(first.read, { limit: 500, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) break;
    for (const { creditCode } of page) found.add(creditCode);
    after = page.at(-1)?.id;
  }
  expect([...stored].filter((code) => !found.has(code))).toEqual([]);
  expect(refused.filter((code) => found.has(code))).toEqual([]);
  expect(await auditAfter(first.read, 0, 100_000)).toHaveLength(found.size);
  expect((await verifyInstallation(first)).faults).toEqual([]);
  for (const db of processes) await db.close();
});

it('what a crash undid is not taken for done where its number was given to another transaction', async ({ skip }) => {
  // Nothing is written down but by a commit.
  const started = await lastingPostgres({ wal_writer_delay: '10s' });
  if (!started) return skip('there is no PostgreSQL');
  const { server, dir } = started;
  const url = await createDatabase(server, 'kaibiao');
  const nextNumber = async (client: pg.Client): Promise<number> => {
    const { rows } = await client.query<{ next: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot()) AS next');
    return Number(rows[0]?.next);
  };
  const onServer = async <T>(ask: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return ask(client).finally(() => client.end().catch(() => undefined));
  };
  let givenAgain = 0;
  await using cutter = await commitCutter(url, {
    passed: false,
    meanwhile: async () => {
      const given = await onServer(nextNumber);
      await server.restart('immediate');
      await onServer(async (client) => {
        for (; (await nextNumber(client)) <= given; givenAgain += 1) await client.query('SELECT pg_current_xact_id()');
      });
    },
  });
  const db = await openDatabase({ dataDir: join(dir, 'data'), url: cutter.url });

  let tries = 0;
  cutter.arm();
  const made = await db.transaction(async (tx) => {
    tries += 1;
    return createOrganisation(tx, UNATTENDED, { name: '甲', creditCode: '91360000000000009X' });
  });
  expect(givenAgain).toBeGreaterThan(0);
  expect(tries).toBe(2);
  expect((await listOrganisations(db.read, { limit: 10 })).map(({ id }) => id)).toEqual([made.id]);

  // What leaves nothing in the trail to find it by.
  givenAgain = 0;
  cutter.arm();
  const answer = db.transaction(async (tx) => (await tx.q.select().from(installation)).length);
  await expect(answer).rejects.toMatchObject({
    code: 'database-unreachable',
    messageEn: expect.stringContaining('is unknown') as string,
  });
  expect(givenAgain).toBeGreaterThan(0);
  await db.close();
});
