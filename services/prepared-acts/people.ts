import type { Queries } from '../../db/access/database.ts';
import { peopleOf, type OrganisationPerson } from '../../db/accounts/membership-requests.ts';
import type { Actor } from '../../db/audit.ts';
import type { PreparedAct } from '../../db/tender/prepared-acts.ts';
import { isSamePerson } from '../../domain/prepared-acts/second-person.ts';
import type { Role } from '../../domain/roles.ts';

type Between = Pick<PreparedAct, 'organisationId' | 'confirmingId' | 'preparedBy'>;

/** As what it is confirmed: as it was prepared, or as the purchaser where an agency prepared it for its purchaser. */
export const confirmingRoleOf = ({ organisationId, confirmingId, preparedBy }: Between): Role =>
  organisationId === confirmingId ? (preparedBy.role as Role) : 'purchaser';

/** Whether a person acts for who is to confirm it, and for who prepared it. */
export const isConfirming = (prepared: Between, { organisationId, role }: Pick<Actor, 'organisationId' | 'role'>) =>
  organisationId === prepared.confirmingId && role === confirmingRoleOf(prepared);
export const isPreparing = (prepared: Between, { organisationId, role }: Pick<Actor, 'organisationId' | 'role'>) =>
  organisationId === prepared.organisationId && role === prepared.preparedBy.role;

/** Those who act for an organisation in a role now. */
async function acting(q: Queries, organisationId: string, role: string): Promise<OrganisationPerson[]> {
  return (await peopleOf(q, organisationId)).filter((each) => each.role === role && each.disabledAt === null);
}

export interface Both {
  /** Undefined where the account no longer acts for the organisation. */
  readonly preparer: OrganisationPerson | undefined;
  /** Who may confirm it: nobody who is, by all that the platform knows, the person who prepared it. */
  readonly confirmers: readonly OrganisationPerson[];
  /** All who act for who is to confirm it. */
  readonly confirming: readonly OrganisationPerson[];
  /** Accounts that act for who prepared it. */
  readonly preparing: ReadonlySet<string>;
}

export async function peopleAround(q: Queries, prepared: Between): Promise<Both> {
  const { organisationId, confirmingId, preparedBy } = prepared;
  const own = await peopleOf(q, organisationId);
  const preparer = own.find(
    ({ accountId, role, disabledAt }) =>
      accountId === preparedBy.accountId && role === preparedBy.role && disabledAt === null,
  );
  const confirming = await acting(q, confirmingId, confirmingRoleOf(prepared));
  const preparing = new Set(organisationId === confirmingId ? [] : own.map(({ accountId }) => accountId));
  const confirmers = confirming.filter(
    (each) => !preparing.has(each.accountId) && !(preparer && isSamePerson(preparer, each)),
  );
  return { preparer, confirmers, confirming, preparing };
}
