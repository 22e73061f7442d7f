import * as z from 'zod';
import { tenderDocumentsOf } from '../../db/documents.ts';
import { schemesOf } from '../../db/evaluation/schemes.ts';
import { inviteesOf } from '../../db/invitees.ts';
import { listProcurements } from '../../db/procurements.ts';
import { checkDraft, methodContext } from '../../services/procurements/check-draft.ts';
import { createDraft, updateDraft } from '../../services/procurements/draft.ts';
import { factsOf } from '../../services/procurements/facts.ts';
import { depositRatesInForce } from '../../services/deposits/rates.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { pastSuspensionsOf, suspendedIn, suspendedOf } from '../../services/tender/suspended.ts';
import { plan } from '../../domain/law/plan.ts';
import { permission } from '../../domain/roles.ts';
import { PROCUREMENT_STAGES, type ProcurementStage } from '../../domain/stages.ts';
import { methodsSchema, methodsView } from '../law/methods.ts';
import { milestoneSchema, planSchema, planView, violationSchema, violationView } from '../law/views.ts';
import {
  draftFrom,
  draftSchema,
  etagOf,
  KINDS,
  procurementSchema,
  procurementView,
  REGIMES,
  RUN_BY,
  summarySchema,
  summaryViews,
} from './views.ts';
import { timelineItems } from './timeline.ts';
import { ifMatch, versionsOf } from './if-match.ts';
import { viewerOf } from '../http/access.ts';
import { ok, route } from '../http/route.ts';
import { id, pageOf, pageQuery, searched } from '../http/schemas.ts';

const tag = 'procurements';
const params = z.object({ id });

const checkedSchema = z
  .object({
    lawful: z.boolean(),
    plan: planSchema,
    methods: methodsSchema.nullable(),
    violations: z.array(violationSchema),
  })
  .meta({ id: 'CheckedDraft' });

const checkedView = ({ plan, methods, violations }: ReturnType<typeof checkDraft>): z.infer<typeof checkedSchema> => ({
  lawful: violations.every(({ severity }) => severity !== 'block'),
  plan: planView(plan),
  methods: methods && methodsView(methods),
  violations: violations.map(violationView),
});

const launchedSchema = z
  .object({ procurement: procurementSchema, plan: planSchema, warnings: z.array(violationSchema) })
  .meta({ id: 'Launched' });

export const procurementRoutes = [
  route({
    method: 'post',
    path: '/procurements',
    action: 'procurement.draft',
    at: 'anywhere',
    stage: 'draft',
    tag,
    zh: '编制草稿',
    en: 'Write a draft',
    body: draftSchema,
    outcomes: [{ status: 201, schema: procurementSchema, zh: '已保存', en: 'Saved; the ETag names its version' }],
    errors: ['not-found', 'not-mandated', 'unlawful', 'procedure-not-supported'],
    judged: RUN_BY,
    handle: async ({ services: { db, settings }, body, commit, actor, role, organisationId }) => {
      const draft = await draftFrom(db.read, body, { role, organisationId }, settings.confirmedRules);
      return commit(async (tx) => {
        const procurement = await createDraft(tx, actor, draft);
        return {
          status: 201,
          body: await procurementView(tx.q, procurement, true),
          headers: { Location: `/api/procurements/${procurement.id}`, ETag: etagOf(procurement) },
        };
      });
    },
  }),
  route({
    method: 'post',
    path: '/procurements/check',
    action: 'procurement.draft',
    at: 'anywhere',
    // Stores nothing: the same request gets the same answer.
    withoutKey: true,
    stage: 'draft',
    tag,
    zh: '校验草稿而不保存',
    en: 'Check a draft without saving it',
    body: draftSchema,
    outcomes: [
      { status: 200, schema: checkedSchema, zh: '时间表与违法事项', en: 'The timeline, and what is unlawful' },
    ],
    errors: ['calendar-year-not-loaded', 'not-found', 'unlawful', 'procedure-not-supported'],
    judged: RUN_BY,
    handle: async ({ services: { db, settings }, body, role, organisationId }) => {
      const confirmed = settings.confirmedRules;
      const draft = await draftFrom(db.read, body, { role, organisationId }, confirmed);
      const context = await methodContext(db.read, draft, { role, organisationId });
      return ok(
        checkedView(
          checkDraft(draft, await db.calendar(), {
            ...{ now: db.now(), confirmed, context, invitees: draft.invitees ?? [] },
            rates: await depositRatesInForce(db.read, settings.depositRates),
          }),
        ),
      );
    },
  }),
  route({
    method: 'get',
    path: '/procurements',
    action: 'notice.read',
    at: 'anywhere',
    tag,
    zh: '项目列表',
    en: 'List procurements, newest first',
    query: pageQuery.extend({
      stage: z.enum(PROCUREMENT_STAGES).optional(),
      regime: z.enum(REGIMES).optional(),
      kind: z.enum(KINDS).optional(),
      q: searched('按项目名称、项目编号、项目代码检索', 'Search by title, number or project code of the procurement'),
      mine: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: '只看本单位组织的，包括草稿 / Only those your organisation runs, drafts included' }),
    }),
    outcomes: [{ status: 200, schema: pageOf(summarySchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query, role, organisationId }) => {
      const after = cursors.read(query.cursor, id);
      const readsDrafts = permission(role, 'procurement.read-draft', { stage: 'draft' });
      const mine = query.mine === 'true' && organisationId !== null;
      const drafts = 'scope' in readsDrafts && (readsDrafts.scope === 'any' || mine);
      const stages = PROCUREMENT_STAGES.filter(
        (stage) => (drafts || isAnnounced(stage)) && (query.stage === undefined || query.stage === stage),
      );
      const seenBy = viewerOf({ role, organisationId });
      const rows = await listProcurements(db.read, {
        stages,
        limit: query.limit + 1,
        ...(query.regime ? { regime: query.regime } : {}),
        ...(query.kind ? { kind: query.kind } : {}),
        ...(query.q ? { text: query.q } : {}),
        ...(mine ? { runBy: organisationId } : {}),
        ...(seenBy === undefined ? {} : { seenBy }),
        ...(after ? { after } : {}),
      });
      const page = cursors.rows(rows, query.limit, (row) => row.id);
      const suspended = await suspendedOf(db.read, page.items, db.now());
      return ok({ ...page, items: await summaryViews(db.read, page.items, suspended) });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}',
    action: 'procurement.read',
    draftAction: 'procurement.read-draft',
    at: 'procurement',
    tag,
    zh: '查看项目',
    en: 'Read a procurement',
    params,
    outcomes: [{ status: 200, schema: procurementSchema, zh: '项目', en: 'The procurement; a draft has an ETag' }],
    handle: async ({ services: { db }, procurement, insider }) =>
      ok(
        await procurementView(
          db.read,
          procurement,
          insider,
          await suspendedIn(db.read, procurement, db.now()),
          await pastSuspensionsOf(db.read, procurement, db.now()),
        ),
        procurement.stage === 'draft' ? { ETag: etagOf(procurement) } : undefined,
      ),
  }),
  route({
    method: 'put',
    path: '/procurements/{id}',
    action: 'procurement.draft',
    at: 'procurement',
    tag,
    zh: '修改草稿',
    en: 'Replace a draft',
    params,
    headers: ifMatch,
    body: draftSchema,
    outcomes: [{ status: 200, schema: procurementSchema, zh: '已保存', en: 'Saved' }],
    errors: ['precondition-required', 'version-conflict', 'stage-conflict', 'unlawful', 'procedure-not-supported'],
    judged: RUN_BY,
    handle: async ({
      services: { db, settings },
      request,
      params: { id: procurementId },
      body,
      commit,
      actor,
      role,
      organisationId,
    }) => {
      const versions = versionsOf(request.get('if-match'));
      const draft = await draftFrom(db.read, body, { role, organisationId }, settings.confirmedRules);
      return commit(async (tx) => {
        const procurement = await updateDraft(tx, actor, procurementId, versions, draft);
        return ok(await procurementView(tx.q, procurement, true), { ETag: etagOf(procurement) });
      });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/check',
    action: 'procurement.read-draft',
    at: 'procurement',
    tag,
    zh: '校验草稿',
    en: 'Check a draft',
    params,
    outcomes: [
      { status: 200, schema: checkedSchema, zh: '时间表与违法事项', en: 'The timeline, and what is unlawful' },
    ],
    errors: ['calendar-year-not-loaded'],
    handle: async ({ services: { db, settings }, procurement, role, organisationId }) => {
      const context = await methodContext(db.read, procurement, { role, organisationId });
      const documents = await tenderDocumentsOf(db.read, procurement.id);
      const invitees = await inviteesOf(db.read, procurement.id);
      const rates = await depositRatesInForce(db.read, settings.depositRates);
      const schemes = await schemesOf(db.read, procurement.id);
      const facts = { context, documents, invitees, rates, schemes };
      const options = { now: db.now(), confirmed: settings.confirmedRules, ...facts };
      return ok(checkedView(checkDraft(procurement, await db.calendar(), options)));
    },
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/launch',
    action: 'procurement.launch',
    fresh: true,
    at: 'procurement',
    tag,
    zh: '发起项目：合法则答复全部法定时间表，否则列出全部违法事项',
    en: 'Launch: returns the whole legal timeline, or all violations',
    params,
    outcomes: [{ status: 200, schema: launchedSchema, zh: '已发起', en: 'Launched' }],
    errors: ['unlawful', 'already-exists', 'stage-conflict', 'calendar-year-not-loaded', 'custodians-missing'],
    handle: async ({ services: { settings }, params: { id: procurementId }, commit, actor }) =>
      commit(async (tx) => {
        const launched = await launchProcurement(tx, actor, procurementId, {
          confirmed: settings.confirmedRules,
          sealing: settings.sealing,
          rates: settings.depositRates,
        });
        return ok({
          procurement: await procurementView(tx.q, launched.procurement, true),
          plan: planView(launched.plan),
          warnings: launched.violations.map(violationView),
        });
      }),
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/timeline',
    action: 'procurement.read',
    draftAction: 'procurement.read-draft',
    at: 'procurement',
    tag,
    zh: '法定时间轴：每个节点的法定时间、实际时间、依据与逾期后果',
    en: 'The timeline: each milestone’s legal and actual instant, its articles, and what happens if nobody acts',
    params,
    outcomes: [
      {
        status: 200,
        schema: z.object({ items: z.array(milestoneSchema), plan: planSchema }).meta({ id: 'Timeline' }),
        zh: 'items：已确定的节点；plan：按现有日期推算到归档的全部节点',
        en: 'items: milestones in their present state; plan: all steps to the archive, projected from today’s dates',
      },
    ],
    handle: async ({ services: { db }, procurement }) => {
      return ok({
        items: await timelineItems(db, procurement),
        plan: planView(plan(factsOf(procurement), await db.calendar())),
      });
    },
  }),
];

function isAnnounced(stage: ProcurementStage): boolean {
  return stage !== 'draft' && stage !== 'launched';
}
