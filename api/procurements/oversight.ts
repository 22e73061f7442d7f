import * as z from 'zod';
import {
  dutiesEverywhere,
  grievancesEverywhere,
  tendersSuspended,
  type DutyPlace,
  type GrievancePlace,
} from '../../db/tender/everywhere.ts';
import { DUTIES } from '../../domain/notifications/duties.ts';
import { suspendedOf } from '../../services/tender/suspended.ts';
import { ok, route } from '../http/route.ts';
import { id, line, pageOf, pageQuery } from '../http/schemas.ts';
import {
  dutyViews,
  openDutySchema,
  openGrievanceSchema,
  openGrievanceViews,
  suspendedTenderSchema,
  tenderViews,
} from './oversight-views.ts';
import { suspendedView } from './suspended.ts';
import { REGIMES } from './views.ts';

const filter = {
  regime: z.enum(REGIMES).optional(),
  purchaser: line(100).optional().meta({
    description:
      '招标人（采购人）名称中连续的文字，或完整的统一社会信用代码 / Consecutive text of the purchaser’s name, or its whole credit code',
  }),
};
const late = z.enum(['true', 'false']).default('false').meta({ description: '只看已逾期的 / Only what is overdue' });

const common = { method: 'get', action: 'oversight.read', at: 'anywhere', tag: 'oversight' } as const;

const dutyPlace: z.ZodType<DutyPlace> = z.object({
  dueAt: z.int(),
  procurementId: id,
  lotNo: z.int(),
  key: z.enum(DUTIES),
});
const grievancePlace: z.ZodType<GrievancePlace> = z.object({ at: z.int(), id });

/** For who supervises: all tenders at once. Who may read one of them, its own routes say. */
export const oversightRoutes = [
  route({
    ...common,
    path: '/oversight/duties',
    zh: '各项目尚未办理的法定事项，先到期的在前；暂停计算的不列',
    en: 'The duties of all tenders that are not done, the earliest due first; without those whose clock is suspended',
    query: pageQuery.extend({
      ...filter,
      late,
      key: z.enum(DUTIES).optional().meta({ description: '只看这一种事项 / Only this kind of duty' }),
    }),
    outcomes: [{ status: 200, schema: pageOf(openDutySchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, key, ...query } }) => {
      const now = db.now();
      const rows = await dutiesEverywhere(db.read, {
        ...{ regime: query.regime, purchaser: query.purchaser, key, limit: limit + 1 },
        late: query.late === 'true' ? now : undefined,
        after: cursors.read(cursor, dutyPlace),
      });
      const page = cursors.rows(rows, limit, ({ dueAt, procurementId, lotNo, key }) => ({
        ...{ dueAt, procurementId, lotNo, key },
      }));
      return ok({ ...page, items: await dutyViews(db.read, [...page.items], now) });
    },
  }),
  route({
    ...common,
    path: '/oversight/grievances',
    zh: '各项目的异议、质疑及其期限：待答复的先到期者在前，已答复的新的在前',
    en: 'Objections and queries of all tenders with their clocks: those without a reply, the earliest due first; those with one, the latest first',
    query: pageQuery.extend({
      ...filter,
      late,
      kind: z.enum(['objection', 'query']).optional(),
      replied: z.enum(['true', 'false']).default('false').meta({ description: '看已答复的 / Those that have a reply' }),
    }),
    outcomes: [{ status: 200, schema: pageOf(openGrievanceSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, ...query } }) => {
      const now = db.now();
      const replied = query.replied === 'true';
      const rows = await grievancesEverywhere(db.read, {
        ...{ regime: query.regime, purchaser: query.purchaser, kind: query.kind, replied, limit: limit + 1 },
        late: query.late === 'true' && !replied ? now : undefined,
        after: cursors.read(cursor, grievancePlace),
      });
      const page = cursors.rows(rows, limit, ({ grievance }) => ({ at: grievance.replyDueAt, id: grievance.id }));
      return ok({ ...page, items: await openGrievanceViews(db.read, [...page.items], now) });
    },
  }),
  route({
    ...common,
    path: '/oversight/suspensions',
    zh: '有期限暂停计算的项目：因何、自何时起、至何时止',
    en: 'Tenders with clocks that do not run: why, since when, until when',
    query: pageQuery.extend(filter),
    outcomes: [{ status: 200, schema: pageOf(suspendedTenderSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { limit, cursor, ...query } }) => {
      const rows = await tendersSuspended(db.read, { ...query, after: cursors.read(cursor, id), limit: limit + 1 });
      const { items, next } = cursors.rows(rows, limit, (row) => row.id);
      const suspended = await suspendedOf(db.read, items, db.now());
      const tenders = await tenderViews(
        db.read,
        items.map((row) => ({ ...row, procurementId: row.id })),
      );
      const shown = tenders.map((tender) => ({
        ...tender,
        suspensions: (suspended.get(tender.procurementId) ?? []).map(suspendedView),
      }));
      // What has ended otherwise leaves its interval open.
      return ok({ next, items: shown.filter(({ suspensions }) => suspensions.length > 0) });
    },
  }),
];
