import * as z from 'zod';
import { createOrganisation, listOrganisations, organisationById, type Organisation } from '../../db/organisations.ts';
import { created, ok, route } from '../route.ts';
import { at, creditCode, id, instantOut, line, pageOf, pageQuery } from '../schemas.ts';

const tag = 'organisations';

const organisationSchema = z
  .object({ id, name: z.string(), creditCode: z.string(), createdAt: instantOut })
  .meta({ id: 'Organisation' });

const view = ({ createdAt, ...organisation }: Organisation): z.infer<typeof organisationSchema> => ({
  ...organisation,
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
    body: z.strictObject({ name: line(200), creditCode }),
    outcomes: [{ status: 201, schema: organisationSchema, zh: '已登记', en: 'Registered' }],
    errors: ['already-exists'],
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
