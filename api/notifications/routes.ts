import * as z from 'zod';
import { markNotificationsRead, notificationsOf } from '../../db/accounts/notifications.ts';
import { listDeliveries } from '../../db/notifications/deliveries.ts';
import { eventNotificationsOf, markEventNotificationsRead } from '../../db/notifications/inbox.ts';
import { noContent, ok, route } from '../http/route.ts';
import { id, pageOf, pageQuery } from '../http/schemas.ts';
import { deliverySchema, deliveryViews, notificationSchema, notificationViews } from './views.ts';

const common = { action: 'session.own', at: 'anywhere', signedIn: true, tag: 'session' } as const;

export const notificationRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/notifications',
    zh: '本人的通知：账号、所代表单位和所涉采购项目的变动',
    en: 'What you are notified of about your account, your organisation and its procurements, newest first',
    query: pageQuery,
    outcomes: [{ status: 200, schema: pageOf(notificationSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor }, person }) => {
      const before = cursors.read(cursor, id);
      const wanted = { limit: limit + 1, ...(before ? { before } : {}) };
      const { id: accountId } = person().account;
      const found = await Promise.all([
        notificationsOf(db.read, accountId, wanted),
        eventNotificationsOf(db.read, accountId, wanted),
      ]);
      const rows = found.flat().sort((a, b) => (a.id < b.id ? 1 : -1));
      const page = cursors.rows(rows, limit, (row) => row.id);
      return ok({ ...page, items: await notificationViews(db.read, page.items) });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/notifications/read',
    zh: '将通知标为已读：全部，或某一条及更早的',
    en: 'Mark your notifications as read: all, or one and those before it',
    body: z.strictObject({ upTo: id.optional() }),
    bodyOptional: true,
    outcomes: [{ status: 204, zh: '已标记', en: 'Marked' }],
    errors: ['cross-site'],
    handle: async ({ person, body, commit }) =>
      commit(async (tx) => {
        const { id: accountId } = person().account;
        await markNotificationsRead(tx, accountId, body?.upTo);
        await markEventNotificationsRead(tx, accountId, body?.upTo);
        return noContent();
      }),
  }),
  route({
    method: 'get',
    path: '/deliveries',
    action: 'delivery.read',
    at: 'anywhere',
    tag: 'accounts',
    zh: '发往平台以外的通知，如已放弃的；不含内容',
    en: 'Messages that leave the platform, as those given up; without what they are about',
    query: pageQuery.extend({ state: z.enum(['waiting', 'sent', 'given-up', 'dropped']).default('given-up') }),
    outcomes: [{ status: 200, schema: pageOf(deliverySchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, state } }) => {
      const before = cursors.read(cursor, id);
      const rows = await listDeliveries(db.read, { state, limit: limit + 1, ...(before ? { before } : {}) });
      const page = cursors.rows(rows, limit, (row) => row.id);
      return ok({ ...page, items: await deliveryViews(db.read, page.items) });
    },
  }),
];
