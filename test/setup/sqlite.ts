import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findProgram } from '../../cli/program/find.mjs';
import { connect, databaseFile } from '../../db/sqlite/connection.ts';
import { bringSqliteUpToDate } from '../../db/sqlite/migrations.ts';
import './provide.ts';
import { quickPlace } from './quick-place.ts';

/** A folder with our schema in a file and nothing in it, for tests to copy. */
export default async function setup(project: TestProject): Promise<() => void> {
  // What starts a process waits for no build, whose time is no test's.
  await findProgram();
  const dataDir = mkdtempSync(join(quickPlace(), 'kaibiao-template-'));
  const connection = connect(databaseFile(dataDir), {});
  await bringSqliteUpToDate(connection);
  connection.close();
  project.provide('sqliteTemplate', dataDir);
  return () => rmSync(dataDir, { recursive: true, force: true });
}
