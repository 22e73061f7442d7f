import type { Request } from 'express';
import * as z from 'zod';
import type { Bid } from '../../db/bids.ts';
import { uploadOf, uploadsOf, type UploadRow } from '../../db/uploads.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { DomainError, type ErrorCode } from '../../domain/errors.ts';
import { abandonUpload } from '../../services/uploads/abandon.ts';
import { beginUpload } from '../../services/uploads/begin.ts';
import { refuseEarly } from '../../services/bids/intake.ts';
import { receiptOf, receiptSchema } from '../bids/views.ts';
import { lateOutOfStage } from '../../domain/bids/refusals.ts';
import { noContent, ok, route, type Answer, type RouteContext } from '../http/route.ts';
import { id, lotNo } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';
import { finishUpload } from './finish.ts';
import { offsetOf, receivePiece } from './receive.ts';
import { announcedBy, assertTus, TUS_ALWAYS, TUS_BYTES, TUS_EXTENSIONS, TUS_VERSION } from './tus.ts';
import { uploadSchema, uploadView } from './views.ts';

const tag = 'bids';
const lotParams = z.object({ id, no: lotNo });
const params = lotParams.extend({ uploadId: id });
const PATH = '/procurements/{id}/lots/{no}/uploads';

const BYTES = '^(?:0|[1-9][0-9]{0,14})$';
const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
const PAIR = `[!-+\\--~]+(?: ${BASE64})?`;
const METADATA = `^${PAIR}(?:,${PAIR})*$`;

const headers = z.object({
  'Tus-Resumable': z.literal(TUS_VERSION).meta({ description: 'https://tus.io/protocols/resumable-upload' }),
});
const offsetHeader = headers.extend({
  'Upload-Offset': z.string().meta({ pattern: BYTES, description: '从第几字节起 / The byte to resume from' }),
});

const placeOf = ({
  procurement,
  lot,
  organisation,
}: Pick<RouteContext<'lot', unknown, unknown, unknown>, 'procurement' | 'lot' | 'organisation'>): BidderPlace => ({
  procurementId: procurement.id,
  lotNo: lot.no,
  supplierId: organisation(),
});

const locationOf = ({ procurementId, lotNo, id: uploadId }: UploadRow): string =>
  `/api/procurements/${procurementId}/lots/${lotNo}/uploads/${uploadId}`;

/** The receipt, unless the client says that it accepts none: the protocol itself knows 204 only. */
async function taken(
  services: Services,
  request: Request,
  status: number,
  bid: Bid,
  more: Answer['headers'] = {},
): Promise<Answer> {
  const allHeaders = { ...more, 'Upload-Offset': String(bid.size) };
  if (/(^|,)\s*return=minimal\b/.test(request.get('prefer') ?? '')) return noContent(allHeaders);
  return { status, body: await receiptOf(services, bid), headers: allHeaders };
}

const refusals = [
  'not-invited',
  'conflict-of-interest',
  'offer-made',
  'bid-late',
  'stage-conflict',
  'hash-mismatch',
  'not-sealed',
  'seal-unfit',
  'upload-busy',
] as const satisfies ErrorCode[];
const receiving = ['tus-version', 'file-too-large', 'upload-incomplete', 'database-full'] as const;

const described = (path: string) => ({
  method: 'options' as const,
  path,
  action: 'bid.submit' as const,
  at: 'lot' as const,
  outOfStage: lateOutOfStage,
  always: TUS_ALWAYS,
  tag,
  zh: '断点续传协议的版本与能力',
  en: 'What of the resumable protocol is spoken here',
});
const capabilities = ({ settings }: Services): Answer =>
  noContent({ 'Tus-Extension': TUS_EXTENSIONS, 'Tus-Max-Size': String(settings.maxFileBytes) });

export const uploadRoutes = [
  route({
    ...described(PATH),
    params: lotParams,
    outcomes: [{ status: 204, zh: '见答复头', en: 'See the headers' }],
    errors: ['bid-late'],
    handle: async ({ services }) => capabilities(services),
  }),
  route({
    method: 'post',
    path: PATH,
    action: 'bid.submit',
    at: 'lot',
    outOfStage: lateOutOfStage,
    withoutKey: true,
    always: TUS_ALWAYS,
    tag,
    zh: '开始断点续传投标文件（tus 1.0.0）',
    en: 'Begin a resumable upload of a bid (tus 1.0.0)',
    params: lotParams,
    headers: headers.extend({
      'Upload-Length': z.string().meta({ pattern: BYTES, description: '字节数 / Bytes' }),
      'Upload-Metadata': z.string().optional().meta({
        pattern: METADATA,
        description: '可含 sha256（十六进制，Base64 编码）；其余不留存 / May contain sha256; other keys are not stored',
      }),
    }),
    upload: {
      zh: '可附首段内容',
      en: 'May contain the first bytes',
      mediaType: TUS_BYTES,
      optional: true,
      pieces: true,
    },
    outcomes: [
      {
        status: 201,
        schema: z.union([receiptSchema, uploadSchema]),
        zh: '已开始的上传；已传完的，为回执',
        en: 'The upload that has begun; the receipt if it is complete',
      },
      { status: 204, zh: '已传完，按要求不附回执', en: 'Complete; without its receipt, as requested' },
    ],
    errors: [...refusals, ...receiving, 'file-empty', 'quota-exceeded', 'upload-unknown', 'upload-offset'],
    judged: [
      { field: 'Upload-Metadata', rule: 'format', zh: '各键不同', en: 'no key twice' },
      { field: 'Upload-Metadata.sha256', rule: 'sha-256', zh: '十六进制的 SHA-256', en: 'a SHA-256 in hexadecimal' },
    ],
    handle: async (context) => {
      const { services, request, response, procurement, actor, commit } = context;
      const { db, settings, tus } = services;
      assertTus(request);
      const announced = announcedBy(request, settings.maxFileBytes);
      const place = placeOf(context);
      await refuseEarly(services, procurement, place, announced.length);
      let begun: UploadRow | undefined;
      await commit(async (tx) => {
        begun = await beginUpload(tx, actor, place, announced, settings.bidQuotas);
        return noContent();
      });
      if (!begun) throw new Error('a transaction was committed without its work');
      const location = { Location: locationOf(begun) };
      let offset: number;
      try {
        offset = await tus.receive('POST', begun, request, response);
      } catch (error) {
        // Its address was sent to nobody.
        const { id: uploadId, procurementId } = begun;
        await db
          .transaction((tx) => abandonUpload(tx, actor, place, uploadId), { procurementId })
          .catch((ended: unknown) => {
            // It may have ended meanwhile, at the deadline.
            if (!(ended instanceof DomainError)) throw ended;
          });
        throw error;
      }
      if (offset === begun.length)
        return taken(services, request, 201, await finishUpload(context, place, begun.id), location);
      const body = await uploadView(services, await uploadOf(db.read, place, begun.id));
      return { status: 201, body, headers: { ...location, 'Upload-Offset': String(offset) } };
    },
  }),
  route({
    method: 'get',
    path: PATH,
    action: 'bid.receipts',
    at: 'lot',
    tag,
    zh: '本单位在该标段的断点续传',
    en: 'Your own uploads for a lot, newest first',
    params: lotParams,
    outcomes: [{ status: 200, schema: z.object({ items: z.array(uploadSchema) }), zh: '上传', en: 'Uploads' }],
    errors: ['upload-unknown'],
    handle: async (context) => {
      const { services } = context;
      const own = await uploadsOf(services.db.read, placeOf(context));
      return ok({ items: await Promise.all(own.map((upload) => uploadView(services, upload))) });
    },
  }),
  route({
    ...described(`${PATH}/{uploadId}`),
    params,
    outcomes: [{ status: 204, zh: '见答复头', en: 'See the headers' }],
    errors: ['bid-late'],
    handle: async ({ services }) => capabilities(services),
  }),
  route({
    method: 'head',
    path: `${PATH}/{uploadId}`,
    action: 'bid.receipts',
    at: 'lot',
    always: TUS_ALWAYS,
    tag,
    zh: '已收到多少字节',
    en: 'How many bytes there are',
    params,
    headers,
    outcomes: [{ status: 200, zh: '见 Upload-Offset', en: 'See Upload-Offset' }],
    errors: ['tus-version', 'upload-unknown', 'upload-busy'],
    handle: async (context) => {
      const { services, request, params: named } = context;
      assertTus(request);
      const { length } = await uploadOf(services.db.read, placeOf(context), named.uploadId);
      const offset = await offsetOf(services, placeOf(context), named.uploadId);
      return { status: 200, headers: { 'Upload-Offset': String(offset), 'Upload-Length': String(length) } };
    },
  }),
  route({
    method: 'get',
    path: `${PATH}/{uploadId}`,
    action: 'bid.receipts',
    at: 'lot',
    tag,
    zh: '一个上传的状态；已成为投标文件的，附回执',
    en: 'What became of an upload; with the receipt once it is a bid',
    params,
    outcomes: [{ status: 200, schema: uploadSchema, zh: '上传', en: 'The upload' }],
    errors: ['upload-unknown'],
    handle: async (context) => {
      const { services, params: named } = context;
      return ok(await uploadView(services, await uploadOf(services.db.read, placeOf(context), named.uploadId)));
    },
  }),
  route({
    method: 'patch',
    path: `${PATH}/{uploadId}`,
    action: 'bid.submit',
    at: 'lot',
    outOfStage: lateOutOfStage,
    always: TUS_ALWAYS,
    tag,
    zh: '续传；最后一字节存妥并核对哈希的时刻即递交时刻',
    en: 'Resume; the bid counts when its last byte is stored and its hash is verified',
    params,
    headers: offsetHeader,
    upload: {
      zh: '自 Upload-Offset 起的内容',
      en: 'The bytes from Upload-Offset on',
      mediaType: TUS_BYTES,
      pieces: true,
    },
    outcomes: [
      { status: 200, schema: receiptSchema, zh: '已传完，回执', en: 'Whole: the receipt' },
      { status: 204, zh: '已存，见 Upload-Offset', en: 'Stored; see Upload-Offset' },
    ],
    errors: [...refusals, ...receiving, 'upload-unknown', 'upload-offset'],
    handle: async (context) => {
      const { services, request, procurement, params: named } = context;
      const place = placeOf(context);
      const received = await receivePiece(services, procurement, place, named.uploadId, context);
      if ('bid' in received) return taken(services, request, 200, received.bid);
      const { offset, length } = received;
      if (offset < length) return noContent({ 'Upload-Offset': String(offset) });
      return taken(services, request, 200, await finishUpload(context, place, named.uploadId));
    },
  }),
  route({
    method: 'post',
    path: `${PATH}/{uploadId}/finish`,
    action: 'bid.submit',
    at: 'lot',
    outOfStage: lateOutOfStage,
    withoutKey: true,
    tag,
    zh: '使已传完的上传成为投标文件（通常不需要）',
    en: 'Make a bid of an upload that is whole; done by its last byte, so seldom needed',
    params,
    outcomes: [{ status: 200, schema: receiptSchema, zh: '回执', en: 'The receipt' }],
    errors: [...refusals, 'upload-unknown', 'upload-offset'],
    handle: async (context) =>
      ok(await receiptOf(context.services, await finishUpload(context, placeOf(context), context.params.uploadId))),
  }),
  route({
    method: 'delete',
    path: `${PATH}/{uploadId}`,
    action: 'bid.submit',
    at: 'lot',
    outOfStage: lateOutOfStage,
    always: TUS_ALWAYS,
    tag,
    zh: '放弃未完成的上传',
    en: 'Abandon an unfinished upload',
    params,
    headers,
    outcomes: [{ status: 204, zh: '已放弃', en: 'Abandoned' }],
    errors: ['bid-late', 'stage-conflict', 'tus-version', 'upload-unknown', 'upload-busy'],
    handle: async (context) => {
      const { services, request, actor, commit, params: named } = context;
      const { db, tus } = services;
      assertTus(request);
      return tus.alone(named.uploadId, async () => {
        const answer = await commit(async (tx) => {
          await abandonUpload(tx, actor, placeOf(context), named.uploadId);
          return noContent();
        });
        await db.uploads.remove(named.uploadId).catch(() => undefined);
        return answer;
      });
    },
  }),
];
