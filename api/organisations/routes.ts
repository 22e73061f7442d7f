import * as z from 'zod';
import { findOrganisations, listOrganisations, organisationById } from '../../db/organisations.ts';
import { changeStanding } from '../../services/organisations/change-standing.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { separationOf } from '../../services/organisations/separation.ts';
import { created, ok, route } from '../http/route.ts';
import { quoteOf } from '../law/links.ts';
import { checkDigitOf, creditCode, id, line, pageOf, pageQuery } from '../http/schemas.ts';
import {
  collisionSchema,
  foundSchema,
  foundView,
  namesakes,
  namesakesView,
  organisationSchema,
  organisationView,
  standing,
} from './views.ts';

const tag = 'organisations';

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
    outcomes: [{ status: 201, schema: organisationSchema.extend(namesakes), zh: '已登记', en: 'Registered' }],
    errors: ['already-exists', 'not-found'],
    judged: [checkDigitOf('creditCode')],
    handle: async ({ body, commit, actor }) =>
      commit(async (tx) => {
        const organisation = await createOrganisation(tx, actor, body);
        const view = { ...organisationView(organisation), ...(await namesakesView(tx.q, organisation)) };
        return created(view, `/api/organisations/${organisation.id}`);
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
      return ok(cursors.page(rows, limit, organisationView, (row) => row.id));
    },
  }),
  route({
    method: 'get',
    path: '/organisations/look-up',
    action: 'organisation.look-up',
    at: 'anywhere',
    tag,
    zh: '按名称或统一社会信用代码查找机构',
    en: 'Find organisations by part of the name, or by the credit code',
    query: pageQuery.extend({
      q: line(100).meta({
        description:
          '名称中连续的文字，不分大小写和全角半角；或完整的统一社会信用代码 / Consecutive text of the name, whatever its case and width; or the whole credit code',
        example: '人民医院',
      }),
    }),
    outcomes: [{ status: 200, schema: pageOf(foundSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, q: text } }) => {
      const after = cursors.read(cursor, id);
      const rows = await findOrganisations(db.read, { text, limit: limit + 1, ...(after ? { after } : {}) });
      return ok(cursors.page(rows, limit, foundView, (row) => row.id));
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
    judged: [
      { field: 'duties', zh: '含其人员已承担的角色', en: 'include the roles that its people have' },
      { field: 'reportsTo', zh: '隶属不成环', en: 'the reporting lines run in no circle' },
    ],
    handle: async ({ params, body, commit, actor }) =>
      commit(async (tx) => ok(organisationView(await changeStanding(tx, actor, params.organisationId, body)))),
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
    handle: async ({ services: { db }, params }) =>
      ok(organisationView(await organisationById(db.read, params.organisationId))),
  }),
];
