import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Command } from 'commander';
import { listGrievances } from '../db/grievances.ts';
import { procurementById } from '../db/procurements.ts';
import { readTemporalConfig } from '../temporal.config.ts';
import { grievanceWorkflowId, lotWorkflowId, procurementWorkflowId } from '../workflows/messages.ts';
import { playPatiently } from './demo.ts';
import { projectRoot } from './folders.ts';
import { openInstallation } from './installation.ts';
import { connectClient } from './worker.ts';

/** Those of earlier versions lie beside it. */
const HISTORIES = join(projectRoot, 'test/replay/histories/present');

/** Plays the examples and keeps the history of every workflow that ran, for the replay test. */
export function recordHistoriesCommand(): Command {
  return new Command('record-histories')
    .description('演练样例项目并保存流程历史 / play the examples and keep their histories for the replay test')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-record-'));
      const log = (line: string) => void process.stderr.write(`${line}\n`);
      const { service, outcomes, faults, env } = await playPatiently({ dayMs: 900, dataDir, log });
      const { TEMPORAL_ADDRESS: _elsewhere, ...own } = env;
      const client = await connectClient(readTemporalConfig(own), service.temporalAddress);
      const db = await openInstallation(env);
      const recorded: string[] = [];
      mkdirSync(HISTORIES, { recursive: true });
      for (const { procurementId } of outcomes) {
        const { regime, lots } = await procurementById(db.read, procurementId);
        const grievances = await listGrievances(db.read, { procurementId });
        const named = [
          [`${regime}-procurement`, procurementWorkflowId(procurementId)],
          // A lot that was stopped at the opening never had a workflow.
          ...lots
            .filter(({ stage }) => stage !== 'stopped')
            .map(({ no }) => [`${regime}-lot-${no}`, lotWorkflowId(procurementId, no)]),
          ...grievances.map(({ id, kind }, index) => [`${regime}-${kind}-${index + 1}`, grievanceWorkflowId(id)]),
        ] as [string, string][];
        for (const [name, workflowId] of named) {
          const history = await client.workflow.getHandle(workflowId).fetchHistory();
          writeFileSync(join(HISTORIES, `${name}.json`), withoutPlaces(historyToJSON(history)));
          recorded.push(name);
        }
      }
      await client.connection.close();
      await db.close();
      await service.stop();
      rmSync(dataDir, { recursive: true, force: true });
      console.log(json ? JSON.stringify({ recorded, faults }) : `已保存 / recorded: ${recorded.join(', ')}`);
      if (faults.length > 0) process.exitCode = 1;
    });
}

/** A history without the stack traces of refusals, which are of no use to a replay and name this machine's folders. */
const withoutPlaces = (history: string): string =>
  JSON.stringify(JSON.parse(history), (key, value: unknown) => (key === 'stackTrace' ? undefined : value), 2);
