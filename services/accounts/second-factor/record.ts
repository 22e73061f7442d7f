import type { Tx } from '../../../db/access/database.ts';
import { isBidder } from '../../../db/accounts/memberships.ts';
import { recordAudit, type Actor } from '../../../db/audit.ts';

/** An entry about how a person signs in: of suppliers it is confidential, as their sign-ins are. */
export async function recordOfSignIn(
  tx: Tx,
  actor: Actor,
  accountId: string,
  action: string,
  detail?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const confidential = await isBidder(tx.q, accountId);
  const subject = `account/${accountId}`;
  recordAudit(tx, actor, { action, procurementId: null, subject, ...(detail ? { detail } : {}), confidential });
}
