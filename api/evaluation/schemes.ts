import * as z from 'zod';
import { everySchemeOf, schemeOf } from '../../db/evaluation/schemes.ts';
import { notFound } from '../../db/procurements.ts';
import { stateScheme, withdrawScheme } from '../../services/evaluation/scheme.ts';
import { templatesOf } from '../../domain/evaluation/scheme/templates.ts';
import { PROCEDURES } from '../../domain/law/facts.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { violationSchema, violationView } from '../law/views.ts';
import { KINDS, REGIMES } from '../procurements/views.ts';
import { noContent, ok, route } from '../http/route.ts';
import { id, instantOrDay, lotNo } from '../http/schemas.ts';
import { lotSchemeSchema, lotSchemeView, SCHEME_JUDGED, schemeGiven, schemeSchema } from './scheme-views.ts';

const common = { at: 'lot', tag: 'lots', params: z.object({ id, no: lotNo }) } as const;
const PATH = '/procurements/{id}/lots/{no}/scheme';

export const schemeRoutes = [
  route({
    method: 'get',
    path: '/law/schemes',
    action: 'law.read',
    at: 'anywhere',
    tag: 'law',
    zh: '评标办法的合法起点：该采购方式的各种方法各一份',
    en: 'Lawful schemes of evaluation to begin with: one for each method of the procedure',
    query: z.strictObject({
      regime: z.enum(REGIMES),
      procedure: z.enum(PROCEDURES).default('open-tender'),
      kind: z.enum(KINDS).default('works'),
      noticeAt: instantOrDay,
    }),
    outcomes: [{ status: 200, schema: z.object({ items: z.array(schemeSchema) }), zh: '评标办法', en: 'Schemes' }],
    errors: ['procedure-not-supported'],
    handle: async ({ query: { regime, procedure, ...facts } }) =>
      ok({ items: templatesOf(procedureOf({ regime, procedure }), facts) }),
  }),
  route({
    ...common,
    method: 'put',
    path: PATH,
    action: 'scheme.state',
    zh: '编制评标办法：照所填保存，列出违法之处；有违法之处的不能发起',
    en: 'State the scheme of evaluation: kept as it is typed, with what is unlawful in it, which stops the launch',
    body: schemeGiven,
    outcomes: [
      {
        status: 200,
        schema: lotSchemeSchema.extend({ violations: z.array(violationSchema) }),
        zh: '已保存',
        en: 'Kept',
      },
    ],
    errors: ['stage-conflict', 'not-found'],
    judged: SCHEME_JUDGED,
    handle: async ({ services: { settings }, procurement, lot, body, actor, commit }) =>
      commit(async (tx) => {
        const stated = { lotNo: lot.no, ...body };
        const kept = await stateScheme(tx, actor, procurement.id, stated, settings.confirmedRules);
        return ok({ ...lotSchemeView(kept.scheme), violations: kept.violations.map(violationView) });
      }),
  }),
  route({
    ...common,
    method: 'delete',
    path: PATH,
    action: 'scheme.state',
    zh: '删除草稿中的评标办法',
    en: 'Take the scheme out of the draft',
    outcomes: [{ status: 204, zh: '已删除', en: 'Taken out' }],
    errors: ['stage-conflict', 'not-found'],
    handle: async ({ procurement, lot, actor, commit }) =>
      commit(async (tx) => {
        await withdrawScheme(tx, actor, { procurementId: procurement.id, lotNo: lot.no });
        return noContent();
      }),
  }),
  route({
    ...common,
    method: 'get',
    path: PATH,
    action: 'scheme.read',
    draftAction: 'procurement.read-draft',
    zh: '评标办法',
    en: 'The scheme of evaluation in force',
    outcomes: [{ status: 200, schema: lotSchemeSchema, zh: '评标办法', en: 'The scheme' }],
    errors: ['not-found'],
    handle: async ({ services: { db }, procurement, lot }) => {
      const found = await schemeOf(db.read, { procurementId: procurement.id, lotNo: lot.no });
      if (!found) throw notFound('scheme', `${procurement.id}/lot/${lot.no}`);
      return ok(lotSchemeView(found));
    },
  }),
  route({
    ...common,
    method: 'get',
    path: `${PATH}/versions`,
    action: 'scheme.read',
    draftAction: 'procurement.read-draft',
    zh: '评标办法的各版本：修改以澄清、修改公告为准，原版本保留',
    en: 'Every version of the scheme: amendments replace it, and those before stay',
    outcomes: [
      { status: 200, schema: z.object({ items: z.array(lotSchemeSchema) }), zh: '各版本', en: 'The versions' },
    ],
    handle: async ({ services: { db }, procurement, lot }) => {
      const all = await everySchemeOf(db.read, procurement.id);
      return ok({ items: all.filter((each) => each.lotNo === lot.no).map(lotSchemeView) });
    },
  }),
];
