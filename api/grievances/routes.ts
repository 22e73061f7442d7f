import { getRule } from '../../domain/law/rulebook.ts';
import * as z from 'zod';
import { grievanceById, listGrievances, type Grievance } from '../../db/grievances.ts';
import type { Queries } from '../../db/access/database.ts';
import { organisationById } from '../../db/organisations.ts';
import { notFound, type Procurement } from '../../db/procurements.ts';
import { GRIEVANCE_EFFECTS } from '../../domain/decisions.ts';
import { fileGrievance, replyRuleOf } from '../../services/grievances/file.ts';
import { replyToGrievance } from '../../services/grievances/reply.ts';
import { ok, route } from '../http/route.ts';
import { ruleLinks, ruleLinksSchema } from '../law/links.ts';
import { at, atOrNull, id, instantOut, prose } from '../http/schemas.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';

const tag = 'grievances';
const params = z.object({ grievanceId: id });
const textZh = prose(20_000);

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
  })
  .meta({ id: 'Grievance' });

/** An objection to the documents shows an intention to bid: confidential until the opening, from the purchaser too. */
async function view(
  q: Queries,
  grievance: Grievance,
  tender: Pick<Procurement, 'openedAt' | 'regime' | 'procedure' | 'rulebookVersion'>,
  organisationId: string | null,
): Promise<z.infer<typeof grievanceSchema>> {
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
  };
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
        textZh,
      }),
      z.strictObject({ target: z.literal('result'), lotNo: z.int().min(1).max(999), textZh }),
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
      textZh: prose(20_000),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['grievance-settled', 'unlawful', 'not-found'],
    judged: [{ field: 'effect', zh: '该类异议（质疑）可以产生的后果', en: 'what a grievance of its kind can order' }],
    handle: ({ params: { grievanceId }, body, actor, decide }) =>
      decide('reply', (tx) => replyToGrievance(tx, actor, grievanceId, body)),
  }),
];
