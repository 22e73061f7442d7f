import type { Request } from 'express';
import * as z from 'zod';
import type { Actor } from '../../db/audit.ts';
import { bidById, type Bid } from '../../db/bids.ts';
import { submitBid } from '../../services/bids/submit.ts';
import type { StoredBlob } from '../../db/files/blobs.ts';
import { procurementById, type LotRow, type Procurement } from '../../db/procurements.ts';
import {
  abandonUpload,
  beginUpload,
  refuseUpload,
  takeUpload,
  uploadOf,
  uploadsOf,
  uploadUnknown,
  type UploadPlace,
  type UploadRow,
} from '../../db/uploads.ts';
import { DomainError, type ErrorCode } from '../../domain/errors.ts';
import { assertSealed, refuseEarly, refuseLate } from '../bids/intake.ts';
import { noContent, ok, route, type Answer, type Asked } from '../http/route.ts';
import { at, atOrNull, id, instantOut, lotNo, sha256 } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';
import { announcedBy, assertTus, TUS_ALWAYS, TUS_BYTES, TUS_EXTENSIONS, TUS_VERSION } from './tus.ts';
import { receiptOf, receiptSchema } from '../bids/receipt.ts';
import { counted, lateOutOfStage } from '../bids/routes.ts';

const tag = 'bids';
const place = z.object({ id, no: lotNo });
const params = place.extend({ uploadId: id });
const PATH = '/procurements/{id}/lots/{no}/uploads';

const uploadSchema = z
  .object({
    uploadId: id,
    procurementId: id,
    lotNo: z.int(),
    length: z.int().meta({ description: '声明的字节数 / Bytes announced' }),
    sha256: sha256.nullable().meta({ description: '声明的 SHA-256 / As announced' }),
    offset: z.int().meta({ description: '已收到的字节数 / Bytes that have come' }),
    state: z.enum(['open', 'taken', 'refused', 'withdrawn']),
    createdAt: instantOut,
    endedAt: instantOut.nullable(),
    receipt: receiptSchema.nullable().meta({ description: '已成为投标文件的，其回执 / The receipt, once it is a bid' }),
  })
  .meta({ id: 'Upload', description: '断点续传的投标文件 / A resumable upload of a bid' });

const headers = z.object({
  'Tus-Resumable': z.literal(TUS_VERSION).meta({ description: 'https://tus.io/protocols/resumable-upload' }),
});
const offsetHeader = headers.extend({
  'Upload-Offset': z.string().meta({ description: '从第几字节起 / The byte to go on from' }),
});

type At = Pick<Asked<'lot', unknown, unknown, unknown>, 'services' | 'actor' | 'commit' | 'organisation'> & {
  readonly procurement: Procurement;
  readonly lot: LotRow;
};

const placeOf = ({ procurement, lot, organisation }: At): UploadPlace => ({
  procurementId: procurement.id,
  lotNo: lot.no,
  supplierId: organisation(),
});

const locationOf = ({ procurementId, lotNo, id: uploadId }: UploadRow): string =>
  `/api/procurements/${procurementId}/lots/${lotNo}/uploads/${uploadId}`;

/**
 * How much there is, as the protocol tells it. An upload that is whole and yet no bid (a process was killed between the
 * two) is told as wanting its last byte: a client that hears of all of them says that it is done, and sends nothing more.
 */
async function offsetOf({ tus, db }: Services, at: UploadPlace, uploadId: string): Promise<number> {
  const before = await uploadOf(db.read, at, uploadId);
  if (before.state === 'taken') return before.length;
  if (before.state !== 'open') throw uploadUnknown(uploadId, before.state);
  const offset = await tus.offset(uploadId);
  const { state, length } = await uploadOf(db.read, at, uploadId);
  if (state === 'taken') return length;
  if (state !== 'open') throw uploadUnknown(uploadId, state);
  return Math.min(offset, length - 1);
}

/** What can never become a bid, whoever sends it again. */
const FINAL: readonly ErrorCode[] = [
  'bid-late',
  'stage-conflict',
  'hash-mismatch',
  'not-sealed',
  'seal-unfit',
  'file-too-large',
];

/**
 * Makes a bid of an upload that is whole: it counts at the instant of the transaction that ends this, as any bid. Once
 * done it stays done: who did not hear of it may ask again.
 */
async function finish(asked: At, uploadId: string): Promise<Bid> {
  const { services, actor } = asked;
  const { db, tus } = services;
  const where = placeOf(asked);
  return tus.alone(uploadId, async () => {
    const upload = await uploadOf(db.read, where, uploadId);
    const taken = await bidOf(services, upload);
    if (taken) return taken;
    // The tender may have changed while the bytes came.
    const procurement = await procurementById(db.read, where.procurementId);
    if (upload.state !== 'open') {
      await refuseLate(db, procurement);
      throw uploadUnknown(uploadId, upload.state);
    }
    if ((await db.uploads.store.getUpload(uploadId)).offset !== upload.length) throw notWhole(upload);
    try {
      return await counted(services, async () => {
        await refuseLate(db, procurement);
        const file = await intoBlobs(services, procurement, upload);
        const began = performance.now();
        const bid = await become(asked, upload, file);
        services.metrics.bidStored(file.size, (performance.now() - began) / 1000);
        // What is left is swept up later.
        await db.uploads.remove(uploadId).catch(() => undefined);
        return bid;
      });
    } catch (error) {
      if (error instanceof DomainError && FINAL.includes(error.code)) await refuse(services, actor, upload, error.code);
      throw error;
    }
  });
}

async function bidOf({ db }: Services, { bidId }: UploadRow): Promise<Bid | null> {
  return bidId === null ? null : bidById(db.read, bidId);
}

function notWhole({ id: uploadId }: UploadRow): DomainError {
  return new DomainError('upload-offset', {
    messageZh: '文件尚未传完，请先以 HEAD 查询已收到的字节数',
    messageEn: 'Not all bytes have come: ask with HEAD how many there are',
    details: { uploadId },
  });
}

async function intoBlobs({ db }: Services, procurement: Procurement, upload: UploadRow): Promise<StoredBlob> {
  await assertSealed(procurement, upload.lotNo, upload.length, () => db.uploads.read(upload.id));
  const check = (file: StoredBlob): void => {
    if (file.size !== upload.length) throw notWhole(upload);
    if (upload.sha256 === null || upload.sha256 === file.sha256) return;
    throw new DomainError('hash-mismatch', {
      messageZh: '收到的文件与声明的 SHA-256 不一致，未收下，请重新上传',
      messageEn: 'What arrived is not what the declared SHA-256 says; it was not taken, send it again',
      details: { declared: upload.sha256, received: file.sha256 },
    });
  };
  const path = db.uploads.file(upload.id);
  if (path !== null) return db.blobs.adopt(path, check);
  const file = await db.blobs.store(await db.uploads.read(upload.id), upload.length);
  check(file);
  return file;
}

async function become(asked: At, { id: uploadId }: UploadRow, file: StoredBlob): Promise<Bid> {
  let bid: Bid | undefined;
  await asked.commit(async (tx) => {
    const upload = await uploadOf(tx.q, placeOf(asked), uploadId);
    if (upload.state !== 'open') throw uploadUnknown(uploadId, upload.state);
    bid = await submitBid(tx, asked.actor, { ...placeOf(asked), file });
    await takeUpload(tx, asked.actor, upload, bid);
    return noContent();
  });
  if (!bid) throw new Error('a transaction was kept without its work');
  return bid;
}

async function refuse({ db }: Services, actor: Actor, upload: UploadRow, reason: ErrorCode): Promise<void> {
  await db.transaction((tx) => refuseUpload(tx, actor, upload, reason), { procurementId: upload.procurementId });
  await db.uploads.remove(upload.id).catch(() => undefined);
}

/** The receipt, unless the client says that it can take none: the protocol itself knows 204 only. */
async function taken(
  services: Services,
  request: Request,
  status: number,
  bid: Bid,
  more: Answer['headers'] = {},
): Promise<Answer> {
  const told = { ...more, 'Upload-Offset': String(bid.size) };
  if (/(^|,)\s*return=minimal\b/.test(request.get('prefer') ?? '')) return noContent(told);
  return { status, body: await receiptOf(services, bid), headers: told };
}

/** Whether what is sent ends the file. */
const isLastPiece = (request: Request, from: number, length: number): boolean =>
  from >= 0 && from < length && Number(request.get('content-length')) === length - from;

/** Reads to its end a body that may hold so many bytes, and forgets it. */
async function drain(request: Request, most: number): Promise<void> {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
  if (bytes <= most) return;
  throw new DomainError('file-too-large', {
    messageZh: '收到的字节超过开始时声明的长度',
    messageEn: 'More bytes came than the upload was announced with',
    details: { field: 'Upload-Length' },
  });
}

function assertBytes(request: Request): void {
  if (request.get('content-type') === TUS_BYTES) return;
  throw new DomainError('media-type-unsupported', {
    messageZh: `请求正文应为 ${TUS_BYTES}`,
    messageEn: `The body must be ${TUS_BYTES}`,
  });
}

async function viewOf(services: Services, upload: UploadRow): Promise<z.infer<typeof uploadSchema>> {
  const { db } = services;
  const bid = await bidOf(services, upload);
  return {
    uploadId: upload.id,
    procurementId: upload.procurementId,
    lotNo: upload.lotNo,
    length: upload.length,
    sha256: upload.sha256,
    offset: bid ? upload.length : upload.state === 'open' ? (await db.uploads.store.getUpload(upload.id)).offset : 0,
    state: upload.state,
    createdAt: at(upload.createdAt),
    endedAt: atOrNull(upload.endedAt),
    receipt: bid && (await receiptOf(services, bid)),
  };
}

const refusals = [
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
    params: place,
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
    params: place,
    headers: headers.extend({
      'Upload-Length': z.string().meta({ description: '字节数 / Bytes' }),
      'Upload-Metadata': z.string().optional().meta({
        description: '可含 sha256（十六进制，Base64 编码）；其余不留存 / May hold sha256; the rest is not kept',
      }),
    }),
    upload: { zh: '可附首段内容', en: 'May bring the first bytes at once', mediaType: TUS_BYTES, optional: true },
    outcomes: [
      {
        status: 201,
        schema: receiptSchema.optional(),
        zh: '已开始；已传完的，附回执',
        en: 'Begun; the receipt if whole',
      },
      { status: 204, zh: '已传完，按要求不附回执', en: 'Whole; without its receipt, as asked' },
    ],
    errors: [...refusals, ...receiving, 'file-empty', 'quota-exceeded', 'upload-unknown', 'upload-offset'],
    handle: async (asked) => {
      const { services, request, response, procurement, actor, commit } = asked;
      const { db, settings, tus } = services;
      assertTus(request);
      const announced = announcedBy(request, settings.maxFileBytes);
      await refuseEarly(services, procurement, placeOf(asked), announced.length);
      let begun: UploadRow | undefined;
      await commit(async (tx) => {
        begun = await beginUpload(tx, actor, placeOf(asked), announced, settings.bidQuotas);
        return noContent();
      });
      if (!begun) throw new Error('a transaction was kept without its work');
      const location = { Location: locationOf(begun) };
      let offset: number;
      try {
        offset = await tus.receive('POST', begun.id, request, response);
      } catch (error) {
        // Nobody was told where it is.
        const failed = begun;
        await db.transaction((tx) => abandonUpload(tx, actor, failed), { procurementId: procurement.id });
        throw error;
      }
      if (offset === begun.length) return taken(services, request, 201, await finish(asked, begun.id), location);
      return { status: 201, headers: { ...location, 'Upload-Offset': String(offset) } };
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
    params: place,
    outcomes: [{ status: 200, schema: z.object({ items: z.array(uploadSchema) }), zh: '上传', en: 'Uploads' }],
    errors: ['upload-unknown'],
    handle: async (asked) => {
      const { services } = asked;
      const own = await uploadsOf(services.db.read, placeOf(asked));
      return ok({ items: await Promise.all(own.map((upload) => viewOf(services, upload))) });
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
    handle: async (asked) => {
      const { services, request, params: named } = asked;
      assertTus(request);
      const { length } = await uploadOf(services.db.read, placeOf(asked), named.uploadId);
      const offset = await offsetOf(services, placeOf(asked), named.uploadId);
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
    handle: async (asked) => {
      const { services, params: named } = asked;
      return ok(await viewOf(services, await uploadOf(services.db.read, placeOf(asked), named.uploadId)));
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
    en: 'Go on; the bid counts when its last byte is stored and its hash checked',
    params,
    headers: offsetHeader,
    upload: { zh: '自 Upload-Offset 起的内容', en: 'The bytes from Upload-Offset on', mediaType: TUS_BYTES },
    outcomes: [
      { status: 200, schema: receiptSchema, zh: '已传完，回执', en: 'Whole: the receipt' },
      { status: 204, zh: '已存，见 Upload-Offset', en: 'Stored; see Upload-Offset' },
    ],
    errors: [...refusals, ...receiving, 'upload-unknown', 'upload-offset', 'media-type-unsupported'],
    handle: async (asked) => {
      const { services, request, response, procurement, params: named } = asked;
      const { db, tus } = services;
      assertTus(request);
      assertBytes(request);
      const upload = await uploadOf(db.read, placeOf(asked), named.uploadId);
      const { length } = upload;
      const from = Number(request.get('upload-offset') ?? NaN);
      const atTheEnd = from === length || from === length - 1;
      const bid = await bidOf(services, upload);
      if (!bid) {
        await refuseLate(db, procurement);
        if (upload.state !== 'open') throw uploadUnknown(upload.id, upload.state);
      } else if (!atTheEnd && !isLastPiece(request, from, length)) throw notWhole(upload);
      // It was whole before: its last byte, which it was told to want, is there; or its last piece, whose answer was lost.
      if (bid ?? (atTheEnd && (await tus.offset(upload.id)) === length)) await drain(request, length - from);
      else {
        const offset = await tus.receive('PATCH', upload.id, request, response);
        if (offset < length) return noContent({ 'Upload-Offset': String(offset) });
      }
      return taken(services, request, 200, bid ?? (await finish(asked, upload.id)));
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
    handle: async (asked) => ok(await receiptOf(asked.services, await finish(asked, asked.params.uploadId))),
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
    handle: async (asked) => {
      const { services, request, actor, commit, params: named } = asked;
      const { db, tus } = services;
      assertTus(request);
      return tus.alone(named.uploadId, async () => {
        const answer = await commit(async (tx) => {
          const upload = await uploadOf(tx.q, placeOf(asked), named.uploadId);
          if (upload.state === 'taken') {
            throw new DomainError('stage-conflict', {
              messageZh: '该上传已成为投标文件；撤回投标文件请用 DELETE …/bids',
              messageEn: 'This upload is a bid already; a bid is withdrawn by DELETE …/bids',
              details: { bidId: upload.bidId },
            });
          }
          if (upload.state !== 'open') throw uploadUnknown(upload.id, upload.state);
          await abandonUpload(tx, actor, upload);
          return noContent();
        });
        await db.uploads.remove(named.uploadId).catch(() => undefined);
        return answer;
      });
    },
  }),
];
