import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { connectClient } from '../../cli/commands/worker.ts';
import { procurementSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { eventually } from '../setup/eventually.ts';
import { secondWorker } from '../setup/second-worker.ts';
import { startTestService } from '../setup/service.ts';
import { Tender } from '../faults/story.ts';

const TENDERS = 8;

it('an older worker ends no tender whose answers it does not know, and beside a present one each comes to its end', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kaibiao-older-'));
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, '../setup/fixtures/older-workflows.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  const bundle = join(dir, 'bundle.js');
  await writeFile(bundle, code);
  await using town = await startTestService({
    dayMs: 600,
    from: '2025-02-10T09:00:00+08:00',
    env: { KAIBIAO_WORKFLOW_BUNDLE: bundle },
  });
  const client = await connectClient(readTemporalConfig({}), town.temporalAddress);
  try {
    const tenders: Tender[] = [];
    for (let n = 0; n < TENDERS; n += 1) tenders.push(await Tender.draft(town, 'tendering', 20));
    for (const tender of tenders) await tender.launch();
    for (const { id } of tenders) {
      await eventually(`the older worker fails a task of ${id}`, () => hasFailed(client, procurementSubject(id)));
    }
    for (const tender of tenders) {
      expect(['launched', 'bidding']).toContain(await tender.stage());
      // One that fails again and again is begun again; none has come to an end.
      expect(['RUNNING', 'TERMINATED']).toContain(await statusOf(client, procurementSubject(tender.id)));
    }

    await using _present = await secondWorker(town, { KAIBIAO_WORKFLOW_BUNDLE: '' });
    // Nobody bids: each lot is stopped at the deadline, and the procurement ends.
    for (const tender of tenders) {
      await tender.comesTo('concluded');
      expect(await tender.lotRow()).toMatchObject({ stage: 'stopped' });
      await eventually('its workflow ends', async () => {
        return (await statusOf(client, procurementSubject(tender.id))) === 'COMPLETED';
      });
    }
    await town.check();
  } finally {
    await client.connection.close();
    await rm(dir, { recursive: true });
  }
});

async function statusOf(client: Client, workflowId: string): Promise<string> {
  return (await client.workflow.getHandle(workflowId).describe()).status.name;
}

async function hasFailed(client: Client, workflowId: string): Promise<boolean> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).some(({ workflowTaskFailedEventAttributes: failed }) => failed);
}
