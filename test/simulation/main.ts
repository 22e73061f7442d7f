import { elapsedMs } from './chance/process.ts';
import { inDatabaseOf } from './databases.ts';
import { play, type Played } from './installation.ts';

// One process of the simulation: plays installation after installation, each from its own seed, and tells each on a line
// of JSON. Started by run.ts, and by the tests, with `--import chance/register.mjs`.

const {
  seed = 1,
  step = 1,
  installations = Infinity,
  minutes = Infinity,
  least = 1,
  tenders = 50,
  server,
} = JSON.parse(process.argv[2] ?? '{}') as Partial<{
  seed: number;
  step: number;
  installations: number;
  minutes: number;
  /** Installations that are played whatever time they take. */
  least: number;
  tenders: number;
  /** Of PostgreSQL: each installation has a database of its own there. Without one, on SQLite. */
  server: string;
}>;

const playAlone = (each: number): Promise<Played> =>
  server === undefined
    ? play(each, { tenders })
    : inDatabaseOf(server, `simulation_${process.pid}_${each}`, (url) => play(each, { tenders, url }));

const endAt = elapsedMs() + minutes * 60_000;
for (let n = 0; n < installations && (n < least || elapsedMs() < endAt); n += 1) {
  const { counts, ...played } = await playAlone(seed + n * step);
  const cpuMs = Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1000);
  process.stdout.write(`${JSON.stringify({ ...played, counts: Object.fromEntries(counts), cpuMs })}\n`);
  if (played.broken) break;
}
