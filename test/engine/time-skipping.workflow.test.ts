import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { waitFor } from '../setup/fixtures/workflows.ts';
import { startServer } from '../setup/servers/skipping-server.ts';

const DAY = 86_400_000;
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  environment = await startServer();
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: 'skipping',
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, '../setup/fixtures/workflows.ts'),
    }),
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await environment.teardown();
});

it('forty days pass in a moment', async () => {
  const waited = await environment.client.workflow.execute<typeof waitFor>('waitFor', {
    workflowId: 'forty-days',
    taskQueue: 'skipping',
    args: [40 * DAY],
  });
  expect(waited).toBeGreaterThanOrEqual(40 * DAY);
});
