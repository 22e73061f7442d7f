import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertMemberships, type MembershipKey } from '../../db/accounts/memberships.ts';
import { organisationsById } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { assertWithinDuties } from '../../domain/organisations/duties.ts';

/**
 * Lets people act for organisations (身份).
 * @throws DomainError `not-found`, `bad-input` for a role that is not among an organisation's duties
 */
export async function addMemberships(tx: Tx, actor: Actor, memberships: readonly MembershipKey[]): Promise<void> {
  const organisations = await organisationsById(
    tx.q,
    memberships.map(({ organisationId }) => organisationId),
  );
  for (const { organisationId, role } of memberships) {
    const organisation = organisations.get(organisationId);
    if (!organisation) throw notFound('organisation', organisationId);
    assertWithinDuties(organisation, [role], 'role');
  }
  await insertMemberships(
    tx,
    memberships.map(({ accountId, organisationId, role }) => ({ accountId, organisationId, role, createdAt: tx.now })),
  );
  for (const { accountId, organisationId, role } of memberships) {
    recordAudit(tx, actor, {
      action: 'membership.add',
      procurementId: null,
      subject: `account/${accountId}`,
      detail: { organisationId, role },
    });
  }
}
