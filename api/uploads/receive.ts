import type { Request, Response } from 'express';
import type { Bid } from '../../db/bids.ts';
import type { Procurement } from '../../db/procurements.ts';
import { uploadOf } from '../../db/uploads.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { uploadUnknown } from '../../domain/bids/uploads.ts';
import { DomainError } from '../../domain/errors.ts';
import { refuseLate } from '../../services/bids/intake.ts';
import type { Services } from '../http/services.ts';
import { notWhole } from './finish.ts';
import { assertTus, TUS_BYTES } from './tus.ts';
import { bidOf } from './views.ts';

/**
 * The offset, as the protocol reports it. An upload that is complete but not yet a bid (a process was killed between
 * the two) is reported without its last byte: at the full offset a client would report success and send nothing more.
 */
export async function offsetOf({ tus, db }: Services, at: BidderPlace, uploadId: string): Promise<number> {
  const before = await uploadOf(db.read, at, uploadId);
  if (before.state === 'taken') return before.length;
  if (before.state !== 'open') throw uploadUnknown(uploadId, before.state);
  const offset = await tus.offset(uploadId);
  const { state, length } = await uploadOf(db.read, at, uploadId);
  if (state === 'taken') return length;
  if (state !== 'open') throw uploadUnknown(uploadId, state);
  return Math.min(offset, length - 1);
}

/** The result of a request's bytes: the bid that the upload had become before, or how many bytes there are now. */
type Received = { readonly bid: Bid } | { readonly offset: number; readonly length: number };

/** Receives the bytes of a request that resumes an upload. */
export async function receivePiece(
  { db, tus }: Services,
  procurement: Procurement,
  place: BidderPlace,
  uploadId: string,
  { request, response }: { readonly request: Request; readonly response: Response },
): Promise<Received> {
  assertTus(request);
  assertBytes(request);
  const upload = await uploadOf(db.read, place, uploadId);
  const { length } = upload;
  const from = Number(request.get('upload-offset') ?? NaN);
  const atTheEnd = from === length || from === length - 1;
  const bid = await bidOf({ db }, upload);
  if (!bid) {
    await refuseLate(db, procurement);
    if (upload.state !== 'open') throw uploadUnknown(uploadId, upload.state);
  } else if (!atTheEnd && !isLastPiece(request, from, length)) throw notWhole(upload);
  // It was complete before: this is its last byte, which the offset left out, or its last piece, whose answer was lost.
  const wasWhole = bid !== null || (atTheEnd && (await tus.offset(uploadId)) === length);
  if (!wasWhole) return { offset: await tus.receive('PATCH', upload, request, response), length };
  await drain(request, length - from);
  return bid ? { bid } : { offset: length, length };
}

/** Whether this request completes the file. */
const isLastPiece = (request: Request, from: number, length: number): boolean =>
  from >= 0 && from < length && Number(request.get('content-length')) === length - from;

/** Reads a body of at most so many bytes to its end, and discards it. */
async function drain(request: Request, most: number): Promise<void> {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
  if (bytes <= most) return;
  throw new DomainError('file-too-large', {
    messageZh: '收到的字节超过开始时声明的长度',
    messageEn: 'More bytes arrived than the announced length of the upload',
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
