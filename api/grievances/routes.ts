import { getRule } from '../../domain/law/rulebook.ts';
import * as z from 'zod';
import { grievanceById, listGrievances, type Grievance } from '../../db/grievances.ts';
import type { Queries } from '../../db/access/database.ts';
import { organisationById } from '../../db/organisations.ts';
import { notFound, type Procurement } from '../../db/procurements.ts';
import { GRIEVANCE_EFFECTS } from '../../domain/decisions.ts';
import { attachedDocument, attachedDocuments } from '../../db/documents.ts';
import { ATTACHMENT_KINDS, type GrievanceLetter } from '../../domain/grievances/letter.ts';
import { missingInLetter } from '../../domain/grievances/missing.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { attachToGrievance, completeLetter } from '../../services/grievances/complete.ts';
import { fileGrievance, replyRuleOf } from '../../services/grievances/file.ts';
import { replyToGrievance } from '../../services/grievances/reply.ts';
import { documentAnswer } from '../documents/routes.ts';
import { created, ok, route } from '../http/route.ts';
import { receiveDocument } from '../http/upload.ts';
import { ruleLinks, ruleLinksSchema } from '../law/links.ts';
import { at, atOrNull, id, instant, instantOut, line, prose } from '../http/schemas.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';

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

const letterOutSchema = z.object({
  address: z.string().nullable(),
  postcode: z.string().nullable(),
  contact: z.string().nullable(),
  telephone: z.string().nullable(),
  matters: z.array(z.object({ matterZh: z.string(), factsZh: z.string().nullable(), lawZh: z.string().nullable() })),
  requestZh: z.string().nullable(),
  proxy: z
    .object({
      nameZh: z.string(),
      matterZh: z.string().nullable(),
      powersZh: z.string().nullable(),
      until: instantOut.nullable(),
    })
    .nullable(),
});

const grievanceSchema = z
  .object({
    id,
    procurementId: id,
    lotNo: z.int(),
    kind: z.enum(['objection', 'query']).meta({ description: '异议 / 质疑' }),
    target: z.enum(['documents', 'result']),
    filedBy: id
      .nullable()
      .meta({ description: '开标前只有提出者本人可见 / Before the opening only its author sees it' }),
    filer: z.string().nullable().meta({ description: '提出者名称，同上 / Its name, likewise' }),
    textZh: z.string(),
    filedAt: instantOut,
    replyDueAt: instantOut,
    rule: z.string().meta({ description: '提出期限所依规则 / What sets the time to file' }),
    links: ruleLinksSchema.meta({ description: '答复期限所依规则 / What sets the time to reply' }),
    suspends: z.enum(['activity', 'contract']),
    state: z.enum(['filed', 'overdue', 'replied']),
    repliedAt: instantOut.nullable(),
    outcome: z.enum(['rejected', 'upheld']).nullable(),
    effect: z.enum(GRIEVANCE_EFFECTS).nullable(),
    replyZh: z.string().nullable(),
    basis: z
      .object({ factsZh: z.string().nullable(), lawZh: z.string().nullable(), respondent: z.string() })
      .nullable()
      .meta({ description: '答复所依据的事实、法律和答复人 / What the reply rests on, and who gave it' }),
    letter: letterOutSchema.nullable().meta({
      description: '开标前，地址、联系人、代理人等只有提出者可见 / Before the opening only its author sees who it is',
    }),
    interestZh: z.string().nullable().meta({ description: '其他利害关系人的利害关系 / Of one that takes no part' }),
    attachments: z.array(
      z.object({
        documentId: id,
        kind: z.enum(ATTACHMENT_KINDS).meta({ description: '证明材料、授权委托书 / Evidence, authorisation' }),
        name: z.string(),
        mediaType: z.string(),
        size: z.int(),
        sha256: z.string(),
      }),
    ),
    missing: z
      .array(
        z.object({
          item: z.int().nullable().meta({ description: '第几项 / Item of the article' }),
          field: z.string(),
          rule: z.string(),
          law: z.string(),
          article: z.string(),
          zh: z.string(),
          en: z.string(),
        }),
      )
      .meta({
        description:
          '质疑函缺少的法定内容，可以补充，答复期限不变 / What the letter lacks by law; it may be completed, the time for the reply stays',
      }),
  })
  .meta({ id: 'Grievance' });

/** An objection to the documents shows an intention to bid: confidential until the opening, from the purchaser too. */
async function view(
  q: Queries,
  grievance: Grievance,
  tender: Pick<Procurement, 'openedAt' | 'regime' | 'procedure' | 'rulebookVersion'>,
  organisationId: string | null,
): Promise<z.infer<typeof grievanceSchema>> {
  const attachments = grievance.attachments ?? [];
  const documents = await attachedDocuments(
    q,
    attachments.map(({ documentId }) => documentId),
  );
  const isVisible = tender.openedAt !== null || grievance.filedBy === organisationId;
  return {
    id: grievance.id,
    procurementId: grievance.procurementId,
    lotNo: grievance.lotNo,
    kind: grievance.kind,
    target: grievance.target,
    filedBy: isVisible ? grievance.filedBy : null,
    filer: isVisible ? (await organisationById(q, grievance.filedBy)).name : null,
    textZh: grievance.textZh,
    filedAt: at(grievance.filedAt),
    replyDueAt: at(grievance.replyDueAt),
    rule: grievance.rule,
    links: ruleLinks(getRule(replyRuleOf(tender, grievance.target)).id, grievance.filedAt),
    suspends: grievance.suspends,
    state: grievance.state,
    repliedAt: atOrNull(grievance.repliedAt),
    outcome: grievance.outcome,
    effect: grievance.effect,
    replyZh: grievance.replyZh,
    basis: grievance.basis,
    letter: grievance.letter && letterView(grievance.letter, isVisible),
    interestZh: grievance.interestZh,
    attachments: attachments.flatMap(({ documentId, kind }) => {
      const document = documents.get(documentId);
      if (!document) return [];
      const { name, mediaType, size, sha256 } = document;
      return [{ documentId, kind, name, mediaType, size, sha256 }];
    }),
    missing: missingInLetter(procedureOf(tender), grievance),
  };
}

/** @param named whether the reader may know whose it is */
function letterView(letter: GrievanceLetter, named: boolean): z.infer<typeof letterOutSchema> {
  const own = (text: string | undefined): string | null => (named ? (text ?? null) : null);
  const { matters = [], proxy } = letter;
  return {
    address: own(letter.address),
    postcode: own(letter.postcode),
    contact: own(letter.contact),
    telephone: own(letter.telephone),
    matters: matters.map(({ matterZh, factsZh = null, lawZh = null }) => ({ matterZh, factsZh, lawZh })),
    requestZh: letter.requestZh ?? null,
    proxy:
      proxy && named
        ? {
            nameZh: proxy.nameZh,
            matterZh: proxy.matterZh ?? null,
            powersZh: proxy.powersZh ?? null,
            until: atOrNull(proxy.until ?? null),
          }
        : null,
  };
}

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
          body: await view(tx.q, grievance, procurement, organisation()),
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
    handle: async ({ services: { db }, procurement, scope, organisation }) => {
      const filter = { procurementId: procurement.id, ...(scope === 'own' ? { filedBy: organisation() } : {}) };
      const rows = await listGrievances(db.read, filter);
      return ok({ items: await Promise.all(rows.map((row) => view(db.read, row, procurement, organisation()))) });
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
      return ok(await view(db.read, grievance, procurement, organisation()));
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
        return ok(await view(tx.q, grievance, procurement, organisation()));
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
        return created(await view(tx.q, grievance, procurement, organisation()), `/api/grievances/${grievanceId}`);
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
    handle: async ({ services: { db }, params: { grievanceId, documentId }, scope, organisation }) => {
      const grievance = await grievanceById(db.read, grievanceId);
      if (scope === 'own' && grievance.filedBy !== organisation()) throw notFound('grievance', grievanceId);
      const attached = grievance.attachments?.some((each) => each.documentId === documentId) ?? false;
      if (!attached) throw notFound('document', documentId);
      return documentAnswer(db, await attachedDocument(db.read, documentId));
    },
  }),
  route({
    method: 'post',
    path: '/grievances/{grievanceId}/reply',
    action: 'grievance.reply',
    at: 'procurement',
    procurementOf: async (q, named) => (await grievanceById(q, named.grievanceId)).procurementId,
    tag,
    zh: '答复异议或质疑',
    en: 'Reply to it',
    params,
    body: z.strictObject({
      outcome: z.enum(['rejected', 'upheld']),
      effect: z.enum(GRIEVANCE_EFFECTS).default('none'),
      replyZh: prose(20_000),
      factsZh: optional(prose(20_000), '答复的事实依据；质疑答复必填', 'The facts; wanted in a reply to a query'),
      lawZh: optional(prose(10_000), '答复的法律依据；质疑答复必填', 'The law; wanted in a reply to a query'),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['grievance-settled', 'unlawful', 'not-found'],
    judged: [{ field: 'effect', zh: '该类异议（质疑）可以产生的后果', en: 'what a grievance of its kind can order' }],
    handle: ({ params: { grievanceId }, body: { replyZh, ...reply }, actor, decide }) =>
      decide('reply', (tx) => replyToGrievance(tx, actor, grievanceId, { ...reply, textZh: replyZh })),
  }),
];
