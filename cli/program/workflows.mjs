// Bundles the workflows, with what the SDK bundles them with.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Part of every bundle, whether or not it is traced. */
const INTERCEPTORS = ['one-signal', 'tracing'];

/**
 * @param {string} root the folder of the project
 * @param {string} path where to write
 * @param {string} [failures] the converter of failures, where payloads are encrypted
 */
export async function buildWorkflows(root, path, failures) {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: INTERCEPTORS.map((name) => join(root, `workflows/${name}.ts`)),
    ...(failures && { failureConverterPath: failures }),
    logger: new DefaultLogger('WARN'),
  });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, code);
  renameSync(fresh, path);
}
