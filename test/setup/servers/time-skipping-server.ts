import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../../cli/settings/folders.ts';
import { withInstallLock } from '../../../cli/servers/install-lock.ts';
import { downloadThroughSdk, sdkDownloadPath } from '../../../cli/servers/sdk-download.ts';

const run = promisify(execFile);

/** Of the Java SDK, which the test server is part of. */
const version = '1.35.0';
const artifact = { group: 'io.temporal', name: 'temporal-test-server' };
const copyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

export interface ExistingServer {
  type: 'existing-path';
  path: string;
}

let provisioned: Promise<ExistingServer> | undefined;

/**
 * The server whose clock skips, for `TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })`: the one in
 * the cache, else the SDK's own download, else its Maven artifact. Asked for twice, it tries once.
 */
export function timeSkippingServer(log: (line: string) => void = console.error): Promise<ExistingServer> {
  return (provisioned ??= provision(log).then((path) => ({ type: 'existing-path', path })));
}

async function provision(log: (line: string) => void): Promise<string> {
  const dir = join(cacheDir(), 'test-server');
  const downloaded = sdkDownloadPath('test-server', `v${version}`, dir);
  const lib = join(dir, `maven-${version}`, 'lib');
  const cached = () => (existsSync(downloaded) ? downloaded : existsSync(lib) ? launcher(dir, lib) : undefined);
  return (
    cached() ??
    (await withInstallLock(
      dir,
      { title: 'waiting for another process that installs the time-skipping test server', log },
      async () => cached() ?? (await install(dir, lib, log)),
    ))
  );
}

async function install(dir: string, lib: string, log: (line: string) => void): Promise<string> {
  const download = await downloadThroughSdk('test-server', `v${version}`, dir);
  if (download.path !== undefined) return download.path;
  log(`time-skipping test server: no download (${download.reason}), taking it from Maven`);
  try {
    await copyFromMaven(dir, lib);
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string };
    throw new Error(
      `The time-skipping test server could not be had.\n  download: ${download.reason}\n` +
        `  Maven: ${(stdout?.trim() || message).split('\n').slice(-8).join('\n    ')}\n` +
        `Workflow tests need the internet once, or Java 11 or later and Maven with a repository they can reach.`,
      { cause: error },
    );
  }
  return launcher(dir, lib);
}

async function copyFromMaven(dir: string, lib: string): Promise<void> {
  const into = join(dir, `copying-${process.pid}`);
  mkdirSync(into, { recursive: true });
  try {
    await run('java', ['-version']);
    const pom = join(into, 'pom.xml');
    writeFileSync(
      pom,
      `<project><modelVersion>4.0.0</modelVersion><groupId>kaibiao</groupId><artifactId>test-server</artifactId>
<version>0</version><dependencies><dependency><groupId>${artifact.group}</groupId>
<artifactId>${artifact.name}</artifactId><version>${version}</version></dependency></dependencies></project>\n`,
    );
    const to = join(into, 'lib');
    await run('mvn', ['-B', '-q', '-f', pom, copyPlugin, `-DoutputDirectory=${to}`, '-DincludeScope=runtime'], {
      timeout: 300_000,
    });
    if (!readdirSync(to).some((jar) => jar.startsWith(artifact.name))) throw new Error('Maven copied no test server');
    mkdirSync(join(lib, '..'), { recursive: true });
    renameSync(to, lib);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

/**
 * The SDK runs `<path> <port>` and ends it with SIGKILL, hence the exec: what it kills must be Java itself. A test process
 * that is killed cannot do that, hence the watch on its id beside it. Time stands still until the SDK's client asks for it
 * to be skipped: with the server's own `--enable-time-skipping` it would run past every timeout before the first poll.
 */
function launcher(dir: string, lib: string): string {
  const path = join(dir, `launch-${version}.sh`);
  const script = `#!/bin/sh
parent=$PPID
(while kill -0 "$parent" && kill -0 $$; do sleep 2; done; kill -9 $$) </dev/null >/dev/null 2>&1 &
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m -cp '${lib}/*' io.temporal.testserver.TestServer "$1"
`;
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, script, { mode: 0o755 });
  renameSync(fresh, path);
  return path;
}
