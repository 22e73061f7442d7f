import { createHash, randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { accountById, updateAccount, updatePassword, type Account } from '../../db/accounts/accounts.ts';
import { endInvitation, endInvitations, insertInvitation, type Invitation } from '../../db/accounts/invitations.ts';
import { deleteReset } from '../../db/accounts/resets.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { DomainError } from '../../domain/errors.ts';
import { endSessions } from './end-sessions.ts';

/** How long the link to an account may be used, once. */
export const INVITATION_HOURS = 72;

/** What a link holds, shown once: only its hash is stored. */
export interface Link {
  readonly token: string;
  /** Real ms. */
  readonly expiresAt: number;
}

export const newToken = (): string => randomBytes(32).toString('base64url');
/** It has 256 random bits: no salt is needed, and no slow hash. */
export const hashOfLink = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Makes a link by which the owner of an account sets its password; earlier ones are void. Until then nobody can sign in.
 * @param realNowMs the machine's clock: a drill must not shorten it to seconds
 */
export async function inviteOwner(tx: Tx, accountId: string, token: string, realNowMs: number): Promise<Link> {
  await endInvitations(tx, { accountId });
  const expiresAt = realNowMs + INVITATION_HOURS * 3_600_000;
  await addInvitation(tx, token, { accountId, expiresAt });
  return { token, expiresAt };
}

export async function addInvitation(
  tx: Tx,
  token: string,
  of: { readonly accountId?: string; readonly registrationId?: string; readonly expiresAt: number },
): Promise<void> {
  await insertInvitation(tx, {
    ...{ id: newId(), tokenHash: hashOfLink(token), accountId: of.accountId ?? null },
    ...{ registrationId: of.registrationId ?? null, createdAt: tx.now, expiresAt: of.expiresAt, endedAt: null },
  });
}

/** @throws DomainError `invitation-void`, the same for one that never was */
export function assertStands(invitation: Invitation | undefined, realNowMs: number): Invitation {
  if (invitation?.endedAt === null && realNowMs < invitation.expiresAt) return invitation;
  throw new DomainError('invitation-void', {
    messageZh: '链接无效：已用过、已过期、已被新的链接取代，或不完整；请向发出者另要一个',
    messageEn: 'The link is void: used, expired, replaced by a newer one, or incomplete; ask who sent it for another',
  });
}

/**
 * The owner of an account sets its password by the link; the link is used up, and earlier sessions end.
 * @throws DomainError `invitation-void` for one that was used meanwhile, or of a disabled account
 */
export async function acceptInvitation(
  tx: Tx,
  actor: Actor,
  { id, accountId }: { readonly id: string; readonly accountId: string },
  hash: string,
): Promise<Account> {
  const { disabledAt } = await accountById(tx.q, accountId);
  if (disabledAt !== null || !(await endInvitation(tx, id))) assertStands(undefined, 0);
  const account = await updateAccount(tx, accountId, {
    ...{ mustChangePassword: false, oneTimeUntil: null, ownPasswordAt: tx.now },
    ...{ failures: 0, lockedUntil: null },
  });
  await updatePassword(tx, accountId, hash);
  recordAudit(
    tx,
    { ...actor, accountId },
    {
      action: 'account.accept-invitation',
      procurementId: null,
      subject: `account/${accountId}`,
    },
  );
  await deleteReset(tx, { accountId, what: 'password' });
  await notify(tx, [accountId], 'password.changed');
  await endSessions(tx, actor, accountId);
  return account;
}
