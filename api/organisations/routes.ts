import * as z from 'zod';
import { listOrganisations, organisationById, type Organisation } from '../../db/organisations.ts';
import { ROLES } from '../../domain/roles.ts';
import { LEVELS, NATURES } from '../../domain/organisations/separation.ts';
import { changeStanding } from '../../services/organisations/change-standing.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { separationOf } from '../../services/organisations/separation.ts';
import { created, ok, route } from '../http/route.ts';
import { quoteOf } from '../law/links.ts';
import { at, creditCode, id, instantOut, line, pageOf, pageQuery } from '../http/schemas.ts';

const tag = 'organisations';

const nature = z.enum(NATURES).meta({
  id: 'Nature',
  description: '行政机关、交易场所、集中采购机构、社会代理机构、其他 / What it is by its founding document',
});

/** Three things that are recorded apart, since higher law asks after each. */
const standing = {
  identity: z
    .strictObject({
      nature,
      level: z.enum(LEVELS).meta({ description: '国家、省、设区的市、县（区） / Whose it is' }),
      plates: z
        .array(z.strictObject({ nameZh: line(200), nature }))
        .max(10)
        .default([])
        .meta({ description: '加挂的牌子 / The names it also goes by' }),
    })
    .nullable()
    .meta({ description: '身份 / What it is' }),
  duties: z
    .array(z.enum(ROLES).exclude(['public']))
    .max(ROLES.length)
    .transform((given) => [...new Set(given)])
    .nullable()
    .meta({
      description: '职责：其人员只能承担这些角色；null 为不限 / What its people may be here; null: not limited',
      override: { type: ['array', 'null'], items: { type: 'string', enum: ROLES.filter((role) => role !== 'public') } },
    }),
  reportsTo: id.nullable().meta({ description: '隶属：其上级机构 / The organisation it belongs to' }),
};

const organisationSchema = z
  .object({
    ...{ id, name: z.string(), creditCode: z.string(), createdAt: instantOut },
    identity: standing.identity,
    duties: z.array(z.enum(ROLES)).nullable(),
    reportsTo: standing.reportsTo,
  })
  .meta({ id: 'Organisation' });

const collisionSchema = z
  .object({
    rule: z.string(),
    law: z.string(),
    article: z.string(),
    quote: z.string().nullable(),
    bodies: z.array(id),
    messageZh: z.string(),
    messageEn: z.string(),
  })
  .meta({ id: 'Collision' });

const view = ({ createdAt, identity, ...organisation }: Organisation): z.infer<typeof organisationSchema> => ({
  ...organisation,
  identity: identity && { ...identity, plates: identity.plates.map((plate) => ({ ...plate })) },
  createdAt: at(createdAt),
});

export const organisationRoutes = [
  route({
    method: 'post',
    path: '/organisations',
    action: 'organisation.manage',
    at: 'anywhere',
    tag,
    zh: '登记机构',
    en: 'Register an organisation',
    body: z.strictObject({
      ...{ name: line(200), creditCode },
      identity: standing.identity.default(null),
      duties: standing.duties.default(null),
      reportsTo: standing.reportsTo.default(null),
    }),
    outcomes: [{ status: 201, schema: organisationSchema, zh: '已登记', en: 'Registered' }],
    errors: ['already-exists', 'not-found'],
    handle: async ({ body, commit, actor }) =>
      commit(async (tx) => {
        const organisation = await createOrganisation(tx, actor, body);
        return created(view(organisation), `/api/organisations/${organisation.id}`);
      }),
  }),
  route({
    method: 'get',
    path: '/organisations',
    action: 'organisation.manage',
    at: 'anywhere',
    tag,
    zh: '机构列表',
    en: 'List organisations',
    query: pageQuery,
    outcomes: [{ status: 200, schema: pageOf(organisationSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor } }) => {
      const after = cursors.read(cursor, id);
      const rows = await listOrganisations(db.read, { limit: limit + 1, ...(after ? { after } : {}) });
      return ok(cursors.page(rows, limit, view, (row) => row.id));
    },
  }),
  route({
    method: 'get',
    path: '/organisations/separation',
    action: 'organisation.separation',
    at: 'anywhere',
    tag,
    zh: '管办分离：身份、职责、隶属与上位法冲突之处',
    en: 'Where identities, duties and reporting lines collide with higher law',
    outcomes: [
      {
        status: 200,
        schema: z.object({ items: z.array(collisionSchema) }),
        zh: '冲突；空为未发现',
        en: 'Collisions; none: none found',
      },
    ],
    handle: async ({ services: { db } }) => {
      const { collisions } = await separationOf(db.read);
      return ok({
        items: collisions.map((each) => ({ ...each, quote: quoteOf(each.rule), bodies: [...each.bodies] })),
      });
    },
  }),
  route({
    method: 'put',
    path: '/organisations/{organisationId}/standing',
    action: 'organisation.manage',
    at: 'anywhere',
    tag,
    zh: '登记身份、职责与隶属',
    en: 'Record what it is, may do, and belongs to',
    params: z.object({ organisationId: id }),
    body: z.strictObject(standing),
    outcomes: [{ status: 200, schema: organisationSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['not-found'],
    handle: async ({ params, body, commit, actor }) =>
      commit(async (tx) => ok(view(await changeStanding(tx, actor, params.organisationId, body)))),
  }),
  route({
    method: 'get',
    path: '/organisations/{organisationId}',
    action: 'organisation.manage',
    at: 'anywhere',
    tag,
    zh: '查看机构',
    en: 'Read an organisation',
    params: z.object({ organisationId: id }),
    outcomes: [{ status: 200, schema: organisationSchema, zh: '机构', en: 'The organisation' }],
    handle: async ({ services: { db }, params }) => ok(view(await organisationById(db.read, params.organisationId))),
  }),
];
