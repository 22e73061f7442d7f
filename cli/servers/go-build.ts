import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { goInstall, type GoModule } from './go-install.mjs';
import { onPath, type Log } from './processes.ts';
import { withProgress } from './progress.ts';

interface GoBuild extends GoModule {
  /** Where the program is placed, by a rename when it is complete. */
  readonly to: string;
  /** The usual duration, for the user who waits. */
  readonly usually: string;
}

const run = promisify(execFile);

/** Builds a program from a pinned module with the `go` on the PATH. */
export async function buildWithGo(
  build: GoBuild,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<{ path: string } | { fault: string }> {
  const [go] = onPath('go', env);
  if (go === undefined) return { fault: 'no go on the PATH' };
  const into = join(dirname(build.to), `building-${process.pid}-${basename(build.to)}`);
  const { args, env: own } = goInstall(build, into);
  mkdirSync(into, { recursive: true });
  try {
    await withProgress({ title: `首次编译 / first build of ${basename(build.to)} (${build.usually})` }, log, () =>
      run(go, args, { env: { ...env, ...own }, maxBuffer: 16 * 1024 * 1024 }),
    );
    const program = basename(build.package);
    const built = join(into, process.platform === 'win32' ? `${program}.exe` : program);
    chmodSync(built, 0o755);
    renameSync(built, build.to);
    return { path: build.to };
  } catch (error) {
    return { fault: faultOf(error as Error & { stderr?: string }) };
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

function faultOf({ stderr = '', message }: Error & { stderr?: string }): string {
  const output = stderr.split('\n').filter((line) => !line.startsWith('go: downloading'));
  return output.join('\n').trim().slice(-1_500) || message;
}
