import * as z from 'zod';
import { copyProcurement } from '../../services/procurements/copy.ts';
import { deleteDraft } from '../../services/procurements/draft.ts';
import { withdrawLaunch } from '../../services/procurements/withdraw-launch.ts';
import { noContent, route } from '../http/route.ts';
import { id, instant, line, prose } from '../http/schemas.ts';
import { ifMatch, versionsOf } from './if-match.ts';
import { etagOf, procurementSchema, procurementView, RUN_BY } from './views.ts';

const common = { at: 'procurement', tag: 'procurements', params: z.object({ id }) } as const;

export const draftRoutes = [
  route({
    ...common,
    method: 'delete',
    path: '/procurements/{id}',
    action: 'procurement.draft',
    zh: '删除草稿（审计记录仍在）',
    en: 'Delete a draft; the audit trail keeps that it was there',
    headers: ifMatch,
    outcomes: [{ status: 204, zh: '已删除', en: 'Deleted' }],
    errors: ['precondition-required', 'version-conflict', 'stage-conflict', 'not-mandated'],
    handle: async ({ request, params: { id: procurementId }, commit, actor }) => {
      const versions = versionsOf(request.get('if-match'));
      return commit(async (tx) => {
        await deleteDraft(tx, actor, procurementId, versions);
        return noContent();
      });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/copy',
    action: 'procurement.copy',
    zh: '复制为新草稿：不含日期和采购文件',
    en: 'Copy into a new draft, without its dates and documents',
    body: z.strictObject({
      noticeAt: instant,
      title: line(200)
        .optional()
        .meta({ description: '默认为原名称加“（副本）” / Default: the old one, marked as a copy' }),
    }),
    outcomes: [
      { status: 201, schema: procurementSchema, zh: '新草稿', en: 'The new draft; the ETag names its version' },
    ],
    errors: ['not-mandated', 'not-found'],
    judged: RUN_BY,
    handle: async ({ params: { id: procurementId }, body, commit, actor }) =>
      commit(async (tx) => {
        const draft = await copyProcurement(tx, actor, { procurementId, ...body });
        return {
          status: 201,
          body: await procurementView(tx.q, draft, true),
          headers: { Location: `/api/procurements/${draft.id}`, ETag: etagOf(draft) },
        };
      }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/withdrawal',
    action: 'procurement.withdraw-launch',
    zh: '撤回发起：公告时间之前，项目恢复为草稿，可修改、重新发起或删除',
    en: 'Withdraw the launch before the instant of the notice: it is a draft again, to be changed, launched anew or deleted',
    body: z.strictObject({ reasonZh: prose(2000) }),
    outcomes: [{ status: 200, schema: procurementSchema, zh: '已撤回', en: 'Withdrawn; the ETag names its version' }],
    errors: ['stage-conflict', 'not-mandated'],
    handle: async ({ params: { id: procurementId }, body, commit, actor }) =>
      commit(async (tx) => {
        const draft = await withdrawLaunch(tx, actor, procurementId, body);
        return { status: 200, body: await procurementView(tx.q, draft, true), headers: { ETag: etagOf(draft) } };
      }),
  }),
];
