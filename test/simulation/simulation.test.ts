import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { playInProcess, reportOf, type Plan, type Told } from './processes.ts';
import { SEEDED_FAULTS } from './seeded-faults.ts';

// Each plays in a process of its own, whose clocks and chance come from the seed.

const server = inject('postgresUrl');
const play = (plan: Plan): Promise<Told[]> => playInProcess(plan).done;
const broken = (all: readonly Told[]): string[] => all.filter((each) => each.broken).map(reportOf);

/** On a slow machine too. */
const LEAST = 3;
/** What people do; each is done lawfully, and tried unlawfully, in the first of these already. */
const DONE = [
  ...['bid', 'bid at once', 'withdraw', 'ask', 'answer', 'amend', 'launch', 'object to the documents'],
  ...['report', 'award', 'contract', 'publish contract', 'draft again', 'object to the result'],
  ...['correct', 'prepare amendment', 'confirm amendment', 'send back'],
  ...['open draw', 'commit to draw', 'reveal part'],
];
const ONLY_DONE = ['confirm a call'];
const ONLY_TRIED = ['award of another', 'report with a defect'];

describe.concurrent('a simulation', () => {
  it('a third of a minute of tenders, and nothing breaks', async () => {
    const all = await play({ seed: 1, minutes: 1 / 3, least: LEAST });
    expect(broken(all)).toEqual([]);
    const became = new Set(all.slice(0, LEAST).flatMap(({ counts }) => Object.keys(counts)));
    const missing = [
      'look',
      'both pages',
      ...[...DONE, ...ONLY_DONE].map((act) => `${act} accepted`),
      ...[...DONE, ...ONLY_TRIED].map((act) => `${act} refused`),
    ].filter((each) => !became.has(each));
    expect(missing).toEqual([]);
  });

  it('a seed repeats exactly what happened and what was stored, whatever was played before it', async () => {
    const [, again] = await play({ seed: 70, installations: 2, tenders: 8 });
    const [alone] = await play({ seed: 71, installations: 1, tenders: 8 });
    expect(alone?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect({ ...again, cpuMs: 0 }).toEqual({ ...alone, cpuMs: 0 });
  });

  it.skipIf(server === null)('PostgreSQL: nothing breaks either', async () => {
    const all = await play({ seed: 1, installations: 1, tenders: 6, server: String(server) });
    expect(all).toHaveLength(1);
    expect(broken(all)).toEqual([]);
  });

  it('each fault that can be put into the code is about code that is there', () => {
    const gone = SEEDED_FAULTS.filter(
      ({ file, is }) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split(is).length !== 2,
    );
    expect(gone).toEqual([]);
  });

  it.each(SEEDED_FAULTS.filter(({ seed }) => seed !== undefined))(
    'finds it where $name',
    async ({ name, seed = 1, found }) => {
      const [told] = await play({ seed, installations: 1, tenders: 25, fault: name });
      expect(told?.broken).toMatchObject({ invariant: found });
    },
  );
});
