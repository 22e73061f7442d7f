import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { hashPassword } from 'better-auth/crypto';
import type { Database } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { creditCodeFrom } from '../../test/setup/credit-code.ts';
import { liveHref } from '../../web/live/pages.ts';

const USER = { username: 'listener', password: 'only for this measurement' };

/** Somebody who may keep pages open that keep themselves up to date. @returns the cookie of the session */
export async function listener(db: Database, url: string, publicUrl: string): Promise<string> {
  const passwordHash = await hashPassword(USER.password);
  await db.transaction(async (tx) => {
    const { id: organisationId } = await createOrganisation(tx, UNATTENDED, {
      ...{ name: '某中心', creditCode: creditCodeFrom(1) },
    });
    await createAccount(tx, UNATTENDED, {
      ...{ username: USER.username, name: USER.username, passwordHash, oneTimeUntil: null },
      memberships: [{ organisationId, role: 'centre' }],
    });
  });
  const answer = await fetch(`${url}/sign-in`, {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(USER) },
    headers: { origin: publicUrl },
  });
  if (answer.status !== 303) throw new Error(`the sign-in was answered with ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

/** Streams that stay open until they are closed. */
export async function openStreams(url: string, cookie: string, count: number): Promise<{ readonly close: () => void }> {
  const opened = await Promise.all(
    Array.from({ length: count }, () => {
      return new Promise<ClientRequest>((resolve, reject) => {
        const sent = request(`${url}${liveHref(null)}`, { headers: { cookie } }, (response: IncomingMessage) => {
          // Closed by us.
          response.on('error', () => undefined).resume();
          if (response.headers['content-type']?.startsWith('text/event-stream')) resolve(sent);
          else reject(new Error(`a stream was answered with ${response.statusCode}`));
        });
        sent.on('error', reject).end();
      });
    }),
  );
  return {
    close: () => {
      for (const sent of opened) sent.on('error', () => undefined).destroy();
    },
  };
}
