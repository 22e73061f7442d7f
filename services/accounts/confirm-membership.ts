import type { Tx } from '../../db/access/database.ts';
import { accountById } from '../../db/accounts/accounts.ts';
import {
  deleteMembershipRequest,
  membershipRequest,
  peopleOf,
  type MembershipRequest,
  type OrganisationPerson,
} from '../../db/accounts/membership-requests.ts';
import { insertMemberships, membershipsOfAccount, type MembershipKey } from '../../db/accounts/memberships.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { organisationById } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { assertOneSide } from '../../domain/accounts/sides.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertWithinDuties } from '../../domain/organisations/duties.ts';
import { DELAY_MS } from './request-reset.ts';

/**
 * One of an organisation's own people confirms that another acts for it. Where it has none left who could, another
 * administrator than the one who requested it does, after the delay of a reset.
 * @throws DomainError `not-found` also for those whom it does not concern, `forbidden`, `bad-input`
 */
export async function confirmMembership(tx: Tx, actor: Actor, key: MembershipKey): Promise<void> {
  const { request, people } = await decidable(tx, actor, key);
  const { accountId, organisationId, role } = key;
  if (actor.accountId === request.requestedBy) throw byAnother();
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
  { accountId }: Actor,
  key: MembershipKey,
): Promise<{ request: MembershipRequest; people: OrganisationPerson[] }> {
  const request = await membershipRequest(tx.q, key);
  const people = await peopleOf(tx.q, key.organisationId);
  const enabled = people.filter(({ disabledAt }) => disabledAt === null);
  const isOwn = enabled.some((person) => person.accountId === accountId);
  if (request && isOwn) return { request, people };
  const roles = accountId === null ? [] : await membershipsOfAccount(tx.q, accountId);
  const mayStandIn = roles.some(({ role }) => role === 'administrator') && enabled.length === 0;
  if (!request || !mayStandIn) throw notFound('membership-request', Object.values(key).join('/'));
  await accountById(tx.q, key.accountId);
  if (tx.now >= request.requestedAt + DELAY_MS) return { request, people };
  throw new DomainError('forbidden', {
    messageZh: '该机构没有可确认的人员：须等申请满 24 小时，由另一名管理员确认',
    messageEn:
      'The organisation has nobody who could confirm it: another administrator does, 24 hours after the request',
    details: { reason: 'too-early' },
  });
}

const byAnother = (): DomainError =>
  new DomainError('forbidden', {
    messageZh: '申请人不能自行确认，须由该机构的其他人员确认',
    messageEn: 'Not confirmed by who requested it: another of the organisation’s people does',
    details: { reason: 'another-person' },
  });
