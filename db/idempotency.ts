import { and, eq, lt } from 'drizzle-orm';
import { DomainError } from '../domain/errors.ts';
import type { Tx } from './access/database.ts';
import { idempotency } from './schema/sqlite.ts';

export interface StoredAnswer {
  readonly status: number;
  readonly response: unknown;
}

/**
 * Claims an Idempotency-Key for a request. Returns the answer given before, `in-progress` while the first one is
 * still under way, or `claimed`.
 * @param fingerprint what identifies the request: method, path and body hash
 * @throws DomainError `idempotency-conflict` when the key came with another request
 */
export async function claimKey(
  tx: Tx,
  request: { key: string; accountId: string; fingerprint: string },
): Promise<StoredAnswer | 'in-progress' | 'claimed'> {
  const own = and(eq(idempotency.accountId, request.accountId), eq(idempotency.key, request.key));
  const [earlier] = await tx.q.select().from(idempotency).where(own);
  if (!earlier) {
    await tx.q.insert(idempotency).values({ ...request, createdAt: tx.now });
    return 'claimed';
  }
  if (earlier.fingerprint !== request.fingerprint) {
    throw new DomainError('idempotency-conflict', {
      messageZh: '该 Idempotency-Key 已用于另一请求',
      messageEn: 'This Idempotency-Key was used for another request',
      details: { field: 'Idempotency-Key' },
    });
  }
  return earlier.status === null ? 'in-progress' : { status: earlier.status, response: earlier.response };
}

export async function storeAnswer(
  tx: Tx,
  request: { key: string; accountId: string },
  answer: StoredAnswer,
): Promise<void> {
  await tx.q
    .update(idempotency)
    .set(answer)
    .where(and(eq(idempotency.accountId, request.accountId), eq(idempotency.key, request.key)));
}

/** Gives a key back whose request failed without effect, so that it may be tried again. */
export async function releaseKey(tx: Tx, request: { key: string; accountId: string }): Promise<void> {
  await tx.q
    .delete(idempotency)
    .where(and(eq(idempotency.accountId, request.accountId), eq(idempotency.key, request.key)));
}

/** Forgets answers given before `instant` (civil epoch ms). */
export async function forgetAnswersBefore(tx: Tx, instant: number): Promise<void> {
  await tx.q.delete(idempotency).where(lt(idempotency.createdAt, instant));
}
