import * as z from 'zod';
import type { Judged } from '../http/route.ts';
import type { Queries } from '../../db/access/database.ts';
import type { Account } from '../../db/accounts/accounts.ts';
import { requestedFor, type OrganisationPerson } from '../../db/accounts/membership-requests.ts';
import { membershipsOf } from '../../db/accounts/memberships.ts';
import { resetsOf, type AccountReset } from '../../db/accounts/resets.ts';
import { recoveryCodesLeft } from '../../db/accounts/second-factors.ts';
import { unreadNotifications } from '../../db/accounts/notifications.ts';
import { unreadEventNotifications } from '../../db/notifications/inbox.ts';
import { SECOND_FACTOR_STATES, SIGN_IN_WAYS } from '../../domain/accounts/sign-in.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { PREPARABLE_ACT_NAMES } from '../../domain/prepared-acts/acts.ts';
import { ROLES } from '../../domain/roles.ts';
import type { Begun, Caller, SignedIn } from '../http/auth.ts';
import { ok, type Answer } from '../http/route.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';
import { correctionSchema } from '../organisations/views.ts';

/** By what other roles a person has, and by the duties of the organisation. */
export const ROLES_TOGETHER: readonly Judged[] = [
  {
    field: 'role',
    zh: '一人的角色同属一方，且在该机构的职责之内',
    en: 'the roles of one person are of one side, and among the duties of the organisation',
  },
];

export const membershipSchema = z.object({
  organisationId: id,
  organisation: z.string(),
  creditCode: z.string(),
  role: z.enum(ROLES),
});

const resetSchema = z.object({ requestedAt: instantOut, requestedBy: id, notBefore: instantOut });
const passwordReset = resetSchema.nullable().meta({
  description:
    '管理员申请的密码重置，在该时刻之后由另一名管理员完成 / A reset that an administrator requested; another completes it, not before that instant',
});
const secondFactorReset = resetSchema.nullable().meta({
  description:
    '管理员申请取消第二因素，在该时刻之后由另一名管理员完成 / The removal of the second factor that an administrator requested; another completes it, not before that instant',
});

const resetView = (reset: AccountReset | undefined): z.infer<typeof passwordReset> =>
  reset ? { requestedAt: at(reset.requestedAt), requestedBy: reset.requestedBy, notBefore: at(reset.notBefore) } : null;

export const whoSchema = z
  .object({
    account: z.object({ id, username: z.string(), name: z.string(), mustChangePassword: z.boolean() }),
    memberships: z.array(membershipSchema),
    signedInBy: z.enum(SIGN_IN_WAYS),
    secondFactor: z.object({
      state: z.enum(SECOND_FACTOR_STATES).meta({
        description:
          'to-prove：输入验证码前不能做别的；to-set-up：设置前不能做别的 / to-prove, to-set-up: nothing else is allowed before',
      }),
      since: instantOut.nullable(),
      recoveryCodesLeft: z.int(),
    }),
    passwordReset,
    secondFactorReset,
    unreadNotifications: z.int(),
  })
  .meta({ id: 'Who' });

/** Before the code of a second factor is proved, nothing but the name is told. */
export async function whoView(
  q: Queries,
  { account, memberships, signedInBy, secondFactor: state }: Omit<SignedIn, 'sessionId' | 'byCookie'>,
): Promise<z.infer<typeof whoSchema>> {
  const { id: accountId, username, name, mustChangePassword } = account;
  const told = state !== 'to-prove';
  const resets = await resetsOf(q, [accountId]);
  return {
    account: { id: accountId, username, name, mustChangePassword },
    memberships: told ? [...memberships] : [],
    signedInBy,
    secondFactor: {
      state,
      since: told ? atOrNull(account.secondFactorAt) : null,
      recoveryCodesLeft: told ? await recoveryCodesLeft(q, accountId) : 0,
    },
    passwordReset: told ? resetView(resets.password.get(accountId)) : null,
    secondFactorReset: told ? resetView(resets['second-factor'].get(accountId)) : null,
    unreadNotifications: told
      ? (await unreadNotifications(q, accountId)) + (await unreadEventNotifications(q, accountId))
      : 0,
  };
}

/** What a sign-in answers. */
export const signedInSchema = whoSchema.extend({ token: z.string() }).meta({ id: 'SignedIn' });

/** The answer to a sign-in, with the cookies of its session. */
export async function signedInAnswer(
  services: Services,
  caller: Caller,
  { token, cookies }: Begun,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const who = await services.auth.whoIs({ ...caller, authorization: `Bearer ${token}` });
  if (!who) throw new Error('a session that was just created is missing');
  return ok({ token, ...(await whoView(services.db.read, who)), ...more }, { 'Set-Cookie': cookies });
}

const personSchema = z.object({
  ...{ accountId: id, username: z.string(), name: z.string(), role: z.enum(ROLES) },
  ...{ disabledAt: instantOut.nullable(), since: instantOut },
});

export const peopleSchema = z
  .object({
    people: z.array(personSchema),
    requested: z.array(personSchema).meta({ description: '待本单位确认 / Waiting to be confirmed' }),
    corrections: z
      .array(correctionSchema)
      .meta({ description: '本单位名称和代码的更正 / Corrections of its name and code' }),
  })
  .meta({ id: 'People' });

export const personView = ({ disabledAt, since, ...person }: OrganisationPerson): z.infer<typeof personSchema> => ({
  ...person,
  disabledAt: atOrNull(disabledAt),
  since: at(since),
});

export const sessionSchema = z.object({
  id,
  current: z.boolean(),
  createdAt: instantOut,
  expiresAt: instantOut,
  signedInBy: z.enum(SIGN_IN_WAYS),
  secondFactorAt: instantOut.nullable(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
});

export const accountSchema = z
  .object({
    id,
    username: z.string(),
    name: z.string(),
    mustChangePassword: z.boolean(),
    disabledAt: instantOut.nullable(),
    createdAt: instantOut,
    memberships: z.array(membershipSchema),
    requestedMemberships: z
      .array(membershipSchema)
      .meta({ description: '待该机构人员确认 / Waiting until one of the organisation’s people confirms them' }),
    secondFactorAt: instantOut.nullable(),
    passwordReset,
    secondFactorReset,
  })
  .meta({ id: 'Account' });

const oneTimePassword = z
  .string()
  .nullable()
  .meta({ description: '一次性密码，只显示一次 / One-time password, shown only in this response; null when replayed' });

/** A link, shown only once. */
export const invitationSchema = z
  .object({
    token: z.string(),
    link: z.string().meta({ description: '发给本人的链接 / To be sent to the person' }),
    expiresAt: instantOut,
  })
  .meta({
    id: 'InvitationLink',
    description: '一次性链接，只显示一次 / A link that is used once, shown only in this response',
  });

export const accountWithPassword = accountSchema
  .extend({ oneTimePassword, invitation: invitationSchema.nullable() })
  .meta({ id: 'NewAccount' });

export async function accountViews(q: Queries, accounts: readonly Account[]): Promise<z.infer<typeof accountSchema>[]> {
  const ids = accounts.map((account) => account.id);
  const memberships = await membershipsOf(q, ids);
  const requested = await requestedFor(q, ids);
  const resets = await resetsOf(q, ids);
  return accounts.map((account) => ({
    id: account.id,
    username: account.username,
    name: account.name,
    mustChangePassword: account.mustChangePassword,
    disabledAt: atOrNull(account.disabledAt),
    createdAt: at(account.createdAt.getTime()),
    memberships: memberships.get(account.id) ?? [],
    requestedMemberships: requested.get(account.id) ?? [],
    secondFactorAt: atOrNull(account.secondFactorAt),
    passwordReset: resetView(resets.password.get(account.id)),
    secondFactorReset: resetView(resets['second-factor'].get(account.id)),
  }));
}

export async function accountView(q: Queries, account: Account): Promise<z.infer<typeof accountSchema>> {
  const [only] = await accountViews(q, [account]);
  if (!only) throw new Error('an account has no view');
  return only;
}

/** What an installation has before real use. */
export const setupChecks = z
  .object({
    centre: z.object({ organisationId: id, name: z.string(), creditCode: z.string(), named: z.boolean() }).nullable(),
    administrators: z.int(),
    channels: z.array(z.string()),
    secondPerson: z.object({
      acts: z.array(z.enum(PREPARABLE_ACT_NAMES)),
      alone: z
        .array(z.object({ name: z.string(), role: z.enum(ROLES) }))
        .meta({ description: '只有一人的单位 / Organisations of one person' }),
    }),
    secondFactor: z.object({ roles: z.array(z.enum(ROLES)) }),
    custodians: z.array(
      z.object({
        custodian: z.enum(CUSTODIANS),
        registered: z.boolean(),
        running: z.boolean().nullable().meta({
          description:
            '此刻是否应答；null：Temporal 不能查询 / Whether it answers now; null: Temporal could not be asked',
        }),
      }),
    ),
  })
  .meta({ id: 'SetupChecks' });
