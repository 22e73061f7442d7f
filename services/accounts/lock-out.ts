import type { Tx } from '../../db/access/database.ts';
import { accountById, updateAccount } from '../../db/accounts/accounts.ts';
import { isBidder } from '../../db/accounts/memberships.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { notify } from '../../db/accounts/notifications.ts';

export interface LockOut {
  /** Wrong passwords in a row that lock an account. */
  readonly failures: number;
  /** For how long (real ms). */
  readonly lockMs: number;
}

/**
 * Records a wrong password, and locks the account at the limit. `accountId` null: there is no such account, and it is
 * recorded in the trail only.
 * @param limit `realNowMs`, the machine's clock: a drill must not shorten a lock-out to a second; null: the sender has
 *   signed in before, and waits by itself
 */
export async function recordWrongPassword(
  tx: Tx,
  actor: Actor,
  accountId: string | null,
  limit: (LockOut & { readonly realNowMs: number }) | null,
): Promise<void> {
  const subject = `account/${accountId ?? 'unknown'}`;
  const confidential = accountId !== null && (await isBidder(tx.q, accountId));
  recordAudit(tx, actor, { action: 'session.fail', procurementId: null, subject, confidential });
  if (accountId === null || limit === null) return;
  const failures = (await accountById(tx.q, accountId)).failures + 1;
  if (failures < limit.failures) {
    await updateAccount(tx, accountId, { failures });
    return;
  }
  await updateAccount(tx, accountId, { failures: 0, lockedUntil: limit.realNowMs + limit.lockMs });
  recordAudit(tx, actor, {
    action: 'account.lock',
    procurementId: null,
    subject,
    detail: { failures, lockMs: limit.lockMs },
    confidential,
  });
  await notify(tx, [accountId], 'account.locked');
}
