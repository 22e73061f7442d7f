import type { Tx } from '../../db/access/database.ts';
import { OPERATOR, recordAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import { insertMembershipRequest, peopleOf, requestedFor } from '../../db/accounts/membership-requests.ts';
import { insertMemberships, membershipsOfAccount, type MembershipKey } from '../../db/accounts/memberships.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { noteFirstPerson, organisationsById, type Organisation } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { assertOneSide } from '../../domain/accounts/sides.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertWithinDuties } from '../../domain/organisations/duties.ts';

/**
 * Lets people act for organisations (身份): at once where the organisation has never had people, else when one of its own
 * people has confirmed it. The platform itself, and whoever is at the machine, need no confirmation.
 * @throws DomainError `not-found`, `bad-input` for a role that is not among an organisation's duties, or that the person
 *   may not have beside their others; `forbidden` for an administrator who makes another
 */
export async function addMemberships(tx: Tx, actor: Actor, memberships: readonly MembershipKey[]): Promise<void> {
  const organisations = await organisationsById(
    tx.q,
    memberships.map(({ organisationId }) => organisationId),
  );
  for (const membership of memberships) {
    const organisation = organisations.get(membership.organisationId);
    if (!organisation) throw notFound('organisation', membership.organisationId);
    await addMembership(tx, actor, membership, organisation);
  }
}

async function addMembership(
  tx: Tx,
  actor: Actor,
  membership: MembershipKey,
  organisation: Organisation,
): Promise<void> {
  const { accountId, organisationId, role } = membership;
  assertWithinDuties(organisation, [role], 'role');
  const held = await membershipsOfAccount(tx.q, accountId);
  if (held.some((each) => each.organisationId === organisationId && each.role === role)) return;
  const requested = (await requestedFor(tx.q, [accountId])).get(accountId) ?? [];
  assertOneSide([...held, ...requested], membership);
  const byMachine = actor.role === UNATTENDED.role || actor.role === OPERATOR.role;
  if (role === 'administrator' && !byMachine) throw byMachineOnly();
  const isFirst = await noteFirstPerson(tx, organisationId);
  const entry = { procurementId: null, subject: `account/${accountId}`, detail: { organisationId, role } };
  if (isFirst || byMachine) {
    await insertMemberships(tx, [{ ...membership, createdAt: tx.now }]);
    recordAudit(tx, actor, { ...entry, action: 'membership.add' });
    return;
  }
  const request = { ...membership, requestedBy: actor.accountId, requestedAt: tx.now };
  if (!(await insertMembershipRequest(tx, request))) return;
  recordAudit(tx, actor, { ...entry, action: 'membership.request' });
  const people = (await peopleOf(tx.q, organisationId)).map((person) => person.accountId);
  await notify(tx, people, 'membership.requested', { ...membership, organisation: organisation.name });
}

/** Two administrators together can do more than one: one of them must not make the other. */
const byMachineOnly = (): DomainError =>
  new DomainError('forbidden', {
    messageZh: '系统管理员只能在本机上增加：kaibiao administrator --add --username 用户名',
    messageEn: 'Administrators are added on the machine itself: kaibiao administrator --add --username NAME',
    details: { field: 'role', reason: 'administrator' },
  });
