import type { Tx } from '../../db/access/database.ts';
import { accountById, spendOneTimePassword, updateAccount } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { LibrarySession, SessionColumns, SessionWatch } from '../../db/accounts/auth-adapter.ts';
import { isBidder } from '../../db/accounts/memberships.ts';
import { DomainError } from '../../domain/errors.ts';
import { endSessions } from './end-sessions.ts';
import { ONE_TIME_HOURS } from './one-time-password.ts';

// Runs in the same transaction when the sign-in library begins or ends a session.

/** How a session begins. */
export interface Beginning {
  readonly columns: SessionColumns;
  /** The password was typed for it: the count of wrong ones is reset, and a one-time password is used. */
  readonly byPassword: boolean;
  /** The session that the same browser had, or that lacked the code: it ends. */
  readonly replaces: { readonly id: string; readonly accountId: string } | null;
}

/**
 * @param serving the person of the present request, and how their session begins
 * @param realNow the machine's clock
 */
export const sessionWatch = (
  serving: { readonly actor: Actor; readonly beginning?: Beginning | undefined },
  realNow: () => number,
): SessionWatch => ({
  columns: () => beginningOf(serving).columns,
  began: async (tx, session) => {
    const { actor } = serving;
    const { byPassword, replaces } = beginningOf(serving);
    if (byPassword) {
      const { mustChangePassword } = await accountById(tx.q, session.accountId);
      if (mustChangePassword && !(await spendOneTimePassword(tx, session.accountId, realNow()))) throw spent();
      await updateAccount(tx, session.accountId, { failures: 0, lockedUntil: null });
    }
    await record(tx, actor, 'session.begin', session);
    if (replaces) {
      const by = { ...actor, accountId: session.accountId };
      await endSessions(tx, by, replaces.accountId, { only: replaces.id });
    }
  },
  ended: async (tx, session) => record(tx, serving.actor, 'session.end', session),
});

function beginningOf({ beginning }: { readonly beginning?: Beginning | undefined }): Beginning {
  if (!beginning) throw new Error('the sign-in library begins a session that nobody asked for');
  return beginning;
}

const spent = (): DomainError =>
  new DomainError('one-time-password-spent', {
    messageZh: `一次性密码已经用过，或已超过 ${ONE_TIME_HOURS} 小时；请向管理员另要一个`,
    messageEn: `The one-time password was used already, or is older than ${ONE_TIME_HOURS} hours; request another from an administrator`,
  });

async function record(tx: Tx, actor: Actor, action: string, { id, accountId }: LibrarySession): Promise<void> {
  const confidential = await isBidder(tx.q, accountId);
  recordAudit(tx, { ...actor, accountId }, { action, procurementId: null, subject: `session/${id}`, confidential });
}
