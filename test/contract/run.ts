import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { cacheDir } from '../../cli/settings/folders.ts';

// Runs Schemathesis against the API: it makes requests from the OpenAPI document, lawful ones and others.

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more');
  return value;
};

const { seed, seconds, examples } = new Command('test:contract')
  .description('按 OpenAPI 文档向接口发送请求 / requests to the API by its OpenAPI document')
  .option('--seed <number>', 'what is made at random is made from it', number, 1)
  .option('--seconds <number>', 'sends nothing more after so many seconds', number, 60)
  .option('--examples <number>', 'random requests to each operation, beside those that try each limit', number, 3)
  .parse()
  .opts<{ seed: number; seconds: number; examples: number }>();

/** For .ci/run, which counts what was checked. */
const SKIPPED = 3;
const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');

/** Where the program is, in an environment of its own that is made once. @throws Error where it cannot be made */
async function schemathesis(): Promise<string> {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cacheDir(), `schemathesis-${version}`);
  const whole = join(folder, 'whole');
  if (!existsSync(whole)) {
    rmSync(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--require-hashes',
      '-r',
      requirements,
    ];
    await run(join(folder, 'bin/python'), pip, { maxBuffer: 2 ** 26 });
    writeFileSync(whole, '');
  }
  return join(folder, 'bin/schemathesis');
}

let program: string;
try {
  program = await schemathesis();
} catch (error) {
  const [why] = String((error as { stderr?: string }).stderr || error)
    .trim()
    .split('\n')
    .slice(-1);
  process.stderr.write(
    `!!! SKIPPED: no Schemathesis (python3 3.11 or later with venv, and its registry, are needed): ${why}\n`,
  );
  process.exit(SKIPPED);
}

const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'contract'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    KAIBIAO_CONTRACT_PROGRAM: program,
    KAIBIAO_CONTRACT_SEED: String(seed),
    KAIBIAO_CONTRACT_SECONDS: String(seconds),
    KAIBIAO_CONTRACT_EXAMPLES: String(examples),
  },
});
vitest.once('exit', (code) => process.exit(code ?? 1));
