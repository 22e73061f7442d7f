import * as z from 'zod';
import { accountById, listAccounts } from '../../db/accounts/accounts.ts';
import { ROLES } from '../../domain/roles.ts';
import { addMemberships } from '../../services/accounts/add-membership.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { disableAccount } from '../../services/accounts/disable.ts';
import { enableAccount } from '../../services/accounts/enable.ts';
import { removeMembership } from '../../services/accounts/remove-membership.ts';
import { cancelReset, completeReset, requestReset } from '../../services/accounts/request-reset.ts';
import { resetPassword } from '../../services/accounts/reset-password.ts';
import { created, noContent, ok, route } from '../http/route.ts';
import { id, line, pageOf, pageQuery, username } from '../http/schemas.ts';
import { access, newAccess } from './access.ts';
import { accountSchema, accountView, accountViews, accountWithPassword, ROLES_TOGETHER } from './views.ts';

const tag = 'accounts';

/** `public` is not a role that a member can have. */
const role = z.enum(ROLES).exclude(['public']);
const newMembership = z.strictObject({ organisationId: id, role });

const SECRETS = ['oneTimePassword', 'invitation'];

/** An answer that has none keeps its shape. */
const shownOnce = (body: unknown): unknown =>
  Object.fromEntries(Object.entries(body as object).map(([key, value]) => [key, SECRETS.includes(key) ? null : value]));
const accessGiven = z.strictObject({ access }).prefault({});

const params = z.object({ accountId: id });
const common = { action: 'account.manage', at: 'anywhere', tag } as const;

export const accountRoutes = [
  route({
    ...common,
    method: 'post',
    path: '/accounts',
    zh: '开立账号，返回供本人设置密码的一次性链接',
    en: 'Open an account; the link by which its owner sets the password is shown once',
    body: z.strictObject({
      username,
      name: line(100),
      memberships: z.array(newMembership).max(20).default([]),
      access,
    }),
    shownOnce,
    outcomes: [{ status: 201, schema: accountWithPassword, zh: '已开立', en: 'Opened' }],
    errors: ['already-exists', 'not-found'],
    judged: ROLES_TOGETHER,
    handle: async ({ services, body, commit, actor }) => {
      const way = await newAccess(services, body.access);
      return commit(async (tx) => {
        const account = await createAccount(tx, actor, { ...body, passwordHash: way.hash, oneTimeUntil: way.until });
        const given = await way.give(tx, account.id);
        return created({ ...(await accountView(tx.q, account)), ...given }, `/api/accounts/${account.id}`);
      });
    },
  }),
  route({
    ...common,
    method: 'get',
    path: '/accounts',
    zh: '账号列表',
    en: 'List accounts',
    query: pageQuery.extend({
      q: line(100).optional().meta({
        description:
          '用户名、姓名或所代表单位名称中连续的文字 / Consecutive text of the user name, the name, or that of an organisation that they act for',
      }),
      reset: z.literal('requested').optional().meta({
        description:
          'requested：只列已申请重置密码或取消第二因素、待完成的 / requested: only those of which a reset of the password or a removal of the second factor waits to be completed',
      }),
    }),
    outcomes: [{ status: 200, schema: pageOf(accountSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, q: text, reset } }) => {
      const after = cursors.read(cursor, id);
      const resetRequested = reset === 'requested';
      const rows = await listAccounts(db.read, { text, resetRequested, after, limit: limit + 1 });
      const page = cursors.rows(rows, limit, (row) => row.id);
      return ok({ ...page, items: await accountViews(db.read, page.items) });
    },
  }),
  route({
    ...common,
    method: 'get',
    path: '/accounts/{accountId}',
    zh: '查看账号',
    en: 'Read an account',
    params,
    outcomes: [{ status: 200, schema: accountSchema, zh: '账号', en: 'The account' }],
    handle: async ({ services: { db }, params: { accountId } }) =>
      ok(await accountView(db.read, await accountById(db.read, accountId))),
  }),
  route({
    ...common,
    method: 'post',
    path: '/accounts/{accountId}/memberships',
    zh: '增加身份；该机构已有人员的，须由其人员确认',
    en: 'Add a membership; where the organisation has had people, one of them confirms it',
    params,
    body: newMembership,
    outcomes: [{ status: 200, schema: accountSchema, zh: '已增加或已申请', en: 'Added, or requested' }],
    judged: ROLES_TOGETHER,
    handle: async ({ params: { accountId }, body, commit, actor }) =>
      commit(async (tx) => {
        const account = await accountById(tx.q, accountId);
        await addMemberships(tx, actor, [{ accountId, ...body }]);
        return ok(await accountView(tx.q, account));
      }),
  }),
  route({
    ...common,
    method: 'delete',
    path: '/accounts/{accountId}/memberships/{organisationId}/{role}',
    zh: '取消身份',
    en: 'Remove a membership',
    params: params.extend({ organisationId: id, role }),
    outcomes: [{ status: 204, zh: '已取消', en: 'Removed' }],
    errors: ['last-administrator'],
    handle: async ({ params: membership, commit, actor }) =>
      commit(async (tx) => {
        await removeMembership(tx, actor, membership);
        return noContent();
      }),
  }),
  ...([true, false] as const).map((disabled) =>
    route({
      ...common,
      method: 'post',
      path: `/accounts/{accountId}/${disabled ? 'disable' : 'enable'}`,
      fresh: true,
      zh: disabled ? '停用账号，其会话随即失效' : '恢复账号',
      en: disabled ? 'Disable an account; its sessions end' : 'Enable an account',
      params,
      outcomes: [{ status: 200, schema: accountSchema, zh: '账号', en: 'The account' }],
      errors: disabled ? ['last-administrator'] : [],
      handle: async ({ params: { accountId }, commit, actor }) =>
        commit(async (tx) =>
          ok(await accountView(tx.q, await (disabled ? disableAccount : enableAccount)(tx, actor, accountId))),
        ),
    }),
  ),
  route({
    ...common,
    method: 'post',
    path: '/accounts/{accountId}/password',
    fresh: true,
    zh: '重置密码：本人未用过的账号立即得到一次性链接，其他账号先登记申请并通知本人',
    en: 'Reset a password: at once where it was never its owner’s, else requested, and its owner is informed',
    params,
    shownOnce,
    outcomes: [
      { status: 200, schema: accountWithPassword, zh: '已重置', en: 'Reset' },
      { status: 202, schema: accountSchema, zh: '已登记申请', en: 'Requested; another administrator completes it' },
    ],
    body: accessGiven,
    bodyOptional: true,
    handle: async ({ services, params: { accountId }, body, commit, actor, person }) => {
      const way = await newAccess(services, body.access);
      return commit(async (tx) => {
        const { ownPasswordAt } = await accountById(tx.q, accountId);
        if (ownPasswordAt !== null) {
          const requested = await requestReset(
            tx,
            { ...actor, accountId: person().account.id },
            { accountId, what: 'password' },
          );
          return { status: 202, body: await accountView(tx.q, requested) };
        }
        const account = await resetPassword(tx, actor, accountId, way);
        return ok({ ...(await accountView(tx.q, account)), ...(await way.give(tx, accountId)) });
      });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/accounts/{accountId}/password/complete',
    fresh: true,
    zh: '由另一名管理员完成重置，返回一次性链接',
    en: 'Another administrator completes a reset; the link is shown once',
    params,
    shownOnce,
    outcomes: [{ status: 200, schema: accountWithPassword, zh: '已重置', en: 'Reset' }],
    errors: ['reset-pending'],
    body: accessGiven,
    bodyOptional: true,
    handle: async ({ services, params: { accountId }, body, commit, actor }) => {
      const way = await newAccess(services, body.access);
      return commit(async (tx) => {
        const account = await completeReset(tx, actor, accountId, way);
        return ok({ ...(await accountView(tx.q, account)), ...(await way.give(tx, accountId)) });
      });
    },
  }),
  route({
    ...common,
    method: 'delete',
    path: '/accounts/{accountId}/password',
    zh: '撤销重置密码的申请',
    en: 'Cancel the reset of a password',
    params,
    outcomes: [{ status: 204, zh: '已撤销', en: 'Cancelled' }],
    handle: async ({ params: { accountId }, commit, actor }) =>
      commit(async (tx) => {
        await cancelReset(tx, actor, { accountId, what: 'password' });
        return noContent();
      }),
  }),
];
