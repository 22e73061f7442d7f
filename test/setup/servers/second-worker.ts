import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import { endProcess } from '../../../cli/servers/processes.ts';
import { projectRoot } from '../../../cli/settings/folders.ts';
import type { TestService } from './service.ts';

/** As on another machine: a worker of its own on the same queue and database. */
export async function secondWorker(town: TestService, settings: NodeJS.ProcessEnv = {}): Promise<AsyncDisposable> {
  const worker = spawn(process.execPath, [join(projectRoot, 'cli/kaibiao.mjs'), 'worker'], {
    env: { ...town.env, TEMPORAL_ADDRESS: town.temporalAddress, ...settings },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(worker, 'exit');
  await Promise.race([once(worker, 'message'), ended]);
  expect(worker.exitCode).toBeNull();
  return {
    async [Symbol.asyncDispose]() {
      if (worker.pid !== undefined) await endProcess(worker.pid, 30_000);
      await ended;
    },
  };
}
