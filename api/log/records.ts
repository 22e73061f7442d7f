import * as z from 'zod';
import { listAudit, type AuditRow } from '../../db/audit.ts';
import { decisionById } from '../../db/decisions.ts';
import { listNotices, noticeById, type Notice } from '../../db/notices.ts';
import { notFound, procurementById } from '../../db/procurements.ts';
import { permission } from '../../domain/roles.ts';
import { runs } from '../http/access.ts';
import { decisionSchema, decisionView } from '../decisions/views.ts';
import { ok, route } from '../http/route.ts';
import { timelineLink, timelineLinkSchema } from '../law/links.ts';
import { at, id, instantOut, pageOf, pageQuery, searched } from '../http/schemas.ts';

const NOTICE_KINDS = [
  'tender',
  'amendment',
  'clarification',
  'opening-record',
  'lot-stopped',
  'candidates',
  'award',
  'grievance-reply',
  'contract',
  'termination',
] as const satisfies readonly Notice['kind'][];

const noticeSchema = z
  .object({
    id,
    procurementId: id,
    lotNo: z.int(),
    kind: z.enum(NOTICE_KINDS),
    version: z.int(),
    corrects: id.nullable().meta({ description: '所更正的公告 / The notice it corrects' }),
    titleZh: z.string(),
    content: z.record(z.string(), z.unknown()),
    legalAt: instantOut.meta({ description: '法定发布时间 / When the law wants it out' }),
    publishedAt: instantOut.meta({ description: '实际发布时间 / When it was in fact published' }),
    hash: z.string().meta({ description: '内容的 SHA-256（RFC 8785 规范化 JSON） / Over the canonical JSON' }),
    links: timelineLinkSchema,
  })
  .meta({ id: 'Notice' });

const linkedNoticeSchema = noticeSchema
  .extend({
    links: z
      .object({ html: z.string(), pdf: z.string() })
      .meta({ description: '网页与 PDF / The page and the PDF, byte-stable' }),
  })
  .meta({ id: 'NoticeWithLinks' });

const noticeView = (notice: Notice): z.infer<typeof noticeSchema> => ({
  ...notice,
  legalAt: at(notice.legalAt),
  publishedAt: at(notice.publishedAt),
  links: timelineLink(notice.procurementId),
});

const auditSchema = z
  .object({
    hash: z.string(),
    at: instantOut,
    actor: z.object({
      accountId: id.nullable(),
      organisationId: id.nullable(),
      role: z.string(),
      address: z.string().nullable(),
      requestId: z.string().nullable(),
    }),
    action: z.string(),
    procurementId: id.nullable(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

/** Without its number and the hash before it: a gap between two would tell how much is still sealed. */
const auditView = ({ hash, at: instant, actor, action, procurementId, subject, detail }: AuditRow) =>
  ({ hash, at: at(instant), actor, action, procurementId, subject, detail }) satisfies z.infer<typeof auditSchema>;

export const recordRoutes = [
  route({
    method: 'get',
    path: '/notices',
    action: 'notice.read',
    at: 'anywhere',
    tag: 'notices',
    zh: '公告公示，最新在前',
    en: 'The notice board, newest first',
    query: pageQuery.extend({
      procurementId: id.optional(),
      kind: z.enum(NOTICE_KINDS).optional(),
      q: searched('按公告标题检索', 'Search by title of the notice'),
    }),
    outcomes: [{ status: 200, schema: pageOf(noticeSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, procurementId, kind, q } }) => {
      const before = cursors.read(cursor, z.object({ publishedAt: z.int(), id }));
      const rows = await listNotices(db.read, {
        limit: limit + 1,
        ...(procurementId ? { procurementId } : {}),
        ...(kind ? { kind } : {}),
        ...(q ? { text: q } : {}),
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
    tag: 'notices',
    zh: '查看公告',
    en: 'Read a notice',
    params: z.object({ noticeId: id }),
    outcomes: [{ status: 200, schema: linkedNoticeSchema, zh: '公告', en: 'The notice' }],
    handle: async ({ services: { db }, params: { noticeId } }) => {
      const notice = await noticeById(db.read, noticeId);
      if (!notice) throw notFound('notice', noticeId);
      return ok({
        ...noticeView(notice),
        links: { html: `/notices/${notice.id}`, pdf: `/notices/${notice.id}.pdf` },
      });
    },
  }),
  route({
    method: 'get',
    path: '/decisions/{decisionId}',
    action: 'session.own',
    at: 'anywhere',
    signedIn: true,
    tag: 'decisions',
    zh: '查看决定',
    en: 'Read a decision',
    params: z.object({ decisionId: id }),
    outcomes: [{ status: 200, schema: decisionSchema, zh: '决定', en: 'The decision' }],
    handle: async ({ services: { db }, params: { decisionId }, role, organisationId }) => {
      const decision = await decisionById(db.read, decisionId);
      const procurement = await procurementById(db.read, decision.procurementId);
      const own = organisationId !== null && decision.actor.organisationId === organisationId;
      const watches = 'scope' in permission(role, 'audit.read', {});
      if (!own && !watches && !runs({ role, organisationId }, procurement)) throw notFound('decision', decisionId);
      return ok(await decisionView(db.read, decision));
    },
  }),
  route({
    method: 'get',
    path: '/audit',
    action: 'audit.read',
    at: 'anywhere',
    tag: 'audit',
    zh: '审计记录，按时间先后；开标前须保密的，开标后才列出',
    en: 'The audit trail in its order; what is secret until an opening is listed after it',
    query: pageQuery.extend({ procurementId: id.optional() }),
    outcomes: [{ status: 200, schema: pageOf(auditSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, procurementId } }) => {
      const after = cursors.read(cursor, z.int());
      const rows = await listAudit(db.read, {
        limit: limit + 1,
        ...(procurementId ? { procurementId } : {}),
        ...(after === undefined ? {} : { after }),
      });
      return ok(cursors.page(rows, limit, auditView, ({ seq }) => seq));
    },
  }),
];
