import type { Tx } from '../../db/access/database.ts';
import { accountById } from '../../db/accounts/accounts.ts';
import {
  deleteMembershipRequest,
  membershipRequest,
  type MembershipRequest,
  type OrganisationPerson,
} from '../../db/accounts/membership-requests.ts';
import { insertMemberships, membershipsOfAccount, type MembershipKey } from '../../db/accounts/memberships.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { organisationById } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { assertOneSide } from '../../domain/accounts/sides.ts';
import { assertWithinDuties } from '../../domain/organisations/duties.ts';
import { assertAnother, assertOwnDecision } from './own-people.ts';

/**
 * One of an organisation's own people confirms that another acts for it. Where it has none left who could, another
 * administrator than the one who requested it does, after the delay of a reset.
 * @throws DomainError `not-found` also for those whom it does not concern, `forbidden`, `bad-input`
 */
export async function confirmMembership(tx: Tx, actor: Actor, key: MembershipKey): Promise<void> {
  const { request, people } = await decidable(tx, actor, key);
  const { accountId, organisationId, role } = key;
  assertAnother(actor, request.requestedBy);
  const organisation = await organisationById(tx.q, organisationId);
  assertWithinDuties(organisation, [role], 'role');
  assertOneSide(await membershipsOfAccount(tx.q, accountId), key);
  await deleteMembershipRequest(tx, key);
  await insertMemberships(tx, [{ accountId, organisationId, role, createdAt: tx.now }]);
  await settled(tx, actor, key, 'confirm', people);
}

/**
 * One of an organisation's own people refuses that another acts for it.
 * @throws DomainError `not-found`
 */
export async function refuseMembership(tx: Tx, actor: Actor, key: MembershipKey): Promise<void> {
  const { people } = await decidable(tx, actor, key);
  await deleteMembershipRequest(tx, key);
  await settled(tx, actor, key, 'refuse', people);
}

async function settled(
  tx: Tx,
  actor: Actor,
  { accountId, organisationId, role }: MembershipKey,
  verb: 'confirm' | 'refuse',
  people: readonly OrganisationPerson[],
): Promise<void> {
  recordAudit(tx, actor, {
    action: `membership.${verb}`,
    procurementId: null,
    subject: `account/${accountId}`,
    detail: { organisationId, role },
  });
  const concerned = [accountId, ...people.map((person) => person.accountId)];
  const kind = verb === 'confirm' ? 'membership.confirmed' : 'membership.refused';
  await notify(tx, concerned, kind, { accountId, organisationId, role, by: actor.accountId });
}

/** The request, for those who may decide it: nobody else learns that there is one. */
async function decidable(
  tx: Tx,
  actor: Actor,
  key: MembershipKey,
): Promise<{ request: MembershipRequest; people: OrganisationPerson[] }> {
  const missing = () => notFound('membership-request', Object.values(key).join('/'));
  const request = await membershipRequest(tx.q, key);
  if (!request) throw missing();
  const people = await assertOwnDecision(tx, actor, request, missing);
  await accountById(tx.q, key.accountId);
  return { request, people };
}
