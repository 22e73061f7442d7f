import * as z from 'zod';
import { depositById, referenceOf, type Deposit } from '../../db/deposits.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { notFound } from '../../db/procurements.ts';
import { claimPayment } from '../../services/deposits/claim-payment.ts';
import { giveReference } from '../../services/deposits/give-reference.ts';
import { handInGuarantee } from '../../services/deposits/hand-in-guarantee.ts';
import { ok, route, type RouteContext } from '../http/route.ts';
import { fen, id, lotNo } from '../http/schemas.ts';
import { documentDownload, documentOf, documentUpload, takeDocument } from './documents.ts';
import {
  guaranteeOf,
  guaranteeSchema,
  ownDepositSchema,
  ownDepositView,
  takenSchema,
  takenView,
  transactionId,
} from './views.ts';

// A bidder's actions on its own deposit for a lot.

const tag = 'deposits';
const lotParams = z.object({ id, no: lotNo });
const depositParams = lotParams.extend({ depositId: id });

type AtLot = Pick<RouteContext<'lot', unknown, unknown, unknown>, 'procurement' | 'lot' | 'organisation'>;

const placeOf = ({ procurement, lot, organisation }: AtLot): BidderPlace => ({
  procurementId: procurement.id,
  lotNo: lot.no,
  supplierId: organisation(),
});

/** Another's is not found. */
async function ownDeposit(
  context: AtLot & Pick<RouteContext<'lot', { depositId: string }, unknown, unknown>, 'services' | 'params'>,
): Promise<Deposit> {
  const { depositId } = context.params;
  const { procurementId, lotNo: no, supplierId } = placeOf(context);
  const deposit = await depositById(context.services.db.read, depositId);
  const own = deposit.procurementId === procurementId && deposit.lotNo === no && deposit.supplierId === supplierId;
  if (!own) throw notFound('deposit', depositId);
  return deposit;
}

export const bidderDepositRoutes = [
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/deposit',
    action: 'deposit.own',
    at: 'lot',
    tag,
    zh: '本单位应交、已交的投标保证金，及汇款附言',
    en: 'Your own deposit for a lot: the amount due, the reference to quote, what has arrived',
    params: lotParams,
    outcomes: [{ status: 200, schema: ownDepositSchema, zh: '投标保证金', en: 'The deposit' }],
    handle: async (context) => {
      const { services, procurement, lot, commit, actor } = context;
      const { db, settings } = services;
      const place = placeOf(context);
      if ((lot.bidBondFen ?? 0) === 0) throw notFound('deposit', `${procurement.id}/lot/${lot.no}`);
      let reference = await referenceOf(db.read, place);
      if (reference === null && procurement.stage === 'bidding') {
        await commit(async (tx) => {
          reference = await giveReference(tx, actor, place);
          return ok(null);
        });
      }
      const shown = await ownDepositView(db, settings, procurement, { ...place, reference });
      if (!shown) throw notFound('deposit', `${procurement.id}/lot/${lot.no}`);
      return ok(shown);
    },
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/deposit/guarantee',
    action: 'deposit.hand-in',
    at: 'lot',
    tag,
    zh: '提交保函或保证保险，截止前再次提交同一保函、或者以 replaces 指明原来的，即替换；随后上传文件（…/deposit/{depositId}/document）',
    en: 'Submit a guarantee or an insurance; until the deadline the same one again, or `replaces`, replaces an earlier entry; its document is uploaded next (…/deposit/{depositId}/document)',
    params: lotParams,
    body: guaranteeSchema.extend({
      replaces: id
        .nullable()
        .default(null)
        .meta({ description: '所替换的本单位保函 / Your own entry that it replaces: its depositId' }),
    }),
    outcomes: [{ status: 201, schema: takenSchema, zh: '已提交', en: 'Taken' }],
    errors: ['unlawful', 'already-exists', 'stage-conflict'],
    judged: [{ field: 'form', zh: '招标（采购）文件接受的形式', en: 'a form that the documents accept' }],
    handle: async (context) =>
      context.commit(async (tx) => ({
        status: 201,
        body: takenView(
          await handInGuarantee(tx, context.actor, placeOf(context), guaranteeOf(context.body), context.body.replaces),
        ),
      })),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/deposit/{depositId}/document',
    action: 'deposit.hand-in',
    at: 'lot',
    tag,
    zh: '上传保函（保险单）文件（正文即文件内容），开标前对任何人保密',
    en: 'Upload the document of a guarantee (the body is the file); confidential until the opening',
    params: depositParams,
    ...documentUpload,
    handle: async (context) => takeDocument(context, await ownDeposit(context)),
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/deposit/{depositId}/document',
    action: 'deposit.own',
    at: 'lot',
    tag,
    zh: '本单位提交的保函（保险单）文件',
    en: 'The document of your own guarantee',
    params: depositParams,
    ...documentDownload,
    handle: async (context) => documentOf(context.services, await ownDeposit(context)),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/deposit/claim',
    action: 'deposit.hand-in',
    at: 'lot',
    tag,
    zh: '认领未写明附言的汇款：流水号、金额、汇款户名须与登记一致',
    en: 'Claim a payment that quoted no reference: number, amount and payer must agree',
    params: lotParams,
    body: z.strictObject({ transactionId, amountFen: fen }),
    outcomes: [{ status: 201, schema: takenSchema, zh: '已认领', en: 'Claimed' }],
    errors: ['stage-conflict'],
    handle: async (context) =>
      context.commit(async (tx) => ({
        status: 201,
        body: takenView(await claimPayment(tx, context.actor, placeOf(context), context.body)),
      })),
  }),
];
