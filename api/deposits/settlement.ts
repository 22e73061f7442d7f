import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { depositById } from '../../db/deposits.ts';
import { notFound, procurementRow } from '../../db/procurements.ts';
import { FORFEIT_GROUNDS } from '../../domain/deposits/grounds.ts';
import { DEPOSIT_FORMS } from '../../domain/law/facts.ts';
import { checkGuarantee } from '../../services/deposits/check-guarantee.ts';
import { forfeitDeposit } from '../../services/deposits/forfeit.ts';
import { depositRatesInForce } from '../../services/deposits/rates.ts';
import { refundDeposit } from '../../services/deposits/refund.ts';
import { refundsBeforeOpening } from '../../services/deposits/refund-duties.ts';
import { ok, route } from '../http/route.ts';
import { fen, id, identifier, instant, line, prose } from '../http/schemas.ts';
import { documentDownload, documentOf } from './documents.ts';
import { bidderDepositSchema, bidderDepositsView, dutyView, refundDutySchema } from './views.ts';

// Settling deposits: shown after the opening, checked, given back or kept.

const tag = 'deposits';
const depositParams = z.object({ depositId: id });
const settledSchema = z.object({ depositId: id, leftFen: z.int() });

const procurementOf = async (q: Queries, { depositId }: { depositId: string }): Promise<string> =>
  (await depositById(q, depositId)).procurementId;

/** The centre gives back what is owed before the opening; to others a known id is as an unknown one until then. */
const unseen = (params: Record<string, unknown>) => notFound('deposit', depositParams.parse(params).depositId);

/** Before the opening a known id gets the same answer as an unknown one. */
async function procurementOfOpened(q: Queries, { depositId }: { depositId: string }): Promise<string> {
  const { procurementId } = await depositById(q, depositId);
  if ((await procurementRow(q, procurementId)).openedAt === null) throw notFound('deposit', depositId);
  return procurementId;
}

export const depositSettlementRoutes = [
  route({
    method: 'get',
    path: '/deposits/due',
    action: 'deposit.record',
    at: 'anywhere',
    tag,
    zh: '开标前应当退还的保证金（撤回、终止），按流水号原路退回，不显示投标人和项目',
    en: 'What must go back before any opening (withdrawn, terminated), by the bank’s number, without bidder or tender',
    outcomes: [
      {
        status: 200,
        schema: z.object({
          items: z.array(
            z.object({
              depositId: id,
              transactionId: z.string(),
              form: z.enum(DEPOSIT_FORMS),
              leftFen: z.int(),
              refund: refundDutySchema,
            }),
          ),
        }),
        zh: '应退保证金',
        en: 'Deposits to give back',
      },
    ],
    handle: async ({ services: { db } }) =>
      ok({
        items: (await refundsBeforeOpening(db.read, await db.calendar())).map(({ account, duty }) => ({
          depositId: account.id,
          transactionId: account.externalId,
          form: account.form,
          leftFen: account.leftFen,
          refund: dutyView(account, duty, db.now()),
        })),
      }),
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/deposits',
    action: 'deposit.read',
    at: 'procurement',
    tag,
    zh: '项目的投标保证金及其退还（开标后）',
    en: 'The deposits of a procurement and their refunds, after the opening',
    params: z.object({ id }),
    outcomes: [
      { status: 200, schema: z.object({ items: z.array(bidderDepositSchema) }), zh: '投标保证金', en: 'Deposits' },
    ],
    handle: async ({ services: { db, settings }, procurement }) =>
      ok({ items: await bidderDepositsView(db, settings, procurement) }),
  }),
  route({
    method: 'get',
    path: '/deposits/{depositId}/document',
    action: 'deposit.read',
    at: 'procurement',
    procurementOf: (q, params) => procurementOfOpened(q, depositParams.parse(params)),
    tag,
    zh: '保函（保险单）文件（开标后）',
    en: 'The document of a guarantee, after the opening',
    params: depositParams,
    ...documentDownload,
    handle: async ({ services, params: { depositId } }) =>
      documentOf(services, await depositById(services.db.read, depositId)),
  }),
  route({
    method: 'post',
    path: '/deposits/{depositId}/check',
    action: 'deposit.record',
    at: 'procurement',
    procurementOf: (q, params) => procurementOf(q, depositParams.parse(params)),
    unseen,
    tag,
    zh: '登记保函核验结果（开标后）',
    en: 'Record whether a guarantee is valid, after the opening',
    params: depositParams,
    body: z.strictObject({ outcome: z.enum(['confirmed', 'rejected']), reasonZh: prose(2000) }),
    outcomes: [{ status: 200, schema: settledSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['stage-conflict'],
    handle: async ({ params: { depositId }, body, commit, actor }) =>
      commit(async (tx) => {
        const { leftFen } = await checkGuarantee(tx, actor, depositId, body);
        return ok({ depositId, leftFen });
      }),
  }),
  route({
    method: 'post',
    path: '/deposits/{depositId}/refund',
    action: 'deposit.refund',
    at: 'procurement',
    procurementOf: (q, params) => procurementOf(q, depositParams.parse(params)),
    unseen,
    tag,
    zh: '登记退还保证金及利息；同组全部退还后，该法定事项办结',
    en: 'Record that a deposit went back, with its interest; the last of its group fulfils the duty',
    params: depositParams,
    body: z.strictObject({ amountFen: fen, interestFen: fen.default(0), at: instant, bankReference: identifier(100) }),
    outcomes: [{ status: 200, schema: settledSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['unlawful', 'already-exists', 'rates-missing'],
    judged: [
      {
        field: 'amountFen',
        zh: '不超过尚未退还的金额；保函为全部',
        en: 'not more than is left; of a guarantee the whole',
      },
      { field: 'interestFen', zh: '保函不计利息', en: 'a guarantee bears none' },
      { field: 'at', zh: '在到账之后、现在之前', en: 'after the arrival, not after now' },
    ],
    handle: async ({ services: { settings }, params: { depositId }, body, commit, actor }) =>
      commit(async (tx) => {
        const { leftFen } = await refundDeposit(
          tx,
          actor,
          depositId,
          body,
          await depositRatesInForce(tx.q, settings.depositRates),
        );
        return ok({ depositId, leftFen });
      }),
  }),
  route({
    method: 'post',
    path: '/deposits/{depositId}/forfeit',
    action: 'deposit.refund',
    at: 'procurement',
    procurementOf: (q, params) => procurementOf(q, depositParams.parse(params)),
    unseen,
    tag,
    zh: '登记依法不予退还的保证金及其理由',
    en: 'Record that a deposit is kept, on a ground that the law gives',
    params: depositParams,
    body: z.strictObject({
      amountFen: fen,
      ground: z.enum(FORFEIT_GROUNDS),
      clauseZh: line(200).optional(),
      reasonZh: prose(2000),
    }),
    outcomes: [{ status: 200, schema: settledSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['unlawful'],
    judged: [{ field: 'amountFen', zh: '不超过尚未退还的金额', en: 'not more than is left' }],
    handle: async ({ params: { depositId }, body, commit, actor }) =>
      commit(async (tx) => {
        const { leftFen } = await forfeitDeposit(tx, actor, depositId, body);
        return ok({ depositId, leftFen });
      }),
  }),
];
