import { markNotificationsRead, notificationsOf } from '../../db/accounts/notifications.ts';
import { noContent, ok, route } from '../http/route.ts';
import { id, pageOf, pageQuery } from '../http/schemas.ts';
import { notificationSchema, notificationViews } from './views.ts';

const common = { action: 'session.own', at: 'anywhere', signedIn: true, tag: 'session' } as const;

export const notificationRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/notifications',
    zh: '本人的通知：账号与所代表单位的变动',
    en: 'What you are informed of about your account and your organisation, newest first',
    query: pageQuery,
    outcomes: [{ status: 200, schema: pageOf(notificationSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor }, person }) => {
      const before = cursors.read(cursor, id);
      const wanted = { limit: limit + 1, ...(before ? { before } : {}) };
      const rows = await notificationsOf(db.read, person().account.id, wanted);
      const page = cursors.rows(rows, limit, (row) => row.id);
      return ok({ ...page, items: await notificationViews(db.read, page.items) });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/notifications/read',
    zh: '将通知标为已读',
    en: 'Mark your notifications as read',
    outcomes: [{ status: 204, zh: '已标记', en: 'Marked' }],
    errors: ['cross-site'],
    handle: async ({ person, commit }) =>
      commit(async (tx) => {
        await markNotificationsRead(tx, person().account.id);
        return noContent();
      }),
  }),
];
