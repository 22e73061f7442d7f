import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';
import type { waitFor } from '../setup/fixtures/workflows.ts';

it('forty days pass in a moment', async () => {
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: inject('timeSkippingExecutable') } },
  });
  try {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: 'skipping',
      workflowsPath: join(import.meta.dirname, '../setup/fixtures/workflows.ts'),
    });
    const fortyDays = 40 * 86_400_000;
    const startedAt = performance.now();
    const waited = await worker.runUntil(
      environment.client.workflow.execute<typeof waitFor>('waitFor', {
        workflowId: 'forty-days',
        taskQueue: 'skipping',
        args: [fortyDays],
      }),
    );
    expect(waited).toBeGreaterThanOrEqual(fortyDays);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  } finally {
    await environment.teardown();
  }
});
