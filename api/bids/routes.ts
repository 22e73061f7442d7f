import { Readable } from 'node:stream';
import * as z from 'zod';
import { bidById, receiptsOf, type Bid } from '../../db/bids.ts';
import { bidUnknown, lateOutOfStage, withdrawalOutOfStage } from '../../domain/bids/refusals.ts';
import { submitBid } from '../../services/bids/submit.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import type { Database } from '../../db/access/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertSealed, refuseEarly } from '../../services/bids/intake.ts';
import { ok, route } from '../http/route.ts';
import {
  bareReceipt,
  bareReceiptSchema,
  printedReceiptOf,
  provenReceiptOf,
  provenReceiptSchema,
  signatureOf,
  receiptSchema,
  receiptsOfBids,
  type Receipt,
} from './views.ts';
import { id, lotNo } from '../http/schemas.ts';
import { CONFIRMED, confirmation } from '../http/sign-in/confirmation.ts';
import type { Services } from '../http/services.ts';
import { declaredLength, receiveFile } from '../http/upload.ts';

const tag = 'bids';
const params = z.object({ id, no: lotNo });

/** The signed text names the entry of the trail, which is known only after the commit. */
const withSignature = async (services: Services, body: unknown): Promise<Receipt> => {
  const kept = bareReceiptSchema.parse(body);
  return { ...kept, signed: await signatureOf(services, kept) };
};

/** Another supplier's bid is answered as not found. */
async function ownBid({ read }: Database, bidId: string, supplierId: string): Promise<Bid> {
  const bid = await bidById(read, bidId);
  if (bid.supplierId !== supplierId) throw bidUnknown(bidId);
  return bid;
}

/** A bid that was replaced or withdrawn was never opened. */
async function openedBid(
  { read }: Database,
  { procurementId, lotNo, bidId }: { readonly procurementId: string; readonly lotNo: number; readonly bidId: string },
): Promise<Bid> {
  const bid = await bidById(read, bidId);
  const opened = bid.procurementId === procurementId && bid.lotNo === lotNo && bid.state === 'standing';
  if (!opened) throw bidUnknown(bidId);
  return bid;
}

export async function counted<T>({ metrics }: Services, work: () => Promise<T>): Promise<T> {
  try {
    const answer = await work();
    metrics.bid('accepted', '');
    return answer;
  } catch (error) {
    metrics.bid('refused', error instanceof DomainError ? error.code : 'internal');
    throw error;
  }
}

export const bidRoutes = [
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/bids',
    action: 'bid.submit',
    at: 'lot',
    outOfStage: lateOutOfStage,
    tag,
    zh: '递交投标文件；再次递交即替换前一份',
    en: 'Submit a bid; a later one replaces it until the deadline',
    params,
    upload: {
      zh: '已加密的投标文件，最大 200 MB；可附 Content-SHA256、Content-Digest 或 Digest',
      en: 'The sealed file, 200 MB at most; Content-SHA256, Content-Digest or Digest is checked',
    },
    completed: withSignature,
    outcomes: [{ status: 201, schema: receiptSchema, zh: '回执', en: 'The receipt' }],
    errors: [
      'not-invited',
      'conflict-of-interest',
      'offer-made',
      'bid-late',
      'stage-conflict',
      'file-too-large',
      'file-empty',
      'hash-mismatch',
      'upload-incomplete',
      'not-sealed',
      'seal-unfit',
      'quota-exceeded',
    ],
    handle: async ({ services, request, procurement, lot, organisation, commit, actor }) =>
      counted(services, async () => {
        const { db, settings } = services;
        const place = { procurementId: procurement.id, lotNo: lot.no, supplierId: organisation() };
        await refuseEarly(services, procurement, place, declaredLength(request));
        const file = await receiveFile(request, db, settings);
        await assertSealed(db, procurement, place, file.size, async () => db.blobs.open(file.sha256));
        const began = performance.now();
        const answer = await commit(async (tx) => {
          const bid = await submitBid(tx, actor, { ...place, file, quotas: settings.bidQuotas });
          return { status: 201, body: bareReceipt(bid) };
        });
        services.metrics.bidStored(file.size, (performance.now() - began) / 1000);
        return answer;
      }),
  }),
  route({
    method: 'post',
    path: '/procurements/{id}/lots/{no}/bids/withdraw',
    action: 'bid.withdraw',
    at: 'lot',
    outOfStage: withdrawalOutOfStage,
    tag,
    zh: '撤回投标文件（投标截止前），以本人密码确认；通知本单位全部人员',
    en: 'Withdraw the bid, before the deadline, confirmed by your password; all of your organisation’s people are informed',
    params,
    body: z.strictObject({ ...confirmation }),
    completed: withSignature,
    outcomes: [{ status: 200, schema: receiptSchema, zh: '已撤回', en: 'Withdrawn' }],
    errors: ['bid-late', 'bid-unknown', 'stage-conflict', 'unauthenticated', 'code-locked'],
    judged: [CONFIRMED],
    handle: async ({ services, caller, person, body, procurement, lot, organisation, commit, actor }) => {
      await services.auth.confirm(caller, person(), body);
      return commit(async (tx) => {
        const bid = await withdrawBid(tx, actor, {
          procurementId: procurement.id,
          lotNo: lot.no,
          supplierId: organisation(),
        });
        return ok(bareReceipt(bid));
      });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/receipts',
    action: 'bid.receipts',
    at: 'procurement',
    tag,
    zh: '本单位在该项目的回执',
    en: 'Your own receipts of one procurement, newest first',
    params: z.object({ id }),
    outcomes: [{ status: 200, schema: z.object({ items: z.array(receiptSchema) }), zh: '回执', en: 'Receipts' }],
    handle: async ({ services, procurement, organisation }) =>
      ok({ items: await receiptsOfBids(services, await receiptsOf(services.db.read, organisation(), procurement.id)) }),
  }),
  route({
    method: 'get',
    path: '/receipts',
    action: 'bid.receipts',
    at: 'anywhere',
    tag,
    zh: '本单位全部回执',
    en: 'All of your own receipts, newest first',
    outcomes: [{ status: 200, schema: z.object({ items: z.array(receiptSchema) }), zh: '回执', en: 'Receipts' }],
    handle: async ({ services, organisation }) =>
      ok({ items: await receiptsOfBids(services, await receiptsOf(services.db.read, organisation())) }),
  }),
  route({
    method: 'get',
    path: '/receipts/{bidId}',
    action: 'bid.receipts',
    at: 'anywhere',
    tag,
    zh: '一份回执及其在日志中的证明；存为文件即可离线核验',
    en: 'A receipt of your own with its proof; kept as a file it can be checked off-line',
    params: z.object({ bidId: id }),
    outcomes: [{ status: 200, schema: provenReceiptSchema, zh: '回执', en: 'The receipt' }],
    errors: ['bid-unknown'],
    handle: async ({ services, params: { bidId }, organisation }) =>
      ok(await provenReceiptOf(services, await ownBid(services.db, bidId, organisation()))),
  }),
  route({
    method: 'get',
    path: '/receipts/{bidId}/receipt.pdf',
    action: 'bid.receipts',
    at: 'anywhere',
    tag,
    zh: '回执的 PDF，每次字节相同',
    en: 'The receipt as PDF, the same bytes each time',
    params: z.object({ bidId: id }),
    outcomes: [{ status: 200, file: 'application/pdf', zh: 'PDF', en: 'The PDF' }],
    errors: ['bid-unknown', 'too-many-requests'],
    handle: async ({ services, params: { bidId }, organisation }) => {
      const pdf = await printedReceiptOf(services, await ownBid(services.db, bidId, organisation()));
      return {
        ...ok(undefined),
        file: { stream: Readable.from([pdf]), name: `${bidId}.pdf`, mediaType: 'application/pdf', size: pdf.length },
      };
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/file',
    action: 'bid.read',
    at: 'lot',
    tag,
    zh: '查看投标文件（开标后）',
    en: 'Read a bid, after the opening',
    params: params.extend({ bidId: id }),
    outcomes: [{ status: 200, file: 'application/octet-stream', zh: '投标文件', en: 'The file' }],
    errors: ['bid-unknown'],
    handle: async ({ services: { db }, procurement, lot, params: { bidId } }) => {
      const bid = await openedBid(db, { procurementId: procurement.id, lotNo: lot.no, bidId });
      return {
        ...ok(undefined, { 'Content-SHA256': bid.sha256 }),
        file: {
          stream: db.blobs.open(bid.sha256),
          name: `${bid.id}.bid`,
          mediaType: 'application/octet-stream',
          size: bid.size,
          sha256: bid.sha256,
        },
      };
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/lots/{no}/bids/{bidId}/receipt',
    action: 'bid.read',
    at: 'lot',
    tag,
    zh: '查看投标文件的回执及其在日志中的证明（开标后）',
    en: 'The receipt of a bid with its proof, after the opening',
    params: params.extend({ bidId: id }),
    outcomes: [{ status: 200, schema: provenReceiptSchema, zh: '回执', en: 'The receipt' }],
    errors: ['bid-unknown'],
    handle: async ({ services, procurement, lot, params: { bidId } }) =>
      ok(
        await provenReceiptOf(
          services,
          await openedBid(services.db, { procurementId: procurement.id, lotNo: lot.no, bidId }),
        ),
      ),
  }),
];
