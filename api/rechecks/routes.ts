import * as z from 'zod';
import { decisionsOf } from '../../db/decisions.ts';
import { milestoneOf } from '../../db/tender/timeline.ts';
import { RECHECK_GROUNDS } from '../../domain/decisions.ts';
import { referRecheck } from '../../services/rechecks/refer.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { changeSchema } from '../evaluation/recheck-views.ts';
import { ok, route } from '../http/route.ts';
import { at, id, instant, instantOut, lotNo, prose } from '../http/schemas.ts';

const common = { at: 'lot', tag: 'evaluation', params: z.object({ id, no: lotNo }) } as const;
const path = '/procurements/{id}/lots/{no}/rechecks';
const item = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const ground = z.enum(RECHECK_GROUNDS).meta({
  description:
    'grievance：对结果的异议；circumstances：候选人状况变化（条例56）；sum、range、objective、outlier：87令64；qualification、price：74令21 / An objection to the result; a candidate’s circumstances (条例 56); 87令 64; 74令 21',
});

const recheckSchema = z
  .object({
    decisionId: id,
    referredAt: instantOut,
    referredBy: z.string().meta({ description: '提交者的角色 / The role of who referred it' }),
    ground,
    grievanceId: id.nullable(),
    bidIds: z.array(id),
    items: z.array(item).nullable(),
    reasonZh: z.string(),
    documentId: id.nullable(),
    dueAt: instantOut,
    dueRule: z.string().nullable().meta({
      description: '确定期限的规则；null：由提交者确定 / The rule that sets it; null: who referred it set it',
    }),
    state: z.enum(['open', 'overdue', 'kept', 'changed', 'superseded']).meta({
      description:
        'open 进行中，overdue 逾期，kept 维持，changed 改变，superseded 因标段失败、终止或者另行决定而不再进行 / Superseded: the lot failed or was terminated, or another recheck took its place',
    }),
    formerReportId: id.nullable(),
    reportId: id.nullable(),
    findingZh: z.string().nullable(),
    changes: z.array(changeSchema),
  })
  .meta({ id: 'Recheck' });

export const recheckRoutes = [
  route({
    ...common,
    method: 'post',
    path,
    action: 'recheck.refer',
    zh: '提交原评标委员会（评审小组）复核：只限法定情形',
    en: 'Refer something of the report to the same committee again, on a ground of the law',
    body: z.strictObject({
      ground,
      grievanceId: id.nullable().default(null).meta({
        description: '所依据的、尚未答复的异议（质疑） / The objection or query that is referred, not replied to yet',
      }),
      bidIds: z.array(id).min(1).max(1000).meta({
        description: '提交复核的投标（响应）；其他的不得改变 / The bids that are looked at again; no other changes',
      }),
      items: z.array(item).min(1).max(600).nullable().default(null).meta({
        description:
          '评标办法中的项；不填为该情形所涉及的全部 / Items of the scheme; left out, all that the ground is about',
      }),
      reasonZh: prose(5000),
      documentId: id.nullable().default(null).meta({
        description: '证明材料（kind=evidence）；circumstances 必填 / What shows it; needed for `circumstances`',
      }),
      dueAt: instant.nullable().default(null).meta({
        description:
          '完成期限；依异议（质疑）复核的，不填为答复期限 / By when; of a grievance it may be left out: before the reply is due',
      }),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['unlawful', 'stage-conflict', 'already-exists', 'not-found'],
    judged: [
      {
        field: 'bidIds.*',
        rule: 'bid-of-report',
        zh: '报告所列的投标（响应），每个一次',
        en: 'bids of the report, each once',
      },
      {
        field: 'items.*',
        rule: 'item-of-scheme',
        zh: '该情形所涉及的项，每项一次',
        en: 'items that the ground is about',
      },
      { field: 'dueAt', rule: 'in-future', zh: '将来的时间', en: 'an instant that is to come' },
      { field: 'documentId', rule: 'document-kind', zh: '是上传为证明材料的文件', en: 'was uploaded as evidence' },
    ],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('recheck', (tx) => referRecheck(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body)),
  }),
  route({
    ...common,
    method: 'get',
    path,
    action: 'recheck.read',
    zh: '复核：所依据的情形、范围、期限和结果',
    en: 'The rechecks of a lot: ground, scope, due instant and result',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(recheckSchema) }), zh: '列表', en: 'The list' }],
    handle: async ({ services: { db }, procurement, lot }) => {
      const place = { procurementId: procurement.id, lotNo: lot.no };
      const [rechecks, reports] = await Promise.all([
        decisionsOf(db.read, place, ['recheck']),
        decisionsOf(db.read, place, ['report']),
      ]);
      const last = rechecks.at(-1);
      const milestone = last ? await milestoneOf(db.read, place, 'recheck') : null;
      return ok({
        items: rechecks.map(({ id: decisionId, receivedAt, actor, payload }) => {
          const report = reports.find((each) => each.payload.recheck?.recheckId === decisionId);
          const isOpen = decisionId === last?.id && milestone?.state === 'planned';
          const open = isOpen ? (milestone.overdue ? 'overdue' : 'open') : 'superseded';
          const { dueAt, dueRule = null, ...referred } = payload;
          return {
            ...{ decisionId, referredAt: at(receivedAt), referredBy: actor.role, ...referred },
            ...{ dueAt: at(dueAt), dueRule },
            state: report?.payload.recheck?.result ?? open,
            formerReportId: report?.payload.recheck?.formerId ?? null,
            reportId: report?.id ?? null,
            findingZh: report?.payload.findingZh ?? null,
            changes: report?.payload.recheck?.changes ?? [],
          };
        }),
      });
    },
  }),
];
