import { beforeEach, describe, expect, it, vi } from 'vitest';
import { grievance } from '../../workflows/grievance.ts';
import type { GrievanceInput } from '../../workflows/messages.ts';

// Without a server, so that what happens at one instant can be put in either order.
type Run = (input: unknown) => Promise<unknown>;
const fake = vi.hoisted(
  (): {
    looks: Set<() => void>;
    handlers: Map<string, (input: unknown) => unknown>;
    signals: { workflowId: string; signal: string; args: unknown[] }[];
    activities: Record<string, Run>;
  } => ({
    looks: new Set(),
    handlers: new Map(),
    signals: [],
    activities: {},
  }),
);
vi.mock('@temporalio/workflow', () => {
  const named = (name: string) => ({ name });
  return {
    ActivityFailure: class extends Error {},
    ApplicationFailure: class extends Error {},
    allHandlersFinished: () => true,
    condition: (met: () => boolean) =>
      new Promise<boolean>((resolve) => {
        const look = () => {
          if (!met()) return;
          fake.looks.delete(look);
          resolve(true);
        };
        fake.looks.add(look);
        look();
      }),
    defineQuery: named,
    defineSignal: named,
    defineUpdate: named,
    getExternalWorkflowHandle: (workflowId: string) => ({
      signal: async ({ name }: { name: string }, ...args: unknown[]) =>
        void fake.signals.push({ workflowId, signal: name, args }),
    }),
    proxyLocalActivities: () =>
      new Proxy({}, { get: (_, name: string) => (input: unknown) => fake.activities[name]?.(input) }),
    setHandler: ({ name }: { name: string }, handler: (input: unknown) => unknown) => fake.handlers.set(name, handler),
    upsertSearchAttributes: () => undefined,
  };
});

const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) {
    for (const look of [...fake.looks]) look();
    await Promise.resolve();
  }
};
const begin = () => {
  const input: GrievanceInput = {
    grievanceId: 'g1',
    procurementId: 'p1',
    lotNo: 0,
    regime: 'tendering',
    kind: 'works',
    rulebookVersion: 'any',
    clock: { mode: 'real' },
    // It is overdue already: the worker was down.
    replyOverdueAt: 1,
  };
  const ended = vi.fn();
  void grievance(input).then(ended);
  return ended;
};
/** An activity that ends when the test says so. */
const held = () => {
  const ends: ((value: unknown) => void)[] = [];
  return { run: () => new Promise((resolve) => ends.push(resolve)), ends };
};

describe('a reply and the end of the time to reply, found by a worker that was down over both', () => {
  beforeEach(() => {
    fake.looks.clear();
    fake.handlers.clear();
    fake.signals.length = 0;
  });

  it.each(['reply first', 'overdue first'])(
    '%s: what was suspended is resumed, and the grievance ends',
    async (order) => {
      const reply = held();
      const overdue = held();
      fake.activities = { reply: reply.run, replyOverdue: overdue.run };
      const ended = begin();
      if (order === 'overdue first') await settle();
      void fake.handlers.get('reply')?.({ decisionId: 'd1' });
      for (let turn = 0; turn < 5; turn += 1) {
        await settle();
        reply.ends.shift()?.({ lotStage: null });
        await settle();
        overdue.ends.shift()?.({ outcome: 'done' });
      }
      await settle();
      expect(fake.signals).toEqual([
        { workflowId: 'procurement/p1', signal: 'suspend', args: [{ grievanceId: 'g1' }] },
        { workflowId: 'procurement/p1', signal: 'resume', args: [{ grievanceId: 'g1', lotStage: null }] },
      ]);
      expect(ended).toHaveBeenCalled();
    },
  );

  it('without a reply it stands, overdue, and nothing is resumed', async () => {
    fake.activities = { replyOverdue: async () => ({ outcome: 'done' }) };
    const ended = begin();
    await settle();
    expect(fake.signals.map(({ signal }) => signal)).toEqual(['suspend']);
    expect((fake.handlers.get('state')?.(undefined) as { stage: string }).stage).toBe('overdue');
    expect(ended).not.toHaveBeenCalled();
  });
});
