import { spawn } from 'node:child_process';
import { Command, InvalidArgumentError } from 'commander';

// The faults again and again, each round with blows at other instants; a round that fails is repeated by its seed.

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more');
  return value;
};

const { seed, minutes } = new Command('test:faults')
  .description('反复注入故障，每轮时刻不同 / faults, round after round, at other instants each time')
  .option('--seed <number>', 'seed of the first round; the next ones follow it', number, 1)
  .option('--minutes <number>', 'begins no round after so many minutes', number, 10)
  .parse()
  .opts<{ seed: number; minutes: number }>();

/** A round that hangs is ended: its own tests give up long before (ms). */
const LONGEST_ROUND_MS = 60 * 60_000;

function play(round: number): Promise<number> {
  const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'faults*'], {
    stdio: 'inherit',
    env: { ...process.env, KAIBIAO_FAULT_SEED: String(round) },
    timeout: LONGEST_ROUND_MS,
  });
  return new Promise((resolve, reject) => {
    vitest.once('error', reject);
    vitest.once('exit', (code) => resolve(code ?? 1));
  });
}

const endAt = Date.now() + minutes * 60_000;
let round = seed;
for (; round === seed || Date.now() < endAt; round += 1) {
  process.stderr.write(`faults: seed ${round}\n`);
  if ((await play(round)) !== 0) {
    process.stderr.write(`faults: failed; repeat it with: npm run test:faults -- --seed ${round} --minutes 1\n`);
    process.exit(1);
  }
}
process.stderr.write(`faults: ${round - seed} round(s) passed, seeds ${seed} to ${round - 1}\n`);
