import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CommandFailure } from '../../cli/failure.ts';
import { createDatabase, startPostgres } from '../../cli/postgres-server.ts';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import type { Database } from '../../db/database.ts';
import { openDatabase } from '../../db/open.ts';
import { createOrganisation, listOrganisations } from '../../db/organisations.ts';
import { verifyInstallation } from '../../db/verify.ts';
import { DomainError } from '../../domain/errors.ts';

const RESTARTS = ['fast', 'immediate', 'immediate'] as const;

it('PostgreSQL restarted under load: what was answered is there once, what was refused is not, and the trail is whole', async ({
  skip,
}) => {
  const dir = mkdtempSync(join(tmpdir(), 'kaibiao-restarted-'));
  // The server runs as a user of its own, who must be let through.
  chmodSync(dir, 0o711);
  const server = await startPostgres({ dir: join(dir, 'postgres'), onProgress: () => undefined }).catch(
    (error: unknown) => {
      if (!(error instanceof CommandFailure) || error.code !== 'postgres-not-found') throw error;
      console.error(`!!! SKIPPED: ${error.messageZh}\n${error.messageEn}`);
      return null;
    },
  );
  skip(server === null, 'there is no PostgreSQL');
  if (!server) return;
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
        // Not known: whoever asked is told so, and asks again with the same key.
        if (error.messageEn.includes('not known')) stored.delete(creditCode);
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
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});
