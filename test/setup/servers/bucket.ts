import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  readonly bytes: Buffer;
  readonly headers: Record<string, string>;
}

export interface TestBucket extends AsyncDisposable {
  readonly endpoint: string;
  /** What lies in it, by name. */
  readonly objects: ReadonlyMap<string, Stored>;
  /** Uploads in parts that are neither whole nor given up. */
  readonly underWay: () => number;
}

/** As much of the S3 protocol as the store of uploads speaks; in memory, without authentication. */
export async function startTestBucket(): Promise<TestBucket> {
  const objects = new Map<string, Stored>();
  const multipart = new Map<string, { headers: Record<string, string>; parts: Map<number, Buffer> }>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://bucket');
    const [, , ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const body = unchunked(request, await bytesOf(request));
    const uploadId = url.searchParams.get('uploadId');
    const upload = uploadId === null ? undefined : multipart.get(uploadId);
    const xml = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
    };
    const missing = (code: string): void => xml(404, `<Error><Code>${code}</Code><Message>none</Message></Error>`);
    if (uploadId !== null && !upload) return missing('NoSuchUpload');
    switch (request.method ?? 'GET') {
      case 'POST': {
        if (url.searchParams.has('uploads')) {
          const begun = randomUUID();
          multipart.set(begun, { headers: metadataOf(request), parts: new Map() });
          return xml(
            200,
            `<InitiateMultipartUploadResult><UploadId>${begun}</UploadId></InitiateMultipartUploadResult>`,
          );
        }
        const parts = [...(upload?.parts ?? [])].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
        objects.set(key, { bytes: Buffer.concat(parts), headers: upload?.headers ?? {} });
        multipart.delete(uploadId ?? '');
        return xml(
          200,
          `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>"e"</ETag></CompleteMultipartUploadResult>`,
        );
      }
      case 'PUT': {
        if (upload) upload.parts.set(Number(url.searchParams.get('partNumber')), body);
        else objects.set(key, { bytes: body, headers: metadataOf(request) });
        response.writeHead(200, { etag: `"${etagOf(body)}"` });
        return void response.end();
      }
      case 'GET':
      case 'HEAD': {
        if (upload) {
          const parts = [...upload.parts]
            .sort(([a], [b]) => a - b)
            .map(
              ([no, bytes]) =>
                `<Part><PartNumber>${no}</PartNumber><ETag>"${etagOf(bytes)}"</ETag><Size>${bytes.length}</Size></Part>`,
            );
          return xml(200, `<ListPartsResult><IsTruncated>false</IsTruncated>${parts.join('')}</ListPartsResult>`);
        }
        const found = objects.get(key);
        if (!found) return missing('NoSuchKey');
        response.writeHead(200, { ...found.headers, 'content-length': found.bytes.length });
        return void response.end(request.method === 'GET' ? found.bytes : undefined);
      }
      case 'DELETE':
        if (upload) multipart.delete(uploadId ?? '');
        else objects.delete(key);
        response.writeHead(204);
        return void response.end();
    }
    return missing('MethodNotAllowed');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    underWay: () => multipart.size,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const etagOf = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

const metadataOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'))) as Record<
    string,
    string
  >;

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Takes a body out of the pieces that Amazon's client frames it in, each with a line that says its length in hex. */
function unchunked({ headers }: IncomingMessage, framed: Buffer): Buffer {
  if (!String(headers['content-encoding'] ?? '').includes('aws-chunked')) return framed;
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const end = framed.indexOf('\r\n', at);
    const length = parseInt(framed.subarray(at, end).toString(), 16);
    if (!(length > 0)) return Buffer.concat(pieces);
    pieces.push(framed.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}
