import * as z from 'zod';
import { listAudit, type AuditRow } from '../../db/audit.ts';
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
      preparedBy: z
        .object({ accountId: id.nullable(), organisationId: id.nullable(), role: z.string() })
        .optional()
        .meta({ description: '经办人；actor 为复核人 / Who prepared it; the actor is who confirmed it' }),
    }),
    action: z.string(),
    procurementId: id.nullable(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

/** Without its number and the previous hash: a gap between two would show how much is still confidential. */
const auditView = ({ hash, at: instant, actor, action, procurementId, subject, detail }: AuditRow) =>
  ({ hash, at: at(instant), actor, action, procurementId, subject, detail }) satisfies z.infer<typeof auditSchema>;

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
      return ok(cursors.page(rows, limit, auditView, ({ seq }) => seq));
    },
  }),
];
