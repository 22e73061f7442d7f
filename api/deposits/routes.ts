import * as z from 'zod';
import { recordAudit } from '../../db/audit.ts';
import type { Queries } from '../../db/access/database.ts';
import { FORFEIT_GROUND_KEYS } from '../../domain/deposits/grounds.ts';
import { addGuaranteeDocument, guaranteeDocumentOf } from '../../db/deposit-documents.ts';
import { forfeitDeposit, refundDeposit, refundDutyOf, refundsBeforeOpening } from '../../db/deposit-refunds.ts';
import {
  claimPayment,
  depositById,
  giveReference,
  handInGuarantee,
  recordGuarantee,
  recordMovement,
  recordPayment,
  referenceOf,
  unclaimedPayments,
  type Deposit,
} from '../../db/deposits.ts';
import { notFound, procurementById, stageConflict, type Procurement } from '../../db/procurements.ts';
import { DEPOSIT_FORMS } from '../../domain/law/facts.ts';
import { lineOutcomes, readBankFile } from '../../imports/bank/file.ts';
import { assertBankSigned } from '../../imports/bank/signature.ts';
import {
  bidderDepositSchema,
  bidderDepositsView,
  DEPOSIT_SOURCES,
  dutyView,
  guaranteeDocumentSchema,
  guaranteeDocumentView,
  ownDepositSchema,
  ownDepositView,
  refundDutySchema,
} from './views.ts';
import { rawBodyOf } from '../http/raw-body.ts';
import { ok, route, type Answer, type Asked } from '../http/route.ts';
import { at, fen, id, instant, instantOrDay, instantOut, line, lotNo, prose } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';
import { receiveFile } from '../http/upload.ts';

const tag = 'deposits';
const lotParams = z.object({ id, no: lotNo });
const depositParams = z.object({ depositId: id });
const transactionId = line(100).meta({ description: '银行流水号 / The bank’s number of the transaction' });

const procurementOf = async (q: Queries, { depositId }: { depositId: string }): Promise<string> =>
  (await depositById(q, depositId)).procurementId;

/** Before the opening an id that is known is answered as one that is not. */
async function procurementOfOpened(q: Queries, { depositId }: { depositId: string }): Promise<string> {
  const { procurementId } = await depositById(q, depositId);
  if ((await procurementById(q, procurementId)).openedAt === null) throw notFound('deposit', depositId);
  return procurementId;
}

/** Before the opening only the centre gives back, and only what must go back then: who bids is nobody's to know. */
async function assertMaySettle(
  tx: { q: Queries; calendar: Parameters<typeof refundDutyOf>[1] },
  role: string,
  { id: procurementId }: Procurement,
  depositId: string,
): Promise<void> {
  const { openedAt } = await procurementById(tx.q, procurementId);
  if (openedAt !== null) return;
  const { why } = await refundDutyOf(tx.q, tx.calendar, await depositById(tx.q, depositId));
  if (role !== 'centre' || (why !== 'withdrawn' && why !== 'terminated')) throw notFound('deposit', depositId);
}

const guaranteeSchema = z.strictObject({
  form: z.enum(['guarantee', 'insurance']),
  number: line(100),
  issuer: line(200),
  amountFen: fen.min(1),
  validUntil: instantOrDay,
});
const takenSchema = z.object({ depositId: id, arrivedAt: instantOut });
const takenView = ({ id: depositId, arrivedAt }: Deposit): z.infer<typeof takenSchema> => ({
  depositId,
  arrivedAt: at(arrivedAt),
});

/** No guarantee has more pages. */
const MAX_GUARANTEE_BYTES = 20 * 1024 * 1024;
const documentUpload = {
  query: z.strictObject({ name: line(200) }),
  upload: { zh: '文件，最大 20 MB；可附 Content-SHA256', en: 'The file, 20 MB at most; Content-SHA256 is checked' },
  outcomes: [{ status: 201, schema: guaranteeDocumentSchema, zh: '已提交', en: 'Taken' }],
  errors: [
    'file-too-large',
    'file-empty',
    'hash-mismatch',
    'upload-incomplete',
    'bad-input',
    'already-exists',
    'quota-exceeded',
    'stage-conflict',
  ],
} as const;

/** Receives the document of a guarantee that `mayTake` says may have one. */
async function takeDocument(
  {
    services: { db, settings },
    request,
    query: { name },
    commit,
    actor,
  }: Pick<Asked<'anywhere', unknown, { name: string }, unknown>, 'services' | 'request' | 'query' | 'commit' | 'actor'>,
  depositId: string,
  mayTake: (deposit: Deposit) => boolean,
): Promise<Answer> {
  const deposit = await depositById(db.read, depositId);
  if (deposit.form === 'transfer' || !mayTake(deposit)) throw notFound('deposit', depositId);
  const file = await receiveFile(request, db.blobs, Math.min(MAX_GUARANTEE_BYTES, settings.maxFileBytes));
  const mediaType = (request.get('content-type') ?? 'application/octet-stream').slice(0, 200);
  return commit(async (tx) => ({
    status: 201,
    body: guaranteeDocumentView(await addGuaranteeDocument(tx, actor, deposit, { name, mediaType, file })),
  }));
}

async function documentAnswer({ db }: Services, depositId: string): Promise<Answer> {
  const document = await guaranteeDocumentOf(db.read, depositId);
  if (!document) throw notFound('document', depositId);
  const { name, mediaType, size, sha256 } = document;
  return {
    ...ok(undefined, { 'Content-SHA256': sha256 }),
    file: { stream: db.blobs.open(sha256), name, mediaType, size },
  };
}

const settledSchema = z.object({ depositId: id, leftFen: z.int() });

export const depositRoutes = [
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/deposit',
    action: 'deposit.own',
    at: 'lot',
    tag,
    zh: '本单位应交、已交的投标保证金，及汇款附言',
    en: 'Your own deposit for a lot: what is asked, the reference to quote, what has arrived',
    params: lotParams,
    outcomes: [{ status: 200, schema: ownDepositSchema, zh: '投标保证金', en: 'The deposit' }],
    handle: async ({ services: { db, settings }, procurement, lot, organisation, commit, actor }) => {
      const place = { procurementId: procurement.id, lotNo: lot.no, supplierId: organisation() };
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
    zh: '提交保函或保证保险；随后上传文件（…/deposit/{depositId}/document）',
    en: 'Hand in a guarantee or an insurance; its document is uploaded next (…/deposit/{depositId}/document)',
    params: lotParams,
    body: guaranteeSchema,
    outcomes: [{ status: 201, schema: takenSchema, zh: '已提交', en: 'Taken' }],
    errors: ['unlawful', 'already-exists', 'stage-conflict', 'bad-input'],
    handle: async ({ procurement, lot, organisation, body, commit, actor }) =>
      commit(async (tx) => {
        const place = { procurementId: procurement.id, lotNo: lot.no, supplierId: organisation() };
        return { status: 201, body: takenView(await handInGuarantee(tx, actor, place, body)) };
      }),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/deposit/{depositId}/document',
    action: 'deposit.hand-in',
    at: 'lot',
    tag,
    zh: '上传保函（保险单）文件（正文即文件内容），开标前对任何人保密',
    en: 'Upload the document of a guarantee (the body is the file); secret from everybody until the opening',
    params: lotParams.extend({ depositId: id }),
    ...documentUpload,
    handle: async (context) => {
      const { procurement, lot, params, organisation } = context;
      return takeDocument(
        context,
        params.depositId,
        ({ procurementId, lotNo, supplierId }) =>
          procurementId === procurement.id && lotNo === lot.no && supplierId === organisation(),
      );
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/deposit/{depositId}/document',
    action: 'deposit.own',
    at: 'lot',
    tag,
    zh: '本单位提交的保函（保险单）文件',
    en: 'The document of your own guarantee',
    params: lotParams.extend({ depositId: id }),
    outcomes: [{ status: 200, file: 'application/octet-stream', zh: '文件内容', en: 'The file' }],
    handle: async ({ services, procurement, lot, params: { depositId }, organisation }) => {
      const { procurementId, lotNo, supplierId } = await depositById(services.db.read, depositId);
      const own = procurementId === procurement.id && lotNo === lot.no && supplierId === organisation();
      if (!own) throw notFound('deposit', depositId);
      return documentAnswer(services, depositId);
    },
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
    handle: async ({ procurement, lot, organisation, body, commit, actor }) =>
      commit(async (tx) => {
        const place = { procurementId: procurement.id, lotNo: lot.no, supplierId: organisation() };
        return { status: 201, body: takenView(await claimPayment(tx, actor, place, body)) };
      }),
  }),
  route({
    method: 'post',
    path: '/deposits/callback',
    action: 'deposit.notify',
    at: 'anywhere',
    // The bank's number of the transaction makes it once.
    withoutKey: true,
    tag,
    zh: '银行通知到账：HMAC-SHA256 签名，按流水号去重',
    en: 'A bank tells that a payment came: signed by HMAC-SHA256, once by its number',
    headers: z.object({
      'X-Bank-Timestamp': z.string().meta({ description: '自 1970 年起的秒数 / Seconds since 1970' }),
      'X-Bank-Signature': z.string().meta({
        description:
          'HMAC-SHA256(密钥, 时间戳 + "." + 正文字节)，小写十六进制 / over timestamp, full stop, body; lower-case hex',
      }),
    }),
    body: z.strictObject({
      transactionId,
      amountFen: fen.min(1),
      text: z.string().max(500).meta({ description: '附言原文 / The text of the payment as it is' }),
      payer: line(200).nullable().default(null),
      payerAccount: line(100).nullable().default(null),
      fromBaseAccount: z.boolean().nullable().default(null),
      arrivedAt: instant,
      form: z.enum(DEPOSIT_FORMS).default('transfer'),
      issuer: line(200).nullable().default(null),
      validUntil: instant.nullable().default(null),
    }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ outcome: z.enum(['matched', 'unmatched', 'duplicate']) }),
        zh: '已登记',
        en: 'Recorded',
      },
    ],
    errors: ['unauthenticated', 'already-exists', 'bad-input'],
    handle: async ({ services: { settings, realNow }, request, body, commit, actor }) => {
      assertBankSigned(
        settings.bankSecret,
        {
          timestamp: request.get('x-bank-timestamp'),
          signature: request.get('x-bank-signature'),
          body: rawBodyOf(request),
        },
        realNow(),
      );
      const { transactionId: externalId, ...told } = body;
      return commit(async (tx) =>
        ok({ outcome: await recordPayment(tx, { ...actor, role: 'bank' }, 'callback', { externalId, ...told }) }),
      );
    },
  }),
  route({
    method: 'post',
    path: '/deposits/import',
    action: 'deposit.record',
    at: 'anywhere',
    tag,
    zh: '导入银行对账单（CSV 或 XLSX）：preview=true 时只预览；逐行答复，不显示属于哪个项目、哪个投标人',
    en: 'Bring in a bank statement (CSV or XLSX); with preview=true nothing is. Each line is answered, without its tender or bidder',
    query: z.strictObject({
      preview: z.enum(['true', 'false']).default('false'),
      encoding: z.enum(['utf-8', 'gb18030']).default('utf-8').meta({ description: 'CSV 的编码 / Of a CSV' }),
      transaction: line(100).default('流水号'),
      amount: line(100).default('贷方发生额'),
      time: line(100).default('交易时间').meta({
        description: '列名；日期、时间两列以 + 连接 / Column; a date and a time joined by +',
      }),
      text: line(100).default('附言'),
      payer: line(100).optional(),
      account: line(100).optional(),
    }),
    upload: { zh: '对账单，CSV 或 XLSX，最大 8 MB', en: 'The statement, CSV or XLSX, 8 MB at most' },
    outcomes: [
      {
        status: 200,
        schema: z.object({
          preview: z.boolean(),
          lines: z.array(
            z.object({
              line: z.int(),
              transactionId: z.string().nullable(),
              outcome: z.enum(['matched', 'unmatched', 'duplicate', 'wrong']),
              zh: z.string(),
              en: z.string(),
            }),
          ),
        }),
        zh: '每一行的结果',
        en: 'What becomes of each line',
      },
    ],
    errors: ['file-too-large', 'file-empty', 'bad-input'],
    handle: async ({ services: { db }, request, query: { preview: asked, encoding, ...columns }, commit, actor }) => {
      const { sha256, lines } = await readBankFile(request, columns, encoding);
      const preview = asked === 'true';
      if (preview) return ok({ preview, lines: await lineOutcomes(db.read, lines) });
      return commit(async (tx) => {
        const told = await lineOutcomes(tx.q, lines, (payment) => recordPayment(tx, actor, 'file', payment));
        recordAudit(tx, actor, {
          action: 'deposit.import',
          procurementId: null,
          subject: `bank-file/${sha256}`,
          detail: { sha256, lines: lines.length },
        });
        return ok({ preview, lines: told });
      });
    },
  }),
  route({
    method: 'post',
    path: '/deposits/guarantee',
    action: 'deposit.record',
    at: 'anywhere',
    tag,
    zh: '登记纸质保函（保险单），按保证金编号归入；不显示属于哪个项目、哪个投标人',
    en: 'Record a guarantee handed in on paper, by the bidder’s reference; its tender and bidder are not shown',
    body: guaranteeSchema.extend({ reference: line(100) }),
    outcomes: [{ status: 201, schema: takenSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['already-exists', 'not-found'],
    handle: async ({ body: { reference, ...guarantee }, commit, actor }) =>
      commit(async (tx) => ({
        status: 201,
        body: takenView(await recordGuarantee(tx, actor, reference, guarantee)),
      })),
  }),
  route({
    method: 'post',
    path: '/deposits/{depositId}/document',
    action: 'deposit.record',
    at: 'anywhere',
    tag,
    zh: '上传所登记纸质保函（保险单）的扫描件',
    en: 'Upload the scan of a guarantee that was recorded from paper',
    params: depositParams,
    ...documentUpload,
    handle: async (context) => takeDocument(context, context.params.depositId, ({ source }) => source === 'centre'),
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
    outcomes: [{ status: 200, file: 'application/octet-stream', zh: '文件内容', en: 'The file' }],
    handle: async ({ services, params: { depositId } }) => documentAnswer(services, depositId),
  }),
  route({
    method: 'get',
    path: '/deposits/unmatched',
    action: 'deposit.record',
    at: 'anywhere',
    tag,
    zh: '尚无人认领的汇款（仅流水号和时间，汇款人以银行记录为准）',
    en: 'Payments that nobody has claimed: their numbers and instants; whose they are the bank knows',
    outcomes: [
      {
        status: 200,
        schema: z.object({
          items: z.array(
            z.object({
              transactionId: z.string(),
              arrivedAt: instantOut,
              recordedAt: instantOut,
              source: z.enum(DEPOSIT_SOURCES),
            }),
          ),
        }),
        zh: '汇款',
        en: 'Payments',
      },
    ],
    handle: async ({ services: { db } }) =>
      ok({
        items: (await unclaimedPayments(db.read)).map(({ externalId, arrivedAt, recordedAt, source }) => ({
          transactionId: externalId,
          arrivedAt: at(arrivedAt),
          recordedAt: at(recordedAt),
          source,
        })),
      }),
  }),
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
    method: 'post',
    path: '/deposits/{depositId}/check',
    action: 'deposit.record',
    at: 'procurement',
    procurementOf: (q, params) => procurementOf(q, depositParams.parse(params)),
    tag,
    zh: '登记保函核验结果（开标后）',
    en: 'Record whether a guarantee holds, after the opening',
    params: depositParams,
    body: z.strictObject({ outcome: z.enum(['confirmed', 'rejected']), reasonZh: prose(2000) }),
    outcomes: [{ status: 200, schema: settledSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['stage-conflict', 'bad-input'],
    handle: async ({ procurement, params: { depositId }, body: { outcome, reasonZh }, commit, actor }) =>
      commit(async (tx) => {
        const { openedAt, stage } = await procurementById(tx.q, procurement.id);
        if (openedAt === null) throw notFound('deposit', depositId);
        const account = await depositById(tx.q, depositId);
        if (account.form === 'transfer') throw notFound('deposit', depositId);
        if (stage !== 'evaluation') throw stageConflict('procurement', stage, ['evaluation']);
        await recordMovement(tx, actor, account, { kind: outcome, at: tx.now, reasonZh });
        return ok({ depositId, leftFen: account.leftFen });
      }),
  }),
  route({
    method: 'post',
    path: '/deposits/{depositId}/refund',
    action: 'deposit.refund',
    at: 'procurement',
    procurementOf: (q, params) => procurementOf(q, depositParams.parse(params)),
    tag,
    zh: '登记退还保证金及利息；同组全部退还后，该法定事项办结',
    en: 'Record that a deposit went back, with its interest; the last of its group fulfils the duty',
    params: depositParams,
    body: z.strictObject({ amountFen: fen, interestFen: fen.default(0), at: instant, bankReference: line(100) }),
    outcomes: [{ status: 200, schema: settledSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['bad-input', 'unlawful', 'rates-missing'],
    handle: async ({ services: { settings }, procurement, params: { depositId }, body, role, commit, actor }) =>
      commit(async (tx) => {
        await assertMaySettle(tx, role, procurement, depositId);
        const told = await refundDeposit(tx, actor, depositId, body, settings.depositRates);
        return { ...ok({ depositId, leftFen: (await depositById(tx.q, depositId)).leftFen }), ...told };
      }),
  }),
  route({
    method: 'post',
    path: '/deposits/{depositId}/forfeit',
    action: 'deposit.refund',
    at: 'procurement',
    procurementOf: (q, params) => procurementOf(q, depositParams.parse(params)),
    tag,
    zh: '登记依法不予退还的保证金及其理由',
    en: 'Record that a deposit is kept, on a ground that the law gives',
    params: depositParams,
    body: z.strictObject({ amountFen: fen, ground: z.enum(FORFEIT_GROUND_KEYS), reasonZh: prose(2000) }),
    outcomes: [{ status: 200, schema: settledSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['bad-input', 'unlawful'],
    handle: async ({ procurement, params: { depositId }, body, role, commit, actor }) =>
      commit(async (tx) => {
        await assertMaySettle(tx, role, procurement, depositId);
        const told = await forfeitDeposit(tx, actor, depositId, body);
        return { ...ok({ depositId, leftFen: (await depositById(tx.q, depositId)).leftFen }), ...told };
      }),
  }),
];
