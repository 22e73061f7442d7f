// How a server is built with Go from a pinned module. By itself, `node go-install.mjs` has Go compile Temporal's development
// server and keeps no program: what is compiled waits in Go's cache until it is built (.ci/run).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const TEMPORAL_CLI_VERSION = 'v1.5.1';
const cli = 'github.com/temporalio/cli';
export const TEMPORAL_CLI = {
  package: `${cli}/cmd/temporal`,
  version: TEMPORAL_CLI_VERSION,
  ldflags: `-X ${cli}/temporalcli.Version=${TEMPORAL_CLI_VERSION.slice(1)}`,
};

export const goInstall = (module, into) => ({
  // What -s -w would leave out of the program is not made in the first place.
  args: [
    'install',
    '-gcflags=all=-dwarf=false',
    `-ldflags=-s -w ${module.ldflags ?? ''}`.trim(),
    `${module.package}@${module.version}`,
  ],
  // Without cgo no C compiler is needed, and the result does not depend on the machine's C library.
  env: { GOBIN: into, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const into = mkdtempSync(join(tmpdir(), 'kaibiao-go-'));
  try {
    const { args, env } = goInstall(TEMPORAL_CLI, into);
    const { status } = spawnSync('go', args, { env: { ...process.env, ...env }, stdio: 'inherit' });
    // No status: it could not be started, or a signal ended it.
    process.exitCode = status ?? 1;
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
