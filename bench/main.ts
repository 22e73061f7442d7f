import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

const PROGRAMS: Record<string, { summary: string; options: Option[] }> = {
  herd: {
    summary: '同一截止时刻的 N 个项目，对比 N 个空流程 / N tenders with one deadline, beside N bare workflows',
    options: [
      new Option(
        '--on <servers>',
        'on which servers: SQLite and the embedded Temporal, or PostgreSQL and the production one',
      )
        .choices(['embedded', 'cluster'])
        .default('embedded'),
      number('--workers <count>', 'worker processes of either kind', 1),
      sizes('--n <counts>', 'tenders, and bare workflows, a round; 500,2000 to see how it grows', [500]),
      number('--callers <count>', 'concurrent callers that start them', 64),
      number('--rounds <count>', 'rounds; the order within alternates', 3),
      number(
        '--days <count>',
        'civil days from the notice to the deadline (the law asks for 20; the others are to spare)',
        100,
      ),
      number('--start-ms <ms>', 'real milliseconds set aside for each start, and again for its bids', 50),
      number('--day-ms <ms>', 'real milliseconds a civil day lasts (default: by --n and --start-ms)', 0),
      new Option('--bare-activity <kind>', 'the activity of the bare workflow')
        .choices(['task', 'local'])
        .default('task'),
      number('--limit-seconds <count>', 'give up after', 1_200),
    ],
  },
  peer: {
    summary:
      '同一截止时刻，对比 pg-boss 与 graphile-worker / closings due at one instant, beside pg-boss and graphile-worker',
    options: [
      number('--n <count>', 'tenders, and jobs, a round', 500),
      number('--callers <count>', 'concurrent callers that start them', 64),
      number('--rounds <count>', 'rounds; the order within alternates', 3),
      number('--start-ms <ms>', 'real milliseconds set aside for each start, and again for the bids of a tender', 100),
      number('--limit-seconds <count>', 'give up after', 1_800),
    ],
  },
  intake: {
    summary: '每秒收标数，对比裸插入 / bids taken per second, beside bare inserts of the same row',
    options: [
      new Option('--database <kind>', 'on which database').choices(['sqlite', 'postgres']).default('sqlite'),
      number('--n <count>', 'bids, and bare inserts', 20_000),
      number('--tenders <count>', 'tenders that take bids at the same time', 1),
      number('--callers <count>', 'concurrent callers', 64),
      number('--rounds <count>', 'into how many parts the run is cut; the order within alternates', 5),
      number('--limit-seconds <count>', 'give up after', 600),
    ],
  },
  acts: {
    summary:
      '中标与答复经 HTTP 作出的用时，对比裸 POST / awards and replies over HTTP on a whole installation, beside a bare POST',
    options: [
      new Option('--database <kind>', 'on which database').choices(['sqlite', 'postgres']).default('sqlite'),
      number('--n <count>', 'tenders, each with one reply and one award', 30),
      number('--day-ms <ms>', 'real milliseconds a civil day lasts', 5_000),
      number('--limit-seconds <count>', 'give up after', 1_200),
    ],
  },
  evaluate: {
    summary:
      '评委经 HTTP 打分并排序，对比裸求和 / bids marked over HTTP and ranked, beside a bare loop over the same marks',
    options: [
      number('--bids <count>', 'bids', 50),
      number('--members <count>', 'members of the committee', 7),
      number('--criteria <count>', 'criteria, the price among them', 40),
      number('--rounds <count>', 'rankings; the order within alternates', 50),
      number('--limit-seconds <count>', 'give up after', 1_200),
    ],
  },
  law: {
    summary:
      '工作日推算，对比逐日询问 chinese-days / sums of working days, beside a day-by-day walk with chinese-days; whole timelines',
    options: [
      number('--n <count>', 'sums, and timelines, a round', 10_000),
      number('--rounds <count>', 'rounds; the order within alternates', 5),
      number('--limit-seconds <count>', 'give up after', 300),
    ],
  },
  rush: {
    summary:
      '截止前最后几秒集中递交的密封投标 / sealed bids handed in in the last seconds before one deadline, beside a bare server',
    options: [
      number('--bidders <count>', 'bidders, one bid each', 200),
      number('--kilobytes <count>', 'the size of each bid', 1_000),
      number('--seconds <count>', 'the seconds before the deadline in which they come', 8),
      number('--limit-seconds <count>', 'give up after', 600),
    ],
  },
  log: {
    summary:
      '公开日志的导出、核验、证明与树头，随日志长度 / export, check, proofs and heads of the public log as it grows, beside the same rows read bare',
    options: [
      sizes('--n <counts>', 'entries; the last is compared with the first', [20_000, 200_000]),
      number('--samples <count>', 'proofs of either kind', 1_000),
      number('--rounds <count>', 'exports; the order within alternates', 3),
      number('--limit-seconds <count>', 'give up after', 1_200),
    ],
  },
  unseal: {
    summary: '开启密封投标的速度，对比 age-encryption / bids unsealed, beside raw age-encryption on the same bytes',
    options: [
      number('--n <count>', 'bids a round', 5),
      number('--megabytes <count>', 'the size of each', 20),
      number('--rounds <count>', 'rounds; the order within alternates', 3),
      number('--limit-seconds <count>', 'give up after', 600),
    ],
  },
  footprint: {
    summary:
      '安装的大小、启动用时、闲置内存 / what an installation takes: packages, start, memory of its processes at rest',
    options: [
      number('--rounds <count>', 'starts', 3),
      number('--idle-seconds <count>', 'at rest before the memory is read', 30),
      number('--limit-seconds <count>', 'give up after', 600),
    ],
  },
  board: {
    summary:
      '公告公示首页与检索经 HTTP 的首字节，十万个项目对比一千个 / first byte of the public board and its search over HTTP, 100,000 procurements beside 1,000',
    options: [
      new Option('--database <kind>', 'on which database').choices(['sqlite', 'postgres']).default('sqlite'),
      sizes(
        '--n <counts>',
        'procurements, each with three notices; the second is compared with the first',
        [1_000, 100_000],
      ),
      number('--samples <count>', 'times that each page is asked', 200),
      number('--rounds <count>', 'into how many parts these are cut; the order within alternates', 5),
      number('--limit-seconds <count>', 'give up after', 1_800),
    ],
  },
  'board-read': {
    summary:
      '列表、单条与检索的用时，对比驱动的裸查询 / time of lists, single rows and searches, beside the driver alone',
    options: [
      new Option('--database <kind>', 'on which database').choices(['sqlite', 'postgres']).default('sqlite'),
      number('--n <count>', 'procurements, each with three notices', 1_000),
      number('--samples <count>', 'times that each read is asked', 1_000),
      number('--rounds <count>', 'into how many parts these are cut; the order within alternates', 10),
      number('--limit-seconds <count>', 'give up after', 1_800),
    ],
  },
};

function number(flags: string, description: string, fallback: number): Option {
  return new Option(flags, description).default(fallback).argParser(wholeNumber);
}

function sizes(flags: string, description: string, fallback: readonly number[]): Option {
  return new Option(flags, description).default(fallback).argParser((text) => text.split(',').map(wholeNumber));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more');
  return value;
}

/** Progress goes to stderr: stdout has only the result. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function measure(name: string, options: { limitSeconds: number }): Promise<void> {
  const limit = setTimeout(() => {
    say(`bench ${name}: given up after ${options.limitSeconds} s`);
    process.exit(1);
  }, options.limitSeconds * 1_000);
  try {
    const { run } = (await import(`./${name}.ts`)) as {
      run: (options: object, say: (line: string) => void) => Promise<object>;
    };
    process.stdout.write(`${JSON.stringify(await run(options, say), null, 2)}\n`);
  } finally {
    clearTimeout(limit);
  }
}

const root = new Command('bench').description(
  '量比值，不量绝对值：被测与对照在同一次运行中 / ratios against a bare baseline in the same run',
);
for (const [name, { summary, options }] of Object.entries(PROGRAMS)) {
  const command = root.command(name).description(summary);
  for (const option of options) command.addOption(option);
  command.action((given: { limitSeconds: number }) => measure(name, given));
}
root.exitOverride();
try {
  if (process.argv.length <= 2) root.outputHelp();
  else await root.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    // Worker processes end when they notice that their parent has ended.
    process.exit(1);
  }
}
