import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '../cli/servers/postgres-server.ts';

/** A folder that is removed when the process ends, however it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kaibiao-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A PostgreSQL in that folder, with its default settings: everything is flushed as in production. */
export async function startOwnPostgres(folder: string, say: (line: string) => void): Promise<PostgresServer> {
  // The server runs as another user, which needs access.
  chmodSync(folder, 0o711);
  // Every process has its own pool, and Temporal has two.
  return startPostgres({ dir: join(folder, 'postgres'), settings: { max_connections: '300' }, onProgress: say });
}

/** The machine of the measurement. */
export const machine = () => ({
  node: process.version,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
});
