import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { listAudit, type AuditRow } from '../../db/audit.ts';
import { idsIn, subjectsOf } from '../../db/parties/names.ts';
import { ok, route } from '../http/route.ts';
import { at, id, instantOut, pageOf, pageQuery } from '../http/schemas.ts';

const auditSchema = z
  .object({
    hash: z.string(),
    at: instantOut,
    actor: z.object({
      accountId: id.nullable(),
      organisationId: id.nullable(),
      role: z.string(),
      address: z.string().nullable(),
      requestId: z.string().nullable(),
    }),
    action: z.string(),
    procurementId: id.nullable(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    names: z.record(z.string(), z.string()).meta({
      description:
        '其中编号所指的机构、人员、项目的名称（现名）；不属于记录本身，不计入 hash / What the ids in it name at present; no part of the entry or of its hash',
    }),
  })
  .meta({ id: 'AuditEntry' });

/** Without its number and the previous hash: a gap between two would show how much is still confidential. */
const auditView = ({ hash, at: instant, actor, action, procurementId, subject, detail }: AuditRow) => ({
  ...{ hash, at: at(instant), actor, action, procurementId, subject, detail },
});

type AuditView = z.infer<typeof auditSchema>;

async function withNames(q: Queries, entries: readonly ReturnType<typeof auditView>[]): Promise<AuditView[]> {
  const ids = entries.map((entry) => idsIn(entry));
  const names = await subjectsOf(q, ids.flat());
  return entries.map((entry, index) => ({
    ...entry,
    names: Object.fromEntries(
      (ids[index] ?? []).flatMap((named) => {
        const name = names.get(named);
        return name === undefined ? [] : [[named, name]];
      }),
    ),
  }));
}

export const auditRoutes = [
  route({
    method: 'get',
    path: '/audit',
    action: 'audit.read',
    at: 'anywhere',
    tag: 'audit',
    zh: '审计记录，按时间先后；开标前须保密的（供应商登录等也是），开标后才列出',
    en: 'The audit trail in its order; what is confidential until an opening (sign-ins of suppliers, too) is listed after it',
    query: pageQuery.extend({ procurementId: id.optional() }),
    outcomes: [{ status: 200, schema: pageOf(auditSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, procurementId } }) => {
      const after = cursors.read(cursor, z.int());
      const rows = await listAudit(db.read, {
        limit: limit + 1,
        ...(procurementId ? { procurementId } : {}),
        ...(after === undefined ? {} : { after }),
      });
      const page = cursors.page(rows, limit, auditView, ({ seq }) => seq);
      return ok({ ...page, items: await withNames(db.read, page.items) });
    },
  }),
];
