import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Connection, WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { deploymentOf } from '../../cli/worker/deployment.ts';
import { workflowBundle } from '../../cli/worker/workflow-bundle.ts';
import { audit, notices, procurements } from '../../db/schema/sqlite.ts';
import { DAY_MS, formatInstant } from '../../domain/civil-time.ts';
import { grievanceSubject, lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { Tender } from '../faults/story.ts';
import { rawDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type Json, type TestService } from '../setup/servers/service.ts';

const FROM = '2025-02-10T09:00:00+08:00';
/** Of a local activity before it is given up (workflows/local.ts). */
const LOCAL_ATTEMPTS = 5;
/** What is lost, or stuck, is there again within so long without anybody (ms). */
const MINUTE_MS = 60_000;

type Temporal = Client & { connection: Connection };
const config = readTemporalConfig({});
const { namespace } = config;

/** What somebody can do who reaches Temporal. */
function harm({ client }: { client: Temporal }) {
  const service = client.connection.workflowService;
  const payload = (text: string, encoding = 'json/plain') => ({
    metadata: { encoding: Buffer.from(encoding) },
    data: Buffer.from(text),
  });
  return {
    payload,
    signal: (workflowId: string, signalName: string, ...payloads: proto.temporal.api.common.v1.IPayload[]) =>
      service.signalWorkflowExecution({
        namespace,
        workflowExecution: { workflowId },
        signalName,
        requestId: randomUUID(),
        identity: 'somebody',
        ...(payloads.length > 0 ? { input: { payloads } } : {}),
      }),
    headed: (workflowId: string, headers: Record<string, proto.temporal.api.common.v1.IPayload>) =>
      service.signalWorkflowExecution({
        namespace,
        workflowExecution: { workflowId },
        signalName: 'wake',
        requestId: randomUUID(),
        header: { fields: headers },
      }),
    start: (workflowId: string, type: string, ...payloads: proto.temporal.api.common.v1.IPayload[]) =>
      service.startWorkflowExecution({
        namespace,
        workflowId,
        workflowType: { name: type },
        taskQueue: { name: config.taskQueues.main },
        requestId: randomUUID(),
        ...(payloads.length > 0 ? { input: { payloads } } : {}),
      }),
  };
}

const describeOf = (client: Client, id: string): Promise<WorkflowExecutionDescription> =>
  client.workflow.getHandle(id).describe();
const isRunning = async (client: Client, id: string): Promise<boolean> =>
  (await describeOf(client, id)).status.name === 'RUNNING';

/** A tender whose lot is at its evaluation, with the ids of its bids. */
async function evaluated(town: TestService, client: Client): Promise<{ tender: Tender; bidIds: string[] }> {
  const tender = await Tender.draft(town, 'tendering', 6);
  await tender.launch();
  await tender.comesTo('bidding');
  const receipts = [await tender.bid(0), await tender.bid(1), await tender.bid(2)];
  await tender.lotComesTo('evaluation');
  // The wake of its workflow goes out once the opening is committed.
  await eventually('its lot is carried', () => isRunning(client, lotSubject(tender.id, 1)).catch(() => false));
  return { tender, bidIds: receipts.map(({ bidId }) => String(bidId)) };
}

describe('an engine that no message can harm', () => {
  let town: TestService;
  let client: Temporal;
  let worker: number | undefined;
  beforeAll(async () => {
    town = await startTestService({ from: FROM });
    client = await connectClient(config, town.temporalAddress);
    worker = town.pidOf('worker');
  });
  afterAll(async () => {
    await client.connection.close();
    await town[Symbol.asyncDispose]();
  });
  /** It is the worker that there was in the beginning. */
  const unharmed = () => expect(town.pidOf('worker')).toBe(worker);

  it('signals of any name, with anything in them, or with nothing, end nothing and stop nothing', async () => {
    const { tender, bidIds } = await evaluated(town, client);
    const { signal, headed, payload } = harm({ client });
    const ids = [procurementSubject(tender.id), lotSubject(tender.id, 1)];
    for (const id of ids) {
      for (const name of [
        'terminated',
        'resume',
        'suspend',
        'recounted',
        'openingChanged',
        'wake',
        '__temporal_evil',
        '',
      ]) {
        await signal(id, name).catch(() => undefined);
        await signal(id, name, payload('{"grievanceId":"x","lotStage":"no such stage"}')).catch(() => undefined);
        await signal(id, name, payload('{"lotStage":"archived"')).catch(() => undefined);
        await signal(id, name, { metadata: {}, data: randomBytes(64) }).catch(() => undefined);
        await signal(id, name, payload('x', 'binary/encrypted'), payload('y', 'no/such/encoding')).catch(
          () => undefined,
        );
      }
      await headed(id, { traceparent: payload('not json', 'json/plain'), tracelink: payload('x', 'no/such/encoding') });
    }
    await sleep(5_000);
    for (const id of ids) {
      const { status, historyLength, raw } = await describeOf(client, id);
      expect(status.name).toBe('RUNNING');
      expect(Number(raw.pendingWorkflowTask?.attempt ?? 1)).toBe(1);
      expect(historyLength).toBeLessThan(400);
    }
    unharmed();
    expect(await tender.stage()).toBe('evaluation');
    expect((await tender.lotRow()).stage).toBe('evaluation');
    await tender.decide(`${tender.lot}/report`, tender.report(bidIds));
    await tender.lotComesTo('award');
    await tender.decide(`${tender.lot}/award`, { bidId: bidIds[0] });
    await tender.fulfil();
    for (const id of ids) await eventually(`${id} ends`, async () => !(await isRunning(client, id)));
  });

  it('a foreign workflow started early under the id of a tender, of another type and with garbage, is replaced', async () => {
    const tender = await Tender.draft(town, 'tendering', 60);
    const { start, payload } = harm({ client });
    await start(procurementSubject(tender.id), 'recount', payload('x', 'no/such/encoding'));
    await tender.launch();
    expect(await describeOf(client, procurementSubject(tender.id))).toMatchObject({ type: 'recount' });
    await eventually(
      'it is a tender',
      async () => {
        const { type, status } = await describeOf(client, procurementSubject(tender.id));
        return type === 'procurement' && status.name === 'RUNNING';
      },
      2 * MINUTE_MS,
    );
    await tender.comesTo('bidding');
    unharmed();
  });

  it('ended or cancelled by hand, workflows are there again within a minute, and one that ends fails no other', async () => {
    const [one, other] = [await evaluated(town, client), await evaluated(town, client)];
    await one.tender.decide(`${one.tender.lot}/report`, one.tender.report(one.bidIds));
    await one.tender.lotComesTo('publicity');
    const grievanceId = await one.tender.object();
    const ended = [
      lotSubject(one.tender.id, 1),
      grievanceSubject(grievanceId),
      procurementSubject(other.tender.id),
      lotSubject(other.tender.id, 1),
    ];
    const cancelled = procurementSubject(one.tender.id);
    for (const id of ended) await eventually(`${id} runs`, () => isRunning(client, id));
    const began = performance.now();
    for (const id of ended) await client.workflow.getHandle(id).terminate('by hand');
    await client.workflow.getHandle(cancelled).cancel();
    for (const id of ended) {
      await eventually(`${id} runs again`, () => isRunning(client, id), 2 * MINUTE_MS);
    }
    // On a machine with nothing else to do it takes half of that.
    expect(performance.now() - began).toBeLessThan(MINUTE_MS);
    expect(await isRunning(client, cancelled)).toBe(true);
    const { runId } = await describeOf(client, cancelled);
    expect((await client.workflow.getHandle(cancelled, runId).fetchHistory()).events?.length).toBeLessThan(200);
    const rebuilt = await town.db.read.select().from(audit).where(eq(audit.action, 'temporal.rebuild'));
    const started = rebuilt.reduce((sum, { detail }) => sum + Number(detail['started']), 0);
    expect(started).toBeGreaterThanOrEqual(ended.length);
    await one.tender.reply(grievanceId);
    await one.tender.lotComesTo('award');
    await one.tender.decide(`${one.tender.lot}/award`, { bidId: one.bidIds[0] });
    await one.tender.fulfil();
    await other.tender.decide(`${other.tender.lot}/report`, other.tender.report(other.bidIds));
    await other.tender.lotComesTo('publicity');
    unharmed();
  });

  it('a grievance that is overdue, or settled, is no loop, however often it is woken', async () => {
    const { tender, bidIds } = await evaluated(town, client);
    await tender.decide(`${tender.lot}/report`, tender.report(bidIds));
    await tender.lotComesTo('publicity');
    const grievanceId = await tender.object();
    const id = grievanceSubject(grievanceId);
    await town.comes(
      'it is overdue',
      async () => (await client.workflow.getHandle(id).query<Json>('state')).stage === 'overdue',
    );
    const events = async () =>
      (await describeOf(client, id)).historyLength + (await describeOf(client, lotSubject(tender.id, 1))).historyLength;
    const before = await events();
    await sleep(4_000);
    expect((await events()) - before).toBeLessThan(12);
    await tender.reply(grievanceId);
    await eventually('it ends', async () => !(await isRunning(client, id)));
    for (let n = 0; n < 20; n += 1) {
      await client.workflow.signalWithStart('grievance', {
        workflowId: id,
        taskQueue: config.taskQueues.main,
        args: [{ subject: id }],
        signal: 'wake',
      });
    }
    await eventually('it ends again', async () => !(await isRunning(client, id)));
    expect((await describeOf(client, id)).historyLength).toBeLessThan(40);
    await tender.lotComesTo('award');
    unharmed();
  });

  it('more than ten thousand signals, or wakes, are no limit: another run continues, and so does the tender', async () => {
    const { tender, bidIds } = await evaluated(town, client);
    const id = lotSubject(tender.id, 1);
    const { signal } = harm({ client });
    const { runId } = await describeOf(client, id);
    const flood = async (name: string, count: number): Promise<number> => {
      let refused = 0;
      for (let sent = 0; sent < count; sent += 100) {
        await Promise.all(Array.from({ length: 100 }, () => signal(id, name).catch(() => (refused += 1))));
      }
      return refused;
    };
    const refused = (await flood('forged', 6_000)) + (await flood('wake', 6_000));
    expect(refused).toBeLessThan(12_000);
    await eventually('another run goes on', async () => {
      const now = await describeOf(client, id);
      return now.runId !== runId && now.historyLength < 1_000;
    });
    unharmed();
    await tender.decide(`${tender.lot}/report`, tender.report(bidIds));
    await tender.lotComesTo('award');
    await tender.decide(`${tender.lot}/award`, { bidId: bidIds[0] });
    await tender.fulfil();
  });

  it('workers show which build they are of: to Temporal’s own tools, and to the doctor', async () => {
    const { version } = deploymentOf((await workflowBundle()).codePath);
    const { pollers } = await client.connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: config.taskQueues.main },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    expect(pollers?.map(({ deploymentOptions }) => deploymentOptions)).toEqual([
      expect.objectContaining({ deploymentName: version.deploymentName, buildId: version.buildId }),
    ]);
    const { stdout } = await kaibiao(['doctor', '--json'], town.env, 120_000);
    const { findings } = JSON.parse(stdout) as { findings: { name: string; ok: string; detailEn: string }[] };
    expect(findings.find(({ name }) => name === 'workers')).toMatchObject({
      ok: 'ok',
      detailEn: expect.stringContaining(version.buildId) as string,
    });
    for (const name of ['workflows', 'stages'])
      expect(findings.find((each) => each.name === name)?.ok, name).toBe('ok');
  });

  it('after all of that everything holds', async () => {
    await town.check();
  });
});

describe('an engine that no outage can harm', () => {
  it('Temporal frozen for longer than a wake waits for it: six amendments are answered at once, and all of them are in force', async () => {
    await using town = await startTestService({ from: FROM });
    const tender = await Tender.draft(town, 'tendering', 6, 75);
    await tender.launch();
    await tender.comesTo('bidding');
    const temporal = town.pidOf('temporal');
    if (temporal === undefined) throw new Error('no server runs');
    const original = await tender.deadline();
    const deadlines: string[] = [];
    const slowest: number[] = [];
    process.kill(temporal, 'SIGSTOP');
    const frozenAt = performance.now();
    try {
      for (let n = 1; n <= 6; n += 1) {
        const bidDeadlineAt = formatInstant(original + n * 3 * DAY_MS);
        const began = performance.now();
        await tender.decide(`${tender.path}/amendments`, {
          textZh: `第${n}次延期。`,
          affectsBids: false,
          bidDeadlineAt,
        });
        slowest.push(performance.now() - began);
        expect(formatInstant(await tender.deadline())).toBe(bidDeadlineAt);
        deadlines.push(bidDeadlineAt);
        await sleep(Math.max(0, frozenAt + n * 2_500 - performance.now()));
      }
    } finally {
      process.kill(temporal, 'SIGCONT');
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
    await using town = await startTestService({ from: FROM, as: 'process' });
    const [early, late] = [await Tender.draft(town, 'tendering', 6), await Tender.draft(town, 'tendering', 10)];
    for (const tender of [early, late]) await tender.launch();
    for (const tender of [early, late]) await tender.comesTo('bidding');
    for (const tender of [early, late]) for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
    const worker = town.pidOf('worker');
    if (worker === undefined) throw new Error('no worker runs');
    process.kill(worker, 'SIGSTOP');
    try {
      await town.letPass((await late.deadline()) + 2 * DAY_MS);
      expect([await early.stage(), await late.stage()]).toEqual(['bidding', 'bidding']);
    } finally {
      process.kill(worker, 'SIGCONT');
    }
    for (const tender of [early, late]) await tender.lotComesTo('evaluation');
    await town.check();
  });
});

describe('an engine that no old worker can harm', () => {
  it('workers of an earlier release beside the present one end nothing: their tasks fail, and are taken by it', async () => {
    await using town = await startTestService({ from: FROM });
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
        const { status, raw } = await describeOf(client, workflowId);
        return status.name !== 'RUNNING' || !raw.pendingWorkflowTask;
      });
    }
    await client.connection.close();
    await rm(dir, { recursive: true });
    await town.check();
  });
});

describe.each(['sqlite', 'postgres'] as const)('what Temporal keeps, beside %s', (database) => {
  /** The closing cannot write its record, where another is: the error contains the row that was to be written. */
  const FAILURE = database === 'sqlite' ? 'opening records are immutable' : 'openings_procurement_id_lot_no_pk';
  const refuse = (id: string) =>
    `INSERT INTO openings (procurement_id, lot_no, opened, bidders, entries, legal_at, actual_at)
     VALUES ('${id}', 1, ${database === 'sqlite' ? 1 : true}, 0, '[]', 0, 0)`;
  const allow = (id: string) => `DELETE FROM openings WHERE procurement_id = '${id}'`;

  it.each(['in the clear', 'encrypted'] as const)(
    'holds no value of a row, %s, whatever fails: the log has it, under a reference',
    async (how) => {
      const keys = how === 'encrypted' ? { KAIBIAO_PAYLOAD_KEYS: `k1:${randomBytes(32).toString('base64')}` } : {};
      await using town = await startTestService({
        from: FROM,
        database,
        as: 'process',
        // Without custodians the closing itself writes the record.
        env: { KAIBIAO_LOG_LEVEL: 'warn', KAIBIAO_SEALING: 'optional', KAIBIAO_LOCAL_CUSTODIANS: 'off', ...keys },
      });
      const tender = await Tender.draft(town, 'tendering', 6);
      await tender.launch();
      await tender.comesTo('bidding');
      for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
      const raw = await rawDatabase(town.storage);
      await raw.behind(refuse(tender.id), 'other triggers too');
      await town.letPass((await tender.deadline()) + DAY_MS);
      // Until its activity gives up, which Temporal keeps.
      const failures = () => town.log.filter((line) => line.includes(FAILURE) && line.includes('activity failed'));
      await eventually('the closing has failed again and again', async () => failures().length > LOCAL_ATTEMPTS);
      await raw.behind(allow(tender.id), 'other triggers too');
      await raw.close();
      await tender.lotComesTo('evaluation');

      const client = await connectClient(config, town.temporalAddress);
      const texts: string[] = [];
      for await (const { workflowId, runId } of client.workflow.list()) {
        const { history } = await client.connection.workflowService.getWorkflowExecutionHistory({
          namespace,
          execution: { workflowId, runId },
        });
        texts.push(...(history?.events ?? []).map(textOf));
      }
      await client.connection.close();
      const all = texts.join('\n');
      expect(all).toContain('advance');
      for (const value of [FAILURE, '中学教学楼', '一标段', '甲公司', '工业园区', '90000000', '100000000']) {
        expect(all, value).not.toContain(value);
      }
      const failed = town.log.find((line) => line.includes(FAILURE) && line.includes('activity failed'));
      const { reference } = JSON.parse(failed ?? '{}') as { reference?: string };
      expect(reference).toMatch(/^[0-9a-f-]{36}$/);
      if (how === 'encrypted') {
        expect(all).toContain('Encoded failure');
        expect(all).not.toContain("see the worker's log");
      } else expect(all).toContain("see the worker's log");
      await town.check();
    },
  );
});

/** Everything that an event holds, its payloads as text. */
function textOf(event: unknown): string {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) found.push(Buffer.from(value).toString());
    else if (typeof value === 'string') found.push(value);
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) walk(each);
  };
  walk(event);
  return found.join('\n');
}
