import * as z from 'zod';
import { knows } from '../../db/invitees.ts';
import { correctingNotices, listNotices, noticeById, noticeOf } from '../../db/notices.ts';
import { notFound } from '../../db/procurements.ts';
import { NOTICE_KINDS } from '../../domain/notices/kinds.ts';
import { correctNotice } from '../../services/notices/correct.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { viewerOf } from '../http/access.ts';
import { ok, route } from '../http/route.ts';
import { fen, id, pageOf, pageQuery, prose, searched } from '../http/schemas.ts';
import { linkedNoticeSchema, noticeSchema, noticeView } from './views.ts';

const tag = 'notices';
const params = z.object({ noticeId: id });

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
      const correcting = await correctingNotices(db.read, [...new Set(rows.map((row) => row.procurementId))]);
      return ok(
        cursors.page(
          rows,
          limit,
          (row) => noticeView(row, correcting),
          ({ publishedAt, id: noticeId }) => ({ publishedAt, id: noticeId }),
        ),
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
    params,
    outcomes: [{ status: 200, schema: linkedNoticeSchema, zh: '公告', en: 'The notice' }],
    handle: async ({ services: { db }, params: { noticeId }, role, organisationId }) => {
      const notice = await noticeById(db.read, noticeId);
      const viewer = viewerOf({ role, organisationId });
      const known = notice && (viewer === undefined || (await knows(db.read, notice.procurementId, viewer)));
      if (!notice || !known) throw notFound('notice', noticeId);
      return ok({
        ...noticeView(notice, await correctingNotices(db.read, [notice.procurementId])),
        links: { html: `/notices/${notice.id}`, pdf: `/notices/${notice.id}.pdf` },
      });
    },
  }),
  route({
    method: 'post',
    path: '/notices/{noticeId}/corrections',
    action: 'notice.correct',
    at: 'procurement',
    procurementOf: async (q, { noticeId }) => (await noticeOf(q, noticeId)).procurementId,
    tag,
    zh: '更正公告：原公告不变，另行发布更正公告',
    en: 'Correct a notice: it stays as it is, and another that names it is published',
    params,
    body: z.strictObject({
      changes: z
        .array(
          z.strictObject({
            field: z.string().max(200).meta({
              description: '公告内容中的位置 / Its path in the content of the notice',
              example: 'candidates[0].period',
            }),
            after: z.union([prose(20_000), fen]).meta({ description: '更正后的内容 / What it should have stated' }),
          }),
        )
        .max(100)
        .default([]),
      textZh: prose(20_000)
        .nullable()
        .default(null)
        .meta({ description: '公告中没有对应位置的更正内容 / What is put right where the notice has no field' }),
      reasonZh: prose(5000).meta({ description: '更正原因 / Why' }),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['unlawful', 'stage-conflict'],
    judged: [
      {
        field: 'changes',
        rule: 'required',
        zh: '写明更正的事项，或以 textZh 说明',
        en: 'says what is corrected, unless textZh does',
      },
      {
        field: 'changes[*].field',
        zh: '是该公告可以更正的事项，各一次',
        en: 'may be corrected in the notice, each once',
      },
      {
        field: 'changes[*].after',
        zh: '与该事项相称，与原公告不同',
        en: 'fits the field, and differs from the notice',
      },
    ],
    handle: ({ params: { noticeId }, body, actor, decide }) =>
      decide('correct', (tx) => correctNotice(tx, actor, { noticeId, ...body })),
  }),
];
