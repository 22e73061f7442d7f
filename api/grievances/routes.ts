import * as z from 'zod';
import { grievanceById, listGrievances, type Grievance } from '../../db/grievances.ts';
import type { Queries } from '../../db/access/database.ts';
import { notFound } from '../../db/procurements.ts';
import { GRIEVANCE_EFFECTS, RECHECK_GROUNDS } from '../../domain/decisions.ts';
import { attachedDocument } from '../../db/documents.ts';
import { ATTACHMENT_KINDS } from '../../domain/grievances/letter.ts';
import { attachToGrievance, completeLetter } from '../../services/grievances/complete.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { replyToGrievance } from '../../services/grievances/reply.ts';
import { documentAnswer } from '../documents/routes.ts';
import { created, ok, route } from '../http/route.ts';
import { receiveDocument } from '../http/upload.ts';
import { id, instant, line, prose } from '../http/schemas.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { grievanceSchema, grievanceView, grievanceViews, isAuthorKnown, nameless } from './views.ts';

const tag = 'grievances';
const params = z.object({ grievanceId: id });
const textZh = prose(20_000);
/** Longer than any evidence. */
const MAX_ATTACHMENT_BYTES = 50 * 1024 * 1024;

const optional = <T extends z.ZodType>(form: T, zh: string, en: string) =>
  form.optional().meta({ description: `${zh} / ${en}` });

const letterSchema = z
  .strictObject({
    address: optional(line(500), '地址', 'Address'),
    postcode: optional(line(20), '邮编', 'Postcode'),
    contact: optional(line(100), '联系人', 'Contact person'),
    telephone: optional(line(50), '联系电话', 'Telephone'),
    matters: z
      .array(
        z.strictObject({
          matterZh: prose(5000).meta({ description: '质疑事项 / What is queried' }),
          factsZh: optional(prose(10_000), '事实依据', 'The facts'),
          lawZh: optional(prose(5000), '法律依据', 'The law'),
        }),
      )
      .min(1)
      .max(50)
      .optional(),
    requestZh: optional(prose(5000), '与质疑事项相关的请求', 'What is requested'),
    proxy: z
      .strictObject({
        nameZh: line(200).meta({ description: '代理人姓名或者名称 / Name of the proxy' }),
        matterZh: optional(prose(2000), '代理事项', 'What it is for'),
        powersZh: optional(prose(2000), '具体权限', 'Its powers'),
        until: optional(instant, '代理期限届满之时', 'The last instant of its term'),
      })
      .optional()
      .meta({ description: '委托代理人提出的 / Where a proxy files it (财政部令94号 8)' }),
  })
  .meta({
    id: 'GrievanceLetter',
    description:
      '质疑函（财政部令94号12）；名称、项目、日期由平台填写，所缺的在 missing 中列明，可以补充 / Name, project and date are the platform’s own; what is missing is listed, and may be completed',
  });

const filed = {
  textZh,
  letter: letterSchema.nullable().default(null),
  interestZh: prose(2000).nullable().default(null).meta({
    description:
      '未参加投标的其他利害关系人应当说明利害关系（招标投标） / Others than bidders state the interest that they have (tendering)',
  }),
};

/** A grievance that its own filer adds to. @throws DomainError `not-found` */
async function own(q: Queries, grievanceId: string, organisationId: string | null): Promise<Grievance> {
  const grievance = await grievanceById(q, grievanceId);
  if (grievance.filedBy !== organisationId) throw notFound('grievance', grievanceId);
  return grievance;
}

export const grievanceRoutes = [
  route({
    method: 'post',
    path: '/procurements/{id}/grievances',
    action: 'grievance.file',
    at: 'procurement',
    tag,
    zh: '提出异议（招标投标）或质疑（政府采购）',
    en: 'File an objection (works) or a query (government procurement)',
    params: z.object({ id }),
    body: z.discriminatedUnion('target', [
      z.strictObject({
        target: z.literal('documents'),
        lotNo: z.int().min(0).max(999).default(0).meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
        ...filed,
      }),
      z.strictObject({ target: z.literal('result'), lotNo: z.int().min(1).max(999), ...filed }),
    ]),
    outcomes: [{ status: 201, schema: grievanceSchema, zh: '已提出', en: 'Filed' }],
    errors: ['not-invited', 'grievance-late', 'stage-conflict', 'not-found'],
    handle: async ({ procurement, body, organisation, commit, actor }) =>
      commit(async (tx) => {
        const grievance = await fileGrievance(tx, actor, {
          procurementId: procurement.id,
          organisationId: organisation(),
          ...body,
        });
        return {
          status: 201,
          body: await grievanceView(tx.q, grievance, procurement, organisation()),
          headers: { Location: `/api/grievances/${grievance.id}` },
        };
      }),
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/grievances',
    action: 'grievance.read',
    at: 'procurement',
    tag,
    zh: '异议与质疑；供应商只见本单位提出的',
    en: 'Objections and queries; a supplier sees its own',
    params: z.object({ id }),
    outcomes: [{ status: 200, schema: z.object({ items: z.array(grievanceSchema) }), zh: '列表', en: 'The list' }],
    handle: async ({ services: { db }, procurement, scope, organisation, organisationId }) => {
      const filter = { procurementId: procurement.id, ...(scope === 'own' ? { filedBy: organisation() } : {}) };
      const rows = await listGrievances(db.read, filter);
      return ok({ items: await grievanceViews(db.read, rows, procurement, organisationId) });
    },
  }),
  route({
    method: 'get',
    path: '/grievances/{grievanceId}',
    action: 'grievance.read',
    at: 'procurement',
    procurementOf: async (q, named) => (await grievanceById(q, named.grievanceId)).procurementId,
    tag,
    zh: '查看异议或质疑',
    en: 'Read one',
    params,
    outcomes: [{ status: 200, schema: grievanceSchema, zh: '异议或质疑', en: 'The objection or query' }],
    handle: async ({ services: { db }, procurement, params: { grievanceId }, scope, organisation }) => {
      const grievance = await grievanceById(db.read, grievanceId);
      if (scope === 'own' && grievance.filedBy !== organisation()) throw notFound('grievance', grievanceId);
      return ok(await grievanceView(db.read, grievance, procurement, organisation()));
    },
  }),
  route({
    method: 'post',
    path: '/grievances/{grievanceId}/completion',
    action: 'grievance.complete',
    at: 'procurement',
    procurementOf: async (q, named) => (await grievanceById(q, named.grievanceId)).procurementId,
    tag,
    zh: '补充质疑函所缺内容；所给内容替换原内容，答复期限不变',
    en: 'Complete the letter: what is given replaces what it said; the time for the reply stays',
    params,
    body: z.strictObject({ letter: letterSchema }),
    outcomes: [{ status: 200, schema: grievanceSchema, zh: '已补充', en: 'Completed' }],
    errors: ['grievance-settled', 'not-found'],
    handle: async ({ services: { db }, procurement, params: { grievanceId }, body, organisation, commit, actor }) => {
      await own(db.read, grievanceId, organisation());
      return commit(async (tx) => {
        const grievance = await completeLetter(tx, actor, grievanceId, body.letter);
        return ok(await grievanceView(tx.q, grievance, procurement, organisation()));
      });
    },
  }),
  route({
    method: 'post',
    path: '/grievances/{grievanceId}/attachments',
    action: 'grievance.complete',
    at: 'procurement',
    procurementOf: async (q, named) => (await grievanceById(q, named.grievanceId)).procurementId,
    tag,
    zh: '提交证明材料或者授权委托书（正文即文件内容）',
    en: 'Add evidence or an authorisation; the body is the file',
    params,
    query: z.strictObject({ name: line(200), kind: z.enum(ATTACHMENT_KINDS).default('evidence') }),
    upload: { zh: '文件，最大 50 MB；可附 Content-SHA256', en: 'The file, 50 MB at most; Content-SHA256 is checked' },
    outcomes: [{ status: 201, schema: grievanceSchema, zh: '已提交', en: 'Added' }],
    errors: [
      'file-too-large',
      'file-empty',
      'hash-mismatch',
      'upload-incomplete',
      'quota-exceeded',
      'grievance-settled',
      'not-found',
    ],
    handle: async ({ services, request, procurement, params: { grievanceId }, query, organisation, commit, actor }) => {
      const { db, settings } = services;
      await own(db.read, grievanceId, organisation());
      const maxFileBytes = Math.min(MAX_ATTACHMENT_BYTES, settings.maxFileBytes);
      const received = await receiveDocument(request, db, { ...settings, maxFileBytes, name: query.name });
      return commit(async (tx) => {
        const grievance = await attachToGrievance(tx, actor, grievanceId, { ...received, kind: query.kind });
        return created(
          await grievanceView(tx.q, grievance, procurement, organisation()),
          `/api/grievances/${grievanceId}`,
        );
      });
    },
  }),
  route({
    method: 'get',
    path: '/grievances/{grievanceId}/attachments/{documentId}',
    action: 'grievance.read',
    at: 'procurement',
    procurementOf: async (q, named) => (await grievanceById(q, named.grievanceId)).procurementId,
    tag,
    zh: '下载异议（质疑）所附材料',
    en: 'Download a document that came with it',
    params: params.extend({ documentId: id }),
    outcomes: [
      { status: 200, file: '*/*', zh: '文件内容，类型如上传时所称', en: 'The file, of the type it was uploaded with' },
    ],
    handle: async ({ services: { db }, params: { grievanceId, documentId }, procurement, scope, ...reader }) => {
      const grievance = await grievanceById(db.read, grievanceId);
      if (scope === 'own' && grievance.filedBy !== reader.organisation()) throw notFound('grievance', grievanceId);
      const known = isAuthorKnown(grievance, procurement, reader.organisationId);
      const attached = grievance.attachments?.find((each) => each.documentId === documentId);
      if (!attached || (attached.kind === 'authorisation' && !known)) throw notFound('document', documentId);
      const document = await attachedDocument(db.read, documentId);
      return documentAnswer(db, known ? document : { ...document, name: nameless(document.name) });
    },
  }),
  route({
    method: 'post',
    path: '/grievances/{grievanceId}/reply',
    action: 'grievance.reply',
    fresh: true,
    at: 'procurement',
    procurementOf: async (q, named) => (await grievanceById(q, named.grievanceId)).procurementId,
    tag,
    zh: '答复异议或质疑',
    en: 'Reply to it',
    params,
    body: z.strictObject({
      outcome: z.enum(['rejected', 'upheld']),
      effect: z.enum(GRIEVANCE_EFFECTS).default('none'),
      recheck: z
        .strictObject({
          ground: z.enum(RECHECK_GROUNDS).meta({
            description:
              '重新评标（评审）的法定情形：招标投标为 grievance；政府采购只限 87令64、74令21 / The ground of the law',
          }),
          dueAt: instant.meta({ description: '完成期限 / By when the committee is to have finished' }),
        })
        .optional()
        .meta({ description: '后果为 re-evaluate 的必填 / Needed where the effect is `re-evaluate`' }),
      replyZh: prose(20_000),
      factsZh: optional(prose(20_000), '答复的事实依据；质疑答复必填', 'The facts; wanted in a reply to a query'),
      lawZh: optional(prose(10_000), '答复的法律依据；质疑答复必填', 'The law; wanted in a reply to a query'),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['grievance-settled', 'unlawful', 'not-found'],
    judged: [
      { field: 'recheck.dueAt', rule: 'in-future', zh: '将来的时间', en: 'an instant that is to come' },
      { field: 'effect', zh: '该类异议（质疑）可以产生的后果', en: 'what a grievance of its kind can order' },
      ...(['replyZh', 'factsZh', 'lawZh'] as const).map((field) => ({
        ...{ field, zh: '不出现提出者的名称、代码或者联系方式', en: 'no name, code or address of who filed it' },
      })),
    ],
    handle: ({ params: { grievanceId }, body: { replyZh, ...reply }, actor, decide }) =>
      decide('reply', (tx) => replyToGrievance(tx, actor, grievanceId, { ...reply, textZh: replyZh })),
  }),
];
