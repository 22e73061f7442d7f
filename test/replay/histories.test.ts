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
const historyOf = (name: string): { readonly events: readonly Record<string, unknown>[] } =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReturnType<typeof historyOf>;

/** Under its own id, which says what it carries. */
function replay(bundle: string, name: string): Promise<void> {
  const history = historyOf(name);
  const [started] = history.events;
  const { workflowId } = started?.workflowExecutionStartedEventAttributes as { workflowId: string };
  return Worker.runReplayHistory({ workflowBundle: { codePath: bundle } }, history, workflowId);
}

/** Everything that an event carries, as text. */
function payloadsOf(event: unknown): string {
  const found: string[] = [];
  JSON.stringify(event, (key, value: unknown) => {
    if (key === 'data' && typeof value === 'string') found.push(Buffer.from(value, 'base64').toString());
    return value;
  });
  return found.join('\n');
}

// A running tender survives a release: what these workflows did when they were recorded, today's code does again.
describe('recorded histories', () => {
  const kinds = [
    'tendering-procurement',
    'tendering-lot-1',
    'tendering-lot-2',
    'tendering-objection-1',
    'tendering-committee-1',
    'government-procurement',
    'government-lot-1',
    'government-query-1',
    'government-opening',
    'government-deadline-1',
    'troubled-opening',
    'troubled-refund',
    'digest',
  ];
  const expected = sets.flatMap((set) => kinds.map((kind) => `${set}/${kind}.json`));
  it.each(expected)('%s was recorded', (name) => {
    expect(recorded).toContain(name);
  });

  it('of an opening that nothing went smoothly in hold a pause, a custodian who never answered, and the wait for bidders', () => {
    const { events } = historyOf('present/troubled-opening.json');
    const types = events.map(({ eventType }) => String(eventType));
    const signals = events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal ? [(signal as { signalName: string }).signalName] : [],
    );
    expect(signals).toContain('wake');
    expect(types).toContain('EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED');
    const told = events.map(payloadsOf).join('\n');
    for (const what of ['"state":"paused"', '"then":"wait","stage":"opening"']) expect(told).toContain(what);
  });

  it('of a committee hold each wait of its draw, and its end', () => {
    const { events } = historyOf('present/tendering-committee-1.json');
    const told = events.map(payloadsOf).join('\n');
    for (const stage of ['committing', 'revealing', 'calling', 'formed']) expect(told).toContain(`"stage":"${stage}"`);
    expect(events.at(-1)?.['eventType']).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
  });

  it.each(recorded)('%s is replayed to the same commands', async (name) => {
    await replay(inject('workflowBundlePath'), name);
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
      const replayed = (name: string) => replay(codePath, `present/${name}.json`);
      for (const changed of ['government-procurement', 'tendering-committee-1', 'digest'])
        await expect(replayed(changed), changed).rejects.toThrow(DeterminismViolationError);
      await replayed('government-lot-1');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
