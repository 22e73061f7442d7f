import { Readable } from 'node:stream';
import { ERRORS, Metadata, Server } from '@tus/server';
import type { Request, Response } from 'express';
import type { Database } from '../../db/access/database.ts';
import { uploadBusy } from '../../db/files/upload-locks.ts';
import { uploadUnknown } from '../../domain/bids/uploads.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import { whileRoom } from '../http/bounds/room.ts';
import type { ApiSettings } from '../http/settings.ts';

export const TUS_VERSION = '1.0.0';
/** On every answer, as the protocol requires. */
export const TUS_ALWAYS = { 'Tus-Resumable': TUS_VERSION, 'Tus-Version': TUS_VERSION };
export const TUS_EXTENSIONS = 'creation,creation-with-upload,termination';
export const TUS_BYTES = 'application/offset+octet-stream';

/** The headers that the protocol uses; all others are dropped. */
const PASSED_ON = ['upload-offset', 'upload-length', 'content-type', 'content-length'];

type Method = 'POST' | 'PATCH';

/** The resumable protocol (https://tus.io, 1.0.0) on the bytes of uploads. Permission is checked before. */
export interface Tus {
  /**
   * Receives the bytes of a request.
   * @param length of the whole file
   * @returns how many bytes there are now
   * @throws DomainError `upload-offset`, `file-too-large`, `upload-busy`, `upload-incomplete`, `database-full` …
   */
  receive(
    method: Method,
    { id, length }: { readonly id: string; readonly length: number },
    request: Request,
    response: Response,
  ): Promise<number>;
  /** How many bytes there are. A request that is still sending is stopped: the one that asks resumes the upload. */
  offset(uploadId: string): Promise<number>;
  /**
   * Runs `work` while no other request uses the upload.
   * @throws DomainError `upload-busy`
   */
  alone<T>(uploadId: string, work: () => Promise<T>): Promise<T>;
}

export function createTus(
  { uploads, uploadLocks }: Pick<Database, 'uploads' | 'uploadLocks'>,
  limits: Pick<ApiSettings, 'diskReserveBytes' | 'maxFileBytes'>,
): Tus {
  const failures = new WeakMap<object, unknown>();
  const server = new Server({
    path: '/uploads',
    datastore: uploads.store,
    locker: uploadLocks,
    namingFunction: ({ url }) => url.slice(url.lastIndexOf('/') + 1),
    getFileIdFromRequest: (_request, id) => id,
    lockDrainTimeout: 1_000,
    onResponseError: (request, error) => void failures.set(request, error),
  });

  const alone = async <T>(uploadId: string, work: () => Promise<T>): Promise<T> => {
    const lock = uploadLocks.newLock(uploadId);
    // Work under the lock is short, or must not be left half done: it is not interrupted.
    await lock.lock(new AbortController().signal, () => undefined);
    try {
      return await work();
    } finally {
      await lock.unlock();
    }
  };

  return {
    alone,
    receive: async (method, { id: uploadId, length }, request, response) => {
      const headers = new Headers({ 'tus-resumable': TUS_VERSION });
      for (const name of PASSED_ON) {
        const value = request.get(name);
        if (value !== undefined) headers.set(name, value);
      }
      const bytes = Readable.from(whileRoom(request, { uploads }, limits, length), { objectMode: false });
      // The library reports every failure of its source as an interruption.
      let refused: DomainError | undefined;
      bytes.on('error', (error) => {
        if (error instanceof DomainError) refused = error;
      });
      const passedOn = new Request_(`http://tus.local/uploads/${uploadId}`, {
        method,
        headers,
        body: Readable.toWeb(bytes) as ReadableStream<Uint8Array>,
        duplex: 'half',
      });
      // So that it notices a client that hangs up.
      Object.assign(passedOn, { runtime: { node: { req: request, res: response } } });
      const answer = await server.handleWeb(passedOn);
      const failure = failures.get(passedOn);
      if (failure === undefined && answer.ok) return Number(answer.headers.get('Upload-Offset') ?? 0);
      // Bytes still in transit are not read.
      if (!request.complete) response.set('Connection', 'close');
      if (refused) throw refused;
      if (failure === undefined) throw malformed((await answer.text()).trim());
      throw readable(failure, uploadId, request);
    },
    offset: (uploadId) =>
      alone(uploadId, async () => {
        try {
          return (await uploads.store.getUpload(uploadId)).offset;
        } catch (error) {
          throw readable(error, uploadId);
        }
      }),
  };
}

/** Express has a type of the same name. */
const Request_ = globalThis.Request;

/** @throws DomainError `tus-version` */
export function assertTus(request: Request): void {
  if (request.get('tus-resumable') === TUS_VERSION) return;
  throw new DomainError('tus-version', {
    messageZh: `断点续传协议版本应为 Tus-Resumable: ${TUS_VERSION}`,
    messageEn: `The resumable protocol spoken here is Tus-Resumable: ${TUS_VERSION}`,
    details: { field: 'Tus-Resumable', supported: TUS_VERSION },
  });
}

/**
 * What the client declares of an upload: its length, and optionally the SHA-256 of its bytes.
 * @throws DomainError `bad-input`, `file-empty`, `file-too-large`
 */
export function announcedBy(request: Request, maxBytes: number): { length: number; sha256: string | null } {
  const text = request.get('upload-length') ?? '';
  if (!/^(?:0|[1-9]\d{0,14})$/.test(text)) {
    throw badInput([
      {
        field: 'Upload-Length',
        rule: 'integer',
        messageZh: '须在开始时声明文件的字节数，不支持 Upload-Defer-Length',
        messageEn: 'The number of bytes must be given at the beginning; Upload-Defer-Length is not supported',
      },
    ]);
  }
  const length = Number(text);
  if (length === 0) throw new DomainError('file-empty', { messageZh: '文件为空', messageEn: 'The file is empty' });
  if (length > maxBytes) throw tooLarge(maxBytes);
  return { length, sha256: announcedHash(request.get('upload-metadata')) };
}

/** The file name and all other metadata are ignored. */
function announcedHash(metadata: string | undefined): string | null {
  if (metadata === undefined) return null;
  let given: string | null | undefined;
  try {
    given = Metadata.parse(metadata)['sha256'];
  } catch {
    throw badInput([
      {
        field: 'Upload-Metadata',
        rule: 'format',
        messageZh: '应为以逗号分隔的“键 Base64 值”',
        messageEn: 'It must be pairs of a key and a value in Base64, with commas between them',
      },
    ]);
  }
  if (given === undefined) return null;
  if (given !== null && /^[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
  throw badInput([
    {
      field: 'Upload-Metadata.sha256',
      rule: 'sha-256',
      messageZh: '不是有效的 SHA-256',
      messageEn: 'It is not a valid SHA-256',
    },
  ]);
}

/** An error of the protocol's library, as the API's own error. */
function readable(error: unknown, uploadId: string, request?: Request): unknown {
  switch (error) {
    case ERRORS.FILE_NOT_FOUND:
    case ERRORS.FILE_NO_LONGER_EXISTS:
      return uploadUnknown(uploadId);
    case ERRORS.INVALID_OFFSET:
      return new DomainError('upload-offset', {
        messageZh: 'Upload-Offset 与已收到的字节数不符，请先以 HEAD 查询',
        messageEn: 'Upload-Offset is not the number of stored bytes: get it with HEAD first',
        details: { field: 'Upload-Offset', uploadId },
      });
    case ERRORS.ERR_SIZE_EXCEEDED:
      return beyondLength();
    case ERRORS.ABORTED:
      if (request && !request.destroyed) return uploadBusy();
      return new DomainError('upload-incomplete', { messageZh: '上传中断', messageEn: 'The upload broke off' });
    case ERRORS.MISSING_OFFSET:
    case ERRORS.INVALID_CONTENT_TYPE:
      return malformed(ERRORS.MISSING_OFFSET === error ? 'Upload-Offset' : 'Content-Type');
  }
  // The stream that counts bytes throws its own.
  if ((error as { status_code?: unknown } | null)?.status_code === ERRORS.ERR_MAX_SIZE_EXCEEDED.status_code) {
    return beyondLength();
  }
  return error instanceof Error ? error : new Error('the upload failed', { cause: error });
}

const beyondLength = (): DomainError =>
  new DomainError('file-too-large', {
    messageZh: '收到的字节超过开始时声明的长度',
    messageEn: 'More bytes arrived than the announced length of the upload',
    details: { field: 'Upload-Length' },
  });

const tooLarge = (maxBytes: number): DomainError =>
  new DomainError('file-too-large', {
    messageZh: `文件超过上限 ${maxBytes} 字节`,
    messageEn: `The file is larger than the limit of ${maxBytes} bytes`,
    details: { maxBytes },
  });

const malformed = (what: string): DomainError =>
  new DomainError('malformed-request', {
    messageZh: `请求头缺失或无效：${what}`,
    messageEn: `A header is missing or not valid: ${what}`,
    details: { headers: what },
  });
