import type { Log } from './processes.ts';

const REPORT_EVERY_MS = 30_000;
const REDRAW_EVERY_MS = 1_000;

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

interface Clock {
  /** Milliseconds since some instant. */
  now(): number;
  /** Calls repeatedly, until the returned function is called. */
  repeat(tick: () => void, everyMs: number): () => void;
}

const MACHINE_CLOCK: Clock = {
  now: () => performance.now(),
  repeat: (tick, everyMs) => {
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  },
};

/** What is done, short enough for one line of a terminal, and how far it is. */
export interface Progress {
  readonly title: string;
  readonly detail?: () => string;
}

/**
 * Shows the progress of work that may take minutes: on a terminal in one line that is overwritten, elsewhere by a line
 * at the start, one every 30 s and one at the end.
 */
export async function withProgress<T>(
  { title, detail }: Progress,
  log: Log,
  work: () => Promise<T>,
  { terminal = process.stderr, clock = MACHINE_CLOCK }: { terminal?: Terminal; clock?: Clock } = {},
): Promise<T> {
  const startedAt = clock.now();
  const line = () => {
    const elapsed = `${Math.round((clock.now() - startedAt) / 1_000)} s`;
    return `  ${title}: ${detail ? `${detail()}, ` : ''}${elapsed}`;
  };
  const report = terminal.isTTY ? () => terminal.write(`\r\x1b[K${line()}`) : () => log(line());
  report();
  const stop = clock.repeat(report, terminal.isTTY ? REDRAW_EVERY_MS : REPORT_EVERY_MS);
  try {
    return await work();
  } finally {
    stop();
    report();
    if (terminal.isTTY) terminal.write('\n');
  }
}
