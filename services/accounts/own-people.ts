import type { Tx } from '../../db/access/database.ts';
import { peopleOf, type OrganisationPerson } from '../../db/accounts/membership-requests.ts';
import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import type { Actor } from '../../db/audit.ts';
import { DomainError } from '../../domain/errors.ts';
import { DELAY_MS } from './request-reset.ts';

/**
 * Lets an organisation's own people decide what others request for it; where it has none left, an administrator does,
 * after the delay of a reset. Returns all its people, who are informed.
 * @param missing thrown for everybody else: nobody else learns that something is requested
 * @throws DomainError `forbidden` for an administrator who comes too early
 */
export async function assertOwnDecision(
  tx: Tx,
  { accountId }: Actor,
  request: { readonly organisationId: string; readonly requestedAt: number },
  missing: () => DomainError,
): Promise<OrganisationPerson[]> {
  const people = await peopleOf(tx.q, request.organisationId);
  const enabled = people.filter(({ disabledAt }) => disabledAt === null);
  if (enabled.some((person) => person.accountId === accountId)) return people;
  const roles = accountId === null ? [] : await membershipsOfAccount(tx.q, accountId);
  const mayStandIn = roles.some(({ role }) => role === 'administrator') && enabled.length === 0;
  if (!mayStandIn) throw missing();
  if (tx.now >= request.requestedAt + DELAY_MS) return people;
  throw new DomainError('forbidden', {
    messageZh: '该机构没有可确认的人员：须等申请满 24 小时，由另一名管理员确认',
    messageEn:
      'The organisation has nobody who could confirm it: another administrator does, 24 hours after the request',
    details: { reason: 'too-early' },
  });
}

/** Who requested something does not confirm it. @throws DomainError `forbidden` */
export function assertAnother({ accountId }: Actor, requestedBy: string | null): void {
  if (accountId !== requestedBy) return;
  throw new DomainError('forbidden', {
    messageZh: '申请人不能自行确认，须由该机构的其他人员确认',
    messageEn: 'Not confirmed by who requested it: another of the organisation’s people does',
    details: { reason: 'another-person' },
  });
}
