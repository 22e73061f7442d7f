import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { notices, procurements } from '../../db/schema/sqlite.ts';
import { DAY_MS, formatInstant } from '../../domain/civil-time.ts';
import { procurementSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { Tender } from '../faults/story.ts';
import { eventually } from '../setup/eventually.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';

const FROM = '2025-02-10T09:00:00+08:00';
const config = readTemporalConfig({});
const { namespace } = config;

describe('an engine that no outage can harm, nor an old worker', () => {
  let town: TestService;
  beforeAll(async () => {
    town = await startTestService({ from: FROM });
  });
  afterAll(() => town[Symbol.asyncDispose]());

  it('Temporal frozen for longer than a wake waits for it: six amendments are answered at once, and all of them are in force', async () => {
    const tender = await Tender.draft(town, 'tendering', 6, 75);
    await tender.launch();
    await tender.comesTo('bidding');
    const original = await tender.deadline();
    const deadlines: string[] = [];
    const slowest: number[] = [];
    {
      using _frozen = await town.freeze('temporal');
      const frozenAt = performance.now();
      for (let n = 1; n <= 6; n += 1) {
        const bidDeadline = formatInstant(original + n * 3 * DAY_MS);
        const began = performance.now();
        await tender.decide(`${tender.path}/amendments`, {
          textZh: `第${n}次延期。`,
          affectsBids: false,
          bidDeadline,
        });
        slowest.push(performance.now() - began);
        expect(formatInstant(await tender.deadline())).toBe(bidDeadline);
        deadlines.push(bidDeadline);
        await sleep(Math.max(0, frozenAt + n * 2_500 - performance.now()));
      }
    }
    // Nobody waited for Temporal.
    expect(Math.max(...slowest)).toBeLessThan(5_000);
    const published = await town.db.read.select().from(notices).where(eq(notices.procurementId, tender.id));
    expect(published.filter(({ kind }) => kind === 'amendment').map(({ content }) => content['bidDeadline'])).toEqual(
      deadlines,
    );
    await tender.bid(0);
    await town.until(original + 9 * DAY_MS);
    expect(await tender.stage()).toBe('bidding');
    await tender.comesTo('concluded');
    expect((await tender.lotRow()).stage).toBe('failed');
    const [closed] = await town.db.read.select().from(procurements).where(eq(procurements.id, tender.id));
    expect(formatInstant(closed?.bidDeadline ?? 0)).toBe(deadlines.at(-1));
    await town.check();
  });

  it('a worker that was away over two deadlines does at once what fell due', async () => {
    const [early, late] = [await Tender.draft(town, 'tendering', 6), await Tender.draft(town, 'tendering', 10)];
    for (const tender of [early, late]) await tender.launch();
    for (const tender of [early, late]) await tender.comesTo('bidding');
    for (const tender of [early, late]) for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
    {
      using _frozen = await town.freeze('worker');
      await town.letPass((await late.deadline()) + 2 * DAY_MS);
      expect([await early.stage(), await late.stage()]).toEqual(['bidding', 'bidding']);
    }
    for (const tender of [early, late]) await tender.lotComesTo('evaluation');
    await town.check();
  });

  it('workers of an earlier release beside the present one end nothing: their tasks fail, and are taken by it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kaibiao-older-'));
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, '../setup/fixtures/older-workflows.ts'),
      logger: new DefaultLogger('ERROR'),
    });
    await writeFile(join(dir, 'bundle.js'), code);
    const connection = await NativeConnection.connect({ address: town.temporalAddress });
    const older = await Worker.create({
      connection,
      namespace,
      taskQueue: config.taskQueues.main,
      workflowBundle: { codePath: join(dir, 'bundle.js') },
      activities: { advance: createActivities({ db: town.db }).advance },
    });
    const running = older.run();
    const client = await connectClient(config, town.temporalAddress);
    try {
      const tenders = [await Tender.draft(town, 'tendering', 6), await Tender.draft(town, 'tendering', 8)];
      for (const tender of tenders) await tender.launch();
      for (const tender of tenders) await tender.comesTo('bidding');
      for (const tender of tenders) for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
      for (const tender of tenders) await tender.lotComesTo('evaluation');
      await sleep(10_000);
      let refused = 0;
      for (const tender of tenders) {
        expect(await tender.stage()).toBe('evaluation');
        const runs = client.workflow.list({ query: `WorkflowId STARTS_WITH '${procurementSubject(tender.id)}'` });
        for await (const { workflowId, runId, status } of runs) {
          const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
          refused += (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;
          // By the database none of them has ended; the opening has.
          if (!workflowId.endsWith('/opening') && !workflowId.includes('/deadline/')) {
            expect(['RUNNING', 'TERMINATED'], workflowId).toContain(status.name);
          }
        }
      }
      expect(refused).toBeGreaterThan(0);
    } finally {
      older.shutdown();
      await running;
      await connection.close();
    }
    for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
      await eventually(`${workflowId} is carried by the present worker`, async () => {
        const { status, raw } = await client.workflow.getHandle(workflowId).describe();
        return status.name !== 'RUNNING' || !raw.pendingWorkflowTask;
      });
    }
    await client.connection.close();
    await rm(dir, { recursive: true });
    await town.check();
  });
});
