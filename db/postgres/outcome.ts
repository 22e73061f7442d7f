import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isInTrail, type TrailPlace } from '../audit.ts';
import { queriesOn } from './connection.ts';
import { causeOf, isConnectionLost, isExhausted, OutcomeUnknown } from './failures.ts';

/** How long to query the result of a commit whose answer was lost (ms). */
const OUTCOME_WITHIN_MS = 10_000;

/** Identifies a transaction, to query its result. */
export interface Traces {
  readonly xid: string;
  readonly lastEntry: TrailPlace | null;
}

/**
 * The result of a transaction whose answer was lost with its connection. Its number alone does not show that it was
 * committed: a server that crashes forgets the numbers of rolled-back transactions and reuses them. Its entry in the
 * trail does.
 * @throws OutcomeUnknown when the server stays unreachable, or when the trail does not show it
 */
export async function wasCommitted(pool: pg.Pool, { xid, lastEntry }: Traces): Promise<boolean> {
  const q = queriesOn((query) => pool.query(query));
  for (const giveUpAt = Date.now() + OUTCOME_WITHIN_MS; Date.now() < giveUpAt; await sleep(200)) {
    try {
      const { rows } = await pool.query<{ status: string | null }>('SELECT pg_xact_status($1::xid8) AS status', [xid]);
      const status = rows[0]?.status;
      if (status === 'in progress') continue;
      if (status === 'aborted') return false;
      if (lastEntry) return await isInTrail(q, lastEntry);
      break;
    } catch (error) {
      // The number was not reused yet.
      if (causeOf(error)?.code === '22023') return false;
      if (!isConnectionLost(error) && !isExhausted(error)) throw error;
    }
  }
  throw new OutcomeUnknown('database-unreachable', {
    messageZh: '提交时数据库断开，结果未知；请以同一 Idempotency-Key 重试',
    messageEn:
      'The connection to the database was lost during the commit; whether it was stored is unknown: retry with the same Idempotency-Key',
  });
}
