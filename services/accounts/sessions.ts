import type { Tx } from '../../db/access/database.ts';
import { updateAccount } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { LibrarySession, SessionWatch } from '../../db/accounts/auth-adapter.ts';

// Runs in the same transaction when the sign-in library begins or ends a session.

/** @param actor the person of the present request */
export const sessionWatch = (actor: () => Actor): SessionWatch => ({
  // A session begins only after a correct password: the count of wrong ones is reset.
  began: async (tx, session) => {
    await updateAccount(tx, session.accountId, { failures: 0, lockedUntil: null });
    record(tx, actor(), 'session.begin', session);
  },
  ended: async (tx, session) => record(tx, actor(), 'session.end', session),
});

function record(tx: Tx, actor: Actor, action: string, { id, accountId }: LibrarySession): void {
  recordAudit(tx, { ...actor, accountId }, { action, procurementId: null, subject: `session/${id}` });
}
