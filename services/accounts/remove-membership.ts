import type { Tx } from '../../db/access/database.ts';
import { accountById } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { deleteMembership, type MembershipKey } from '../../db/accounts/memberships.ts';
import { assertAnotherAdministrator } from './last-administrator.ts';

/** @throws DomainError `not-found`, `last-administrator` */
export async function removeMembership(tx: Tx, actor: Actor, membership: MembershipKey): Promise<void> {
  const { accountId, organisationId, role } = membership;
  await accountById(tx.q, accountId);
  if (role === 'administrator') await assertAnotherAdministrator(tx.q, accountId);
  await deleteMembership(tx, membership);
  recordAudit(tx, actor, {
    action: 'membership.remove',
    procurementId: null,
    subject: `account/${accountId}`,
    detail: { organisationId, role },
  });
}
