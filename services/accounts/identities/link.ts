import type { Tx } from '../../../db/access/database.ts';
import { deleteIdentity, insertIdentity, type Identity } from '../../../db/accounts/identities.ts';
import { notify } from '../../../db/accounts/notifications.ts';
import type { Actor } from '../../../db/audit.ts';
import { notFound } from '../../../db/procurements.ts';
import { DomainError } from '../../../domain/errors.ts';
import { endSessions } from '../end-sessions.ts';
import { recordOfSignIn } from '../second-factor/record.ts';

/**
 * Links who a person is elsewhere to their account, by the person's own act: from now on it signs them in.
 * @throws DomainError `already-exists` where it is linked, to whichever account
 */
export async function linkIdentity(
  tx: Tx,
  actor: Actor,
  identity: Omit<Identity, 'id' | 'linkedAt'>,
): Promise<Identity> {
  const { accountId, kind, issuer, subject } = identity;
  const linked = await insertIdentity(tx, identity);
  if (!linked) {
    throw new DomainError('already-exists', {
      messageZh: '该外部身份已与一个账号关联；一个外部身份只能关联一个账号',
      messageEn: 'This identity is linked to an account already; one identity belongs to one account',
    });
  }
  await recordOfSignIn(tx, actor, accountId, 'identity.link', { kind, issuer, subject });
  await notify(tx, [accountId], 'identity.linked');
  return linked;
}

/** It signs nobody in any more; other sessions end. @throws DomainError `not-found` */
export async function unlinkIdentity(
  tx: Tx,
  actor: Actor,
  accountId: string,
  { id, keep }: { readonly id: string; readonly keep: string },
): Promise<void> {
  const identity = await deleteIdentity(tx, accountId, id);
  if (!identity) throw notFound('identity', id);
  const { kind, issuer, subject } = identity;
  await recordOfSignIn(tx, actor, accountId, 'identity.unlink', { kind, issuer, subject });
  await notify(tx, [accountId], 'identity.unlinked');
  await endSessions(tx, actor, accountId, { keep });
}
