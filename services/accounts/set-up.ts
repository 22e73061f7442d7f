import type { Queries, Tx } from '../../db/access/database.ts';
import { hasOwner, updateAccount, type Account } from '../../db/accounts/accounts.ts';
import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { DomainError } from '../../domain/errors.ts';
import { requestCorrection } from '../organisations/correct.ts';
import { UNNAMED_CENTRE, type Centre } from './first-administrator.ts';
import { acceptInvitation } from './invitation.ts';

/** What the first administrator says at the first start. */
export interface FirstSettings {
  /** Of the person. */
  readonly name: string;
  readonly passwordHash: string;
  /** Null: later. */
  readonly centre: Centre | null;
}

/**
 * Whether the first start is still to be completed: nobody has a password of their own yet. Once somebody has, for good not.
 */
export const isToBeSetUp = async (q: Queries): Promise<boolean> => !(await hasOwner(q));

/** @throws DomainError `already-exists` */
export async function assertToBeSetUp(q: Queries): Promise<void> {
  if (await isToBeSetUp(q)) return;
  throw new DomainError('already-exists', {
    messageZh: '已有系统管理员，首次设置不再开放；请登录后在“启用检查”中继续',
    messageEn: 'There is an administrator: the first start is over. Sign in, and go on at “Before real use”',
  });
}

/**
 * 首次设置: the first administrator takes the account over by the address that the first start printed, under their own name and
 * password, and names the centre.
 * @throws DomainError `already-exists` once there is an administrator, `invitation-void`, `bad-input`
 */
export async function setUp(
  tx: Tx,
  actor: Actor,
  invitation: { readonly id: string; readonly accountId: string },
  { name, passwordHash, centre }: FirstSettings,
): Promise<Account> {
  await assertToBeSetUp(tx.q);
  const { accountId } = invitation;
  await acceptInvitation(tx, actor, invitation, passwordHash);
  const account = await updateAccount(tx, accountId, { name });
  const own = (await membershipsOfAccount(tx.q, accountId)).find(({ role }) => role === 'administrator');
  const by: Actor = { ...actor, accountId, role: 'administrator', organisationId: own?.organisationId ?? null };
  recordAudit(tx, by, {
    ...{ action: 'account.rename', procurementId: null, subject: `account/${accountId}` },
    detail: { name },
  });
  if (own && centre && (centre.name !== own.organisation || centre.creditCode !== own.creditCode))
    await requestCorrection(tx, by, own.organisationId, { ...centre, reasonZh: '首次设置' });
  return account;
}

export const isNamed = ({ creditCode }: Pick<Centre, 'creditCode'>): boolean =>
  creditCode !== UNNAMED_CENTRE.creditCode;
