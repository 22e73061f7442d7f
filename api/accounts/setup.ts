import * as z from 'zod';
import { accountById } from '../../db/accounts/accounts.ts';
import { invitationByHash } from '../../db/accounts/invitations.ts';
import { enabledAdministrators, runByOnePerson } from '../../db/accounts/memberships.ts';
import { keysInForce } from '../../db/custodians.ts';
import { centreOf } from '../../db/organisations.ts';
import { MIN_PASSWORD } from '../../domain/accounts/password.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { assertStands, hashOfLink } from '../../services/accounts/invitation.ts';
import { assertHardToGuess } from '../../services/accounts/password-strength.ts';
import { assertToBeSetUp, isNamed, isToBeSetUp, setUp } from '../../services/accounts/set-up.ts';
import { ok, route } from '../http/route.ts';
import { checkDigitOf, creditCode, line, secret } from '../http/schemas.ts';
import { setupChecks, signedInAnswer, signedInSchema } from './views.ts';

const tag = 'session';
const centreGiven = z.strictObject({ name: line(200), creditCode });

/** Nobody is signed in: the address that the first start printed is all that they have. */
const common = { action: 'session.own', at: 'anywhere', withoutKey: true, tag } as const;
const anybody = { ...common, beforePasswordChange: true, beforeSecondFactor: 'to-prove' } as const;

/** 首次设置: the first administrator in the browser; and what an installation lacks before real use. */
export const setupRoutes = [
  route({
    ...anybody,
    method: 'get',
    path: '/setup',
    zh: '首次设置是否开放',
    en: 'Whether the first start is still to be completed',
    outcomes: [
      {
        status: 200,
        schema: z
          .object({
            open: z
              .boolean()
              .meta({ description: '有管理员之后永远为否 / False for good once there is an administrator' }),
            centre: z.object({ name: z.string(), creditCode: z.string() }).nullable(),
          })
          .meta({ id: 'Setup' }),
        zh: '是否开放',
        en: 'Whether it is open',
      },
    ],
    handle: async ({ services: { db } }) => {
      const open = await isToBeSetUp(db.read);
      const centre = open ? await centreOf(db.read) : undefined;
      const named = centre && isNamed(centre) ? { name: centre.name, creditCode: centre.creditCode } : null;
      return ok({ open, centre: named });
    },
  }),
  route({
    ...anybody,
    method: 'post',
    path: '/setup',
    zh: '首次设置：凭首次启动打印的设置码，管理员填写姓名、密码和中心名称，随即登录',
    en: 'The first start: by the code that it printed the administrator gives a name, a password and the centre, and is signed in',
    body: z.strictObject({
      token: z
        .string()
        .regex(/^[A-Za-z0-9_-]{43}$/)
        .meta({
          description:
            '首次启动打印的地址中 # 之后的部分 / What follows the # in the address that the first start printed',
        }),
      name: line(100),
      newPassword: secret(MIN_PASSWORD),
      centre: centreGiven.optional().meta({ description: '可以以后填写 / May be given later' }),
    }),
    outcomes: [{ status: 200, schema: signedInSchema, zh: '已设置并登录', en: 'Set up, and signed in' }],
    errors: ['invitation-void', 'already-exists', 'cross-site'],
    judged: [
      { field: 'newPassword', rule: 'hard-to-guess', zh: '不易猜到', en: 'hard to guess' },
      checkDigitOf('centre.creditCode'),
    ],
    handle: async ({ services, caller, body, commit, actor }) => {
      const { db, auth } = services;
      await assertToBeSetUp(db.read);
      const found = await invitationByHash(db.read, hashOfLink(body.token));
      const invitation = assertStands(found?.accountId === null ? undefined : found, services.realNow());
      const { username } = await accountById(db.read, String(invitation.accountId));
      const { name, newPassword, centre = null } = body;
      await assertHardToGuess(newPassword, [username, name, ...(centre ? [centre.name] : [])]);
      const passwordHash = await auth.hash(newPassword);
      const of = { id: invitation.id, accountId: String(invitation.accountId) };
      await commit(async (tx) => {
        await setUp(tx, actor, of, { name, passwordHash, centre });
        return ok({});
      });
      return signedInAnswer(services, caller, await auth.signIn(caller, { username, password: newPassword }));
    },
  }),
  route({
    method: 'get',
    path: '/setup/checks',
    action: 'setup.read',
    at: 'anywhere',
    tag: 'accounts',
    zh: '启用检查：中心名称、管理员、渠道、两人办理、第二因素、保管人',
    en: 'What an installation has before real use: centre, administrators, channels, second person, second factor, custodians',
    outcomes: [
      {
        status: 200,
        schema: setupChecks,
        zh: '各项',
        en: 'Each of them',
      },
    ],
    handle: async ({ services }) => {
      const { db, settings } = services;
      const centre = await centreOf(db.read);
      const keys = await keysInForce(db.read);
      const running = await services.custodiansRunning();
      return ok({
        centre: centre
          ? { organisationId: centre.id, name: centre.name, creditCode: centre.creditCode, named: isNamed(centre) }
          : null,
        administrators: (await enabledAdministrators(db.read)).length,
        channels: [...settings.channels],
        secondPerson: { acts: [...settings.secondPerson], alone: await runByOnePerson(db.read) },
        secondFactor: { roles: [...settings.secondFactor.roles] },
        custodians: CUSTODIANS.map((custodian) => ({
          custodian,
          registered: keys.some((key) => key.custodian === custodian),
          running: running === null ? null : running[custodian] > 0,
        })),
      });
    },
  }),
];
