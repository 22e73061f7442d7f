import type { Tx } from '../../db/access/database.ts';
import { isBidder } from '../../db/accounts/memberships.ts';
import { markVerified } from '../../db/accounts/sessions.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';

/** The person of a session has just given a password or a code. @param realNowMs the machine's clock */
export async function verifySession(
  tx: Tx,
  actor: Actor & { readonly accountId: string },
  sessionId: string,
  realNowMs: number,
): Promise<void> {
  await markVerified(tx, sessionId, realNowMs);
  const confidential = await isBidder(tx.q, actor.accountId);
  recordAudit(tx, actor, {
    ...{ action: 'session.verify', procurementId: null, subject: `session/${sessionId}` },
    confidential,
  });
}
