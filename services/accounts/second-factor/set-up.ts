import type { Tx } from '../../../db/access/database.ts';
import { accountById, updateAccount, type Account } from '../../../db/accounts/accounts.ts';
import { notify } from '../../../db/accounts/notifications.ts';
import { secondFactorOf, startSecondFactor, updateSecondFactor } from '../../../db/accounts/second-factors.ts';
import type { Actor } from '../../../db/audit.ts';
import { notFound } from '../../../db/procurements.ts';
import { deviceCodeOf } from '../../../domain/accounts/second-factor.ts';
import { DomainError } from '../../../domain/errors.ts';
import { badInput } from '../../../domain/issues.ts';
import { endSessions } from '../end-sessions.ts';
import { sealSecret, takeDeviceCode } from './codes.ts';
import { issueRecoveryCodes } from './recovery-codes.ts';
import { recordOfSignIn } from './record.ts';

/**
 * Keeps the secret of a device until its owner has typed the first code; one that was started before is void.
 * @throws DomainError `already-exists` where the account has a second factor
 */
export async function startSetUp(tx: Tx, actor: Actor, accountId: string, secret: string): Promise<void> {
  const { secondFactorAt } = await accountById(tx.q, accountId);
  if (secondFactorAt !== null) {
    throw new DomainError('already-exists', {
      messageZh: '已设置第二因素；更换设备请先取消原有的',
      messageEn: 'There is a second factor already; remove it first to change the device',
    });
  }
  await startSecondFactor(tx, accountId, sealSecret(tx, accountId, secret));
  await recordOfSignIn(tx, actor, accountId, 'second-factor.start');
}

/**
 * The first code of the device: from now on codes are asked for. The recovery codes are shown once; other sessions end.
 * @throws DomainError `not-found` where none was started, `bad-input` for a wrong code
 */
export async function confirmSetUp(
  tx: Tx,
  actor: Actor,
  accountId: string,
  given: { readonly code: string; readonly realNowMs: number; readonly keep: string },
): Promise<{ account: Account; recoveryCodes: string[] }> {
  const factor = await secondFactorOf(tx.q, accountId);
  if (factor === undefined || factor.confirmedAt !== null) throw notFound('second-factor', accountId);
  const code = deviceCodeOf(given.code);
  if (code === null || !(await takeDeviceCode(tx, factor, code, given.realNowMs))) throw wrongFirstCode();
  await updateSecondFactor(tx, accountId, { confirmedAt: tx.now });
  const account = await updateAccount(tx, accountId, { secondFactorAt: tx.now });
  const recoveryCodes = await issueRecoveryCodes(tx, accountId);
  await recordOfSignIn(tx, actor, accountId, 'second-factor.add');
  await notify(tx, [accountId], 'second-factor.added');
  await endSessions(tx, actor, accountId, { keep: given.keep });
  return { account, recoveryCodes };
}

const wrongFirstCode = (): DomainError =>
  badInput([
    {
      field: 'code',
      rule: 'wrong-code',
      messageZh: '验证码不正确：请核对设备的时间，输入当前显示的六位数字',
      messageEn: 'The code is wrong: check the clock of the device, and type the six digits that it shows now',
    },
  ]);
