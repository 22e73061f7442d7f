import * as z from 'zod';
import { accountById } from '../../db/accounts/accounts.ts';
import { cancelReset, completeSecondFactorReset, requestReset } from '../../services/accounts/request-reset.ts';
import { newDeviceSecret } from '../../services/accounts/second-factor/codes.ts';
import { renewRecoveryCodes } from '../../services/accounts/second-factor/recovery-codes.ts';
import { removeSecondFactor } from '../../services/accounts/second-factor/remove.ts';
import { confirmSetUp, startSetUp } from '../../services/accounts/second-factor/set-up.ts';
import { noContent, ok, route } from '../http/route.ts';
import { id } from '../http/schemas.ts';
import { CONFIRMED, confirmation, oneTimeCode } from '../http/sign-in/confirmation.ts';
import { accountSchema, accountView, signedInAnswer, signedInSchema } from './views.ts';

/** What is shown once has no stored answer, and so no key. */
const own = { action: 'session.own', at: 'anywhere', signedIn: true, withoutKey: true, tag: 'session' } as const;
const managed = { action: 'account.manage', at: 'anywhere', tag: 'accounts' } as const;
const params = z.object({ accountId: id });

const recoveryCodes = z.array(z.string()).meta({
  description: '恢复码，每个用一次，只在此显示 / Recovery codes, each good once, shown in this response only',
});

/** 第二因素: a person's own; and that two administrators take it away together where its owner has lost it. */
export const secondFactorRoutes = [
  route({
    ...own,
    method: 'post',
    path: '/session/second-factor',
    beforeSecondFactor: 'to-set-up',
    zh: '设置第二因素：返回验证器的密钥和二维码内容，输入首个验证码后生效',
    en: 'Begin to set up the second factor: the secret for the authenticator; it counts once its first code is confirmed',
    body: z.strictObject({ ...confirmation }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ secret: z.string(), uri: z.string() }).meta({ id: 'DeviceSecret' }),
        zh: '密钥，只显示一次',
        en: 'The secret, shown once; `uri` is what a QR code holds',
      },
    ],
    errors: ['unauthenticated', 'code-locked', 'already-exists', 'cross-site'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, person, body, commit, actor }) => {
      const { account } = person();
      await services.auth.confirm(caller, person(), body);
      const device = newDeviceSecret(`Kaibiao ${new URL(services.settings.publicUrl).host}`, account.username);
      return commit(async (tx) => {
        await startSetUp(tx, actor, account.id, device.secret);
        return ok(device);
      });
    },
  }),
  route({
    ...own,
    method: 'post',
    path: '/session/second-factor/confirm',
    beforeSecondFactor: 'to-set-up',
    zh: '输入首个验证码，第二因素生效：返回恢复码和新的会话，其他会话随即失效',
    en: 'Confirm the first code: the second factor counts. Recovery codes and a new session are returned; other sessions end',
    body: z.strictObject({ oneTimeCode }),
    outcomes: [
      {
        status: 200,
        schema: signedInSchema.extend({ recoveryCodes }).meta({ id: 'SecondFactorAdded' }),
        zh: '已生效',
        en: 'It counts',
      },
    ],
    errors: ['not-found', 'cross-site'],
    judged: [{ field: 'oneTimeCode', rule: 'wrong-code', zh: '设备当前显示的验证码', en: 'what the device shows now' }],
    handle: async ({ services, caller, person, body, actor }) => {
      const who = person();
      const given = { code: body.oneTimeCode, realNowMs: services.realNow(), keep: who.sessionId };
      const added = await services.db.transaction((tx) => confirmSetUp(tx, actor, who.account.id, given));
      const begun = await services.auth.renew(caller, who);
      return signedInAnswer(services, caller, begun, { recoveryCodes: added.recoveryCodes });
    },
  }),
  route({
    ...own,
    method: 'post',
    path: '/session/second-factor/proof',
    beforePasswordChange: true,
    beforeSecondFactor: 'to-prove',
    zh: '输入第二因素的验证码，完成登录：返回新的会话',
    en: 'Prove the second factor and so complete the sign-in: a new session is returned',
    body: z.strictObject({ oneTimeCode }),
    outcomes: [{ status: 200, schema: signedInSchema, zh: '已登录', en: 'Signed in' }],
    errors: ['unauthenticated', 'code-locked', 'cross-site'],
    handle: async ({ services, caller, person, body }) =>
      signedInAnswer(services, caller, await services.auth.prove(caller, person(), body.oneTimeCode)),
  }),
  route({
    ...own,
    method: 'post',
    path: '/session/second-factor/recovery-codes',
    zh: '更换恢复码，原有的不再有效',
    en: 'Replace the recovery codes; earlier ones are void',
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 200, schema: z.object({ recoveryCodes }), zh: '恢复码', en: 'Recovery codes' }],
    errors: ['unauthenticated', 'code-locked', 'not-found', 'cross-site'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, person, body, commit, actor }) => {
      const { account } = person();
      await services.auth.confirm(caller, person(), body);
      return commit(async (tx) => ok({ recoveryCodes: await renewRecoveryCodes(tx, actor, account.id) }));
    },
  }),
  route({
    ...own,
    method: 'post',
    path: '/session/second-factor/remove',
    zh: '取消第二因素（更换设备时先取消），其他会话随即失效',
    en: 'Remove the second factor (to change the device); other sessions end',
    body: z.strictObject({ ...confirmation }),
    outcomes: [{ status: 204, zh: '已取消', en: 'Removed' }],
    errors: ['unauthenticated', 'code-locked', 'not-found', 'cross-site'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, person, body, commit, actor }) => {
      const { account, sessionId: keep } = person();
      await services.auth.confirm(caller, person(), body);
      return commit(async (tx) => {
        await removeSecondFactor(tx, actor, account.id, { by: 'owner', keep });
        return noContent();
      });
    },
  }),
  route({
    ...own,
    method: 'delete',
    path: '/session/second-factor/reset',
    zh: '撤销管理员取消本人第二因素的申请',
    en: 'Cancel the removal of your second factor that an administrator requested',
    outcomes: [{ status: 204, zh: '已撤销', en: 'Cancelled' }],
    errors: ['not-found', 'cross-site'],
    handle: async ({ person, commit, actor }) =>
      commit(async (tx) => {
        await cancelReset(tx, actor, { accountId: person().account.id, what: 'second-factor' });
        return noContent();
      }),
  }),
  route({
    ...managed,
    method: 'post',
    path: '/accounts/{accountId}/second-factor/reset',
    fresh: true,
    zh: '本人遗失设备和恢复码的：申请取消其第二因素，立即通知本人',
    en: 'Request that a second factor is removed whose owner has lost device and recovery codes; its owner is informed',
    params,
    outcomes: [
      { status: 202, schema: accountSchema, zh: '已登记申请', en: 'Requested; another administrator completes it' },
    ],
    errors: ['not-found'],
    handle: async ({ params: { accountId }, commit, actor, person }) =>
      commit(async (tx) => {
        const by = { ...actor, accountId: person().account.id };
        const account = await requestReset(tx, by, { accountId, what: 'second-factor' });
        return { status: 202, body: await accountView(tx.q, account) };
      }),
  }),
  route({
    ...managed,
    method: 'post',
    path: '/accounts/{accountId}/second-factor/reset/complete',
    fresh: true,
    zh: '由另一名管理员取消第二因素，其会话随即失效',
    en: 'Another administrator removes the second factor; its owner’s sessions end',
    params,
    outcomes: [{ status: 200, schema: accountSchema, zh: '已取消', en: 'Removed' }],
    errors: ['not-found', 'reset-pending'],
    handle: async ({ params: { accountId }, commit, actor }) =>
      commit(async (tx) => ok(await accountView(tx.q, await completeSecondFactorReset(tx, actor, accountId)))),
  }),
  route({
    ...managed,
    method: 'delete',
    path: '/accounts/{accountId}/second-factor/reset',
    zh: '撤销取消第二因素的申请',
    en: 'Cancel the removal of a second factor',
    params,
    outcomes: [{ status: 204, zh: '已撤销', en: 'Cancelled' }],
    errors: ['not-found'],
    handle: async ({ params: { accountId }, commit, actor }) =>
      commit(async (tx) => {
        await accountById(tx.q, accountId);
        await cancelReset(tx, actor, { accountId, what: 'second-factor' });
        return noContent();
      }),
  }),
];
