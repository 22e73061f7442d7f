import type { TestProject } from 'vitest/node';
import { findProgram } from '../../cli/program/find.mjs';
import { findTemporal } from '../../cli/servers/temporal-server.ts';
import { hasWorkflows, workflowBundle } from '../../cli/worker/workflow-bundle.ts';
import { timeSkippingServer } from './servers/time-skipping-server.ts';
import './provide.ts';

/** Finds or installs both servers and builds program and workflows, before the first test and once for all of them. */
export default async function setup(project: TestProject): Promise<void> {
  await findProgram();
  // Tests run on servers of their own, never on the one that the environment of a developer points at.
  const { TEMPORAL_ADDRESS: _elsewhere, ...env } = process.env;
  const temporal = await findTemporal(env);
  if (temporal.kind === 'binary') project.provide('temporalExecutable', temporal.path);
  project.provide('timeSkippingExecutable', (await timeSkippingServer()).path);
  if (hasWorkflows()) project.provide('workflowBundlePath', (await workflowBundle()).codePath);
}
