import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerDeploymentOptions } from '@temporalio/worker';
import { projectRoot } from '../settings/folders.ts';

/** The name under which workers show their build in Temporal's own pages and commands. */
export const DEPLOYMENT = 'kaibiao';

/**
 * The build of a worker: the version of the program, and the hash of the workflows that it runs. It is only shown: any
 * worker takes any task (docs/adr/0013-workflow-versions.md).
 * @param bundlePath without one it runs activities alone
 */
export function deploymentOf(bundlePath?: string): WorkerDeploymentOptions {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  const hash = bundlePath && createHash('sha256').update(readFileSync(bundlePath)).digest('hex').slice(0, 12);
  return {
    useWorkerVersioning: false,
    version: { deploymentName: DEPLOYMENT, buildId: hash ? `${version}-${hash}` : version },
  };
}
