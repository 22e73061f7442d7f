import type { Tx } from '../../db/access/database.ts';
import { accountById, spendOneTimePassword, updateAccount } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { LibrarySession, SessionWatch } from '../../db/accounts/auth-adapter.ts';
import { isBidder } from '../../db/accounts/memberships.ts';
import { DomainError } from '../../domain/errors.ts';
import { ONE_TIME_HOURS } from './one-time-password.ts';

// Runs in the same transaction when the sign-in library begins or ends a session.

/**
 * @param actor the person of the present request
 * @param realNow the machine's clock
 */
export const sessionWatch = (actor: () => Actor, realNow: () => number): SessionWatch => ({
  // A session begins only after a correct password: the count of wrong ones is reset, and a one-time password is used.
  began: async (tx, session) => {
    const { mustChangePassword } = await accountById(tx.q, session.accountId);
    if (mustChangePassword && !(await spendOneTimePassword(tx, session.accountId, realNow()))) throw spent();
    await updateAccount(tx, session.accountId, { failures: 0, lockedUntil: null });
    await record(tx, actor(), 'session.begin', session);
  },
  ended: async (tx, session) => record(tx, actor(), 'session.end', session),
});

const spent = (): DomainError =>
  new DomainError('one-time-password-spent', {
    messageZh: `一次性密码已经用过，或已超过 ${ONE_TIME_HOURS} 小时；请向管理员另要一个`,
    messageEn: `The one-time password was used already, or is older than ${ONE_TIME_HOURS} hours; request another from an administrator`,
  });

async function record(tx: Tx, actor: Actor, action: string, { id, accountId }: LibrarySession): Promise<void> {
  const confidential = await isBidder(tx.q, accountId);
  recordAudit(tx, { ...actor, accountId }, { action, procurementId: null, subject: `session/${id}`, confidential });
}
