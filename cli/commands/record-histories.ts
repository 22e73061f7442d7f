import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Command } from 'commander';
import type { Database } from '../../db/access/database.ts';
import { listGrievances } from '../../db/grievances.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { procurementById } from '../../db/procurements.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import {
  custodianNoticeSubject,
  grievanceSubject,
  lotSubject,
  openingSubject,
  procurementSubject,
  refundSubject,
} from '../../domain/subjects.ts';
import { playTroubled, type Troubled } from '../demo/troubled.ts';
import { playExamples, type Played } from './demo.ts';
import { projectRoot } from '../settings/folders.ts';
import { openInstallation } from '../settings/installation.ts';
import { connectClient } from '../servers/temporal-client.ts';

/** Histories of earlier versions are in folders beside it. */
const HISTORIES = join(projectRoot, 'test/replay/histories/present');

/** Slower: the bidders' window (civil) must last longer than the wait for a custodian (real). */
const TROUBLED_DAY_MS = 5_000;

/** File name → workflow id. */
type Named = readonly (readonly [string, string])[];

/** Plays the examples and saves the history of every workflow that ran, for the replay test. */
export function recordHistoriesCommand(): Command {
  return new Command('record-histories')
    .description('演练样例项目并保存流程历史 / play the examples and keep their histories for the replay test')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-record-'));
      const log = (line: string) => void process.stderr.write(`${line}\n`);
      mkdirSync(HISTORIES, { recursive: true });
      const played = await playExamples({ dataDir: join(dataDir, 'examples'), log });
      const recorded = await keepHistories(played, (db) => workflowsOf(db, played.outcomes));
      const troubled = await playTroubled({ dayMs: TROUBLED_DAY_MS, dataDir: join(dataDir, 'troubled'), log });
      recorded.push(...(await keepHistories(troubled, async () => troubledWorkflows(troubled))));
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

const troubledWorkflows = ({ procurementId, withdrawnBidId }: Troubled): Named => [
  ['troubled-opening', openingSubject(procurementId)],
  ['troubled-refund', refundSubject(withdrawnBidId)],
];

/** Saves the histories of workflows that have ended or will soon, and stops what they ran on. */
async function keepHistories(
  { service, env }: Pick<Played, 'service' | 'env'>,
  choose: (db: Database) => Promise<Named>,
): Promise<string[]> {
  const { TEMPORAL_ADDRESS: _elsewhere, ...own } = env;
  const client = await connectClient(readTemporalConfig(own), service.temporalAddress);
  const db = await openInstallation(env);
  const named = await choose(db);
  for (const [name, workflowId] of named) {
    const handle = client.workflow.getHandle(workflowId);
    await handle.result();
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
    (key, value: unknown) => (key === 'stackTrace' || key === 'identity' ? undefined : value),
    2,
  );
