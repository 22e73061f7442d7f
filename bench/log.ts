import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { projectRoot } from '../cli/settings/folders.ts';
import { freePort } from '../cli/servers/processes.ts';
import { readSigner } from '../cli/settings/secrets.ts';
import { ensureFirstAdministrator } from '../services/accounts/first-administrator.ts';
import { recordAudit, UNATTENDED } from '../db/audit.ts';
import { addCovers } from '../services/log/padding.ts';
import type { Database } from '../db/access/database.ts';
import { logSize } from '../db/log.ts';
import { consistencyProof, inclusionProof } from '../services/log/proofs.ts';
import { openDatabase } from '../db/access/open.ts';
import { databaseFile } from '../db/sqlite/connection.ts';
import { stepOf } from '../domain/log/batches.ts';
import type { Signer } from '../proofs/signing.ts';
import { inTurn, median, percentile, rounded } from './figures.ts';
import { machine, temporaryFolder } from './installation.ts';
import { signHead } from '../services/log/sign-head.ts';

interface Options {
  readonly n: readonly number[];
  readonly samples: number;
  readonly rounds: number;
}

/** Entries per transaction and head: with the one that closes it, a batch without covers. */
const BATCH = 2 * stepOf({ mode: 'real' }) - 1;
/**
 * The heap of the API (MB): a larger heap grows with everything that passes through it, which does not show what an
 * export needs. An API that held the log in memory would run out of this one.
 */
const HEAP_MB = 96;
/** One entry of this many is that of an opened bid, whose hash an export contains; the others are filler. */
const OF_WHICH_BIDS = 4;

/**
 * The log at each size: the export through the API and its check, each in a process of its own whose memory is
 * measured, beside the same rows read by the driver alone; proofs, and the head after one more entry.
 */
export async function run({ n, samples, rounds }: Options, say: (line: string) => void): Promise<object> {
  const sizes: Awaited<ReturnType<typeof measured>>[] = [];
  for (const size of n) sizes.push(await measured({ size, samples, rounds }, say));
  const [first, last] = [sizes[0], sizes.at(-1)];
  const growth = (of: (size: NonNullable<typeof first>) => number) =>
    first && last ? rounded(of(last) / of(first), 2) : null;
  return {
    bench: 'log',
    machine: machine(),
    sizes,
    growth: {
      entries: growth(({ entries }) => entries),
      apiMemory: growth(({ memoryMb }) => memoryMb.apiPeak),
      verifierMemory: growth(({ memoryMb }) => memoryMb.verifierPeak),
      headAfterOneMore: growth(({ ms }) => ms.headAfterOneMore),
      inclusion: growth(({ ms }) => ms.inclusion.p50),
      consistency: growth(({ ms }) => ms.consistency.p50),
    },
    aim: 'memory <= 1.5, head and proofs <= 2, whatever the entries grow by',
  };
}

async function measured(
  { size, samples, rounds }: Omit<Options, 'n'> & { readonly size: number },
  say: (line: string) => void,
) {
  const dataDir = join(temporaryFolder(), 'data');
  const db = await openDatabase({ dataDir, clock: { mode: 'real' } });
  const signer = await readSigner({}, dataDir);
  // Otherwise the API would print one among the figures.
  await ensureFirstAdministrator(db);
  const filled = performance.now();
  await fill(db, signer, size);
  say(`${size} entries written and under heads in ${rounded((performance.now() - filled) / 1_000)} s`);
  const ms = await proofTimes(db, signer, samples);
  await db.close();

  const file = join(dataDir, '..', 'export.jsonl');
  const api = await startApi(dataDir);
  const took = { product: [] as number[], bare: [] as number[] };
  // The start needs more memory than the API has afterwards, which would hide what an export needs.
  await writeFile(`/proc/${api.process.pid}/clear_refs`, '5');
  const idle = await peakMemory(api.process);
  const measures = {
    product: async () => pipeline(await api.exported(), createWriteStream(file)),
    bare: async () => bareExport(dataDir, join(dataDir, '..', 'bare.jsonl')),
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of inTurn(round, ['product', 'bare'] as const)) {
      const began = performance.now();
      await measures[subject]();
      took[subject].push(performance.now() - began);
    }
  }
  const apiPeak = await peakMemory(api.process);
  await api.stop();
  const verified = await verify(file);
  say(`${size}: API ${rounded(apiPeak / 1e6)} MB, verifier ${rounded(verified.peak / 1e6)} MB`);
  return {
    entries: size,
    exportMb: rounded((await stat(file)).size / 1e6, 1),
    seconds: {
      export: rounded(median(took.product) / 1_000, 2),
      bareRead: rounded(median(took.bare) / 1_000, 2),
      verify: rounded(verified.ms / 1_000, 2),
    },
    ratio: rounded(median(took.product.map((each, round) => each / (took.bare[round] ?? Number.NaN))), 2),
    memoryMb: {
      apiIdle: rounded(idle / 1e6),
      apiPeak: rounded(apiPeak / 1e6),
      verifierPeak: rounded(verified.peak / 1e6),
    },
    ms,
  };
}

async function fill(db: Database, signer: Signer, size: number): Promise<void> {
  for (let written = 0; written < size;) {
    const more = Math.min(BATCH, size - written);
    await db.transaction(async (tx) => {
      for (let n = 0; n < more; n += 1) {
        if ((written + n) % OF_WHICH_BIDS > 0) addCovers(tx, 1);
        else {
          const sha256 = createHash('sha256').update(randomBytes(16)).digest('hex');
          recordAudit(tx, UNATTENDED, {
            action: 'bid.submit',
            procurementId: null,
            subject: `bid/${written + n}`,
            detail: { lotNo: 1, version: 1, sha256, size: 48_213_377 },
          });
        }
      }
    });
    written += more;
    await signHead(db, signer);
  }
}

/** The cost of one more entry and a head over it, and of proofs at random places (ms). */
async function proofTimes(db: Database, signer: Signer, samples: number) {
  const size = await logSize(db.read);
  const timed = async (one: (index: number) => Promise<unknown>) => {
    const took: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      const index = Math.floor(Math.random() * (size - 1));
      const began = performance.now();
      await one(index);
      took.push(performance.now() - began);
    }
    return { p50: rounded(percentile(took, 0.5), 3), p99: rounded(percentile(took, 0.99), 3) };
  };
  const inclusion = await timed((index) => inclusionProof(db.read, index, size));
  const consistency = await timed((index) => consistencyProof(db.read, index + 1, size));
  const head: number[] = [];
  for (let sample = 0; sample < 20; sample += 1) {
    await db.transaction(async (tx) => addCovers(tx, 1));
    const began = performance.now();
    await signHead(db, signer);
    head.push(performance.now() - began);
  }
  return { inclusion, consistency, headAfterOneMore: rounded(median(head), 2) };
}

async function bareExport(dataDir: string, file: string): Promise<void> {
  const connection = new BetterSqlite3(databaseFile(dataDir), { readonly: true });
  function* lines(): Generator<Buffer> {
    for (const row of connection.prepare('SELECT * FROM audit ORDER BY seq').iterate()) {
      yield Buffer.from(`${JSON.stringify(row)}\n`);
    }
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file));
  } finally {
    connection.close();
  }
}

async function startApi(dataDir: string) {
  const port = String(await freePort());
  const { DATABASE_URL: _another, ...own } = process.env;
  const env = {
    ...own,
    KAIBIAO_DATA_DIR: dataDir,
    KAIBIAO_PORT: port,
    KAIBIAO_LOG_LEVEL: 'error',
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    // Nothing listens there: the measurement needs no Temporal.
    TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
  };
  const child = spawn(process.execPath, [join(projectRoot, 'cli/kaibiao.mjs'), 'api'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([once(child, 'message'), endedEarly(child)]);
  return {
    process: child,
    exported: async (): Promise<Readable> => {
      const { status, body } = await fetch(`http://127.0.0.1:${port}/api/log/export`);
      if (status !== 200 || !body) throw new Error(`the export was answered with ${status}`);
      return Readable.fromWeb(body);
    },
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function endedEarly(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`a process ended before its time (${String(code)})`);
}

/** `kaibiao verify` of an export, as a citizen runs it. */
async function verify(file: string): Promise<{ ms: number; peak: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(projectRoot, 'cli/kaibiao.mjs'), 'verify', file, '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, await peakMemory(child).catch(() => 0));
    await Promise.race([ended, sleep(20)]);
  }
  if (child.exitCode !== 0) throw new Error(`the export was not found sound (${String(child.exitCode)})`);
  return { ms: performance.now() - began, peak };
}

/** Peak resident memory, since the process started or its peak was last reset (bytes). */
async function peakMemory({ pid }: ChildProcess): Promise<number> {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? 0) * 1_024;
}
