import type { Tx } from '../../db/access/database.ts';
import { accountById, type Account } from '../../db/accounts/accounts.ts';
import { deleteReset, insertReset, resetOf, type ResetKey } from '../../db/accounts/resets.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { notFound } from '../../db/procurements.ts';
import type { NotificationKind } from '../../domain/accounts/notifications.ts';
import type { ResetOf } from '../../domain/accounts/sign-in.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { resetPassword } from './reset-password.ts';
import { removeSecondFactor } from './second-factor/remove.ts';

/** Between the request of one administrator and the act of another: the owner, who is informed at once, can cancel it. */
export const DELAY_HOURS = 24;
export const DELAY_MS = DELAY_HOURS * 3_600_000;

const WORDS = {
  password: {
    missing: 'password-reset',
    requested: 'account.request-reset',
    cancelled: 'account.cancel-reset',
    informs: 'password.reset-requested',
    zh: '重置密码',
    en: 'A reset',
  },
  'second-factor': {
    missing: 'second-factor-reset',
    requested: 'second-factor.request-reset',
    cancelled: 'second-factor.cancel-reset',
    informs: 'second-factor.reset-requested',
    zh: '取消第二因素',
    en: 'The removal of a second factor',
  },
} as const satisfies Record<ResetOf, Readonly<Record<string, string>> & { readonly informs: NotificationKind }>;

/**
 * An administrator requests that a password is reset, or a second factor removed; its owner is informed at once. Requested
 * again, it is unchanged.
 * @throws DomainError `not-found`, also where there is no second factor
 */
export async function requestReset(
  tx: Tx,
  actor: Actor & { readonly accountId: string },
  { accountId, what }: ResetKey,
): Promise<Account> {
  const account = await accountById(tx.q, accountId);
  if (what === 'second-factor' && account.secondFactorAt === null) throw notFound('second-factor', accountId);
  const notBefore = tx.now + DELAY_MS;
  const reset = { accountId, what, requestedBy: actor.accountId, requestedAt: tx.now, notBefore };
  if (!(await insertReset(tx, reset))) return account;
  recordAudit(tx, actor, {
    action: WORDS[what].requested,
    procurementId: null,
    subject: `account/${accountId}`,
    detail: { notBefore },
  });
  await notify(tx, [accountId], WORDS[what].informs, { notBefore: formatInstant(notBefore) });
  return account;
}

/** Takes a reset that another administrator requested, after the delay. */
async function takeDue(tx: Tx, actor: Actor, key: ResetKey): Promise<void> {
  const reset = await resetOf(tx.q, key);
  if (!reset) throw notFound(WORDS[key.what].missing, key.accountId);
  const isAnother = actor.accountId !== reset.requestedBy && actor.accountId !== key.accountId;
  if (!isAnother || tx.now < reset.notBefore) throw pending(key.what, reset.notBefore);
  await deleteReset(tx, key);
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
  await takeDue(tx, actor, { accountId: id, what: 'password' });
  const account = await resetPassword(tx, actor, id, password);
  await notify(tx, [id], 'password.reset');
  return account;
}

/**
 * Another administrator removes the second factor, after the delay; the password stays.
 * @throws DomainError `not-found` where none was requested, `reset-pending`
 */
export async function completeSecondFactorReset(tx: Tx, actor: Actor, id: string): Promise<Account> {
  await takeDue(tx, actor, { accountId: id, what: 'second-factor' });
  return removeSecondFactor(tx, actor, id, { by: 'reset' });
}

/**
 * The owner, or an administrator, cancels it.
 * @throws DomainError `not-found`
 */
export async function cancelReset(tx: Tx, actor: Actor, key: ResetKey): Promise<void> {
  const { missing, cancelled } = WORDS[key.what];
  if (!(await deleteReset(tx, key))) throw notFound(missing, key.accountId);
  recordAudit(tx, actor, { action: cancelled, procurementId: null, subject: `account/${key.accountId}` });
}

const pending = (what: ResetOf, notBefore: number): DomainError =>
  new DomainError('reset-pending', {
    messageZh: `${WORDS[what].zh}须由申请人以外的另一名管理员在 ${instantZh(notBefore)} 之后完成`,
    messageEn: `${WORDS[what].en} is completed by another administrator than who requested it, not before ${instantEn(notBefore)}`,
    details: { notBefore: formatInstant(notBefore) },
  });
