import type { Database } from '../../../db/access/database.ts';
import { isBidder } from '../../../db/accounts/memberships.ts';
import { recordAudit, type Actor } from '../../../db/audit.ts';
import { DomainError } from '../../../domain/errors.ts';

/**
 * What is answered to who is known elsewhere, and not here, or whose account is disabled: the same. It is recorded, as a
 * wrong password is.
 * @returns DomainError `not-linked`, to be thrown
 */
export async function refuseUnlinked(db: Database, actor: Actor, accountId: string | null): Promise<DomainError> {
  await db.transaction(async (tx) => {
    const subject = `account/${accountId ?? 'unknown'}`;
    const confidential = accountId !== null && (await isBidder(tx.q, accountId));
    recordAudit(tx, actor, { action: 'session.fail', procurementId: null, subject, confidential });
  }, 'clock-in-doubt');
  return new DomainError('not-linked', {
    messageZh: '此身份没有与可用的账号关联；请先用密码登录，在账号设置中关联它',
    messageEn:
      'This identity is linked to no account that can be used: sign in by the password first, and link it there',
  });
}
