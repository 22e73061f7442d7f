import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import {
  addDocument,
  documentById,
  documentsOf,
  obtainedAt,
  obtainersOf,
  recordObtained,
  type TenderDocument,
} from '../../db/documents.ts';
import { listNotices } from '../../db/notices.ts';
import { notFound, procurementById, stageConflict, type Procurement } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { created, ok, route } from '../http/route.ts';
import { at, id, instantOut, line } from '../http/schemas.ts';
import { receiveFile } from '../http/upload.ts';

const tag = 'documents';
const params = z.object({ id });
const kind = z.enum(['tender-documents', 'amendment', 'report', 'contract']);

const documentSchema = z
  .object({
    id,
    kind,
    name: z.string(),
    mediaType: z.string(),
    sha256: z.string(),
    size: z.int(),
    uploadedAt: instantOut,
  })
  .meta({ id: 'Document' });

const view = (document: TenderDocument): z.infer<typeof documentSchema> => ({
  id: document.id,
  kind: document.kind,
  name: document.name,
  mediaType: document.mediaType,
  sha256: document.sha256,
  size: document.size,
  uploadedAt: at(document.uploadedAt),
});

/** What a supplier may see: the tender documents, and of the amendments those that an announcement names. */
async function forSuppliers(q: Queries, documents: readonly TenderDocument[]): Promise<TenderDocument[]> {
  const [first] = documents;
  if (!first) return [];
  const notices = await listNotices(q, { procurementId: first.procurementId, kind: 'amendment', limit: 1000 });
  const announced = new Set(notices.flatMap(({ content }) => content['documentIds'] as string[]));
  return documents.filter(
    (document) => document.kind === 'tender-documents' || (document.kind === 'amendment' && announced.has(document.id)),
  );
}

/** Documents are handed out in their period; who has them may have them again. */
function assertHandedOut(tender: Procurement, obtained: number | null, now: number): void {
  const { documentsFrom: from, documentsUntil: until } = tender;
  if (from === null || now < from) {
    throw outOfPeriod('招标文件尚未开始发出', 'The documents are not available yet', from, until);
  }
  if (obtained === null && until !== null && now > until) {
    throw outOfPeriod('获取招标文件的时间已经截止', 'The time to obtain the documents has ended', from, until);
  }
}

function outOfPeriod(zh: string, en: string, from: number | null, until: number | null): DomainError {
  const period = (ms: number | null) => (ms === null ? null : at(ms));
  return new DomainError('stage-conflict', {
    messageZh: zh,
    messageEn: en,
    details: { documentsFrom: period(from), documentsUntil: period(until) },
  });
}

export const documentRoutes = [
  route({
    method: 'post',
    path: '/procurements/{id}/documents',
    action: 'document.upload',
    at: 'procurement',
    tag,
    zh: '上传文件（正文即文件内容）',
    en: 'Upload a document; the body is the file',
    params,
    query: z.strictObject({ name: line(200), kind: kind.default('tender-documents') }),
    upload: { zh: '文件，最大 200 MB；可附 Content-SHA256', en: 'The file, 200 MB at most; Content-SHA256 is checked' },
    outcomes: [{ status: 201, schema: documentSchema, zh: '已上传', en: 'Uploaded' }],
    errors: ['file-too-large', 'file-empty', 'hash-mismatch', 'upload-incomplete', 'bad-input', 'stage-conflict'],
    handle: async ({ services: { db, settings }, request, procurement, query, commit, actor }) => {
      const assertKind = (stage: Procurement['stage']): void => {
        // Once announced, the documents change by an amendment that everybody hears of.
        if (query.kind === 'tender-documents' && stage !== 'draft' && stage !== 'launched') {
          throw stageConflict('procurement', stage, ['draft', 'launched']);
        }
      };
      assertKind(procurement.stage);
      const file = await receiveFile(request, db.blobs, settings.maxFileBytes);
      const mediaType = (request.get('content-type') ?? 'application/octet-stream').slice(0, 200);
      return commit(async (tx) => {
        assertKind((await procurementById(tx.q, procurement.id)).stage);
        const document = await addDocument(tx, actor, { procurementId: procurement.id, ...query, mediaType, file });
        return created(view(document), `/api/procurements/${procurement.id}/documents/${document.id}/content`);
      });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/documents',
    action: 'document.obtain',
    draftAction: 'procurement.read-draft',
    at: 'procurement',
    tag,
    zh: '文件列表',
    en: 'List the documents',
    params,
    outcomes: [{ status: 200, schema: z.object({ items: z.array(documentSchema) }), zh: '文件', en: 'Documents' }],
    handle: async ({ services: { db }, procurement, role }) => {
      const all = await documentsOf(db.read, procurement.id);
      return ok({ items: (role === 'supplier' ? await forSuppliers(db.read, all) : all).map(view) });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/documents/{documentId}/content',
    action: 'document.obtain',
    draftAction: 'procurement.read-draft',
    at: 'procurement',
    tag,
    zh: '获取文件；供应商首次获取即登记',
    en: 'Obtain a document; a supplier’s first time is recorded',
    params: params.extend({ documentId: id }),
    outcomes: [{ status: 200, file: 'application/octet-stream', zh: '文件内容', en: 'The file' }],
    errors: ['stage-conflict'],
    handle: async ({ services: { db }, procurement, params: { documentId }, role, organisation, commit, actor }) => {
      const document = await documentById(db.read, procurement.id, documentId);
      if (role === 'supplier') {
        const [visible] = await forSuppliers(db.read, [document]);
        if (!visible) throw notFound('document', documentId);
        await commit(async (tx) => {
          const tender = await procurementById(tx.q, procurement.id);
          assertHandedOut(tender, await obtainedAt(tx.q, tender.id, organisation()), tx.now);
          await recordObtained(tx, actor, tender.id, organisation());
          return ok(null);
        });
      }
      const { name, mediaType, size, sha256 } = document;
      return {
        ...ok(undefined, { 'Content-SHA256': sha256 }),
        file: { stream: db.blobs.open(sha256), name, mediaType, size },
      };
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/obtainers',
    action: 'document.obtainers',
    at: 'procurement',
    tag,
    zh: '获取文件的供应商（开标后）',
    en: 'Who obtained the documents; after the opening only',
    params,
    outcomes: [
      {
        status: 200,
        schema: z.object({ items: z.array(z.object({ organisationId: id, name: z.string(), at: instantOut })) }),
        zh: '供应商',
        en: 'Suppliers',
      },
    ],
    handle: async ({ services: { db }, procurement }) =>
      ok({
        items: (await obtainersOf(db.read, procurement.id)).map((obtainer) => ({ ...obtainer, at: at(obtainer.at) })),
      }),
  }),
];
