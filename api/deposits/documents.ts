import * as z from 'zod';
import type { Deposit } from '../../db/deposits.ts';
import { guaranteeDocumentOf } from '../../db/documents.ts';
import { notFound } from '../../db/procurements.ts';
import { attachGuaranteeDocument } from '../../services/deposits/attach-document.ts';
import { documentAnswer } from '../documents/routes.ts';
import type { Answer, RouteContext } from '../http/route.ts';
import { line } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';
import { receiveDocument } from '../http/upload.ts';
import { guaranteeDocumentSchema, guaranteeDocumentView } from './views.ts';

// The documents of guarantees, submitted by bidders themselves or on paper.

/** Longer than any guarantee. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Common to the routes that receive one. */
export const documentUpload = {
  query: z.strictObject({ name: line(200) }),
  upload: { zh: '文件，最大 20 MB；可附 Content-SHA256', en: 'The file, 20 MB at most; Content-SHA256 is checked' },
  outcomes: [{ status: 201, schema: guaranteeDocumentSchema, zh: '已提交', en: 'Taken' }],
  errors: [
    'file-too-large',
    'file-empty',
    'hash-mismatch',
    'upload-incomplete',
    'already-exists',
    'quota-exceeded',
    'stage-conflict',
  ],
} as const;

/** Common to the routes that return one. */
export const documentDownload = {
  outcomes: [
    { status: 200, file: '*/*', zh: '文件内容，类型如上传时所称', en: 'The file, of the type it was uploaded with' },
  ],
} as const;

/** Receives the document of a guarantee; a payment has none. */
export async function takeDocument(
  context: Pick<
    RouteContext<'anywhere', unknown, { name: string }, unknown>,
    'services' | 'request' | 'query' | 'commit' | 'actor'
  >,
  deposit: Deposit,
): Promise<Answer> {
  const { services, request, query, commit, actor } = context;
  const { db, settings } = services;
  if (deposit.form === 'transfer') throw notFound('deposit', deposit.id);
  const maxFileBytes = Math.min(MAX_BYTES, settings.maxFileBytes);
  const received = await receiveDocument(request, db, { ...settings, maxFileBytes, name: query.name });
  return commit(async (tx) => ({
    status: 201,
    body: guaranteeDocumentView(await attachGuaranteeDocument(tx, actor, deposit, received)),
  }));
}

export async function documentOf({ db }: Services, { id }: Deposit): Promise<Answer> {
  const document = await guaranteeDocumentOf(db.read, id);
  if (!document) throw notFound('document', id);
  return documentAnswer(db, document);
}
