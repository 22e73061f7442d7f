import type { Tx } from '../../db/access/database.ts';
import { accountById, type Account } from '../../db/accounts/accounts.ts';
import { deletePasswordReset, insertPasswordReset, passwordResetOf } from '../../db/accounts/password-resets.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { notFound } from '../../db/procurements.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { resetPassword } from './reset-password.ts';

/** Between the request of one administrator and the act of another: the owner, who is informed at once, can cancel it. */
export const DELAY_HOURS = 24;
export const DELAY_MS = DELAY_HOURS * 3_600_000;

/**
 * An administrator requests that a password is reset; its owner is informed at once. Requested again, it is unchanged.
 * @throws DomainError `not-found`
 */
export async function requestReset(
  tx: Tx,
  actor: Actor & { readonly accountId: string },
  id: string,
): Promise<Account> {
  const account = await accountById(tx.q, id);
  const notBefore = tx.now + DELAY_MS;
  const reset = { accountId: id, requestedBy: actor.accountId, requestedAt: tx.now, notBefore };
  if (!(await insertPasswordReset(tx, reset))) return account;
  recordAudit(tx, actor, {
    action: 'account.request-reset',
    procurementId: null,
    subject: `account/${id}`,
    detail: { notBefore },
  });
  await notify(tx, [id], 'password.reset-requested', { notBefore: formatInstant(notBefore) });
  return account;
}

/**
 * Another administrator resets the password, after the delay.
 * @throws DomainError `not-found` where none was requested, `reset-pending`
 */
export async function completeReset(
  tx: Tx,
  actor: Actor,
  id: string,
  password: { readonly hash: string; readonly until: number },
): Promise<Account> {
  const reset = await passwordResetOf(tx.q, id);
  if (!reset) throw notFound('password-reset', id);
  const isAnother = actor.accountId !== reset.requestedBy && actor.accountId !== id;
  if (!isAnother || tx.now < reset.notBefore) throw pending(reset.notBefore);
  await deletePasswordReset(tx, id);
  const account = await resetPassword(tx, actor, id, password);
  await notify(tx, [id], 'password.reset');
  return account;
}

/**
 * The owner, or an administrator, cancels it.
 * @throws DomainError `not-found`
 */
export async function cancelReset(tx: Tx, actor: Actor, id: string): Promise<void> {
  if (!(await deletePasswordReset(tx, id))) throw notFound('password-reset', id);
  recordAudit(tx, actor, { action: 'account.cancel-reset', procurementId: null, subject: `account/${id}` });
}

const pending = (notBefore: number): DomainError =>
  new DomainError('reset-pending', {
    messageZh: `重置密码须由申请人以外的另一名管理员在 ${instantZh(notBefore)} 之后完成`,
    messageEn: `A reset is completed by another administrator than who requested it, not before ${instantEn(notBefore)}`,
    details: { notBefore: formatInstant(notBefore) },
  });
