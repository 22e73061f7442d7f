import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '../cli/servers/postgres-server.ts';

/** A folder that goes with the process, however it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kaibiao-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A PostgreSQL in that folder, with the settings that it has of itself: everything is flushed as in production. */
export async function startOwnPostgres(folder: string, say: (line: string) => void): Promise<PostgresServer> {
  // The server runs as a user of its own, who must be let through.
  chmodSync(folder, 0o711);
  // Every process has a pool of its own, and Temporal has two.
  return startPostgres({ dir: join(folder, 'postgres'), settings: { max_connections: '300' }, onProgress: say });
}

/** What the figures were measured on. */
export const machine = () => ({
  node: process.version,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
});
