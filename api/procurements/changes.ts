import * as z from 'zod';
import { performDuty } from '../../services/contracts/duties.ts';
import { amendDocuments } from '../../services/procurements/amend.ts';
import { terminateProcurement } from '../../services/procurements/terminate.ts';
import { DUTY_KEYS, TERMINATION_GROUNDS } from '../../domain/decisions.ts';
import { DECISION_OUTCOMES } from '../acts/outcome.ts';
import { route } from '../http/route.ts';
import { id, instant, prose } from '../http/schemas.ts';

const tag = 'decisions';
const params = z.object({ id });

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
    errors: ['unlawful', 'stage-conflict'],
    handle: ({ procurement, body, actor, decide }) =>
      decide('amend', (tx) => amendDocuments(tx, actor, procurement.id, body)),
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
    errors: ['unlawful', 'stage-conflict'],
    handle: ({ procurement, body, actor, decide }) =>
      decide('terminate', (tx) => terminateProcurement(tx, actor, procurement.id, body)),
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
    errors: ['stage-conflict'],
    handle: ({ procurement, body, actor, decide }) =>
      decide('duty', (tx) => performDuty(tx, actor, { procurementId: procurement.id, lotNo: 0 }, body)),
  }),
];
