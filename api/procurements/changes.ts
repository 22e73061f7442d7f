import * as z from 'zod';
import { documentById } from '../../db/documents.ts';
import { DUTY_KEYS, TERMINATION_GROUNDS } from '../../domain/decisions.ts';
import { decisionSchema } from '../acts/outcome.ts';
import { route } from '../http/route.ts';
import { id, instant, prose } from '../http/schemas.ts';

const tag = 'decisions';
const params = z.object({ id });

/** What every decision may be answered with. */
export const DECISION_OUTCOMES = [
  { status: 200, schema: decisionSchema, zh: '已执行', en: 'Carried out' },
  {
    status: 202,
    schema: decisionSchema,
    zh: '已保存，以收到时间为准，引擎恢复后自动执行',
    en: 'Stored; it counts from when it was received and is carried out when the engine is back',
  },
] as const;

export const changeRoutes = [
  route({
    method: 'post',
    path: '/procurements/{id}/amendments',
    action: 'procurement.amend',
    at: 'procurement',
    tag,
    zh: '澄清或修改招标文件',
    en: 'Clarify or amend the documents',
    params,
    body: z.strictObject({
      textZh: prose(20_000),
      affectsBids: z.boolean().meta({ description: '可能影响投标文件编制 / May bear on how bids are written' }),
      bidDeadlineAt: instant.nullable().default(null),
      documentIds: z.array(id).max(50).default([]),
    }),
    outcomes: DECISION_OUTCOMES,
    errors: ['unlawful', 'stage-conflict', 'workflow-ended'],
    handle: async ({ services: { db }, procurement, body, decide }) => {
      for (const documentId of body.documentIds) await documentById(db.read, procurement.id, documentId);
      return decide({ kind: 'amend', lotNo: 0, payload: body });
    },
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/termination',
    action: 'procurement.terminate',
    at: 'procurement',
    tag,
    zh: '终止招标',
    en: 'Terminate the tender',
    params,
    body: z.strictObject({ ground: z.enum(TERMINATION_GROUNDS), reasonZh: prose(5000) }),
    outcomes: DECISION_OUTCOMES,
    errors: ['unlawful', 'stage-conflict', 'workflow-ended'],
    handle: async ({ body, decide }) => decide({ kind: 'terminate', lotNo: 0, payload: body }),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/duties',
    action: 'duty.perform',
    at: 'procurement',
    tag,
    zh: '登记终止后的法定事项完成（退还保证金等）',
    en: 'Record that a duty after termination is done, as deposits given back',
    params,
    body: z.strictObject({ key: z.enum(DUTY_KEYS), noteZh: prose(2000).nullable().default(null) }),
    outcomes: DECISION_OUTCOMES,
    errors: ['stage-conflict', 'workflow-ended'],
    handle: async ({ body, decide }) => decide({ kind: 'duty', lotNo: 0, payload: body }),
  }),
];
