import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { CommandFailure } from '../../cli/settings/failure.ts';
import { createDatabaseOfTwo } from '../../cli/servers/postgres-databases.ts';
import { startPostgres, type PostgresServer } from '../../cli/servers/postgres-server.ts';
import { migratePostgres } from '../../db/postgres/migrations.ts';
import { ROLES } from './postgres-roles.ts';
import './provide.ts';
import { quickPlace } from './quick-place.ts';

const TEMPLATE = 'kaibiao_template';

interface Shared {
  server: Promise<PostgresServer | null>;
  dir: string;
  users: number;
}

/** Each project loads this file again; what they share is on the process that runs them all. */
const store = globalThis as typeof globalThis & { kaibiaoTestPostgres?: Shared };

/** One PostgreSQL for all projects that need one: `inject('postgresUrl')` is its superuser's, null where there is none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (store.kaibiaoTestPostgres ??= begin());
  shared.users += 1;
  project.provide('postgresUrl', (await shared.server)?.url ?? null);
  project.provide('postgresTemplate', TEMPLATE);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete store.kaibiaoTestPostgres;
    await (await shared.server)?.stop();
    rmSync(shared.dir, { recursive: true, force: true });
  };
}

function begin(): Shared {
  const dir = mkdtempSync(join(quickPlace(), 'kaibiao-postgres-'));
  // Many suites at once, each with a pool; nothing in it is to outlive a power cut.
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    autovacuum: 'off',
    max_connections: '300',
  };
  const server = startWithTemplate(dir, settings).catch((error: unknown) => {
    if (!(error instanceof CommandFailure)) throw error;
    console.error(
      `!!! SKIPPED: 没有 PostgreSQL，有关测试未运行 / no PostgreSQL, its tests do not run\n${error.messageZh}\n${error.messageEn}`,
    );
    return null;
  });
  return { server, dir, users: 0 };
}

async function startWithTemplate(dir: string, settings: Record<string, string>): Promise<PostgresServer> {
  const server = await startPostgres({ dir, settings, onProgress: (line) => console.error(line) });
  await migratePostgres(await createDatabaseOfTwo(server, TEMPLATE, ROLES));
  return server;
}
