import type { Tx } from '../../db/access/database.ts';
import { deleteSessions } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { isBidder } from '../../db/accounts/memberships.ts';

/** Ends one of a person's sessions (`only`), or all but `keep`; returns how many ended. */
export async function endSessions(
  tx: Tx,
  actor: Actor,
  accountId: string,
  which: { only?: string | undefined; keep?: string | undefined } = {},
): Promise<number> {
  const ended = await deleteSessions(tx, accountId, which);
  const confidential = await isBidder(tx.q, accountId);
  for (const id of ended) {
    recordAudit(tx, actor, { action: 'session.end', procurementId: null, subject: `session/${id}`, confidential });
  }
  return ended.length;
}
