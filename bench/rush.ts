import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { prepareRush, type Hand, type HandedIn } from '../test/setup/tenders/rush.ts';
import { percentile, rounded } from './figures.ts';
import { machine, temporaryFolder } from './installation.ts';

interface Options {
  readonly bidders: number;
  readonly kilobytes: number;
  readonly seconds: number;
}

/** How long after the deadline the last of them arrive (ms): they must be refused. */
const LATE_MS = 500;
const LAST_BYTES = 4_096;

/** Spread over the seconds before the deadline with increasing density, as in practice. */
const delayOf = (index: number, { bidders, seconds }: Options): number =>
  Math.sqrt((index + 1) / bidders) * (seconds * 1_000 + LATE_MS);

/**
 * Sealed bids submitted by tus over real HTTP in the last seconds before one deadline, beside a bare server that
 * flushes, hashes and records the same bytes at the same pace.
 */
export async function run(options: Options, say: (line: string) => void): Promise<object> {
  const { bidders, kilobytes, seconds } = options;
  const folder = temporaryFolder();
  say(`${bidders} bids of ${kilobytes} KB are being sealed`);
  await using rush = await prepareRush(join(folder, 'product'), bidders, kilobytes * 1_000);
  await rush.startApi();
  await rush.begin();
  const bare = await bareFigures(join(folder, 'bare'), rush.hands, options);
  say(`bare: p99 ${rounded(percentile(bare, 0.99), 1)} ms`);

  const deadline = await rush.deadlineIn(seconds * 1_000);
  const handed = await Promise.all(
    rush.hands.map(async (hand, index): Promise<HandedIn> => {
      await sleep(delayOf(index, options));
      return rush.finish(hand);
    }),
  );
  const accepted = handed.flatMap((each) => (each.outcome === 'accepted' ? [each] : []));
  const late = handed.filter(({ outcome }) => outcome === 'late');
  const unknown = handed.flatMap((each) => (each.outcome === 'unknown' ? [each.why] : []));
  const standing = new Map((await rush.standing()).map((bid) => [bid.id, bid]));
  const lost = accepted.filter(({ bidId, sha256 }) => standing.get(bidId)?.sha256 !== sha256);
  const beyond = [...standing.values()].filter(({ receivedAt }) => receivedAt >= deadline);
  const withoutReceipt = [...standing.keys()].filter((id) => !accepted.some(({ bidId }) => bidId === id));
  const took = accepted.map(({ ms }) => ms);
  return {
    bench: 'rush',
    machine: machine(),
    bidders,
    kilobytes,
    seconds,
    accepted: accepted.length,
    refusedAsLate: late.length,
    failed: unknown,
    lost: lost.length,
    takenAfterTheDeadline: beyond.length,
    withoutReceipt: withoutReceipt.length,
    product: { p50Ms: rounded(percentile(took, 0.5), 1), p99Ms: rounded(percentile(took, 0.99), 1) },
    bare: { p50Ms: rounded(percentile(bare, 0.5), 1), p99Ms: rounded(percentile(bare, 0.99), 1) },
    ratioP99: rounded(percentile(took, 0.99) / percentile(bare, 0.99), 2),
    apiPeakMb: rounded((await rush.peakMemory()) / 1e6),
    aim: 'lost 0, none taken after the deadline, none without receipt',
  };
}

/** Milliseconds of each final request to the bare server. */
async function bareFigures(folder: string, hands: readonly Hand[], options: Options): Promise<number[]> {
  mkdirSync(folder);
  const child = fork(resolve(import.meta.dirname, 'bare-intake.ts'), [], {
    env: { ...process.env, BARE_FOLDER: folder },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((tell) => {
    child.on('message', (message: { port?: number }) => {
      if (message.port !== undefined) tell(message.port);
    });
  });
  const put = async (index: number, body: Uint8Array<ArrayBuffer>, last: boolean): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/${index}`, {
      method: 'PUT',
      body,
      headers: last ? { 'x-last': '1' } : {},
    });
    if (!response.ok) throw new Error(await response.text());
    await response.text();
  };
  try {
    for (const [index, { file }] of hands.entries()) await put(index, file.subarray(0, -LAST_BYTES), false);
    return await Promise.all(
      hands.map(async ({ file }, index) => {
        await sleep(delayOf(index, options));
        const began = performance.now();
        await put(index, file.subarray(-LAST_BYTES), true);
        return performance.now() - began;
      }),
    );
  } finally {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
}
