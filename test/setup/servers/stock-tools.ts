import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { block, missingPrograms } from '../documented.ts';

const PAGE = 'docs/sealing.md';

/** What the steps of the page need and this machine does not have. */
export const missingTools = (): string[] => missingPrograms(['age', 'age-keygen', 'tar', 'python3', 'sha256sum']);

/** Follows the documented steps in a folder that has what they start from. */
export function follow(steps: 'seal' | 'open', folder: string): string {
  writeFileSync(join(folder, 'kb.py'), block(PAGE, 'python'));
  return execFileSync('bash', ['-euo', 'pipefail', '-c', block(PAGE, `sh ${steps}`)], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `kb.py` of the page. */
export function kb(folder: string, ...args: string[]): void {
  writeFileSync(join(folder, 'kb.py'), block(PAGE, 'python'));
  execFileSync('python3', ['kb.py', ...args], { cwd: folder });
}
