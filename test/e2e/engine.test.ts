import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Connection, WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { deploymentOf } from '../../cli/worker/deployment.ts';
import { workflowBundle } from '../../cli/worker/workflow-bundle.ts';
import { audit } from '../../db/schema/sqlite.ts';
import { grievanceSubject, lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { Tender } from '../faults/story.ts';
import { eventually } from '../setup/eventually.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { startTestService, type Json, type TestService } from '../setup/servers/service.ts';

const FROM = '2025-02-10T09:00:00+08:00';
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
    // The last run has what came after it began: less than what makes one give way to the next (workflows/pace.ts), or
    // not much more.
    await eventually('another run goes on', async () => {
      const now = await describeOf(client, id);
      return now.runId !== runId && now.historyLength < 6_000;
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
