import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What one installation came to, as its process tells it. */
export interface Told {
  readonly seed: number;
  readonly tenders: number;
  readonly steps: number;
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: { readonly invariant: string; readonly what: string; readonly lastSteps: readonly string[] } | null;
  /** Of its process, until now. */
  readonly cpuMs: number;
}

export interface Plan {
  readonly seed: number;
  /** From one seed to the next. */
  readonly step?: number;
  /** Begins none after so many minutes, or so many. */
  readonly minutes?: number;
  /** But at least so many. */
  readonly least?: number;
  readonly installations?: number;
  readonly tenders?: number;
  /** Of PostgreSQL, as somebody who may create databases. */
  readonly server?: string;
  /** Of seeded-faults.json. */
  readonly fault?: string;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Plays in a process of its own, whose clocks and chance come from the seed. */
export function playInProcess(
  { fault, ...plan }: Plan,
  onTold: (told: Told) => void = () => undefined,
): { readonly process: ChildProcess; readonly done: Promise<Told[]> } {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--import', here('chance/register.mjs'), here('main.ts'), JSON.stringify(plan)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'test', TZ: 'UTC', KAIBIAO_SIMULATION_FAULT: fault ?? '' },
    },
  );
  const all: Told[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const told = JSON.parse(line) as Told;
    all.push(told);
    onTold(told);
  });
  const done = new Promise<Told[]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 || child.killed) resolve(all);
      else reject(new Error(`the simulation ended with ${String(code)}: ${errors}`));
    });
  });
  return { process: child, done };
}

/** What a person needs who looks for the cause. */
export const reportOf = ({ seed, tenders, broken }: Told): string =>
  broken === null
    ? `seed ${seed}: nothing is broken`
    : [
        `seed ${seed}: broken: ${broken.invariant}`,
        `  ${broken.what}`,
        'the last steps (number, instant, tender, act, outcome):',
        ...broken.lastSteps.map((line) => `  ${line}`),
        `repeat it: npm run test:simulation -- --seed ${seed} --installations 1 --tenders ${tenders}`,
        '',
      ].join('\n');
