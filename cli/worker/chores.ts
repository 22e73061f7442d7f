import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import { tidyUp } from '../../db/files/housekeeping.ts';
import type { Signer } from '../../proofs/signing.ts';
import { signDueHead } from '../../services/log/sign-head.ts';
import { tellWitness, wrongStanding } from '../witness/client.ts';
import { withdrawIdle } from '../../services/uploads/withdraw-idle.ts';
import { logFailure } from '../../api/http/request-log.ts';

/** How often each is done (real ms). */
export interface Pace {
  /** Stray files and old answers are removed. */
  readonly tidyMs: number;
  /** Check whether a head of the log is due: a day of a drill passes in seconds. */
  readonly headsMs: number;
  /** Witnesses are told the last head, and asked for what they have seen. */
  readonly witnessMs: number;
}

const PACE: Pace = { tidyMs: 3_600_000, headsMs: 1_000, witnessMs: 10_000 };

export interface Chores {
  readonly db: Database;
  readonly signer: Signer;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;
  /** Addresses of those who witness the log. */
  readonly witnesses?: readonly string[];
}

/** The work of every worker beside its workflows, whether anybody acts or not, until it is stopped. */
export async function doChores(
  { db, signer, log, witnesses = [] }: Chores,
  stopping: AbortSignal,
  pace: Pace = PACE,
): Promise<void> {
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping }).catch(() => undefined);
  const again = async (otherwise: string, one: () => Promise<void>): Promise<void> => {
    try {
      await one();
    } catch (error) {
      logFailure(log, error, otherwise);
    }
  };

  const tidy = async (): Promise<void> => {
    while (!stopping.aborted) {
      await again('tidying up failed', async () => {
        // By a clock in doubt nothing is old enough: this is refused then.
        await db.transaction(async () => undefined, 'single-rows');
        const idle = await withdrawIdle(db, Date.now());
        if (idle > 0) log.info({ idle }, 'uploads that nobody continued were withdrawn');
        const removed = await tidyUp(db, Date.now());
        if (removed > 0) log.info({ removed }, 'files that nothing refers to were removed');
      });
      await pause(pace.tidyMs);
    }
  };
  const signHeads = async (): Promise<void> => {
    while (!stopping.aborted) {
      await again('the head of the log could not be signed', async () => {
        const head = await signDueHead(db, signer);
        if (head) log.debug({ size: head.size, root: head.root }, 'signed the head of the log');
      });
      await pause(pace.headsMs);
    }
  };
  const tell = async (witness: string): Promise<void> => {
    while (!stopping.aborted) {
      await again(`the witness ${witness} could not be told the head of the log`, async () => {
        const wrong = wrongStanding(witness, await tellWitness(db, witness));
        if (wrong) log.error({ witness }, wrong.en);
      });
      await pause(pace.witnessMs);
    }
  };
  await Promise.all([tidy(), signHeads(), ...witnesses.map(tell)]);
}
