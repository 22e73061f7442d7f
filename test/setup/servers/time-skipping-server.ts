import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheDir } from '../../../cli/settings/folders.ts';
import { withInstallLock } from '../../../cli/servers/install-lock.ts';
import { freePort } from '../../../cli/servers/processes.ts';
import { downloadThroughSdk, sdkDownloadPath } from '../../../cli/servers/sdk-download.ts';

const run = promisify(execFile);

/** Of the Java SDK, which the test server is part of. */
const version = '1.35.0';
const artifact = { group: 'io.temporal', name: 'temporal-test-server' };
const MAIN = 'io.temporal.testserver.TestServer';
const OPTIONS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx512m'];
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
  const archive = join(dir, `maven-${version}`, 'classes.jsa');
  const cached = () =>
    existsSync(downloaded) ? downloaded : existsSync(archive) ? launcher(dir, lib, archive) : undefined;
  return (
    cached() ??
    (await withInstallLock(
      dir,
      { title: 'waiting for another process that installs the time-skipping test server', log },
      async () => cached() ?? (await install(dir, lib, archive, log)),
    ))
  );
}

async function install(dir: string, lib: string, archive: string, log: (line: string) => void): Promise<string> {
  if (!existsSync(lib)) {
    const downloaded = await copy(dir, lib, log);
    if (downloaded !== undefined) return downloaded;
  }
  await archiveClasses(lib, archive);
  return launcher(dir, lib, archive);
}

/** @returns the path of the SDK's own download, where that can be had; otherwise it comes from Maven, into `lib` */
async function copy(dir: string, lib: string, log: (line: string) => void): Promise<string | undefined> {
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
  return undefined;
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
 * Its classes as Java has loaded them, with which it starts in a third of the time: from Java 13 on. Where there is none, or
 * Java is of another version, it starts all the same.
 */
async function archiveClasses(lib: string, archive: string): Promise<void> {
  const fresh = `${archive}.${process.pid}`;
  const port = await freePort();
  const options = [...OPTIONS, `-XX:ArchiveClassesAtExit=${fresh}`, '-cp', `${lib}/*`, MAIN, String(port)];
  const server = spawn('java', options, { stdio: 'ignore' });
  const ended = once(server, 'exit').catch(() => undefined);
  // It writes the archive when it is stopped.
  for (let tries = 0; tries < 300 && server.exitCode === null && !(await listens(port)); tries += 1) await sleep(100);
  server.kill('SIGTERM');
  await Promise.race([ended, sleep(30_000)]);
  server.kill('SIGKILL');
  if (!existsSync(fresh)) writeFileSync(fresh, '');
  renameSync(fresh, archive);
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/**
 * The SDK runs `<path> <port>` and ends it with SIGKILL, hence the exec: what it kills must be Java itself. A test process
 * that is killed cannot do that, hence the watch on its id beside it. Time stands still until the SDK's client asks for it
 * to be skipped: with the server's own `--enable-time-skipping` it would run past every timeout before the first poll.
 */
function launcher(dir: string, lib: string, archive: string): string {
  const path = join(dir, `launch-${version}.sh`);
  const shared = statSync(archive).size > 0 ? [`-XX:SharedArchiveFile='${archive}'`] : [];
  const script = `#!/bin/sh
parent=$PPID
(while kill -0 "$parent" && kill -0 $$; do sleep 2; done; kill -9 $$) </dev/null >/dev/null 2>&1 &
exec java ${[...OPTIONS, ...shared].join(' ')} -cp '${lib}/*' ${MAIN} "$1"
`;
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, script, { mode: 0o755 });
  renameSync(fresh, path);
  return path;
}
