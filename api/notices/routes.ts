import * as z from 'zod';
import { knows } from '../../db/invitees.ts';
import { listNotices, noticeById } from '../../db/notices.ts';
import { notFound } from '../../db/procurements.ts';
import { NOTICE_KINDS } from '../../domain/notices/kinds.ts';
import { viewerOf } from '../http/access.ts';
import { ok, route } from '../http/route.ts';
import { id, pageOf, pageQuery, searched } from '../http/schemas.ts';
import { linkedNoticeSchema, noticeSchema, noticeView } from './views.ts';

const tag = 'notices';

export const noticeRoutes = [
  route({
    method: 'get',
    path: '/notices',
    action: 'notice.read',
    at: 'anywhere',
    tag,
    zh: '公告公示，最新在前',
    en: 'The notice board, newest first',
    query: pageQuery.extend({
      procurementId: id.optional(),
      kind: z.enum(NOTICE_KINDS).optional(),
      q: searched('按公告标题检索', 'Search by title of the notice'),
    }),
    outcomes: [{ status: 200, schema: pageOf(noticeSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query, role, organisationId }) => {
      const { limit, cursor, procurementId, kind, q } = query;
      const seenBy = viewerOf({ role, organisationId });
      const before = cursors.read(cursor, z.object({ publishedAt: z.int(), id }));
      const rows = await listNotices(db.read, {
        limit: limit + 1,
        ...(procurementId ? { procurementId } : {}),
        ...(kind ? { kind } : {}),
        ...(q ? { text: q } : {}),
        ...(seenBy === undefined ? {} : { seenBy }),
        ...(before ? { before } : {}),
      });
      return ok(
        cursors.page(rows, limit, noticeView, ({ publishedAt, id: noticeId }) => ({ publishedAt, id: noticeId })),
      );
    },
  }),
  route({
    method: 'get',
    path: '/notices/{noticeId}',
    action: 'notice.read',
    at: 'anywhere',
    tag,
    zh: '查看公告',
    en: 'Read a notice',
    params: z.object({ noticeId: id }),
    outcomes: [{ status: 200, schema: linkedNoticeSchema, zh: '公告', en: 'The notice' }],
    handle: async ({ services: { db }, params: { noticeId }, role, organisationId }) => {
      const notice = await noticeById(db.read, noticeId);
      const viewer = viewerOf({ role, organisationId });
      const known = notice && (viewer === undefined || (await knows(db.read, notice.procurementId, viewer)));
      if (!notice || !known) throw notFound('notice', noticeId);
      return ok({
        ...noticeView(notice),
        links: { html: `/notices/${notice.id}`, pdf: `/notices/${notice.id}.pdf` },
      });
    },
  }),
];
