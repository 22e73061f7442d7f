import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { accountById } from '../../db/accounts/accounts.ts';
import { invitationByHash, type Invitation } from '../../db/accounts/invitations.ts';
import { registrationById } from '../../db/accounts/registrations.ts';
import { acceptInvitation, assertStands, hashOfLink } from '../../services/accounts/invitation.ts';
import { assertHardToGuess } from '../../services/accounts/password-strength.ts';
import { completeRegistration } from '../../services/registrations/complete.ts';
import { MIN_PASSWORD } from '../../domain/accounts/password.ts';
import { badInput } from '../../domain/issues.ts';
import { ok, route } from '../http/route.ts';
import { at, instantOut, secret, username } from '../http/schemas.ts';
import { registrationSchema } from '../registrations/views.ts';

const token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta({ description: '链接中 # 之后的部分 / What follows the # in the link' });

const seenSchema = z
  .object({
    username: z.string().nullable().meta({ description: 'null：由您自选 / null: you choose it' }),
    name: z.string(),
    registration: registrationSchema
      .pick({ name: true, creditCode: true, state: true, reasonZh: true })
      .nullable()
      .meta({ description: '自行注册的，其进展 / Of a registration: how far it is' }),
    expiresAt: instantOut,
  })
  .meta({ id: 'Invitation', description: '链接的内容 / What a link is for' });

const acceptedSchema = z.object({ username: z.string(), name: z.string() });

/** Nobody is signed in: the link is all that they have. */
const common = { action: 'session.own', at: 'anywhere', method: 'post', withoutKey: true, tag: 'session' } as const;

export const invitationRoutes = [
  route({
    ...common,
    path: '/invitations/read',
    ofBidders: true,
    zh: '查看一次性链接：账号，或注册的进展',
    en: 'What a link is for: an account, or a registration and how far it is',
    body: z.strictObject({ token }),
    outcomes: [{ status: 200, schema: seenSchema, zh: '链接', en: 'The link' }],
    errors: ['invitation-void', 'cross-site'],
    handle: async ({ services: { db, realNow }, body }) => {
      const { invitation, account, registration } = await found(db.read, body.token, realNow());
      const { name, creditCode, state, reasonZh } = registration ?? {};
      return ok({
        username: account?.username ?? null,
        name: account?.name ?? registration?.contact,
        registration: registration && { name, creditCode, state, reasonZh },
        expiresAt: at(invitation.expiresAt),
      });
    },
  }),
  route({
    ...common,
    path: '/invitations/accept',
    ofBidders: true,
    zh: '用一次性链接设置密码（自行注册的，并选用户名），随后即可登录',
    en: 'Set the password by a link (of a registration: choose the user name too); then sign in',
    body: z.strictObject({
      token,
      newPassword: secret(MIN_PASSWORD),
      username: username.optional().meta({ description: '自行注册的必填 / Wanted for a registration' }),
    }),
    outcomes: [{ status: 200, schema: acceptedSchema, zh: '已设置，链接失效', en: 'Set; the link is used up' }],
    errors: ['invitation-void', 'not-confirmed', 'already-exists', 'cross-site'],
    judged: [
      { field: 'newPassword', rule: 'hard-to-guess', zh: '不易猜到', en: 'hard to guess' },
      { field: 'username', rule: 'required', zh: '自行注册的必填', en: 'wanted for a registration' },
      { field: 'role', zh: '该机构的职责含供应商', en: 'the organisation may be a supplier' },
    ],
    handle: async ({ services: { auth, db, realNow }, body, commit, actor }) => {
      const { invitation, account, registration } = await found(db.read, body.token, realNow());
      const { id } = invitation;
      if (account) {
        await assertHardToGuess(body.newPassword, [account.username, account.name]);
        const hash = await auth.hash(body.newPassword);
        const accountId = account.id;
        return commit(async (tx) => ok(seen(await acceptInvitation(tx, actor, { id, accountId }, hash))));
      }
      if (!registration) throw new Error(`invitation ${id} is for nothing`);
      const { username: chosen } = body;
      if (chosen === undefined) throw nameMissing();
      await assertHardToGuess(body.newPassword, [chosen, registration.contact, registration.name]);
      const hash = await auth.hash(body.newPassword);
      const registrationId = registration.id;
      return commit(async (tx) =>
        ok(seen(await completeRegistration(tx, actor, { id, registrationId }, { username: chosen, hash }))),
      );
    },
  }),
];

const seen = ({ username: own, name }: { readonly username: string; readonly name: string }) => ({
  username: own,
  name,
});

/** @throws DomainError `invitation-void` */
async function found(q: Queries, given: string, realNowMs: number) {
  const invitation: Invitation = assertStands(await invitationByHash(q, hashOfLink(given)), realNowMs);
  const { accountId, registrationId } = invitation;
  return {
    invitation,
    account: accountId === null ? null : await accountById(q, accountId),
    registration: registrationId === null ? null : await registrationById(q, registrationId),
  };
}

const nameMissing = () =>
  badInput([{ field: 'username', rule: 'required', messageZh: '请填写用户名', messageEn: 'Choose a user name' }]);
