import * as z from 'zod';
import { depositById, unclaimedPayments } from '../../db/deposits.ts';
import { notFound } from '../../db/procurements.ts';
import { DEPOSIT_FORMS } from '../../domain/law/facts.ts';
import { readBankFile } from '../../imports/bank/file.ts';
import { assertBankSigned } from '../../imports/bank/signature.ts';
import { importStatement, previewStatement } from '../../services/deposits/import-statement.ts';
import { recordGuarantee } from '../../services/deposits/record-guarantee.ts';
import { recordPayment } from '../../services/deposits/record-payments.ts';
import { unreadableAs } from '../http/problems.ts';
import { rawBodyOf } from '../http/raw-body.ts';
import { bytesOf } from '../http/bytes.ts';
import { ok, route } from '../http/route.ts';
import { at, fen, id, identifier, instant, instantOrDay, instantOut, line, words } from '../http/schemas.ts';
import { documentUpload, takeDocument } from './documents.ts';
import { DEPOSIT_SOURCES, guaranteeOf, guaranteeSchema, takenSchema, takenView, transactionId } from './views.ts';

// Recording deposits: from the bank, and on paper at the centre, to which neither tender nor bidder is shown.

const tag = 'deposits';

export const depositRecordingRoutes = [
  route({
    method: 'post',
    path: '/deposits/callback',
    action: 'deposit.notify',
    at: 'anywhere',
    // The bank's transaction number prevents a second record.
    withoutKey: true,
    tag,
    zh: '银行通知到账，或开立人确认保函（保险）：HMAC-SHA256 签名，按流水号（编号）去重',
    en: 'A bank notifies a payment, an issuer confirms a guarantee: signed by HMAC-SHA256; each number is recorded once',
    headers: z.object({
      'X-Bank-Timestamp': z
        .string()
        .meta({ pattern: '^[0-9]{1,12}$', description: '自 1970 年起的秒数 / Seconds since 1970' }),
      'X-Bank-Signature': z.string().meta({
        pattern: '^[0-9a-f]{64}$',
        description:
          'HMAC-SHA256(密钥, 时间戳 + "." + 正文字节)，小写十六进制 / over timestamp, full stop, body; lower-case hex',
      }),
    }),
    body: z.strictObject({
      transactionId,
      amountFen: fen.min(1),
      text: words(500).meta({ description: '附言原文 / The text of the payment as it is' }),
      payer: line(200).nullable().default(null),
      payerAccount: identifier(100).nullable().default(null),
      fromBaseAccount: z.boolean().nullable().default(null),
      arrivedAt: instant,
      form: z.enum(DEPOSIT_FORMS).default('transfer'),
      issuer: line(200).nullable().default(null),
      validUntil: instantOrDay.nullable().default(null),
    }),
    outcomes: [
      {
        status: 200,
        schema: z.object({ outcome: z.enum(['matched', 'unmatched', 'duplicate']) }),
        zh: '已登记',
        en: 'Recorded',
      },
    ],
    errors: ['unauthenticated', 'already-exists'],
    judged: [
      { field: 'arrivedAt', zh: '不晚于现在', en: 'not after now' },
      { field: 'issuer', rule: 'guarantee', zh: '保函、保险须有开立人', en: 'a guarantee names its issuer' },
      {
        field: 'text',
        rule: 'guarantee',
        zh: '保函、保险须有一个有效的保证金编号',
        en: 'a guarantee quotes one valid reference',
      },
    ],
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
      const { transactionId: externalId, ...payment } = body;
      return commit(async (tx) =>
        ok({ outcome: await recordPayment(tx, { ...actor, role: 'bank' }, 'callback', { externalId, ...payment }) }),
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
    en: 'Import a bank statement (CSV or XLSX); with preview=true nothing is written. The answer has the outcome of each line, without its tender or bidder',
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
    errors: ['file-too-large', 'file-empty'],
    judged: [{ field: 'body', rule: 'bank-file', zh: '可读的对账单', en: 'a statement that can be read' }],
    handle: async ({ services: { db }, request, query, commit, actor }) => {
      const { preview: previewParam, encoding, ...columns } = query;
      const statement = await readBankFile(bytesOf(request), columns, encoding).catch(unreadableAs('bank-file'));
      const preview = previewParam === 'true';
      if (preview) return ok({ preview, lines: await previewStatement(db.read, statement, db.now()) });
      return commit(async (tx) => ok({ preview, lines: await importStatement(tx, actor, statement) }));
    },
  }),
  route({
    method: 'post',
    path: '/deposits/guarantee',
    action: 'deposit.record',
    at: 'anywhere',
    tag,
    zh: '登记纸质保函（保险单），按保证金编号归入；截止前再次登记同一保函即替换；不显示属于哪个项目、哪个投标人',
    en: 'Record a guarantee submitted on paper, by the bidder’s reference; the same one again replaces it until the deadline; its tender and bidder are not shown',
    body: guaranteeSchema.extend({ reference: identifier(100) }),
    outcomes: [{ status: 201, schema: takenSchema, zh: '已登记', en: 'Recorded' }],
    errors: ['already-exists', 'not-found'],
    handle: async ({ body: { reference, ...guarantee }, commit, actor }) =>
      commit(async (tx) => ({
        status: 201,
        body: takenView(await recordGuarantee(tx, actor, reference, guaranteeOf(guarantee))),
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
    params: z.object({ depositId: id }),
    ...documentUpload,
    handle: async (context) => {
      const deposit = await depositById(context.services.db.read, context.params.depositId);
      if (deposit.source !== 'centre') throw notFound('deposit', deposit.id);
      return takeDocument(context, deposit);
    },
  }),
  route({
    method: 'get',
    path: '/deposits/unmatched',
    action: 'deposit.record',
    at: 'anywhere',
    tag,
    zh: '尚无人认领的汇款（仅流水号和时间，汇款人以银行记录为准）',
    en: 'Unclaimed payments: their numbers and times; the bank knows the payers',
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
];
