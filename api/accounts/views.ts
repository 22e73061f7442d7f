import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import type { Account } from '../../db/accounts/accounts.ts';
import { membershipsOf, type NamedMembership } from '../../db/accounts/memberships.ts';
import { ROLES } from '../../domain/roles.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';

export const membershipSchema = z.object({
  organisationId: id,
  organisation: z.string(),
  creditCode: z.string(),
  role: z.enum(ROLES),
});

export const whoSchema = z
  .object({
    account: z.object({ id, username: z.string(), name: z.string(), mustChangePassword: z.boolean() }),
    memberships: z.array(membershipSchema),
  })
  .meta({ id: 'Who' });

export const whoView = (account: Account, memberships: readonly NamedMembership[]): z.infer<typeof whoSchema> => ({
  account: {
    id: account.id,
    username: account.username,
    name: account.name,
    mustChangePassword: account.mustChangePassword,
  },
  memberships: [...memberships],
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
  })
  .meta({ id: 'Account' });

const oneTimePassword = z
  .string()
  .nullable()
  .meta({ description: '一次性密码，只显示一次 / One-time password, shown only in this response; null when replayed' });
export const accountWithPassword = accountSchema.extend({ oneTimePassword }).meta({ id: 'NewAccount' });

export async function accountViews(q: Queries, accounts: readonly Account[]): Promise<z.infer<typeof accountSchema>[]> {
  const memberships = await membershipsOf(
    q,
    accounts.map((account) => account.id),
  );
  return accounts.map((account) => ({
    id: account.id,
    username: account.username,
    name: account.name,
    mustChangePassword: account.mustChangePassword,
    disabledAt: atOrNull(account.disabledAt),
    createdAt: at(account.createdAt.getTime()),
    memberships: memberships.get(account.id) ?? [],
  }));
}

export async function accountView(q: Queries, account: Account): Promise<z.infer<typeof accountSchema>> {
  const [only] = await accountViews(q, [account]);
  if (!only) throw new Error('an account has no view');
  return only;
}
