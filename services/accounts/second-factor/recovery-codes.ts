import { createHash } from 'node:crypto';
import type { Tx } from '../../../db/access/database.ts';
import { notify } from '../../../db/accounts/notifications.ts';
import { replaceRecoveryCodes } from '../../../db/accounts/second-factors.ts';
import type { Actor } from '../../../db/audit.ts';
import { RECOVERY_CODES, recoveryCodeOf } from '../../../domain/accounts/second-factor.ts';
import { oneTimePassword } from '../one-time-password.ts';
import { recordOfSignIn } from './record.ts';

/** Of 99 random bits: no salt is needed, and no slow hash. */
export const hashOfRecoveryCode = (typed: string): string =>
  createHash('sha256').update(recoveryCodeOf(typed)).digest('hex');

/** New codes, of which the hashes alone are stored; earlier ones are void. */
export async function issueRecoveryCodes(tx: Tx, accountId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => oneTimePassword());
  await replaceRecoveryCodes(tx, accountId, codes.map(hashOfRecoveryCode));
  return codes;
}

/** The owner asks for new ones. */
export async function renewRecoveryCodes(tx: Tx, actor: Actor, accountId: string): Promise<string[]> {
  const codes = await issueRecoveryCodes(tx, accountId);
  await recordOfSignIn(tx, actor, accountId, 'second-factor.renew-recovery-codes');
  await notify(tx, [accountId], 'second-factor.recovery-codes-replaced');
  return codes;
}
