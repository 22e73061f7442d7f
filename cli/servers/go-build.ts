import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { onPath, type Log } from './processes.ts';

interface GoBuild {
  /** The package to build, as `example.org/module/cmd/program`. */
  readonly package: string;
  readonly version: string;
  readonly ldflags?: string;
  /** Where the program is put, by a rename once it is whole. */
  readonly to: string;
  /** How long it usually takes, for whoever waits. */
  readonly usually: { readonly zh: string; readonly en: string };
}

/** Builds a program from a pinned module with the `go` on the PATH, and says every few seconds how far it is. */
export async function buildWithGo(
  build: GoBuild,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<{ path: string } | { fault: string }> {
  const [go] = onPath('go', env);
  if (go === undefined) return { fault: 'no go on the PATH' };
  const into = join(dirname(build.to), `building-${process.pid}-${basename(build.to)}`);
  mkdirSync(into, { recursive: true });
  const startedAt = performance.now();
  const elapsed = () => Math.round((performance.now() - startedAt) / 1000);
  const child = spawn(
    go,
    ['install', '-ldflags', `-s -w ${build.ldflags ?? ''}`.trim(), `${build.package}@${build.version}`],
    // Without cgo no C compiler is needed, and the result does not depend on the machine's C library.
    { env: { ...env, GOBIN: into, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let modules = 0;
  let said = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('go: downloading')) modules += 1;
    else said = `${said}${line}\n`.slice(-1_500);
  });
  const { zh, en } = build.usually;
  const ticker = setInterval(() => {
    log(`  编译中，已用 ${elapsed()} 秒（通常 ${zh}） / building, ${elapsed()} s (takes ${en}), ${modules} modules`);
  }, 5_000);
  try {
    const code = await new Promise<number | string>((settle) => {
      child.once('error', (error) => settle(error.message));
      child.once('close', (status, signal) => settle(status ?? signal ?? 'unknown'));
    });
    const program = basename(build.package);
    const built = join(into, process.platform === 'win32' ? `${program}.exe` : program);
    if (code !== 0 || !existsSync(built)) return { fault: said.trim() || `go install ended with ${code}` };
    chmodSync(built, 0o755);
    renameSync(built, build.to);
    log(`  已编译，用时 ${elapsed()} 秒 / built in ${elapsed()} s: ${build.to}`);
    return { path: build.to };
  } finally {
    clearInterval(ticker);
    rmSync(into, { recursive: true, force: true });
  }
}
