import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Command } from 'commander';
import type { Database } from '../../db/access/database.ts';
import { latestDraw } from '../../db/committees/draws.ts';
import { listGrievances } from '../../db/grievances.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { procurementById } from '../../db/procurements.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import {
  committeeSubject,
  custodianNoticeSubject,
  grievanceSubject,
  lotSubject,
  openingSubject,
  procurementSubject,
  refundSubject,
} from '../../domain/subjects.ts';
import { digestScheduleId } from '../../engine/notifications/schedule.ts';
import type { Engine } from '../../engine/starting.ts';
import { DIGEST_TYPE } from '../../workflows/messages.ts';
import { playTroubled, type Troubled } from '../demo/troubled.ts';
import { playExamples, type Played } from './demo.ts';
import { projectRoot } from '../settings/folders.ts';
import { openInstallation } from '../settings/installation.ts';
import { connectClient } from '../servers/temporal-client.ts';

/** Histories of earlier versions are in folders beside it. */
const HISTORIES = join(projectRoot, 'test/replay/histories/present');

/** Slower: the bidders' window (civil) must last longer than the wait for a custodian (real). */
const TROUBLED_DAY_MS = 5_000;

/** Of the digest, which nobody waits for (real ms). */
const DIGEST_PATIENCE_MS = 60_000;

/** File name → workflow id. */
type Named = readonly (readonly [string, string])[];

/** Plays the examples and saves the history of every workflow that ran, for the replay test. */
export function recordHistoriesCommand(): Command {
  return new Command('record-histories')
    .description('演练样例项目并保存流程历史 / play the examples and keep their histories for the replay test')
    .option('--only <names...>', '只录制名称含所列文字的 / only those whose name contains one of these')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json, only }: { json?: boolean; only?: readonly string[] }) => {
      const isWanted = (name: string): boolean => only === undefined || only.some((part) => name.includes(part));
      const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-record-'));
      const log = (line: string) => void process.stderr.write(`${line}\n`);
      mkdirSync(HISTORIES, { recursive: true });
      const played = await playExamples({ dataDir: join(dataDir, 'examples'), log });
      const recorded = await keepHistories(played, isWanted, async (db, engine) => [
        ...(await workflowsOf(db, played.outcomes)),
        ...(isWanted('digest') ? [['digest', await queuedDigest(engine)] as const] : []),
      ]);
      if (TROUBLED.some(isWanted)) {
        const troubled = await playTroubled({ dayMs: TROUBLED_DAY_MS, dataDir: join(dataDir, 'troubled'), log });
        recorded.push(...(await keepHistories(troubled, isWanted, async () => troubledWorkflows(troubled))));
      }
      rmSync(dataDir, { recursive: true, force: true });
      const { faults } = played;
      console.log(json ? JSON.stringify({ recorded, faults }) : `已保存 / recorded: ${recorded.join(', ')}`);
      if (faults.length > 0) process.exitCode = 1;
    });
}

async function workflowsOf(db: Database, outcomes: Played['outcomes']): Promise<Named> {
  const named: (readonly [string, string])[] = [];
  const bidders = new Map<string, number>();
  for (const { procurementId } of outcomes) {
    const records = await openingsOf(db.read, procurementId);
    bidders.set(
      procurementId,
      records.reduce((sum, record) => sum + record.bidders, 0),
    );
  }
  const fewest = Math.min(...bidders.values());
  for (const { procurementId } of outcomes) {
    const { regime, lots } = await procurementById(db.read, procurementId);
    const grievances = await listGrievances(db.read, { procurementId });
    for (const { no } of lots) {
      if (await latestDraw(db.read, { procurementId, lotNo: no }))
        named.push([`${regime}-committee-${no}`, committeeSubject(procurementId, no)]);
    }
    named.push(
      [`${regime}-procurement`, procurementSubject(procurementId)],
      // Opening histories are alike, and large: each has every share, sealed. The one with the fewest bids is enough.
      ...(bidders.get(procurementId) === fewest
        ? ([
            [`${regime}-opening`, openingSubject(procurementId)],
            [`${regime}-deadline-1`, custodianNoticeSubject(procurementId, 1)],
          ] as const)
        : []),
      // A lot that failed at the opening never had a workflow.
      ...lots
        .filter(({ stage }) => stage !== 'failed')
        .map(({ no }): [string, string] => [`${regime}-lot-${no}`, lotSubject(procurementId, no)]),
      ...grievances.map(({ id, kind }, index): [string, string] => [
        `${regime}-${kind}-${index + 1}`,
        grievanceSubject(id),
      ]),
    );
  }
  return named;
}

const TROUBLED = ['troubled-opening', 'troubled-refund'] as const;
const troubledWorkflows = ({ procurementId, withdrawnBidId }: Troubled): Named => [
  [TROUBLED[0], openingSubject(procurementId)],
  [TROUBLED[1], refundSubject(withdrawnBidId)],
];

/** Has a digest queued as its schedule does. @returns its workflow id */
async function queuedDigest({ client, taskQueue }: Engine): Promise<string> {
  await client.schedule.getHandle(digestScheduleId(taskQueue)).trigger();
  const query = `WorkflowType = '${DIGEST_TYPE}' AND ExecutionStatus = 'Completed'`;
  for (const until = Date.now() + DIGEST_PATIENCE_MS; Date.now() < until; await sleep(500)) {
    for await (const { workflowId } of client.workflow.list({ query })) return workflowId;
  }
  throw new Error('no digest was queued');
}

/** Of the runs of a workflow that has ended, the longest: one that began again for a member may have done little. */
async function longestRun(client: Client, workflowId: string): Promise<string | undefined> {
  let longest: { readonly runId: string; readonly historyLength: number } | undefined;
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    if (run.historyLength > (longest?.historyLength ?? 0)) longest = run;
  return longest?.runId;
}

/** Saves the histories of workflows that have ended or will soon, and stops what they ran on. */
async function keepHistories(
  { service, env }: Pick<Played, 'service' | 'env'>,
  isWanted: (name: string) => boolean,
  choose: (db: Database, engine: Engine) => Promise<Named>,
): Promise<string[]> {
  const { TEMPORAL_ADDRESS: _elsewhere, ...own } = env;
  const config = readTemporalConfig(own);
  const client = await connectClient(config, service.temporalAddress);
  const db = await openInstallation(env);
  const named = (await choose(db, { client, taskQueue: config.taskQueues.main })).filter(([name]) => isWanted(name));
  for (const [name, workflowId] of named) {
    await client.workflow.getHandle(workflowId).result();
    const handle = client.workflow.getHandle(workflowId, await longestRun(client, workflowId));
    writeFileSync(join(HISTORIES, `${name}.json`), withoutPlaces(historyToJSON(await handle.fetchHistory())));
  }
  await client.connection.close();
  await db.close();
  await service.stop();
  return named.map(([name]) => name);
}

/** A history without data of this machine that a replay does not need: processes, and the folders of stack traces. */
const withoutPlaces = (history: string): string =>
  JSON.stringify(
    JSON.parse(history),
    (key, value: unknown) => {
      if (key === 'stackTrace' || key === 'identity') return undefined;
      return key === 'taskQueue' && isSticky(value) ? { ...value, name: 'sticky' } : value;
    },
    2,
  );

/** The queue of one worker, which has its process and host for a name. */
const isSticky = (value: unknown): value is { readonly kind: string } =>
  (value as { readonly kind?: unknown } | null)?.kind === 'TASK_QUEUE_KIND_STICKY';
