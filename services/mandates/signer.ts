import type { Queries } from '../../db/access/database.ts';
import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import type { Actor } from '../../db/audit.ts';
import { partyOf, type Mandate, type MandateSide } from '../../db/parties/mandates.ts';
import { DomainError } from '../../domain/errors.ts';

/** The party that a person acts for. */
export const sideOf = ({ role }: Pick<Actor, 'role'>): MandateSide => (role === 'agency' ? 'agency' : 'purchaser');
export const otherSide = (side: MandateSide): MandateSide => (side === 'agency' ? 'purchaser' : 'agency');

/**
 * Who belongs to both parties signs for neither: each must decide by its own people.
 * @throws DomainError `forbidden`
 */
export async function assertSigner(
  q: Queries,
  { accountId }: Actor,
  parties: Pick<Mandate, 'purchaserId' | 'agencyId'>,
  side: MandateSide,
): Promise<void> {
  if (accountId === null) return;
  const other = partyOf(parties, otherSide(side));
  const memberships = await membershipsOfAccount(q, accountId);
  if (memberships.every(({ organisationId }) => organisationId !== other)) return;
  throw new DomainError('forbidden', {
    messageZh: '您同时属于招标人（采购人）和代理机构，不能代表任何一方办理委托；请由只属于本单位的人员办理',
    messageEn:
      'You belong to both the purchaser and the agency, and sign for neither: somebody who belongs to one of them only must do it',
    details: { reason: 'both-parties', organisationId: other },
  });
}
