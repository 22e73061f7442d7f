import type { Request } from 'express';
import * as z from 'zod';
import { accountById } from '../../db/accounts/accounts.ts';
import { identitiesOf, identityBy, type Identity, type IdentityKey } from '../../db/accounts/identities.ts';
import { linkIdentity, unlinkIdentity } from '../../services/accounts/identities/link.ts';
import { refuseUnlinked } from '../../services/accounts/identities/unlinked.ts';
import { DomainError } from '../../domain/errors.ts';
import type { RouteContext, RouteLevel } from '../http/route.ts';
import { noContent, ok, route, type Answer } from '../http/route.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';
import { presentedCertificate, type PresentedCertificate } from '../http/sign-in/certificate.ts';
import { CONFIRMED, confirmation } from '../http/sign-in/confirmation.ts';
import { assertSignedInCompletely } from '../http/sign-in/gate.ts';
import type { Services } from '../http/services.ts';
import { signedInAnswer, signedInSchema } from './views.ts';

const identitySchema = z
  .object({
    id,
    kind: z.enum(['oidc', 'certificate']),
    issuer: z.string(),
    label: z
      .string()
      .meta({ description: '在身份提供方的名称，或证书主体 / The name there, or the subject of the certificate' }),
    expiresAt: instantOut.nullable(),
    linkedAt: instantOut,
  })
  .meta({ id: 'LinkedIdentity' });

const identityView = ({ id: own, kind, issuer, label, ...of }: Identity): z.infer<typeof identitySchema> => ({
  ...{ id: own, kind, issuer, label },
  expiresAt: atOrNull(of.expiresAt),
  linkedAt: at(of.linkedAt),
});

const address = z.object({
  address: z.string().meta({ description: '浏览器应前往的地址 / Where the browser goes' }),
});

/** What answers with a session, or with a cookie of ours, is not kept under a key. */
const common = { action: 'session.own', at: 'anywhere', withoutKey: true, tag: 'session' } as const;
const anybody = { ...common, beforePasswordChange: true, beforeSecondFactor: 'to-prove' } as const;

type Context = Pick<RouteContext<RouteLevel, unknown, unknown, unknown>, 'services' | 'caller' | 'actor' | 'request'>;

/** Signs in the person whose it is. @throws DomainError `not-linked` */
async function signInBy({ services, caller, actor }: Context, key: IdentityKey, more?: string): Promise<Answer> {
  const { db, auth } = services;
  const identity = await identityBy(db.read, key);
  const account = identity ? await accountById(db.read, identity.accountId) : null;
  if (account === null || account.disabledAt !== null) throw await refuseUnlinked(db, actor, account?.id ?? null);
  const { token, cookies } = await auth.signInAs(caller, account, key.kind);
  return signedInAnswer(services, caller, { token, cookies: more === undefined ? cookies : [...cookies, more] });
}

const certificateOf = ({ settings, realNow }: Services, request: Request): PresentedCertificate =>
  presentedCertificate(
    settings.certificates,
    { address: request.socket.remoteAddress ?? null, header: (name) => request.get(name) },
    realNow(),
  );

/** 统一身份认证 (OIDC) and CA 数字证书: each linked by the person, who is signed in; nothing is matched by a mail address or a name. */
export const identityRoutes = [
  route({
    ...anybody,
    method: 'get',
    path: '/session/ways',
    zh: '本平台的登录方式',
    en: 'The ways to sign in here',
    outcomes: [
      {
        status: 200,
        schema: z
          .object({
            oidc: z.object({ name: z.string() }).nullable(),
            certificate: z.boolean(),
            registration: z.enum(['confirmed', 'open', 'closed']),
          })
          .meta({ id: 'SignInWays' }),
        zh: '除密码以外的方式',
        en: 'Those beside the password',
      },
    ],
    handle: async ({ services: { settings } }) =>
      ok({
        oidc: settings.oidc && { name: settings.oidc.name ?? new URL(settings.oidc.issuer).host },
        certificate: settings.certificates !== null,
        registration: settings.registration,
      }),
  }),
  route({
    ...anybody,
    method: 'post',
    path: '/session/oidc',
    zh: '用统一身份认证登录：返回浏览器应前往的地址',
    en: 'Begin to sign in by the provider of identities: where the browser goes',
    outcomes: [{ status: 200, schema: address, zh: '地址', en: 'The address' }],
    errors: ['not-found', 'provider-unreachable', 'cross-site'],
    handle: async ({ services: { oidc } }) => {
      const begun = await oidc.begin({ purpose: 'sign-in' });
      return ok({ address: begun.address }, { 'Set-Cookie': [begun.cookie] });
    },
  }),
  route({
    ...anybody,
    method: 'post',
    path: '/session/oidc/finish',
    zh: '从统一身份认证返回：完成登录，或者完成关联',
    en: 'Back from the provider of identities: completes the sign-in, or the linking, that was begun',
    body: z.strictObject({
      returned: z.string().min(1).max(4000).meta({
        description:
          '返回地址中问号之后的部分 / What stands after the question mark of the address that it came back to',
      }),
    }),
    outcomes: [
      { status: 200, schema: signedInSchema, zh: '已登录', en: 'Signed in' },
      { status: 201, schema: identitySchema, zh: '已关联', en: 'Linked' },
    ],
    errors: [
      ...(['not-found', 'forbidden', 'not-linked', 'unauthenticated', 'already-exists'] as const),
      ...(['second-factor-required', 'password-change-required', 'provider-unreachable', 'cross-site'] as const),
    ],
    handle: async (context) => {
      const { services, caller, who, body, commit, actor } = context;
      const { identity, ...finished } = await services.oidc.finish(caller.cookie, body.returned);
      const key = { kind: 'oidc', issuer: identity.issuer, subject: identity.subject } as const;
      if (finished.purpose === 'sign-in') return signInBy(context, key, services.oidc.forget);
      assertSignedInCompletely({}, who);
      if (who?.account.id !== finished.accountId) throw anotherPerson();
      return commit(async (tx) => {
        const of = { accountId: finished.accountId, label: identity.label, expiresAt: null };
        const linked = await linkIdentity(tx, actor, { ...key, ...of });
        return { status: 201, body: identityView(linked), headers: { 'Set-Cookie': services.oidc.forget } };
      });
    },
  }),
  route({
    ...anybody,
    method: 'post',
    path: '/session/certificate',
    zh: '用数字证书登录：证书由代理验证后转交',
    en: 'Sign in by a certificate, which the proxy in front has verified and passes on',
    outcomes: [{ status: 200, schema: signedInSchema, zh: '已登录', en: 'Signed in' }],
    errors: ['not-found', 'forbidden', 'not-linked', 'unauthenticated', 'cross-site'],
    handle: async (context) => {
      const { issuer, subject } = certificateOf(context.services, context.request);
      return signInBy(context, { kind: 'certificate', issuer, subject });
    },
  }),
  route({
    ...common,
    method: 'get',
    path: '/session/identities',
    signedIn: true,
    zh: '与本人账号关联的外部身份',
    en: 'The identities that are linked to your account',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(identitySchema) }), zh: '外部身份', en: 'Identities' }],
    handle: async ({ services: { db }, person }) =>
      ok({ items: (await identitiesOf(db.read, person().account.id)).map(identityView) }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/session/identities/oidc',
    signedIn: true,
    zh: '关联统一身份认证：确认后返回浏览器应前往的地址',
    en: 'Begin to link the provider of identities, confirmed: where the browser goes',
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 200, schema: address, zh: '地址', en: 'The address' }],
    errors: ['unauthenticated', 'code-locked', 'not-found', 'provider-unreachable', 'cross-site'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, person, body }) => {
      await services.auth.confirm(caller, person(), body);
      const begun = await services.oidc.begin({ purpose: 'link', accountId: person().account.id });
      return ok({ address: begun.address }, { 'Set-Cookie': [begun.cookie] });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/session/identities/certificate',
    signedIn: true,
    zh: '关联数字证书：证书由代理验证后转交',
    en: 'Link a certificate, which the proxy in front has verified and passes on',
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 201, schema: identitySchema, zh: '已关联', en: 'Linked' }],
    errors: ['unauthenticated', 'code-locked', 'not-found', 'forbidden', 'already-exists', 'cross-site'],
    judged: [CONFIRMED],
    handle: async ({ services, request, caller, person, body, commit, actor }) => {
      const certificate = certificateOf(services, request);
      await services.auth.confirm(caller, person(), body);
      return commit(async (tx) => {
        const of = { accountId: person().account.id, kind: 'certificate' } as const;
        return { status: 201, body: identityView(await linkIdentity(tx, actor, { ...certificate, ...of })) };
      });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/session/identities/{identityId}/remove',
    signedIn: true,
    zh: '解除一个外部身份的关联，其他会话随即失效',
    en: 'Unlink an identity; other sessions end',
    params: z.object({ identityId: id }),
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 204, zh: '已解除', en: 'Unlinked' }],
    errors: ['unauthenticated', 'code-locked', 'not-found', 'cross-site'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, params, person, body, commit, actor }) => {
      const { account, sessionId: keep } = person();
      await services.auth.confirm(caller, person(), body);
      return commit(async (tx) => {
        await unlinkIdentity(tx, actor, account.id, { id: params.identityId, keep });
        return noContent();
      });
    },
  }),
];

const anotherPerson = (): DomainError =>
  new DomainError('forbidden', {
    messageZh: '关联须由发起它的人，在同一次登录中完成',
    messageEn: 'The linking is completed by the person who began it, signed in as then',
    details: { reason: 'another-person' },
  });
