import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { failureConverter, readTemporalConfig } from '../../temporal.config.ts';
import { badSetting } from '../settings/failure.ts';
import { cacheDir, projectRoot } from '../settings/folders.ts';

const bundled = ['workflows', 'domain'];
/** Bundles them. */
const BUILDER = 'cli/program/workflows.mjs';

/**
 * The workflows in one file, for `Worker.create({ workflowBundle })`: built if they, the rulebook or the SDK have
 * changed, and otherwise read from the cache, so that a worker starts in about a second. `KAIBIAO_WORKFLOW_BUNDLE`
 * names one that was built before, of this version or an earlier one.
 */
export async function workflowBundle(env: NodeJS.ProcessEnv = process.env): Promise<{ codePath: string }> {
  const given = env.KAIBIAO_WORKFLOW_BUNDLE;
  if (given) {
    if (existsSync(given)) return { codePath: given };
    throw badSetting(
      `KAIBIAO_WORKFLOW_BUNDLE 所指文件不存在：${given}`,
      `there is no file ${given}, which KAIBIAO_WORKFLOW_BUNDLE names`,
    );
  }
  const failures = failureConverter(readTemporalConfig(env));
  const ahead = builtAhead(failures !== undefined);
  if (ahead !== null) return { codePath: ahead };
  const codePath = join(cacheDir(), `workflow-bundle-${contentHash(failures)}.js`);
  if (!existsSync(codePath)) {
    // In a process of its own, which takes the bundler's memory with it.
    const builder = join(projectRoot, 'cli/program/build.mjs');
    await promisify(execFile)(process.execPath, [builder, 'workflows', codePath, ...(failures ? [failures] : [])]);
    forgetOldBundles();
  }
  return { codePath };
}

/** Beside a program that was built ahead, of the same sources. */
function builtAhead(encrypted: boolean): string | null {
  if (typeof KAIBIAO_BUILT !== 'string') return null;
  const path = join(KAIBIAO_BUILT, encrypted ? 'workflows-encrypted.js' : 'workflows.js');
  return existsSync(path) ? path : null;
}

export function hasWorkflows(): boolean {
  return existsSync(join(projectRoot, 'workflows/index.ts'));
}

function contentHash(failures: string | undefined): string {
  const hash = createHash('sha256');
  const sdk = createRequire(import.meta.url)('@temporalio/workflow/package.json') as { version: string };
  hash.update(`${sdk.version}\0${process.versions.node.split('.')[0]}\0`);
  hash.update(readFileSync(join(projectRoot, BUILDER)));
  if (failures) hash.update(readFileSync(failures));
  for (const dir of bundled) {
    const files = readdirSync(join(projectRoot, dir), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .sort();
    for (const file of files) {
      const content = readFileSync(file);
      hash.update(`${relative(projectRoot, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Not today's: another process may be about to read one. */
function forgetOldBundles(): void {
  for (const name of readdirSync(cacheDir()).filter((each) => each.startsWith('workflow-bundle-'))) {
    const path = join(cacheDir(), name);
    if (Date.now() - statSync(path).mtimeMs > 7 * 86_400_000) rmSync(path, { force: true });
  }
}
