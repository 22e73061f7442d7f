import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { startDevServer, type DevServer } from '../../cli/servers/temporal-server.ts';
import { connectClient, prepareNamespace } from '../../cli/servers/temporal-client.ts';
import { digestScheduleId, keepDigestSchedule } from '../../engine/notifications/schedule.ts';
import type { DigestPage } from '../../services/notifications/digest.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { eventually } from '../setup/eventually.ts';

// The schedule is the server's own: one that skips time has none.

const config = readTemporalConfig({ TEMPORAL_NAMESPACE: 'digest', TEMPORAL_TASK_QUEUE: 'digest' });
const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-digest-'));
let server: DevServer;
let client: Awaited<ReturnType<typeof connectClient>>;
let worker: Worker;
let running: Promise<void>;
let connection: NativeConnection;
/** What the database would answer, and what it was asked. */
let answers: (DigestPage | null | Error)[];
let asked: (DigestPage | undefined)[];

beforeAll(async () => {
  server = await startDevServer({
    ...{ dataDir, executable: inject('temporalExecutable'), config, log: () => undefined },
  });
  client = await connectClient(config, server.address);
  await prepareNamespace(client.connection, config, { warn: () => undefined });
  connection = await NativeConnection.connect({ address: server.address });
  worker = await Worker.create({
    ...{ connection, namespace: config.namespace, taskQueue: config.taskQueues.main },
    workflowBundle: { codePath: inject('workflowBundlePath') },
    activities: {
      queueDigest: async ({ page }: { page?: DigestPage }) => {
        asked.push(page);
        const answer = answers.shift() ?? null;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
  });
  running = worker.run();
}, 120_000);
afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await client.connection.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  answers = [];
  asked = [];
});

const engine = () => ({ client, taskQueue: config.taskQueues.main });
const handle = () => client.schedule.getHandle(digestScheduleId(config.taskQueues.main));

it('is kept: made once, made again where it is gone, and changed where the clock is another', async () => {
  for (const _ of [1, 2]) await keepDigestSchedule(engine(), { mode: 'real' });
  const { spec, action } = await handle().describe();
  expect(spec.calendars?.map(({ hour, minute }) => [hour, minute])).toEqual([[[at(0)], [at(0)]]]);
  // Nothing of anybody is in it.
  expect(action).toMatchObject({ workflowType: 'digest', args: [] });

  const drill = { mode: 'drill', civilStartMs: 0, realStartMs: 0, msPerDay: 3_600_000 } as const;
  await keepDigestSchedule(engine(), drill);
  expect((await handle().describe()).spec.intervals?.map(({ every }) => every)).toEqual([3_600_000]);
  await handle().delete();
  await eventually('the schedule is gone', async () =>
    handle()
      .describe()
      .then(() => false)
      .catch(() => true),
  );
  await keepDigestSchedule(engine(), { mode: 'real' });
  expect((await handle().describe()).spec.calendars).toHaveLength(1);
});
const at = (hour: number) => ({ start: hour, end: hour, step: 1 });

it('asks page after page until everybody’s is queued, and again where the database failed', async () => {
  await keepDigestSchedule(engine(), { mode: 'real' });
  answers = [{ day: 20_544, after: 'a' }, new Error('busy'), { day: 20_544, after: 'b' }, null];
  await handle().trigger();
  await eventually('the digest is queued', async () => asked.length === 4);
  expect(asked.map((page) => page?.after)).toEqual([undefined, 'a', 'a', 'b']);
});
