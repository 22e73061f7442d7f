import * as z from 'zod';
import { performDuty, publishContract } from '../../services/contracts/duties.ts';
import { signContract } from '../../services/contracts/sign.ts';
import { DUTY_KEYS } from '../../domain/decisions.ts';
import type { Queries } from '../../db/access/database.ts';
import { notFound, type LotRow } from '../../db/procurements.ts';
import type { Scope } from '../../domain/roles.ts';
import { acceptPerformance } from '../../services/contracts/accept.ts';
import { recordBond } from '../../services/contracts/bond.ts';
import { changeContract } from '../../services/contracts/change.ts';
import { recordDelivery } from '../../services/contracts/deliver.ts';
import { payContract } from '../../services/contracts/pay.ts';
import { winnerOf } from '../../services/contracts/standing.ts';
import { DECISION_OUTCOMES } from '../decisions/views.ts';
import { ok, route, type Judged } from '../http/route.ts';
import {
  acceptanceBody,
  bondBody,
  changeBody,
  contractSchema,
  contractView,
  deliveryBody,
  paymentBody,
  termsSchema,
} from './views.ts';
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

const PERFORMANCE_FILE: Judged = {
  field: 'documentId',
  rule: 'document-kind',
  zh: '是上传为履约凭证的文件',
  en: 'was uploaded as a paper of the performance',
};
const INSTALMENT: Judged = {
  field: 'instalment',
  rule: 'instalment',
  zh: '合同的一期款项',
  en: 'an instalment of the contract',
};

const CONTRACT = '/procurements/{id}/lots/{no}/contract';

/** Of suppliers only the one that won: to the others there is no contract. */
async function assertParty(q: Queries, lot: LotRow, scope: Scope, organisationId: string | null): Promise<void> {
  if (scope !== 'own') return;
  if (organisationId !== null && (await winnerOf(q, lot.winnerBidId)) === organisationId) return;
  throw notFound('contract', `${lot.procurementId}/lot/${lot.no}`);
}

const common = { at: 'lot', tag: 'lots', params: z.object({ id, no: lotNo }), outcomes: DECISION_OUTCOMES } as const;

export const contractRoutes = [
  route({
    ...common,
    method: 'post',
    path: '/procurements/{id}/lots/{no}/contract',
    action: 'contract.sign',
    zh: '登记合同签订',
    en: 'Record the contract as signed',
    body: z.strictObject({ amountFen: fen, signedAt: instant, documentId, terms: termsSchema }),
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
    method: 'get',
    path: CONTRACT,
    action: 'contract.read',
    at: 'lot',
    tag: 'lots',
    zh: '合同及其履行：条款、变更、交付、验收、付款、履约保证金；供应商只能查看本单位的',
    en: 'The contract and its performance: terms, changes, deliveries, acceptance, payments, bond; of a supplier its own',
    params: common.params,
    outcomes: [{ status: 200, schema: contractSchema, zh: '合同', en: 'The contract' }],
    handle: async ({ services: { db }, procurement, lot, scope, organisationId }) => {
      await assertParty(db.read, lot, scope, organisationId);
      return ok(await contractView(db.read, procurement, lot, await db.calendar(), db.now()));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: `${CONTRACT}/performance-bond`,
    action: 'contract.bond',
    zh: '登记履约保证金：收到、退还、不予退还；工程的工程款支付担保',
    en: 'Record the performance bond: received, released or kept; of works the payment guarantee beside it',
    body: bondBody,
    errors: ['unlawful', 'stage-conflict', 'bid-unknown'],
    judged: [PERFORMANCE_FILE],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('performance-bond', (tx) => recordBond(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body)),
  }),
  route({
    ...common,
    method: 'post',
    path: `${CONTRACT}/changes`,
    action: 'contract.change',
    zh: '登记合同变更、补充、中止、恢复、终止',
    en: 'Record a variation, supplement, suspension, resumption or termination of the contract',
    body: changeBody,
    errors: ['unlawful', 'stage-conflict'],
    judged: [CONTRACT_FILE],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('change-contract', (tx) =>
        changeContract(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body),
      ),
  }),
  route({
    ...common,
    method: 'post',
    path: `${CONTRACT}/deliveries`,
    action: 'contract.deliver',
    zh: '登记交付、收到发票：双方各登记一次，付款期限从早者起算',
    en: 'State a delivery or an invoice: each side once; payments count from the earlier',
    body: deliveryBody,
    errors: ['unlawful', 'stage-conflict'],
    judged: [
      PERFORMANCE_FILE,
      INSTALMENT,
      {
        field: 'deliveredAt',
        zh: '尚未登记过，且与收到发票的时间至少填一项',
        en: 'was not stated yet; one of the two is given',
      },
      { field: 'invoicedAt', zh: '尚未登记过', en: 'was not stated yet' },
    ],
    handle: async ({ services: { db }, procurement, lot, body, actor, decide, scope, organisationId }) => {
      await assertParty(db.read, lot, scope, organisationId);
      return decide('deliver', (tx) =>
        recordDelivery(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body),
      );
    },
  }),
  route({
    ...common,
    method: 'post',
    path: `${CONTRACT}/acceptances`,
    action: 'contract.accept',
    zh: '登记履约验收；公共服务项目的结果同时公告',
    en: 'Record an acceptance; of a public service its result is published',
    body: acceptanceBody,
    errors: ['unlawful', 'stage-conflict'],
    judged: [
      {
        field: 'documentId',
        rule: 'document-kind',
        zh: '是上传为验收书的文件',
        en: 'was uploaded as a record of acceptance',
      },
      INSTALMENT,
    ],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('accept', (tx) => acceptPerformance(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body)),
  }),
  route({
    ...common,
    method: 'post',
    path: `${CONTRACT}/payments`,
    action: 'contract.pay',
    zh: '登记合同付款',
    en: 'Record a payment of the contract',
    body: paymentBody,
    errors: ['unlawful', 'stage-conflict'],
    judged: [
      PERFORMANCE_FILE,
      INSTALMENT,
      {
        field: 'amountFen',
        rule: 'paid',
        zh: '支付金额与逾期利息之和大于零',
        en: 'with the interest more than nothing',
      },
    ],
    handle: ({ procurement, lot, body, actor, decide }) =>
      decide('pay', (tx) => payContract(tx, actor, { procurementId: procurement.id, lotNo: lot.no }, body)),
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
