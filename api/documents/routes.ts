import * as z from 'zod';
import type { Database } from '../../db/access/database.ts';
import { documentById, documentsOf, obtainersOf, type Document, type TenderDocument } from '../../db/documents.ts';
import { notFound, type ProcurementRow } from '../../db/procurements.ts';
import type { Action } from '../../domain/roles.ts';
import { reading, servesIn } from '../../services/committees/members.ts';
import { obtainDocument } from '../../services/documents/obtain.ts';
import { assertUploaded, uploadDocument } from '../../services/documents/upload.ts';
import { documentsForSuppliers, publishedDocuments } from '../../services/documents/visible.ts';
import { created, ok, route, type Answer } from '../http/route.ts';
import { at, id, instantOut, line } from '../http/schemas.ts';
import { receiveDocument } from '../http/upload.ts';

const tag = 'documents';
const params = z.object({ id });
const documentKind = z.enum([
  'tender-documents',
  'amendment',
  'report',
  'contract',
  'acceptance',
  'performance',
  'evidence',
]);

const documentSchema = z
  .object({
    id,
    kind: documentKind,
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

/** A document as a download, with its hash. */
export const documentAnswer = ({ blobs }: Database, { name, mediaType, size, sha256 }: Document): Answer => ({
  ...ok(undefined, { 'Content-SHA256': sha256 }),
  file: { stream: blobs.open(sha256), name, mediaType, size, sha256 },
});

/** To those who neither run nor supervise it: of what was issued, and of what was announced since. */
/** An expert who sits in no committee of this procurement sees what everybody sees. */
async function asMember(
  db: Database,
  procurementId: string,
  allowedBy: Action,
  person: () => { readonly account: { readonly id: string } },
): Promise<Action> {
  if (allowedBy !== 'document.evaluate') return allowedBy;
  return (await servesIn(reading(db), person().account.id, procurementId)) ? allowedBy : 'document.published';
}

async function shownTo(
  db: Database,
  procurement: ProcurementRow,
  documents: readonly TenderDocument[],
  allowedBy: Action,
): Promise<TenderDocument[]> {
  const published = await publishedDocuments(db.read, procurement);
  const issued = allowedBy === 'document.published' ? [] : await documentsForSuppliers(db.read, documents);
  return documents.filter((each) => published.has(each.id) || issued.includes(each));
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
    query: z.strictObject({ name: line(200), kind: documentKind.default('tender-documents') }),
    upload: { zh: '文件，最大 200 MB；可附 Content-SHA256', en: 'The file, 200 MB at most; Content-SHA256 is checked' },
    outcomes: [{ status: 201, schema: documentSchema, zh: '已上传', en: 'Uploaded' }],
    errors: ['file-too-large', 'file-empty', 'hash-mismatch', 'upload-incomplete', 'stage-conflict'],
    handle: async ({ services: { db, settings }, request, procurement, query: { name, kind }, commit, actor }) => {
      // Refuses before the upload what would be refused after it.
      assertUploaded(kind, procurement);
      const received = await receiveDocument(request, db, { ...settings, name });
      return commit(async (tx) => {
        const document = await uploadDocument(tx, actor, { procurementId: procurement.id, kind, ...received });
        return created(view(document), `/api/procurements/${procurement.id}/documents/${document.id}/content`);
      });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/documents',
    action: 'document.obtain',
    draftAction: 'procurement.read-draft',
    orElse: ['document.evaluate', 'document.published'],
    at: 'procurement',
    tag,
    zh: '文件列表；随结果、合同公告的文件人人可见',
    en: 'List the documents; those announced with a result or a contract to everybody',
    params,
    outcomes: [{ status: 200, schema: z.object({ items: z.array(documentSchema) }), zh: '文件', en: 'Documents' }],
    handle: async ({ services: { db }, procurement, insider, allowedBy, person }) => {
      const all = await documentsOf(db.read, procurement.id);
      const by = await asMember(db, procurement.id, allowedBy, person);
      const items = insider ? all : await shownTo(db, procurement, all, by);
      return ok({ items: items.map(view) });
    },
  }),
  route({
    method: 'get',
    path: '/procurements/{id}/documents/{documentId}/content',
    action: 'document.obtain',
    draftAction: 'procurement.read-draft',
    orElse: ['document.evaluate', 'document.published'],
    at: 'procurement',
    tag,
    zh: '获取文件；供应商首次获取即登记；随结果、合同公告的文件人人可以下载',
    en: 'Obtain a document; a supplier’s first time is recorded; anybody downloads those announced with a result or a contract',
    params: params.extend({ documentId: id }),
    outcomes: [
      { status: 200, file: '*/*', zh: '文件内容，类型如上传时所称', en: 'The file, of the type it was uploaded with' },
    ],
    errors: ['not-invited', 'stage-conflict'],
    handle: async ({ services: { db }, procurement, params, insider, allowedBy, role, ...by }) => {
      const document = await documentById(db.read, procurement.id, params.documentId);
      const isPublic = (await publishedDocuments(db.read, procurement)).has(document.id);
      if (insider || isPublic) return documentAnswer(db, document);
      if (role === 'supplier' && allowedBy === 'document.obtain') {
        await by.commit(async (tx) => {
          await obtainDocument(tx, by.actor, document, by.organisation());
          return ok(null);
        });
      } else if (
        (await shownTo(db, procurement, [document], await asMember(db, procurement.id, allowedBy, by.person)))
          .length === 0
      ) {
        throw notFound('document', document.id);
      }
      return documentAnswer(db, document);
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
