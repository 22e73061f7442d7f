import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Tx } from '../../db/access/database.ts';
import { endInvitations } from '../../db/accounts/invitations.ts';
import { inviteOwner, newToken } from '../../services/accounts/invitation.ts';
import { oneTimePassword, oneTimeUntil } from '../../services/accounts/one-time-password.ts';
import type { Services } from '../http/services.ts';
import { at } from '../http/schemas.ts';
import type { invitationSchema } from './views.ts';

export const access = z.enum(['link', 'one-time-password']).default('link').meta({
  description:
    '如何交给本人：一次性链接（默认），或当面告知的一次性密码 / How its owner gets in: by a link, or by a one-time password that is told in person',
});

/** What is shown of it, once. */
interface Given {
  readonly oneTimePassword: string | null;
  readonly invitation: z.infer<typeof invitationSchema> | null;
}

/** A new way into an account: the hash of its password, until when that signs in (0: never), and what its owner is given. */
export interface NewAccess {
  readonly hash: string;
  readonly until: number;
  give(tx: Tx, accountId: string): Promise<Given>;
}

export async function newAccess(services: Services, kind: z.infer<typeof access>): Promise<NewAccess> {
  const { auth, realNow, settings } = services;
  if (kind === 'one-time-password') {
    const password = oneTimePassword();
    return {
      ...{ hash: await auth.hash(password), until: oneTimeUntil(realNow()) },
      give: async (tx, accountId) => {
        await endInvitations(tx, { accountId });
        return { oneTimePassword: password, invitation: null };
      },
    };
  }
  return {
    // Of a password that nobody knows.
    ...{ hash: await auth.hash(randomBytes(32).toString('base64url')), until: 0 },
    give: async (tx, accountId) => {
      const { token, expiresAt } = await inviteOwner(tx, accountId, newToken(), realNow());
      const invitation = { token, link: linkOf(settings.publicUrl, token), expiresAt: at(expiresAt) };
      return { oneTimePassword: null, invitation };
    },
  };
}

/** After the number sign, which no browser sends to a server, so that no log has it. */
export const linkOf = (publicUrl: string, token: string): string =>
  `${publicUrl.replace(/\/+$/, '')}/invitation#${token}`;
