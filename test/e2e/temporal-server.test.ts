import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { isAlive } from '../../cli/servers/processes.ts';
import { startDevServer, type DevServer } from '../../cli/servers/temporal-server.ts';
import {
  ensureNamespace,
  readTemporalConfig,
  registerSearchAttributes,
  searchAttributes,
} from '../../temporal.config.ts';
import type { waitFor } from '../setup/fixtures/workflows.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-server-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = readTemporalConfig({});
const executable = inject('temporalExecutable');
const log = () => undefined;

async function withClient<T>(
  server: DevServer,
  use: (client: Client, connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection, namespace: config.namespace }), connection);
  } finally {
    await connection.close();
  }
}

const retentionOf = async (connection: Connection, namespace: string) => {
  const described = await connection.workflowService.describeNamespace({ namespace });
  return Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
};

describe('the embedded Temporal server', () => {
  it('keeps workflows, namespace, retention and search attributes over a restart', async () => {
    const dataDir = join(folder, 'restart');
    const first = await startDevServer({ dataDir, executable, config, log });
    await withClient(first, async (client, connection) => {
      expect(await retentionOf(connection, config.namespace)).toBe(config.retentionDays);
      await client.workflow.start<typeof waitFor>('waitFor', {
        workflowId: 'procurement/restart',
        taskQueue: 'restart',
        args: [1_500],
        typedSearchAttributes: [
          { key: searchAttributes.stage, value: 'notice' },
          { key: searchAttributes.nextDeadline, value: new Date(0) },
        ],
      });
    });
    // Let a worker take it up, so that what has to survive is a running timer.
    const work = async (server: DevServer, until: (client: Client) => Promise<void>) => {
      const connection = await NativeConnection.connect({ address: server.address });
      const worker = await Worker.create({
        connection,
        namespace: config.namespace,
        taskQueue: 'restart',
        workflowsPath: join(import.meta.dirname, '../setup/fixtures/workflows.ts'),
      });
      await worker.runUntil(() => withClient(server, until));
      await connection.close();
    };
    await work(first, async (client) => {
      const handle = client.workflow.getHandle('procurement/restart');
      for (;;) {
        const { history } = await client.workflowService.getWorkflowExecutionHistory({
          namespace: config.namespace,
          execution: { workflowId: handle.workflowId },
        });
        if (history?.events?.some((event) => event.timerStartedEventAttributes)) break;
        await sleep(50);
      }
    });
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await startDevServer({ dataDir, executable, config, log });
    try {
      await work(second, async (client) => {
        const handle = client.workflow.getHandle<typeof waitFor>('procurement/restart');
        expect(await handle.result()).toBeGreaterThanOrEqual(1_500);
        const described = await handle.describe();
        expect(described.typedSearchAttributes.get(searchAttributes.stage)).toBe('notice');
      });
      await withClient(second, async (_client, connection) => {
        expect(await retentionOf(connection, config.namespace)).toBe(config.retentionDays);
      });
    } finally {
      await second.stop();
    }
  });

  it('can be killed at any time and started again on the same port and file', async () => {
    const dataDir = join(folder, 'killed');
    const first = await startDevServer({ dataDir, executable, config, log });
    const port = Number(first.address.split(':')[1]);
    await withClient(first, (client) =>
      client.workflow.start('waitFor', { workflowId: 'procurement/killed', taskQueue: 'nobody', args: [1] }),
    );
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ stopRequested: false });
    const second = await startDevServer({ dataDir, executable, config, log, port });
    try {
      await withClient(second, async (client) => {
        expect((await client.workflow.getHandle('procurement/killed').describe()).status.name).toBe('RUNNING');
      });
    } finally {
      await second.stop();
    }
  });

  it('refuses to share a state file that is in use, and a port that is taken', async () => {
    const dataDir = join(folder, 'shared');
    const server = await startDevServer({ dataDir, executable, config, log });
    try {
      await expect(startDevServer({ dataDir, executable, config, log })).rejects.toMatchObject({ code: 'data-in-use' });
    } finally {
      await server.stop();
    }
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const port = (occupant.address() as { port: number }).port;
    await expect(startDevServer({ dataDir, executable, config, log, port })).rejects.toMatchObject({
      code: 'port-taken',
      messageZh: expect.stringContaining(String(port)) as string,
    });
    occupant.close();
  });

  it('does not outlive the process that started it, even one killed with SIGKILL', async () => {
    const parent = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        join(import.meta.dirname, '../setup/fixtures/hold-server.ts'),
        join(folder, 'orphan'),
        executable,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const { pid } = JSON.parse(line) as { pid: number };
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    const killedAt = performance.now();
    while (isAlive(pid) && performance.now() - killedAt < 15_000) await sleep(50);
    expect(isAlive(pid)).toBe(false);
    expect(performance.now() - killedAt).toBeLessThan(12_000);
  });

  it('has namespaces and search attributes made twice without complaint', async () => {
    const server = await startDevServer({ dataDir: join(folder, 'namespaces'), executable, config, log });
    try {
      await withClient(server, async (client, connection) => {
        const other = { ...config, namespace: 'another-district', retentionDays: 7 };
        await Promise.all([ensureNamespace(connection, other), ensureNamespace(connection, other)]);
        await ensureNamespace(connection, { ...other, retentionDays: 8 });
        expect(await retentionOf(connection, other.namespace)).toBe(7);
        await Promise.all([
          registerSearchAttributes(connection, other.namespace),
          registerSearchAttributes(connection, other.namespace),
        ]);
        await registerSearchAttributes(connection, other.namespace);
        await new Client({ connection, namespace: other.namespace }).workflow.start('waitFor', {
          workflowId: 'procurement/other',
          taskQueue: 'nobody',
          typedSearchAttributes: [{ key: searchAttributes.regime, value: 'tendering' }],
        });
        expect(client.options.namespace).toBe('kaibiao');
      });
    } finally {
      await server.stop();
    }
  });
});
