import { Readable } from 'node:stream';
import * as z from 'zod';
import { accountsCalled } from '../../db/accounts/accounts.ts';
import type { Queries } from '../../db/access/database.ts';
import { listAudit, listedEntry, type AuditFilter } from '../../db/audit.ts';
import { placeOf } from '../../db/log.ts';
import { organisationsCalled } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { ROLES } from '../../domain/roles.ts';
import { factHashOf, leafOfEntry } from '../../proofs/leaf.ts';
import { inclusionProof } from '../../services/log/proofs.ts';
import { ok, route } from '../http/route.ts';
import { id, instant, line, pageOf, pageQuery, sha256 } from '../http/schemas.ts';
import { csvOf } from './audit-csv.ts';
import { auditSchema, auditViews } from './audit-views.ts';
import { headSchema, headView } from './routes.ts';

const word = '[a-z]+(?:-[a-z]+)*';
const order = z
  .enum(['newest', 'oldest'])
  .default('newest')
  .meta({ description: '最近的在前，或按时间先后 / The newest first, or in the order of the trail' });

const filter = {
  procurementId: id.optional(),
  from: instant.optional().meta({ description: '自此时间起 / From this instant on' }),
  until: instant.optional().meta({ description: '此时间之前 / Before this instant' }),
  actor: line(200).optional().meta({
    description:
      '人员或单位：编号、用户名、姓名、单位名称或统一社会信用代码；含经办人 / A person or an organisation: id, user name, name or credit code; whoever prepared counts too',
  }),
  role: z.enum([...ROLES, 'unattended', 'operator']).optional(),
  action: z
    .string()
    .regex(new RegExp(`^${word}(?:\\.${word})?$`))
    .max(100)
    .optional()
    .meta({ description: '动作，或其一类 / An action, or all of a noun', example: 'decision.award' }),
  subject: z
    .string()
    .regex(new RegExp(`^${word}(?:/[A-Za-z0-9./_-]{1,200})?$`))
    .optional()
    .meta({ description: '对象，或其一类 / What it was done to, or all of a noun', example: 'bid' }),
};
const auditFilter = z.strictObject({ ...filter, order });

async function filterOf(q: Queries, { actor, ...rest }: z.infer<typeof auditFilter>): Promise<AuditFilter> {
  if (actor === undefined) return rest;
  const by = id.safeParse(actor).success
    ? [actor]
    : [...(await accountsCalled(q, actor)), ...(await organisationsCalled(q, actor))];
  return { ...rest, by };
}

export const proofSchema = z
  .object({
    hash: sha256,
    fact: sha256.meta({
      description: '所记文件、公告等的哈希；没有的为 0 / The hash of what it is about; zeros: none',
    }),
    leaf: sha256,
    index: z
      .int()
      .nullable()
      .meta({ description: '尚无包含它的签名树头的为 null / null: no signed head is over it yet' }),
    inclusion: z.array(sha256).nullable(),
    head: headSchema.nullable(),
  })
  .meta({ id: 'EntryProof', description: '一条审计记录在日志中的证明 / That an entry of the trail is in the log' });

const common = { method: 'get', action: 'audit.read', at: 'anywhere', tag: 'audit' } as const;
/** Rows read in one query. */
const PAGE = 500;

export const auditRoutes = [
  route({
    ...common,
    path: '/audit',
    zh: '审计记录，最近的在前；按项目、时间、人员或单位、角色、动作、对象筛选。开标前须保密的（供应商登录等也是），开标后才列出',
    en: 'The audit trail, newest first, by procurement, time, actor, role, action and subject; what is confidential until an opening (sign-ins of suppliers, too) is listed after it',
    query: pageQuery.extend({ ...filter, order }),
    outcomes: [{ status: 200, schema: pageOf(auditSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, ...given } }) => {
      const after = cursors.read(cursor, z.int());
      const found = await filterOf(db.read, given);
      const rows = await listAudit(db.read, { ...found, order: given.order, after, limit: limit + 1 });
      const page = cursors.rows(rows, limit, ({ seq }) => seq);
      return ok({ ...page, items: await auditViews(db.read, page.items) });
    },
  }),
  route({
    ...common,
    path: '/log/entry',
    zh: '一条审计记录在日志中的证明：叶子、位置、证明路径和签名树头',
    en: 'That an entry of the trail is in the log: its leaf, its place, the proof and the signed head',
    query: z.strictObject({
      hash: sha256.meta({ description: '该条的哈希 / The hash of the entry' }),
      at: instant.meta({ description: '该条的时间 / When it was written' }),
    }),
    outcomes: [{ status: 200, schema: proofSchema, zh: '证明', en: 'The proof' }],
    errors: ['not-found'],
    handle: async ({ services: { db }, query }) => {
      const entry = await listedEntry(db.read, query);
      if (!entry) throw notFound('audit-entry', query.hash);
      const found = await placeOf(db.read, entry);
      return ok({
        ...{ hash: entry.hash, fact: factHashOf(entry.detail), leaf: leafOfEntry(entry) },
        ...{ index: found?.index ?? null, head: found && headView(found.head) },
        inclusion: found && (await inclusionProof(db.read, found.index, found.head.size)),
      });
    },
  }),
  route({
    ...common,
    path: '/audit/csv',
    zh: '审计记录表格（CSV，UTF-8），筛选条件同列表，全部导出',
    en: 'The audit trail as a table (CSV, UTF-8): all that the filters of the list leave',
    query: auditFilter,
    outcomes: [{ status: 200, file: 'text/csv', zh: '表格', en: 'The table' }],
    handle: async ({ services: { db }, query }) => {
      const found = await filterOf(db.read, query);
      const pages = async function* () {
        let after: number | undefined;
        do {
          const rows = await listAudit(db.read, { ...found, order: query.order, after, limit: PAGE });
          yield await auditViews(db.read, rows);
          after = rows.length < PAGE ? undefined : rows.at(-1)?.seq;
        } while (after !== undefined);
      };
      return {
        ...ok(undefined),
        file: {
          stream: Readable.from(csvOf(pages())),
          ...{ name: 'kaibiao-audit.csv', mediaType: 'text/csv; charset=utf-8', size: null },
        },
      };
    },
  }),
];
