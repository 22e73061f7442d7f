import { generateSecret, generateURI, verifySync } from 'otplib/functional';
import type { Tx } from '../../../db/access/database.ts';
import { notify } from '../../../db/accounts/notifications.ts';
import {
  secondFactorOf,
  takeRecoveryCode,
  takeStep,
  updateSecondFactor,
  type SecondFactor,
} from '../../../db/accounts/second-factors.ts';
import type { Actor } from '../../../db/audit.ts';
import {
  CODE_DIGITS,
  deviceCodeOf,
  lockAfter,
  STEP_SECONDS,
  TOLERANCE_SECONDS,
} from '../../../domain/accounts/second-factor.ts';
import { hashOfRecoveryCode } from './recovery-codes.ts';
import { recordOfSignIn } from './record.ts';

/** A secret with the address that an authenticator reads it from. */
export interface DeviceSecret {
  readonly secret: string;
  readonly uri: string;
}

export function newDeviceSecret(issuer: string, username: string): DeviceSecret {
  const secret = generateSecret();
  const uri = generateURI({ issuer, label: username, secret, digits: CODE_DIGITS, period: STEP_SECONDS });
  return { secret, uri };
}

/** Where its secret is sealed: it opens for no other account. */
const placeOf = (accountId: string): string => `second-factor/${accountId}`;
export const sealSecret = (tx: Tx, accountId: string, secret: string): string =>
  tx.committees.seal(placeOf(accountId), secret);

/** Takes a code of the device, once. @param realNowMs the machine's clock: devices know no drill */
export async function takeDeviceCode(tx: Tx, factor: SecondFactor, code: string, realNowMs: number): Promise<boolean> {
  const result = verifySync({
    secret: tx.committees.open<string>(placeOf(factor.accountId), factor.sealed),
    token: code,
    digits: CODE_DIGITS,
    period: STEP_SECONDS,
    epoch: Math.floor(realNowMs / 1000),
    epochTolerance: TOLERANCE_SECONDS,
  });
  return result.valid && 'timeStep' in result && takeStep(tx, factor.accountId, result.timeStep);
}

export type Proof =
  | { readonly result: 'right'; readonly by: 'device' | 'recovery-code' }
  | { readonly result: 'wrong' }
  | { readonly result: 'locked'; readonly until: number }
  | { readonly result: 'none' };

/**
 * Tries a code of a person: of the device, or a recovery code. What is wrong is counted and recorded, so that the transaction must
 * be committed whatever comes out. Codes are locked for the account as a whole: only who has the password comes this far.
 * @param at `realNowMs`, the machine's clock; `lockMs` of the first lock
 */
export async function proveCode(
  tx: Tx,
  actor: Actor,
  accountId: string,
  typed: string,
  at: { readonly realNowMs: number; readonly lockMs: number },
): Promise<Proof> {
  const factor = await secondFactorOf(tx.q, accountId);
  if (factor === undefined || factor.confirmedAt === null) return { result: 'none' };
  const { lockedUntil } = factor;
  if (lockedUntil !== null && lockedUntil > at.realNowMs) return { result: 'locked', until: lockedUntil };
  const code = deviceCodeOf(typed);
  const right =
    code === null
      ? await takeRecoveryCode(tx, accountId, hashOfRecoveryCode(typed))
      : await takeDeviceCode(tx, factor, code, at.realNowMs);
  if (right) {
    if (factor.failures > 0) await updateSecondFactor(tx, accountId, { failures: 0, lockedUntil: null });
    if (code !== null) return { result: 'right', by: 'device' };
    await recordOfSignIn(tx, actor, accountId, 'second-factor.use-recovery-code');
    await notify(tx, [accountId], 'second-factor.recovery-code-used');
    return { result: 'right', by: 'recovery-code' };
  }
  const failures = factor.failures + 1;
  const lockMs = lockAfter(failures, at.lockMs);
  await updateSecondFactor(tx, accountId, { failures, lockedUntil: lockMs > 0 ? at.realNowMs + lockMs : null });
  await recordOfSignIn(tx, actor, accountId, 'second-factor.fail');
  if (lockMs > 0) {
    await recordOfSignIn(tx, actor, accountId, 'second-factor.lock', { failures, lockMs });
    await notify(tx, [accountId], 'second-factor.locked');
  }
  return { result: 'wrong' };
}
