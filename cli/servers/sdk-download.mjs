// Has the Temporal SDK download one of its servers: node sdk-download.mjs <cli|test-server> <version> <folder>.
// A program of its own, because the SDK cannot be told to give up: the caller ends this process instead.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [artifact, version, downloadDir] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', version, downloadDir, ttl: '3650d' } };
try {
  // The SDK downloads in order to run, so what it leaves behind has been seen to start.
  const environment =
    artifact === 'cli'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
