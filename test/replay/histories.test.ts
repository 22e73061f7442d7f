import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';

const folder = join(import.meta.dirname, 'histories');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

// A running tender survives a release: what these workflows did when they were recorded, today's code does again.
describe('recorded histories', () => {
  it.each([
    'tendering-procurement',
    'tendering-lot-1',
    'tendering-lot-2',
    'tendering-objection-1',
    'government-procurement',
    'government-lot-1',
    'government-query-1',
  ])('%s was recorded', (name) => {
    expect(names).toContain(`${name}.json`);
  });

  it.each(names)('%s is replayed to the same commands', async (name) => {
    const history: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundlePath') } }, history, name);
  });
});
