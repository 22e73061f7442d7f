import { spawn, type ChildProcess } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { HALVES } from './halves.ts';

// `npm test`. Tests with servers of their own mostly wait; the quick ones take what these leave of the processors, and are
// shown when both have ended. Arguments are for Vitest: `npm test -- test/bids`. `--json FILE`: the reports, as FILE.servers and FILE.quick.

const LOWER_PRIORITY = 5;

const given = process.argv.slice(2);
const at = given.indexOf('--json');
const [, json] = at < 0 ? [] : given.splice(at, 2);

type Half = keyof typeof HALVES;

interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** What it wrote, where it was not shown as it came. */
  readonly output: string;
}

const halves: ChildProcess[] = [];

function run(half: Half, shown: boolean): Promise<Ended> {
  const beganAt = Date.now();
  const report =
    json === undefined ? [] : ['--reporter=default', '--reporter=json', `--outputFile.json=${json}.${half}`];
  const vitest = spawn(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--passWithNoTests'],
      ...HALVES[half].map((project) => `--project=${project}`),
      ...report,
      ...given,
    ],
    {
      stdio: ['ignore', shown ? 'inherit' : 'pipe', shown ? 'inherit' : 'pipe'],
      env: {
        // Of Go: there is memory for its programs, and no processor.
        GOGC: '400',
        ...process.env,
        ...(process.stdout.isTTY && !shown ? { FORCE_COLOR: '1' } : {}),
      },
    },
  );
  halves.push(vitest);
  let output = '';
  for (const stream of [vitest.stdout, vitest.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    vitest.once('error', reject);
    vitest.once('close', (code) =>
      resolve({ code: code ?? 1, seconds: Math.round((Date.now() - beganAt) / 1_000), output }),
    );
  });
}

// Each ends what it started, and then this. Ctrl-C reaches both by itself; another signal is handed on.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => {
    process.exitCode = code;
    for (const half of halves) if (signal !== 'SIGINT') half.kill(signal);
  });
}

const servers = run('servers', true);
// What is started after it inherits it.
setPriority(Math.min(19, getPriority() + LOWER_PRIORITY));
const quick = run('quick', false);

const ended = { servers: await servers, quick: await quick };
process.stdout.write(ended.quick.output);
for (const [half, { code, seconds }] of Object.entries(ended)) {
  process.stdout.write(`${half}: ${code === 0 ? 'passed' : `FAILED (${code})`} in ${seconds} s\n`);
}
process.exitCode ||= Math.max(ended.servers.code, ended.quick.code);
