import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { playInProcess, reportOf, type Told } from './processes.ts';

// Simulated installations, one after the other, each from its seed; what breaks is repeated by its seed.

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more');
  return value;
};

const given = new Command('test:simulation')
  .description('按种子模拟整套系统 / whole installations, simulated from seeds')
  .option('--seed <number>', 'seed of the first installation; the next ones follow it', number, 1)
  .option('--minutes <number>', 'begins no installation after so many minutes', number, 10)
  .option('--installations <number>', 'so many, whatever time they take', number)
  .option('--tenders <number>', 'of one installation', number, 50)
  .option('--processes <number>', 'at once', number, Math.min(4, availableParallelism()))
  .option('--postgres <url>', 'on a PostgreSQL server, in databases that are created and removed')
  .option('--fault <name>', 'with a fault of seeded-faults.json in the code')
  .parse()
  .opts<{
    seed: number;
    minutes: number;
    installations?: number;
    tenders: number;
    processes: number;
    postgres?: string;
    fault?: string;
  }>();
const { seed, minutes, installations, tenders, postgres, fault } = given;
const processes = Math.min(given.processes, installations ?? Infinity);

const beganAt = Date.now();
let [played, done, cpuMs] = [0, 0, 0];
const onTold = (told: Told): void => {
  done += 1;
  played += told.tenders;
  if (told.broken) {
    process.stderr.write(`${reportOf(told)}\n`);
    for (const each of started) each.process.kill();
    process.exitCode = 1;
  } else if (done % 10 === 0) progress();
};
const rate = (ms: number): string => Math.round(played / (ms / 60_000)).toLocaleString('en');
const progress = (): void => {
  const line = `${played.toLocaleString('en')} tenders in ${done} installations, ${rate(Date.now() - beganAt)} a minute`;
  process.stderr.write(`simulation: ${line}\n`);
};

const started = Array.from({ length: processes }, (_, index) =>
  playInProcess(
    {
      ...{ seed: seed + index, step: processes, tenders },
      ...(installations === undefined
        ? { minutes }
        : { installations: Math.ceil((installations - index) / processes) }),
      ...(postgres === undefined ? {} : { server: postgres }),
      ...(fault === undefined ? {} : { fault }),
    },
    onTold,
  ),
);
for (const told of await Promise.all(started.map((each) => each.done))) cpuMs += told.at(-1)?.cpuMs ?? 0;
progress();
process.stderr.write(`simulation: ${rate(cpuMs)} tenders a minute of one processor’s time\n`);
if (process.exitCode !== 1)
  process.stderr.write(`simulation: nothing is broken, seeds ${seed} to ${seed + done - 1}\n`);
