import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { namesOnPostgres } from './dialects/lists.ts';
import { LONGEST } from './longest.ts';

/** Files of a project that shares its modules stay together, since they share a process; of these the quickest come last. */
const LAST = ['browser', 'api on PostgreSQL', 'db on PostgreSQL', 'api', 'db', 'unit'];

/**
 * Those with servers of their own, longest first; then the quick projects, one after the other, longest first. Of the files
 * on PostgreSQL those tests that run there (dialects/lists.ts), where nobody asks for others.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const asked = this.ctx.vite.config.mode === 'all' || this.ctx.config.testNamePattern !== undefined;
    for (const file of files) {
      if (asked || !file.project.name.includes('on PostgreSQL')) continue;
      // Another specification in its place would have no environment.
      Object.assign(file, { testNamePattern: namesOnPostgres(relative(this.ctx.config.root, file.moduleId)) });
    }
    const turnOf = ({ project }: TestSpecification) => [project.config.sequence.groupOrder, LAST.indexOf(project.name)];
    const secondsOf = ({ moduleId }: TestSpecification) => LONGEST[relative(this.ctx.config.root, moduleId)] ?? 0;
    return (await super.sort(files)).toSorted((a, b) => {
      const [[groupA = 0, placeA = 0], [groupB = 0, placeB = 0]] = [turnOf(a), turnOf(b)];
      return groupA - groupB || placeA - placeB || secondsOf(b) - secondsOf(a);
    });
  }
}
