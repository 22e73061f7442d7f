import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import { giveUpLease, takeLease, type Lease } from '../../db/engine/leases.ts';
import { Memory } from '../../engine/memory.ts';
import { reconcile } from '../../engine/reconcile.ts';
import { logFailure } from '../../api/http/request-log.ts';

interface Reconciling {
  /** A database whose wakes are delivered at once. */
  readonly db: Database;
  readonly client: Client;
  readonly taskQueue: string;
  /** Throws if the server that answers now is not the one that the tenders run on: all would be missing there. */
  readonly keepHome: () => Promise<void>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** How often it is done, and how long the lease of a dead worker blocks others (real ms). */
const EVERY_MS = 20_000;
const LEASE_MS = 30_000;

/**
 * One worker of all finds and restarts what must run and does not, until it is stopped. The holder of the lease does
 * it; when its process dies another takes the lease.
 */
export async function keepReconciled(
  { db, client, taskQueue, keepHome, log }: Reconciling,
  stopping: AbortSignal,
  everyMs: number = EVERY_MS,
): Promise<void> {
  const lease: Lease = { name: 'reconcile', holder: randomUUID() };
  let memory: Memory | null = null;
  const once = async (): Promise<void> => {
    const realNowMs = Date.now();
    const held = await db.transaction(
      (tx) => takeLease(tx, lease, { realNowMs, until: realNowMs + LEASE_MS }),
      'single-rows',
    );
    if (!held) {
      memory = null;
      return;
    }
    await keepHome();
    memory ??= new Memory();
    for (const { workflowId, stage, was, did, why } of await reconcile({ db, client, taskQueue, memory })) {
      if (did === 'started') log.warn({ workflowId, stage, was, why: why?.en }, 'workflow started again');
      else if (did === 'left-to-a-person')
        log.error({ workflowId, stage, was, why: why?.en }, 'a workflow needs an operator');
      else if (did === 'woken') log.info({ workflowId, stage, why: why?.en }, 'workflow notified');
    }
  };
  while (!stopping.aborted) {
    const beganAt = performance.now();
    await once().catch((error: unknown) => logFailure(log, error, 'workflows could not be reconciled'));
    const restMs = Math.max(1_000, everyMs - (performance.now() - beganAt));
    await sleep(restMs, undefined, { signal: stopping }).catch(() => undefined);
  }
  await db.transaction((tx) => giveUpLease(tx, lease), 'single-rows').catch(() => undefined);
}
