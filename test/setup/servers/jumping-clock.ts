import { setTimeout as sleep } from 'node:timers/promises';
import { writeDrillClock } from '../../../cli/custodian/local.ts';
import type { Person } from '../../../cli/demo/people.ts';
import { OPERATOR } from '../../../db/audit.ts';
import type { Database, Tx } from '../../../db/access/database.ts';
import { formatInstant, parseInstant } from '../../../domain/civil-time.ts';
import { drillTime, pauseClock, runClock } from '../../../services/drill/set-clock.ts';
import { eventually } from '../eventually.ts';

/** While what is due is being done (real ms). */
const BETWEEN_JUMPS_MS = 100;

/** A civil day of a clock that is let run to make time pass (real ms). */
const QUICK_DAY_MS = 100;

export interface JumpingClockOptions {
  readonly db: Database;
  readonly env: NodeJS.ProcessEnv;
  /** 管理办公室, who sets the clock. */
  readonly office: Person;
  /** False: it runs, and is only waited for. */
  readonly jumps: boolean;
  /** Whether somebody acts at this moment. */
  readonly isActing: () => boolean;
}

/** The clock of an installation of tests: it is moved once everything due is done, and everybody waits. */
export function jumpingClock({ db, env, office, jumps, isActing }: JumpingClockOptions) {
  let stories = 1;
  /** What each story waits for that waits. */
  const awaited = new Set<() => Promise<boolean>>();
  const whileAwaiting = async <T>(asked: () => Promise<boolean>, come: Promise<T>): Promise<T> => {
    awaited.add(asked);
    return come.finally(() => awaited.delete(asked));
  };

  /** Whether all that is due by now is done: as `GET /drill/clock` says, and asked often. */
  const isSettled = async (): Promise<boolean> => {
    const time = await drillTime(db).catch(() => null);
    return time?.pending.length === 0;
  };
  let lastJump: Promise<unknown> = Promise.resolve();
  /** Jumps where nobody has anything else to do; whoever wants to go on after a jump is asked again before the next. */
  const jumpIfAllWait = (to?: number): Promise<boolean> => {
    const jumped = lastJump.then(async () => {
      if (isActing() || awaited.size < stories || !(await isSettled())) return false;
      // From here on only people can change anything, and all of them wait.
      for (const asked of awaited) if (await asked()) return false;
      const body = to === undefined ? {} : { to: formatInstant(to) };
      const answer = await office.send('POST', '/drill/clock/jump', body).catch(() => null);
      if (answer?.status !== 200) return false;
      // On PostgreSQL this process reads from time to time what another has set.
      const shown = parseInstant(String(answer.body.now));
      await eventually('the clock is known here', async () => db.now() >= shown);
      return true;
    });
    lastJump = jumped.catch(() => undefined);
    return jumped;
  };

  /** Waits until it has come; a clock that jumps goes from one due instant to the next, not farther than `to`. */
  const comes = (what: string, come: () => Promise<boolean>, to?: number): Promise<void> =>
    whileAwaiting(
      come,
      eventually(what, async () => {
        while (!(await come())) {
          if (!jumps) return false;
          if (!(await jumpIfAllWait(to))) return sleep(BETWEEN_JUMPS_MS, false);
        }
        return true;
      }),
    );

  // By the database itself: the API may be down.
  const set = async (change: (tx: Tx) => Promise<unknown>): Promise<void> => {
    await db.transaction(change);
    writeDrillClock(env, db.clock);
  };
  const run = (dayMs: number) => set((tx) => runClock(tx, OPERATOR, dayMs));
  const pause = () => set((tx) => pauseClock(tx, OPERATOR));

  return {
    comes,
    run,
    pause,
    letPass: async (civilMs: number): Promise<void> => {
      await run(QUICK_DAY_MS);
      while (db.now() <= civilMs) await sleep(5);
      await pause();
    },
    whileWaiting: <T>(other: Promise<T>): Promise<T> => whileAwaiting(async () => false, other),
    sideBySide: async (played: readonly (() => Promise<void>)[]): Promise<void> => {
      stories = played.length;
      const end = () => void (stories -= 1);
      // Those that wait for one that has failed would wait forever.
      await Promise.all(played.map((story) => story().then(end)));
      stories = 1;
    },
  };
}
