import * as z from 'zod';
import { performDuty, publishContract } from '../../services/contracts/duties.ts';
import { signContract } from '../../services/contracts/sign.ts';
import { DUTY_KEYS } from '../../domain/decisions.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { route, type Judged } from '../http/route.ts';
import { fen, id, instant, lotNo, prose } from '../http/schemas.ts';

const tag = 'decisions';
const params = z.object({ id });
const documentId = id.nullable().default(null);

const CONTRACT_FILE: Judged = {
  field: 'documentId',
  rule: 'document-kind',
  zh: '是上传为合同的文件',
  en: 'was uploaded as a contract',
};

const common = { at: 'lot', tag: 'lots', params: z.object({ id, no: lotNo }), outcomes: DECISION_OUTCOMES } as const;

export const contractRoutes = [
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/contract',
    action: 'contract.sign',
    zh: '登记合同签订',
    en: 'Record the contract as signed',
    body: z.strictObject({ amountFen: fen, signedAt: instant, documentId }),
    errors: ['unlawful', 'stage-conflict', 'suspended'],
    judged: [CONTRACT_FILE],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('contract', (tx) => signContract(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body)),
  }),
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/contract/publication',
    action: 'contract.publish',
    zh: '公告合同',
    en: 'Publish the contract',
    body: z.strictObject({ textZh: prose(20_000), documentId }),
    errors: ['unlawful', 'stage-conflict'],
    judged: [CONTRACT_FILE],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('publish-contract', (tx) =>
        publishContract(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body),
      ),
  }),
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/duties',
    action: 'duty.perform',
    zh: '登记法定事项完成：备案、书面报告、退还保证金',
    en: 'Record a duty as done: filing, written report, deposits given back',
    body: z.strictObject({ key: z.enum(DUTY_KEYS), noteZh: prose(2000).nullable().default(null) }),
    errors: ['stage-conflict'],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('duty', (tx) => performDuty(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body)),
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
