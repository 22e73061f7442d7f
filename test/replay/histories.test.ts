import { readdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';

const folder = join(import.meta.dirname, 'histories');
/** `present`, which `record-histories` writes, and those of earlier versions, which tenders that still run began under. */
const sets = readdirSync(folder).sort();
const recorded = sets.flatMap((set) =>
  readdirSync(join(folder, set))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${set}/${name}`),
);
const historyOf = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

// A running tender survives a release: what these workflows did when they were recorded, today's code does again.
describe('recorded histories', () => {
  const kinds = [
    'tendering-procurement',
    'tendering-lot-1',
    'tendering-lot-2',
    'tendering-objection-1',
    'government-procurement',
    'government-lot-1',
    'government-query-1',
  ];
  it.each(sets.flatMap((set) => kinds.map((kind) => `${set}/${kind}.json`)))('%s was recorded', (name) => {
    expect(recorded).toContain(name);
  });

  it.each(recorded)('%s is replayed to the same commands', async (name) => {
    await Worker.runReplayHistory(
      { workflowBundle: { codePath: inject('workflowBundlePath') } },
      historyOf(name),
      name,
    );
  });

  it('of a workflow that does something else first are refused: this is how an incompatible change is found', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'kaibiao-changed-'));
    try {
      const { code } = await bundleWorkflowCode({
        workflowsPath: join(import.meta.dirname, 'fixtures/changed-workflows.ts'),
        logger: new DefaultLogger('ERROR'),
      });
      const codePath = join(dir, 'bundle.js');
      writeFileSync(codePath, code);
      const replayed = (name: string) =>
        Worker.runReplayHistory({ workflowBundle: { codePath } }, historyOf(`0.1.0-1/${name}.json`), name);
      await expect(replayed('government-procurement')).rejects.toThrow(DeterminismViolationError);
      await replayed('government-lot-1');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
