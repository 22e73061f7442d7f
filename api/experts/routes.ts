import * as z from 'zod';
import { listAccounts } from '../../db/accounts/accounts.ts';
import { creditCodesOf, expertsOf, listPools, poolById } from '../../db/committees/experts.ts';
import { procurementById } from '../../db/procurements.ts';
import { FILE_EXCHANGE } from '../../imports/experts/file.ts';
import { importExperts, previewExperts } from '../../services/experts/import.ts';
import { createPool, declareTies, linkAccount, suspendExpert } from '../../services/experts/pools.ts';
import { created, ok, route } from '../http/route.ts';
import { checkDigitOf, civilDate, code, id, identifier, line, pageOf, pageQuery } from '../http/schemas.ts';
import {
  declarationSchema,
  expertGiven,
  expertSchema,
  expertView,
  poolGiven,
  poolSchema,
  poolView,
  suspensionSchema,
} from './views.ts';

const tag = 'experts';
const common = { action: 'expert.manage', at: 'anywhere', tag } as const;
const pool = z.object({ poolId: id });
const expert = z.object({ expertId: id });

const importedSchema = z
  .object({
    preview: z.boolean(),
    rows: z.array(
      z.object({
        number: z.string(),
        name: z.string(),
        change: z.enum(['new', 'changed', 'known', 'removed']).meta({
          description: '新增、变更、相同、移出 / New, changed, known, no longer in the pool',
        }),
      }),
    ),
  })
  .meta({ id: 'ExpertImport' });

export const expertRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/expert-pools',
    zh: '专家库',
    en: 'The pools of experts',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(poolSchema) }), zh: '专家库', en: 'Pools' }],
    handle: async ({ services: { db } }) => ok({ items: (await listPools(db.read)).map(poolView) }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/expert-pools',
    zh: '建立专家库',
    en: 'Create a pool of experts',
    body: poolGiven,
    outcomes: [{ status: 201, schema: poolSchema, zh: '已建立', en: 'Created' }],
    handle: async ({ body, commit, actor, organisation }) =>
      commit(async (tx) => {
        const made = await createPool(tx, actor, { ...body, keeperId: organisation() });
        return created(poolView(made), `/api/expert-pools/${made.id}/experts`);
      }),
  }),
  route({
    ...common,
    method: 'get',
    path: '/expert-pools/{poolId}/experts',
    zh: '库中的专家',
    en: 'The experts of a pool',
    params: pool,
    outcomes: [{ status: 200, schema: z.object({ items: z.array(expertSchema) }), zh: '专家', en: 'Experts' }],
    errors: ['not-found'],
    handle: async ({ services: { db }, params: { poolId } }) => {
      await poolById(db.read, poolId);
      return ok({ items: (await expertsOf(db.read, [poolId])).map(expertView) });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/expert-pools/{poolId}/experts',
    zh: '导入专家；preview 为 true 时只预览，whole 为 true 时未列出的移出本库',
    en: 'Import experts; with preview nothing is written, with whole those who are not listed leave the pool',
    params: pool,
    body: z.strictObject({
      experts: z.array(expertGiven).max(20_000),
      whole: z.boolean().default(false),
      preview: z.boolean().default(false),
    }),
    outcomes: [{ status: 200, schema: importedSchema, zh: '每一行的结果', en: 'What becomes of each row' }],
    errors: ['not-found'],
    judged: [
      { field: 'experts.*.number', rule: 'unique', zh: '不重复', en: 'not there twice' },
      checkDigitOf('experts.*.employer.creditCode'),
      checkDigitOf('experts.*.ties.*.creditCode'),
    ],
    handle: async ({ services: { db }, params: { poolId }, body: { preview, ...rows }, commit, actor }) => {
      const given = { ...rows, poolId };
      if (preview) return ok({ preview, ...(await previewExperts(db.read, given)) });
      return commit(async (tx) => ok({ preview, ...(await importExperts(tx, actor, given)) }));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/expert-pools/{poolId}/requests',
    withoutKey: true,
    zh: '导出给他处专家库的申请文件：所需专业、人数、地区和应排除的单位，不写明项目',
    en: 'The request for a pool that is kept elsewhere: fields, numbers, regions and employers to exclude; it names no tender',
    params: pool,
    body: z.strictObject({
      procurementId: id,
      fields: z
        .array(z.strictObject({ field: code, seats: z.int().min(1).max(99) }))
        .min(1)
        .max(50),
      regions: z.array(identifier(50)).min(1).max(50).nullable().default(null),
      on: civilDate.meta({ description: '评审日 / The day of the evaluation' }),
    }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ name: z.string(), mediaType: z.string(), content: z.string() }),
        zh: '文件',
        en: 'The file',
      },
    ],
    errors: ['not-found'],
    handle: async ({ services: { db }, params: { poolId }, body: { procurementId, ...need } }) => {
      const { name } = await poolById(db.read, poolId);
      const { purchaserId, agencyId } = await procurementById(db.read, procurementId);
      const excludedEmployers = await creditCodesOf(db.read, [purchaserId, ...(agencyId ? [agencyId] : [])]);
      return ok(FILE_EXCHANGE.ask({ pool: name, ...need, excludedEmployers }));
    },
  }),
  route({
    ...common,
    method: 'get',
    path: '/expert-accounts',
    zh: '查找有评标专家身份的账号',
    en: 'Find accounts of experts',
    query: pageQuery.extend({
      q: line(100).meta({
        description:
          '用户名、姓名或所代表单位名称中连续的文字 / Consecutive text of the user name, the name, or that of an organisation that they act for',
      }),
    }),
    outcomes: [
      {
        status: 200,
        schema: pageOf(z.object({ id, username: z.string(), name: z.string() })),
        zh: '一页',
        en: 'A page',
      },
    ],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, q: text } }) => {
      const after = cursors.read(cursor, id);
      const rows = await listAccounts(db.read, { text, role: 'expert', after, limit: limit + 1 });
      const page = cursors.rows(rows, limit, (row) => row.id);
      return ok({ ...page, items: page.items.map(({ id: own, username, name }) => ({ id: own, username, name })) });
    },
  }),
  route({
    ...common,
    method: 'put',
    path: '/experts/{expertId}/account',
    zh: '关联专家本人的账号',
    en: 'Say which account is the expert’s own',
    params: expert,
    body: z.strictObject({ accountId: z.string().min(1).max(100) }),
    outcomes: [{ status: 200, schema: expertSchema, zh: '专家', en: 'The expert' }],
    errors: ['not-found', 'already-exists'],
    judged: [{ field: 'accountId', rule: 'expert-account', zh: '有专家身份', en: 'is an expert’s' }],
    handle: async ({ params: { expertId }, body: { accountId }, commit, actor }) =>
      commit(async (tx) => ok(expertView(await linkAccount(tx, actor, expertId, accountId)))),
  }),
  route({
    ...common,
    method: 'put',
    path: '/experts/{expertId}/suspension',
    fresh: true,
    zh: '暂停、恢复专家',
    en: 'Suspend an expert, or lift it',
    params: expert,
    body: z.strictObject({ suspension: suspensionSchema.nullable() }),
    outcomes: [{ status: 200, schema: expertSchema, zh: '专家', en: 'The expert' }],
    errors: ['not-found'],
    handle: async ({ params: { expertId }, body: { suspension }, commit, actor }) =>
      commit(async (tx) => ok(expertView(await suspendExpert(tx, actor, expertId, suspension)))),
  }),
  route({
    method: 'put',
    path: '/expert/declaration',
    action: 'expert.serve',
    at: 'anywhere',
    tag,
    zh: '专家本人申报工作单位和利害关系，在其所在的每个库中有效',
    en: 'An expert states where he works and whom he has an interest in; it holds in every pool that has him',
    body: declarationSchema,
    outcomes: [{ status: 200, schema: z.object({ pools: z.int() }), zh: '已申报', en: 'Stated' }],
    errors: ['forbidden'],
    judged: [checkDigitOf('employer.creditCode'), checkDigitOf('ties.*.creditCode')],
    handle: async ({ body, commit, actor }) =>
      commit(async (tx) => ok({ pools: (await declareTies(tx, actor, body)).length })),
  }),
];
