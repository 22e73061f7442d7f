import { join } from 'node:path';
import type { TestSpecification, Vitest } from 'vitest/node';
import { expect, it } from 'vitest';
import { ON_POSTGRES } from '../setup/dialects/lists.ts';
import { LONGEST } from '../setup/longest.ts';
import { LongestFirst } from '../setup/longest-first.ts';

const root = '/project';
const specOf = (name: string, file: string, groupOrder = 0) =>
  ({
    moduleId: join(root, file),
    project: { name, config: { isolate: true, sequence: { groupOrder } } },
  }) as unknown as TestSpecification;

it('a run begins with the longest files of those with servers, and keeps the files of a quick project together', async () => {
  const nothing = () => undefined;
  const cache = { getFileTestResults: nothing, getFileStats: nothing };
  const vitest = { config: { root }, vite: { config: { mode: 'test' } }, cache };
  const specs = [
    specOf('cluster', 'test/cluster/cluster.test.ts', 1),
    specOf('unit', 'test/law/due.unit.test.ts'),
    specOf('unit', 'test/sealing/command.unit.test.ts'),
    specOf('api', 'test/http/permissions.api.test.ts'),
    specOf('e2e', 'test/e2e/a-new-one.test.ts'),
    specOf('workflow', 'test/openings/opening.workflow.test.ts'),
    specOf('e2e', 'test/e2e/engine.test.ts'),
    specOf('faults', 'test/faults/opening.test.ts'),
  ];
  const sorted = await new LongestFirst(vitest as unknown as Vitest).sort(specs);
  expect(sorted.map(({ moduleId }) => moduleId.slice(root.length + 1))).toEqual([
    'test/faults/opening.test.ts',
    'test/e2e/engine.test.ts',
    'test/openings/opening.workflow.test.ts',
    'test/e2e/a-new-one.test.ts',
    'test/http/permissions.api.test.ts',
    'test/sealing/command.unit.test.ts',
    'test/law/due.unit.test.ts',
    'test/cluster/cluster.test.ts',
  ]);
});

it('of a file on PostgreSQL the listed tests run, with all of them where that is asked or the file is one of a database', async () => {
  const [listed] = Object.entries(ON_POSTGRES).filter(([, [first = '']]) => /^[\w ]+$/.test(first));
  const [file = '', [name = ''] = []] = listed ?? [];
  const patternOf = async (path: string, mode: string, testNamePattern?: RegExp) => {
    const cache = { getFileTestResults: () => undefined, getFileStats: () => undefined };
    const vitest = { config: { root, testNamePattern }, vite: { config: { mode } }, cache };
    const [spec] = await new LongestFirst(vitest as unknown as Vitest).sort([specOf('db on PostgreSQL', path)]);
    return spec?.testNamePattern;
  };
  const pattern = await patternOf(file, 'test');
  expect([pattern?.test(` ${name}`), pattern?.test(`${name} and more`)]).toEqual([true, false]);
  expect(await patternOf(file, 'all')).toBeUndefined();
  expect(await patternOf(file, 'test', /asked/)).toBeUndefined();
  expect(await patternOf('test/storage/transactions.db.test.ts', 'test')).toBeUndefined();
});

it('what is begun first is listed longest first', () => {
  const seconds = Object.values(LONGEST);
  expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
});
