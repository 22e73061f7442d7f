import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TOOLS = [
  ['age', '--version'],
  ['age-keygen', '--version'],
  ['tar', '--version'],
  ['python3', '--version'],
  ['sha256sum', '--version'],
] as const;

/** What the steps of docs/sealing.md need and this machine does not have. */
export function missingTools(): string[] {
  return TOOLS.flatMap(([tool, flag]) => {
    try {
      execFileSync(tool, [flag], { stdio: 'ignore' });
      return [];
    } catch {
      return [tool];
    }
  });
}

const page = join(import.meta.dirname, '../../docs/sealing.md');

/** A code block of docs/sealing.md, as a reader copies it. */
function block(opening: string): string {
  const [, code] = readFileSync(page, 'utf8').split(`\n${opening}\n`);
  const end = code?.indexOf('\n```');
  if (code === undefined || end === undefined) throw new Error(`docs/sealing.md has no block ${opening}`);
  return `${code.slice(0, end)}\n`;
}

/** Follows the documented steps in a folder that has what they start from. */
export function follow(steps: 'seal' | 'open', folder: string): string {
  writeFileSync(join(folder, 'kb.py'), block('```python'));
  return execFileSync('bash', ['-euo', 'pipefail', '-c', block(`\`\`\`sh ${steps}`)], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `kb.py` of the page. */
export function kb(folder: string, ...args: string[]): void {
  writeFileSync(join(folder, 'kb.py'), block('```python'));
  execFileSync('python3', ['kb.py', ...args], { cwd: folder });
}
