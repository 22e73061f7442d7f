import { execFile, spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../cli/servers/processes.ts';
import { projectRoot } from '../cli/settings/folders.ts';
import { median, rounded } from './figures.ts';

const call = promisify(execFile);
const PROGRAM = join(projectRoot, 'cli/kaibiao.mjs');
/** Commands of people, which answer at once. */
const COMMANDS = [['--help'], ['law', 'show'], ['verify', '--help']] as const;

interface Options {
  readonly rounds: number;
  readonly idleSeconds: number;
}

/** What an installation takes: its packages on the disk, the start, and the memory of all its processes at rest. */
export async function run({ rounds, idleSeconds }: Options, say: (line: string) => void): Promise<object> {
  // Builds what is not built yet: what is measured is warm.
  await call(process.execPath, [PROGRAM, '--help']);
  const commands: Record<string, object> = {};
  for (const args of COMMANDS) {
    const spent: Spent[] = [];
    for (let round = 0; round < rounds; round += 1) spent.push(await spentBy(args));
    commands[args.join(' ')] = {
      wallMs: rounded(median(spent.map(({ wallMs }) => wallMs))),
      processorMs: rounded(median(spent.map(({ processorMs }) => processorMs))),
    };
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-footprint-'));
  try {
    say('the first start makes the installation');
    await serve(dataDir, 0);
    const starts = [];
    for (let round = 0; round < rounds; round += 1) starts.push(await serve(dataDir, idleSeconds));
    const [last] = starts.slice(-1);
    return {
      packagesMb: rounded(packagesWithoutDev() / 1e6),
      commands,
      readyMs: rounded(median(starts.map(({ readyMs }) => readyMs))),
      idle: { totalMb: rounded(median(starts.map(({ totalMb }) => totalMb))), processes: last?.processes },
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Spent {
  readonly wallMs: number;
  readonly processorMs: number;
}

/** By the shell's own account of its children, user and system. */
async function spentBy(args: readonly string[]): Promise<Spent> {
  const began = performance.now();
  const { stdout } = await call('sh', ['-c', '"$@" > /dev/null; times', 'sh', process.execPath, PROGRAM, ...args]);
  const line = stdout.trim().split('\n').at(-1) ?? '';
  const seconds = [...line.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return { wallMs: performance.now() - began, processorMs: seconds.reduce((sum, each) => sum + each, 0) * 1_000 };
}

interface Start {
  readonly readyMs: number;
  readonly totalMb: number;
  readonly processes: readonly {
    readonly command: string;
    readonly rssMb: number;
    readonly processorSeconds: number;
  }[];
}

async function serve(dataDir: string, idleSeconds: number): Promise<Start> {
  const env = {
    ...process.env,
    KAIBIAO_DATA_DIR: dataDir,
    KAIBIAO_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_UI_PORT: String(await freePort()),
  };
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const told = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{"url":')) resolve();
    });
  });
  await Promise.race([told, exited]);
  const readyMs = performance.now() - began;
  await sleep(idleSeconds * 1_000);
  const processes = await family(child.pid ?? 0);
  child.kill('SIGTERM');
  await exited;
  return { readyMs, totalMb: processes.reduce((sum, { rssMb }) => sum + rssMb, 0), processes };
}

async function family(root: number): Promise<Start['processes']> {
  const { stdout } = await call('ps', ['-A', '-ww', '-o', 'pid=,ppid=,rss=,cputimes=,args=']);
  const every = stdout.split('\n').flatMap((line) => {
    const [, pid, parent, rss, seconds, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), rss: Number(rss), seconds: Number(seconds), command }];
  });
  const known = new Set([root]);
  for (let before = 0; before < known.size;) {
    before = known.size;
    for (const each of every) if (known.has(each.parent)) known.add(each.pid);
  }
  return every
    .filter(({ pid }) => known.has(pid))
    .map(({ command, rss, seconds }) => ({
      command: command.replace(/^\S*\//, '').slice(0, 80),
      rssMb: rounded(rss / 1024),
      processorSeconds: seconds,
    }));
}

/** Bytes on the disk of what `npm ci --omit=dev` installs. */
function packagesWithoutDev(): number {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  return shipped
    .map(([path]) => join(projectRoot, path))
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + sizeOf(path), 0);
}

/** Without the packages inside it, which the lock file lists too. */
function sizeOf(folder: string): number {
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) size += entry.name === 'node_modules' ? 0 : sizeOf(path);
    else size += lstatSync(path).blocks * 512;
  }
  return size;
}
