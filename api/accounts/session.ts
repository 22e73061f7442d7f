import * as z from 'zod';
import { sessionsOf } from '../../db/accounts/accounts.ts';
import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import { notFound } from '../../db/procurements.ts';
import { changePassword } from '../../services/accounts/change-password.ts';
import { endSessions } from '../../services/accounts/end-sessions.ts';
import { cancelReset } from '../../services/accounts/request-reset.ts';
import { MIN_PASSWORD } from '../../domain/accounts/password.ts';
import { noContent, ok, route } from '../http/route.ts';
import { at, atOrNull, id, identifier, secret } from '../http/schemas.ts';
import { CONFIRMED, confirmation } from '../http/sign-in/confirmation.ts';
import { sessionSchema, signedInAnswer, signedInSchema, whoSchema, whoView } from './views.ts';

const tag = 'session';

/** A new password: it must be long enough and differ from the current one. */
const newPassword = secret(MIN_PASSWORD);

export const sessionRoutes = [
  route({
    method: 'post',
    path: '/session',
    action: 'session.own',
    at: 'anywhere',
    withoutKey: true,
    beforePasswordChange: true,
    beforeSecondFactor: 'to-prove',
    tag,
    zh: '登录',
    en: 'Sign in',
    body: z.strictObject({ username: identifier(64), password: secret(1) }),
    outcomes: [
      {
        status: 200,
        schema: signedInSchema,
        zh: '已登录',
        en: 'Signed in; send the token in Authorization: Bearer',
      },
    ],
    errors: ['unauthenticated', 'account-locked', 'one-time-password-spent', 'cross-site'],
    handle: async ({ services, body, caller }) =>
      signedInAnswer(services, caller, await services.auth.signIn(caller, body)),
  }),
  route({
    method: 'get',
    path: '/session',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    beforePasswordChange: true,
    beforeSecondFactor: 'to-prove',
    tag,
    zh: '当前会话',
    en: 'Who is signed in',
    outcomes: [{ status: 200, schema: whoSchema, zh: '本人', en: 'Yourself' }],
    handle: async ({ services, person }) => ok(await whoView(services.db.read, person())),
  }),
  route({
    method: 'delete',
    path: '/session',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    beforePasswordChange: true,
    beforeSecondFactor: 'to-prove',
    tag,
    zh: '退出登录',
    en: 'Sign out',
    outcomes: [{ status: 204, zh: '已退出', en: 'Signed out' }],
    errors: ['cross-site'],
    handle: async ({ services, caller }) => noContent({ 'Set-Cookie': (await services.auth.signOut(caller)).cookies }),
  }),
  route({
    method: 'post',
    path: '/session/password',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    beforePasswordChange: true,
    beforeSecondFactor: 'to-set-up',
    tag,
    zh: '修改密码（其他会话随即失效）',
    en: 'Change the password; your other sessions end',
    body: z.strictObject({ currentPassword: secret(1), newPassword }),
    outcomes: [{ status: 200, schema: whoSchema, zh: '已修改', en: 'Changed' }],
    errors: ['unauthenticated', 'cross-site'],
    judged: [
      { field: 'newPassword', rule: 'differs', zh: '与原密码不同', en: 'differs from the current one' },
      { field: 'newPassword', rule: 'hard-to-guess', zh: '不易猜到', en: 'hard to guess' },
    ],
    handle: async ({ services, caller, person, body, commit, actor }) => {
      const { account, sessionId } = person();
      const { currentPassword: current, newPassword: replacement } = body;
      const hash = await services.auth.replacementHash(caller, person(), { current, replacement });
      return commit(async (tx) => {
        const changed = await changePassword(tx, actor, account.id, { hash, keep: sessionId });
        const memberships = await membershipsOfAccount(tx.q, account.id);
        return ok(await whoView(tx.q, { ...person(), account: changed, memberships }));
      });
    },
  }),
  route({
    method: 'post',
    path: '/session/verification',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    withoutKey: true,
    tag,
    zh: '再次输入密码或验证码：此后一段时间内，浏览器的会话可以办理重大事项',
    en: 'Give the password or a code again: the session of a browser may then, for a while, do what weighs most',
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 204, zh: '已确认', en: 'Verified' }],
    errors: ['unauthenticated', 'code-locked', 'cross-site'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, person, body }) => {
      await services.auth.verify(caller, person(), body);
      return noContent();
    },
  }),
  route({
    method: 'delete',
    path: '/session/password-reset',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    tag,
    zh: '撤销管理员对本人密码的重置申请',
    en: 'Cancel the reset of your password that an administrator requested',
    outcomes: [{ status: 204, zh: '已撤销', en: 'Cancelled' }],
    errors: ['not-found', 'cross-site'],
    handle: async ({ person, commit, actor }) =>
      commit(async (tx) => {
        await cancelReset(tx, actor, { accountId: person().account.id, what: 'password' });
        return noContent();
      }),
  }),
  route({
    method: 'get',
    path: '/sessions',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    tag,
    zh: '本人全部会话',
    en: 'Your sessions',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(sessionSchema) }), zh: '会话', en: 'Sessions' }],
    handle: async ({ services, person }) => {
      const { account, sessionId } = person();
      const sessions = await sessionsOf(services.db.read, account.id, services.realNow());
      return ok({
        items: sessions.map((session) => ({
          id: session.id,
          current: session.id === sessionId,
          createdAt: at(session.createdAt.getTime()),
          expiresAt: at(session.expiresAt.getTime()),
          signedInBy: session.signedInBy,
          secondFactorAt: atOrNull(session.secondFactorAt),
          address: session.ipAddress,
          userAgent: session.userAgent,
        })),
      });
    },
  }),
  route({
    method: 'delete',
    path: '/sessions/{sessionId}',
    fresh: true,
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    tag,
    zh: '撤销一个会话',
    en: 'Revoke one session',
    params: z.object({ sessionId: id }),
    outcomes: [{ status: 204, zh: '已撤销', en: 'Revoked' }],
    errors: ['cross-site'],
    handle: async ({ person, params, commit, actor }) =>
      commit(async (tx) => {
        const ended = await endSessions(tx, actor, person().account.id, { only: params.sessionId });
        if (ended === 0) throw notFound('session', params.sessionId);
        return noContent();
      }),
  }),
  route({
    method: 'delete',
    path: '/sessions/others',
    fresh: true,
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    tag,
    zh: '撤销其他全部会话，保留当前会话',
    en: 'Revoke every other session, and keep this one',
    outcomes: [{ status: 204, zh: '已撤销', en: 'Revoked' }],
    errors: ['cross-site'],
    handle: async ({ person, commit, actor }) =>
      commit(async (tx) => {
        const { account, sessionId: keep } = person();
        await endSessions(tx, actor, account.id, { keep });
        return noContent();
      }),
  }),
  route({
    method: 'delete',
    path: '/sessions',
    fresh: true,
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    tag,
    zh: '撤销全部会话，包括当前会话',
    en: 'Revoke every session, this one included',
    outcomes: [{ status: 204, zh: '已撤销', en: 'Revoked' }],
    errors: ['cross-site'],
    handle: async ({ person, commit, actor }) =>
      commit(async (tx) => {
        await endSessions(tx, actor, person().account.id);
        return noContent();
      }),
  }),
];
