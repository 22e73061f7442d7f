import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import { clockAlarms } from '../../db/access/seen.ts';
import { CLOCK_JUMP_MS, type ClockAlarm } from '../../domain/clock-jump.ts';
import { aheadOfMost, clockJumpOf, timeSourcesOf, type TimeSource } from '../settings/time-sources.ts';
import { witnessesOf } from '../witness/client.ts';

/** How often other sources of time are asked (ms). */
const ASK_EVERY_MS = 10_000;

export interface ClockWatch {
  stop(): Promise<void>;
}

interface Compared {
  readonly sources: readonly TimeSource[];
  readonly boundMs: number;
  readonly everyMs: number;
}

const settingsOf = (env: NodeJS.ProcessEnv): Compared => ({
  sources: timeSourcesOf(env, witnessesOf(env)),
  boundMs: clockJumpOf(env) ?? CLOCK_JUMP_MS,
  everyMs: ASK_EVERY_MS,
});

/**
 * Reports jumps of the clock that this process finds, and compares the clock with other sources of time, before anything
 * is served and from then on: a clock that is wrong already does not jump.
 */
export async function watchClock(
  db: Database,
  log: Pick<Logger, 'error' | 'warn'>,
  { sources, boundMs, everyMs }: Compared = settingsOf(process.env),
): Promise<ClockWatch> {
  const stopping = new AbortController();
  const onAlarm = (alarm: unknown): void => {
    const { aheadMs, against } = alarm as ClockAlarm;
    log.error({ aheadMs, against }, 'the clock has jumped: nothing is decided until it is accepted');
  };
  clockAlarms.subscribe(onAlarm);
  let silent = false;
  const ask = async (): Promise<void> => {
    try {
      const { aheadMs, answered } = await aheadOfMost(sources, () => db.now());
      if (answered === 0 && !silent) log.warn('no source of time answers: the clock is compared with none');
      silent = answered === 0;
      if (aheadMs > boundMs && !(await db.clockAlarm())) await db.doubtClock(aheadMs);
    } catch (error) {
      log.error({ err: error }, 'the clock could not be compared');
    }
  };
  const askOften = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // It keeps no process alive that does not get as far as serving.
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      if (!stopping.signal.aborted) await ask();
    }
  };
  // In a drill no instant is the machine's.
  const compares = sources.length > 0 && db.clock.mode === 'real';
  if (compares) await ask();
  const asking = compares ? askOften() : Promise.resolve();
  return {
    stop: async () => {
      stopping.abort();
      clockAlarms.unsubscribe(onAlarm);
      await asking;
    },
  };
}
