import * as z from 'zod';
import { bidById, bidLate, bidUnknown, receiptsOf, submitBid, withdrawBid, type Bid } from '../../db/bids.ts';
import type { Database } from '../../db/database.ts';
import { openGrievances } from '../../db/suspensions.ts';
import type { Procurement } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { ok, route } from '../route.ts';
import { timelineLink, timelineLinkSchema } from '../rule-links.ts';
import { at, atOrNull, id, instantOut, lotNo, sha256 } from '../schemas.ts';
import type { Services } from '../services.ts';
import { receiveFile } from '../upload.ts';

const tag = 'bids';
const params = z.object({ id, no: lotNo });

const receiptSchema = z
  .object({
    bidId: id,
    procurementId: id,
    lotNo: z.int(),
    version: z.int(),
    sha256,
    size: z.int(),
    receivedAt: instantOut.meta({ description: '收到时间，是否逾期以此为准 / The instant that decides' }),
    deadline: instantOut,
    state: z.enum(['standing', 'replaced', 'withdrawn']),
    endedAt: instantOut.nullable(),
    links: timelineLinkSchema,
  })
  .meta({ id: 'Receipt', description: '投标文件回执' });

const receiptView = (bid: Bid): z.infer<typeof receiptSchema> => ({
  bidId: bid.id,
  procurementId: bid.procurementId,
  lotNo: bid.lotNo,
  version: bid.version,
  sha256: bid.sha256,
  size: bid.size,
  receivedAt: at(bid.receivedAt),
  deadline: at(bid.deadline),
  state: bid.state,
  endedAt: atOrNull(bid.endedAt),
  links: timelineLink(bid.procurementId),
});

/** After the close the stage itself says that a bid is late; the bidder is told so, with the article. */
function lateOutOfStage({ stage, bidDeadline }: Procurement, now: number): DomainError | null {
  return (stage === 'opening' || stage === 'evaluation' || stage === 'concluded') && bidDeadline !== null
    ? bidLate(bidDeadline, now)
    : null;
}

/** As the transaction itself would say it. */
/** Spares a bidder the upload of what will be refused; whether a bid is late is for its transaction to say. */
async function refuseEarly(db: Database, { id: procurementId, bidDeadline }: Procurement): Promise<void> {
  if (bidDeadline === null || db.now() < bidDeadline) return;
  const suspended = await openGrievances(db.read, { procurementId, lotNo: 0 }, 'bid-deadline');
  if (suspended.length === 0) throw bidLate(bidDeadline, db.now());
}

async function counted<T>({ metrics }: Services, work: () => Promise<T>): Promise<T> {
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
    en: 'Hand in a bid; a later one replaces it until the deadline',
    params,
    upload: {
      zh: '已加密的投标文件，最大 200 MB；可附 Content-SHA256、Content-Digest 或 Digest',
      en: 'The sealed file, 200 MB at most; Content-SHA256, Content-Digest or Digest is checked',
    },
    outcomes: [{ status: 201, schema: receiptSchema, zh: '回执', en: 'The receipt' }],
    errors: [
      'bid-late',
      'stage-conflict',
      'file-too-large',
      'file-empty',
      'hash-mismatch',
      'upload-incomplete',
      'bad-input',
    ],
    handle: async ({ services, request, procurement, lot, organisation, commit, actor }) =>
      counted(services, async () => {
        const { db, settings } = services;
        await refuseEarly(db, procurement);
        const file = await receiveFile(request, db.blobs, settings.maxFileBytes);
        const began = performance.now();
        const answer = await commit(async (tx) => {
          const bid = await submitBid(tx, actor, {
            procurementId: procurement.id,
            lotNo: lot.no,
            supplierId: organisation(),
            file,
          });
          return { status: 201, body: receiptView(bid) };
        });
        services.metrics.bidStored(file.size, (performance.now() - began) / 1000);
        return answer;
      }),
  }),
  route({
    method: 'delete',
    path: '/procurements/{id}/lots/{no}/bids',
    action: 'bid.withdraw',
    at: 'lot',
    outOfStage: lateOutOfStage,
    tag,
    zh: '撤回投标文件（投标截止前）',
    en: 'Withdraw the bid, before the deadline',
    params,
    outcomes: [{ status: 200, schema: receiptSchema, zh: '已撤回', en: 'Withdrawn' }],
    errors: ['bid-late', 'bid-unknown', 'stage-conflict'],
    handle: async ({ procurement, lot, organisation, commit, actor }) =>
      commit(async (tx) => {
        const bid = await withdrawBid(tx, actor, {
          procurementId: procurement.id,
          lotNo: lot.no,
          supplierId: organisation(),
        });
        return ok(receiptView(bid));
      }),
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
    handle: async ({ services: { db }, procurement, organisation }) =>
      ok({ items: (await receiptsOf(db.read, organisation(), procurement.id)).map(receiptView) }),
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
    handle: async ({ services: { db }, organisation }) =>
      ok({ items: (await receiptsOf(db.read, organisation())).map(receiptView) }),
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
      const bid = await bidById(db.read, bidId);
      // What was replaced or withdrawn was never opened.
      const opened = bid.procurementId === procurement.id && bid.lotNo === lot.no && bid.state === 'standing';
      if (!opened) throw bidUnknown(bidId);
      return {
        ...ok(undefined, { 'Content-SHA256': bid.sha256 }),
        file: {
          stream: db.blobs.open(bid.sha256),
          name: `${bid.id}.bid`,
          mediaType: 'application/octet-stream',
          size: bid.size,
        },
      };
    },
  }),
];
