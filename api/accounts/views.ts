import * as z from 'zod';
import type { Judged } from '../http/route.ts';
import type { Queries } from '../../db/access/database.ts';
import type { Account } from '../../db/accounts/accounts.ts';
import { requestedFor, type OrganisationPerson } from '../../db/accounts/membership-requests.ts';
import { membershipsOf, type NamedMembership } from '../../db/accounts/memberships.ts';
import { passwordResetOf, passwordResetsOf, type PasswordReset } from '../../db/accounts/password-resets.ts';
import { unreadNotifications } from '../../db/accounts/notifications.ts';
import { unreadEventNotifications } from '../../db/notifications/inbox.ts';
import { ROLES } from '../../domain/roles.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';
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

const passwordReset = z.object({ requestedAt: instantOut, requestedBy: id, notBefore: instantOut }).nullable().meta({
  description:
    '管理员申请的密码重置，在该时刻之后由另一名管理员完成 / A reset that an administrator requested; another completes it, not before that instant',
});

const passwordResetView = (reset: PasswordReset | undefined): z.infer<typeof passwordReset> =>
  reset ? { requestedAt: at(reset.requestedAt), requestedBy: reset.requestedBy, notBefore: at(reset.notBefore) } : null;

export const whoSchema = z
  .object({
    account: z.object({ id, username: z.string(), name: z.string(), mustChangePassword: z.boolean() }),
    memberships: z.array(membershipSchema),
    passwordReset,
    unreadNotifications: z.int(),
  })
  .meta({ id: 'Who' });

export const whoView = async (
  q: Queries,
  account: Account,
  memberships: readonly NamedMembership[],
): Promise<z.infer<typeof whoSchema>> => ({
  account: {
    id: account.id,
    username: account.username,
    name: account.name,
    mustChangePassword: account.mustChangePassword,
  },
  memberships: [...memberships],
  passwordReset: passwordResetView(await passwordResetOf(q, account.id)),
  unreadNotifications: (await unreadNotifications(q, account.id)) + (await unreadEventNotifications(q, account.id)),
});

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
    passwordReset,
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
  const resets = await passwordResetsOf(q, ids);
  return accounts.map((account) => ({
    id: account.id,
    username: account.username,
    name: account.name,
    mustChangePassword: account.mustChangePassword,
    disabledAt: atOrNull(account.disabledAt),
    createdAt: at(account.createdAt.getTime()),
    memberships: memberships.get(account.id) ?? [],
    requestedMemberships: requested.get(account.id) ?? [],
    passwordReset: passwordResetView(resets.get(account.id)),
  }));
}

export async function accountView(q: Queries, account: Account): Promise<z.infer<typeof accountSchema>> {
  const [only] = await accountViews(q, [account]);
  if (!only) throw new Error('an account has no view');
  return only;
}
