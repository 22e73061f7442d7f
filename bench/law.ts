import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import chineseDays from 'chinese-days';
import { buildForBrowser, type BrowserBuild } from '../browser/build.ts';
import { formatDay, parseDate, parseInstantOrDate, type CivilDay } from '../domain/civil-time.ts';
import { chinaCalendar } from '../domain/law/calendar.ts';
import type { ProcurementFacts } from '../domain/law/facts.ts';
import { plan } from '../domain/law/plan.ts';
import { inTurn, median, rounded } from './figures.ts';
import { machine } from './installation.ts';

interface Options {
  readonly n: number;
  readonly rounds: number;
}

const DAY_MS = 86_400_000;
const FIRST = parseDate('2024-01-02');
/** So that every sum ends within the years that both packages know. */
const STARTS = 900;

interface Sum {
  readonly from: CivilDay;
  readonly workdays: number;
}

/** As in the rules: from one working day (a result notice) to thirty (a complaint). */
const PERIODS = [1, 2, 3, 5, 7, 10, 15, 30];

const sums = (n: number): Sum[] =>
  Array.from({ length: n }, (_, index) => ({
    from: FIRST + ((index * 37) % STARTS),
    workdays: PERIODS[index % PERIODS.length] as number,
  }));

/** What a project without its own engine does: checks day by day whether it is a workday. */
function walk({ from, workdays }: Sum): CivilDay {
  let day = from;
  for (let left = workdays; left > 0;) {
    day += 1;
    if (chineseDays.isWorkday(formatDay(day))) left -= 1;
  }
  return day;
}

/** The duration of the work in milliseconds, and its result. */
function timed<T>(work: () => T): { ms: number; value: T } {
  const began = performance.now();
  const value = work();
  return { ms: performance.now() - began, value };
}

function factsOf(index: number): ProcurementFacts {
  const noticeAt = parseInstantOrDate('2025-01-02T09:00:00+08:00') + ((index * 37) % 600) * DAY_MS;
  return index % 2 === 0
    ? { regime: 'tendering', procedure: 'open-tender', kind: 'works', noticeAt }
    : { regime: 'government', procedure: 'open-tender', kind: 'goods', noticeAt };
}

/** The size of `domain/` in a browser: the calculation, loaded at once, and the rules' texts, loaded on demand. */
async function gzippedKb(): Promise<Record<keyof BrowserBuild, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'kaibiao-bench-'));
  try {
    const { reckoning, texts } = await buildForBrowser(folder);
    const kb = (file: string) => rounded(gzipSync(readFileSync(file), { level: 9 }).length / 1_000, 1);
    return { reckoning: kb(reckoning), texts: kb(texts) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sums of working days beside a loop over the chinese-days package, which must agree; and whole timelines. */
export async function run({ n, rounds }: Options, say: (line: string) => void): Promise<object> {
  const all = sums(n);
  for (const sum of all) {
    const [ours, theirs] = [chinaCalendar.addWorkdays(sum.from, sum.workdays), walk(sum)];
    if (ours !== theirs) {
      throw new Error(
        `${sum.workdays} working days after ${formatDay(sum.from)}: ${formatDay(ours)}, but chinese-days says ${formatDay(theirs)}`,
      );
    }
  }
  /** Added up, so that no compiler removes unused results. */
  const measures = {
    product: () => all.reduce((sum, { from, workdays }) => sum + chinaCalendar.addWorkdays(from, workdays), 0),
    bare: () => all.reduce((sum, each) => sum + walk(each), 0),
  };
  const total = measures.bare();
  const took = { product: [] as number[], bare: [] as number[] };
  const plans: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of inTurn(round, ['product', 'bare'] as const)) {
      const { ms, value } = timed(measures[subject]);
      if (value !== total) throw new Error(`${subject}: another sum than before`);
      took[subject].push(ms);
    }
    plans.push(timed(() => Array.from({ length: n }, (_, index) => plan(factsOf(index), chinaCalendar))).ms);
    say(
      `round ${round + 1}/${rounds}: sums ${rounded(took.product[round] ?? 0, 2)} ms, walked ${rounded(took.bare[round] ?? 0)} ms, ${n} plans ${rounded(plans[round] ?? 0)} ms`,
    );
  }
  const ratios = took.bare.map((each, round) => each / (took.product[round] ?? Number.NaN));
  return {
    bench: 'law',
    machine: machine(),
    sums: n,
    product: { ms: rounded(median(took.product), 3) },
    bare: { ms: rounded(median(took.bare), 1), package: 'chinese-days' },
    timesFaster: rounded(median(ratios)),
    aim: 'at least 50 times faster; what reckons under 60 KB gzipped',
    domainGzippedKb: await gzippedKb(),
    plans: { n, ms: rounded(median(plans)), perSecond: rounded((n / median(plans)) * 1_000) },
  };
}
