import type { Tx } from '../../db/access/database.ts';
import { accountById } from '../../db/accounts/accounts.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { deleteMembershipRequest, peopleOf } from '../../db/accounts/membership-requests.ts';
import { deleteMembership, type MembershipKey } from '../../db/accounts/memberships.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { assertAnotherAdministrator } from './last-administrator.ts';

/**
 * Removes a membership, or the request for one.
 * @throws DomainError `not-found`, `last-administrator`
 */
export async function removeMembership(tx: Tx, actor: Actor, membership: MembershipKey): Promise<void> {
  const { accountId, organisationId, role } = membership;
  await accountById(tx.q, accountId);
  if (role === 'administrator') await assertAnotherAdministrator(tx.q, accountId);
  const people = (await peopleOf(tx.q, organisationId)).map((person) => person.accountId);
  await deleteMembership(tx, membership);
  await deleteMembershipRequest(tx, membership);
  recordAudit(tx, actor, {
    action: 'membership.remove',
    procurementId: null,
    subject: `account/${accountId}`,
    detail: { organisationId, role },
  });
  await notify(tx, [accountId, ...people], 'membership.removed', { accountId, organisationId, role });
}
