import type { Tx } from '../../db/access/database.ts';
import type { Account } from '../../db/accounts/accounts.ts';
import { endInvitation } from '../../db/accounts/invitations.ts';
import { changeRegistration, registrationById } from '../../db/accounts/registrations.ts';
import type { Actor } from '../../db/audit.ts';
import { DomainError } from '../../domain/errors.ts';
import { createAccount } from '../accounts/create.ts';
import { assertStands } from '../accounts/invitation.ts';
import { confidentially } from './confidentially.ts';

/**
 * Who has registered opens an account by the link, once it is confirmed: as the first person of the organisation, or, where
 * it has had people, as one whom they confirm.
 * @throws DomainError `not-confirmed`, `invitation-void`, `already-exists` for a user name that is taken, `bad-input`
 */
export async function completeRegistration(
  tx: Tx,
  actor: Actor,
  { id, registrationId }: { readonly id: string; readonly registrationId: string },
  { username, hash }: { readonly username: string; readonly hash: string },
): Promise<Account> {
  const { state, organisationId, contact, reasonZh } = await registrationById(tx.q, registrationId);
  if (state !== 'confirmed' || organisationId === null) throw notConfirmed(state, reasonZh);
  if (!(await endInvitation(tx, id))) assertStands(undefined, 0);
  const account = await confidentially(tx, () =>
    createAccount(tx, actor, {
      ...{ username, name: contact, passwordHash: hash, oneTimeUntil: null },
      memberships: [{ organisationId, role: 'supplier' }],
    }),
  );
  await changeRegistration(tx, registrationId, { state: 'completed', accountId: account.id });
  return account;
}

const notConfirmed = (state: string, reasonZh: string | null): DomainError =>
  new DomainError('not-confirmed', {
    messageZh: state === 'refused' ? `注册未获确认：${reasonZh ?? ''}` : '注册尚待交易中心确认',
    messageEn:
      state === 'refused'
        ? `The registration was refused: ${reasonZh ?? ''}`
        : 'The centre has not confirmed the registration yet',
    details: { state, reasonZh },
  });
