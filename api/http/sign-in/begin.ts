import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { BetterAuthPlugin } from 'better-auth';
import * as z from 'zod';

/**
 * Begins a session of the library for a person who was recognised otherwise than by the password: by a code, a provider of
 * identities or a certificate. It is called by this program alone; the library answers no request itself.
 */
export const beginning = () =>
  ({
    id: 'kaibiao-begin',
    endpoints: {
      beginSession: createAuthEndpoint(
        '/kaibiao/begin',
        { method: 'POST', body: z.object({ accountId: z.string() }), metadata: { SERVER_ONLY: true } },
        async (ctx) => {
          const { internalAdapter } = ctx.context;
          const user = await internalAdapter.findUserById(ctx.body.accountId);
          if (!user) throw new Error('a session was asked for an account that there is not');
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ token: session.token });
        },
      ),
    },
  }) satisfies BetterAuthPlugin;
